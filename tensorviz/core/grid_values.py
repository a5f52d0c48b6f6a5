"""Many elements at once: from the bytes of a run of memory to numbers, and from numbers to the pixels of a picture.

Must not know torch, pages, or Qt.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.colour_maps import STEPS, ColourMap, ValueRange, colours_of, measured, rgb
from tensorviz.core.dtypes import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.colour_maps import Scale
    from tensorviz.core.dtypes import DType

UNKNOWN = np.uint32(0)  # a pixel that lets the ground through


def decoded(raw: bytes, kind: DType, step: int) -> array[float]:
    """Every `step`-th element of a run of memory as it is coloured: magnitudes of complex numbers, 0 and 1 of bools."""
    if kind.numpy is not None:
        found = np.frombuffer(raw, kind.numpy if kind.kind != "bool" else "uint8")[::step]
        plain = np.abs(found) if kind.kind == "complex" else found != 0 if kind.kind == "bool" else found
        return array("d", plain.astype(np.float64).tobytes())
    size = kind.itemsize
    starts = range(0, len(raw) - size + 1, size * step)
    return array("d", [float(measured(decode(raw[at : at + size], kind))) for at in starts])


def summary(values: Sequence[float], known: bytes | bytearray) -> tuple[ValueRange | None, int]:
    """The range of the known finite values, None when there are none; and how many known ones are not finite."""
    found = np.asarray(values, np.float64)[np.frombuffer(known, np.uint8) != 0]
    finite = found[np.isfinite(found)]
    there = ValueRange(float(finite.min()), float(finite.max())) if finite.size else None
    return there, int(found.size - finite.size)


def pixels_of(values: Sequence[float], known: bytes, colours: ColourMap) -> bytes:
    """A pixel 0xAARRGGBB of 4 bytes for each value; transparent where `known` is 0."""
    found = np.asarray(values, np.float64)
    low, high = colours.low, colours.high
    with np.errstate(all="ignore"):
        half = high / 2 - low / 2
        share = (found / 2 - low / 2) / half if half else np.full(found.shape, 0.5)
        steps = np.clip(np.nan_to_num(share, nan=0.0) * STEPS, 0, STEPS - 1).astype(np.int64)
    pixels = _table(colours.scale, colours.dark)[steps]
    for special, value in ((np.isnan(found), float("nan")), (found == np.inf, np.inf), (found == -np.inf, -np.inf)):
        if special.any():
            pixels[special] = _pixel(str(colours.fill(float(value))))
    pixels[np.frombuffer(known, np.uint8) == 0] = UNKNOWN
    return pixels.astype(np.uint32).tobytes()


@lru_cache(maxsize=8)
def _table(scale: Scale, dark: bool) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.array([_pixel(colour) for colour in colours_of(scale, dark)], np.uint32)


def _pixel(colour: str) -> int:
    red, green, blue = rgb(colour)
    return 0xFF000000 | red << 16 | green << 8 | blue
