"""How two pictures differ, pixel by pixel, in whole numbers.

Must not know files, torch or Qt: bytes in, a `Difference` out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.drawn import Difference

if TYPE_CHECKING:
    import numpy.typing as npt

    from tensorviz.core.pipeline import Preview

    Pixels = npt.NDArray[np.uint8]

COLOURS = 3
AT_ONCE = 1 << 20  # pixels; a picture of 200 megapixels would need gigabytes for what lies between


def difference(one: Preview, other: Preview) -> Difference:
    """How the pictures differ where both have pixels, counted from the upper left corner."""
    width, height = min(one.width, other.width), min(one.height, other.height)
    levels = np.empty((height, width), np.uint8)
    total, lines = 0, max(1, AT_ONCE // max(1, width))
    for top in range(0, height, lines):
        part = slice(top, min(top + lines, height)), slice(0, width)
        apart = _apart(_pixels(one)[part], _pixels(other)[part])
        levels[part] = apart.max(axis=2)
        total += int(apart.sum(dtype=np.uint64))
    count = width * height
    return Difference(
        width=width,
        height=height,
        levels=levels.tobytes(),
        mean=total / (count * COLOURS) if count else 0.0,
        largest=int(levels.max(initial=0)),
        equal=count - int(np.count_nonzero(levels)),
    )


def _pixels(picture: Preview) -> Pixels:
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, COLOURS)


def _apart(one: Pixels, other: Pixels) -> Pixels:
    """How far each value is from the other; of unsigned ones the smaller is taken from the larger."""
    return np.maximum(one, other) - np.minimum(one, other)
