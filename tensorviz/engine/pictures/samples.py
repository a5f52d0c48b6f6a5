"""The samples of a picture file as they are in it: no orientation, no colour profile, no palette is applied.

Must not know tensors or networks: a file in, arrays out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tensorviz.core.errors import PictureUnreadable
from tensorviz.core.text import path_text, plural
from tensorviz.engine.pictures.colours import depth_notes, exif_orientation, orientation_before_load
from tensorviz.engine.pictures.opening import opened

SEVERAL = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")  # formats whose frames or pages are taken together
ALONE = {"MPO": "the other pictures in the file are not opened", "PSD": "its layers are not opened, only the whole"}
COMPOSED = ("1", "L", "LA", "P", "PA")  # modes of a first frame that Pillow composes later frames with in colour
MOST_FRAMES = 100_000
WIDE = {"I": "int32", "F": "float32"}
# What takes an orientation back that Pillow applied by itself.
BACK = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE",
    8: "ROTATE_270",
}  # fmt: skip  # a table


ReadDeep = Callable[[str], "npt.NDArray[Any] | None"]


@dataclass(frozen=True, slots=True)
class Samples:
    """pixels: (frames x) height x width (x channels), in the order of bytes of this computer.

    mode: Pillow's, of the samples. frames: how many lie first; 0 where the picture is one. palette: colours x 3 or 4,
    None where there is none. back: the name of the turn that took Pillow's own back; "" for none. composed: whether the
    frames are as they are shown, in RGBA. deep: whether they are colours of 16 bits. notes: honest remarks.
    """

    pixels: npt.NDArray[Any]
    mode: str
    format: str
    frames: int = 0
    palette: npt.NDArray[np.uint8] | None = None
    back: str = ""
    composed: bool = False
    deep: bool = False
    notes: tuple[str, ...] = ()

    @property
    def has_channels(self) -> bool:
        """Whether the last dimension is that of the channels."""
        return self.pixels.ndim == (4 if self.frames else 3)


def read_samples(
    path: str, ask: Callable[[int, str], None], check: Callable[[], None], read_deep: ReadDeep = lambda _: None
) -> Samples:
    """The samples of the picture at `path`.

    read_deep: decodes a PNG of 16-bit colours, which Pillow makes 8 bits of; gives None where nothing can.

    ask: is told the bytes that they take, and of what, before they are read; what it raises passes, as from `check`,
    which is called between frames. Raises NothingFound and PictureUnreadable.
    """
    with opened(path) as image:
        frames, notes = _frames(image, check)
        composed = frames > 0 and image.mode in COMPOSED and image.format in ("GIF", "PNG")
        mode = "RGBA" if composed else image.mode
        width, height = image.size
        shape, shallow = (*((frames,) if frames else ()), height, width), depth_notes(image)
        deep = bool(shallow) and image.format == "PNG" and not frames
        ask(height * width * (frames or 1) * _bytes_of(mode) * (2 if deep else 1), _what(shape, mode))
        whole = read_deep(path) if deep else None
        if whole is not None:
            return Samples(whole, _deep_mode(whole), "PNG", deep=True, notes=notes + _turn_notes(image, 1))
        notes += shallow
        turn = orientation_before_load(image)
        parts = [_frame(image, at, BACK.get(turn, ""), composed, check) for at in range(frames or 1)]
        if len({(one.shape, one.dtype) for one in parts}) > 1:
            raise PictureUnreadable(f"{path_text(path)} has frames of several kinds.", "Save one frame as PNG.")
        pixels = np.stack(parts) if frames else parts[0]
        palette = None if composed else _palette(image)
        notes += _turn_notes(image, turn) + _transparency(image, composed)
        turned = BACK.get(turn, "")
        return Samples(pixels, mode, image.format or "", frames, palette, turned, composed, notes=notes)


def _deep_mode(pixels: npt.NDArray[Any]) -> str:
    return f"{({1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA'})[pixels.shape[-1]]} of 16 bits"


def _what(shape: tuple[int, ...], mode: str) -> str:
    return f"{' x '.join(map(str, shape))} samples of {mode}"


def _bytes_of(mode: str) -> int:
    """Bytes of a pixel as an array has them."""
    if mode in WIDE:
        return 4
    return 2 if mode.startswith("I;16") else len(Image.new(mode, (1, 1)).getbands())


def _frames(image: Image.Image, check: Callable[[], None]) -> tuple[int, tuple[str, ...]]:
    """How many frames or pages are taken together, 0 for a picture of one, and why others are not."""
    if image.format not in SEVERAL:
        several = image.format in ALONE and getattr(image, "n_frames", 1) > 1
        return 0, (ALONE[image.format or ""],) if several else ()
    try:
        kinds = {_kind(image, at, check) for at in _countable(image)}
        count = getattr(image, "n_frames", 1)
    except (EOFError, OSError, SyntaxError, ValueError):
        image.seek(0)
        return 0, ("only its first frame can be read",)
    image.seek(0)
    if count <= 1:
        return 0, ()
    if len(kinds) > 1 and image.format == "TIFF":
        return 0, (f"{plural(count - 1, 'more page')} of other sizes or kinds, which are not opened",)
    return count, ()


def _countable(image: Image.Image) -> range:
    """The frames that may differ in kind: the pages of a TIFF."""
    count = getattr(image, "n_frames", 1)
    if count > MOST_FRAMES:
        raise PictureUnreadable(
            f"The picture has {plural(count, 'frame')}; up to {MOST_FRAMES:,} are opened.", "Save some of them."
        )
    return range(count if image.format == "TIFF" else 1)


def _kind(image: Image.Image, at: int, check: Callable[[], None]) -> tuple[object, ...]:
    check()
    image.seek(at)
    return image.size, image.mode, orientation_before_load(image)


def _frame(
    image: Image.Image, at: int, back: str, composed: bool, check: Callable[[], None]
) -> npt.NDArray[Any]:  # fmt: skip  # one line a thought
    check()
    if at:
        image.seek(at)
    image.load()
    shown = image.convert("RGBA") if composed else image
    shown = shown.transpose(Image.Transpose[back]) if back else shown
    samples = np.array(shown)
    return samples.astype(samples.dtype.newbyteorder("="), copy=False)


def _palette(image: Image.Image) -> npt.NDArray[np.uint8] | None:
    colours = image.getpalette(None) if image.mode in ("P", "PA") else None
    if not colours or image.palette is None:
        return None
    return np.array(colours, np.uint8).reshape(-1, len(image.palette.mode))


def _turn_notes(image: Image.Image, turn: int) -> tuple[str, ...]:
    orientation, notes = (turn, ()) if turn > 1 else exif_orientation(image)
    if orientation > 1:
        return (*notes, f"its EXIF orientation {orientation} is not applied: samples as they are stored")
    return notes


def _transparency(image: Image.Image, composed: bool) -> tuple[str, ...]:
    see_through = None if composed else image.info.get("transparency")
    if isinstance(see_through, int | tuple):
        return (f"the sample {see_through} is transparent",)
    if isinstance(see_through, bytes) and image.mode == "P" and image.palette and image.palette.mode == "RGB":
        clear = list(itertools.islice((at for at, alpha in enumerate(see_through) if alpha < 255), 4))
        return (f"of its palette {', '.join(map(str, clear))}... let through what is behind",) if clear else ()
    return ()
