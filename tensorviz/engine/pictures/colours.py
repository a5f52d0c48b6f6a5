"""Any decoded picture as upright 8-bit RGB, and honest words about what that cost.

Must not know files: Pillow images in, Pillow images out. Colour profiles are not converted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

WHITE = (255, 255, 255)
_ORIENTATION = 0x0112  # EXIF and TIFF tag
_BITS_PER_SAMPLE = 0x0102  # TIFF tag
_TURNS: dict[int, tuple[Image.Transpose, str]] = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, "mirrored"),
    3: (Image.Transpose.ROTATE_180, "turned by 180°"),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, "mirrored top to bottom"),
    5: (Image.Transpose.TRANSPOSE, "mirrored and turned by 90°"),
    6: (Image.Transpose.ROTATE_270, "turned by 90° to the right"),
    7: (Image.Transpose.TRANSVERSE, "mirrored and turned by 90°"),
    8: (Image.Transpose.ROTATE_90, "turned by 90° to the left"),
}
_BROKEN_EXIF = "its EXIF block is damaged and was ignored"


def orientation_before_load(image: Image.Image) -> int:
    """The orientation that Pillow applies by itself while loading a TIFF, 1 for other formats."""
    tags = getattr(image, "tag_v2", None)
    value = tags.get(_ORIENTATION, 1) if image.format == "TIFF" and tags is not None else 1
    return value if isinstance(value, int) and value in _TURNS else 1


def turn_note(orientation: int) -> tuple[str, ...]:
    """The words for an orientation that was applied; none for 1."""
    return (f"{_TURNS[orientation][1]} by its EXIF orientation",) if orientation in _TURNS else ()


def turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height after applying an orientation."""
    return (size[1], size[0]) if orientation >= 5 else size


def exif_orientation(image: Image.Image) -> tuple[int, tuple[str, ...]]:
    """The EXIF orientation still to be applied (1 to 8), and a note when the EXIF block cannot be read."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - Pillow's EXIF reader fails in many ways, and none should cost the picture
        return 1, (_BROKEN_EXIF,)
    return (value, ()) if isinstance(value, int) and value in _TURNS else (1, ())


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture turned as its orientation says."""
    return image.transpose(_TURNS[orientation][0]) if orientation in _TURNS else image


def depth_notes(image: Image.Image) -> tuple[str, ...]:
    """What is lost when Pillow itself reduces 16-bit colours while decoding; to be asked before loading."""
    for tile in getattr(image, "tile", ()):
        if image.mode in ("RGB", "RGBA", "LA", "RGBX", "CMYK") and ";16" in str(tile[3]):
            return ("16 bits per channel reduced to 8",)
    return ()


def to_rgb(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """A loaded picture of any mode as RGB, with the notes that the change deserves.

    Integers of 9 to 16 bits keep their upper 8 bits; 32-bit numbers are stretched from smallest to largest; what is
    transparent is laid on white.
    """
    mode = image.mode
    if mode.startswith("I;16"):
        return _from_sixteen(image)
    if mode in ("I", "F"):
        return _from_wide(image)
    if _is_transparent(image):
        return _on_white(image)
    if mode == "RGB":
        return image, ()
    if mode == "CMYK":
        return image.convert("RGB"), ("CMYK inks converted to RGB without a colour profile",)
    if mode == "LAB":
        return _from_lab(image)
    return image.convert("RGB"), ()


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or image.info.get("transparency") is not None


def _on_white(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    if image.mode == "La":
        image = image.convert("LA")
    coloured = image if image.mode == "RGBA" else image.convert("RGBA")
    alpha = coloured.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return coloured.convert("RGB"), ()
    ground = Image.new("RGB", coloured.size, WHITE)
    ground.paste(coloured, mask=alpha)
    return ground, ("transparency laid on white",)


def _from_sixteen(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    bits = _stored_bits(image)
    values = np.asarray(image).astype(np.uint16)
    grey = (values >> (bits - 8)).clip(0, 255).astype(np.uint8)
    notes: tuple[str, ...] = (f"{bits} bits per channel reduced to 8",)
    see_through = image.info.get("transparency")
    if isinstance(see_through, int) and bool((hidden := values == see_through).any()):
        grey[hidden] = 255
        notes += ("transparency laid on white",)
    return _grey_to_rgb(grey), notes


def _stored_bits(image: Image.Image) -> int:
    tags = getattr(image, "tag_v2", None)
    bits = tags.get(_BITS_PER_SAMPLE, (16,)) if tags is not None else (16,)
    first = bits[0] if isinstance(bits, tuple) and bits else bits
    return first if isinstance(first, int) and 8 < first < 16 else 16


def _from_wide(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    values = np.asarray(image)
    if image.mode == "I" and image.format in ("PNG", "PPM"):  # 16 bits in a wider container
        grey = (values.clip(0, 65535) >> 8).astype(np.uint8)
        return _grey_to_rgb(grey), ("16 bits per channel reduced to 8",)
    kind = "32-bit whole numbers" if image.mode == "I" else "32-bit floating-point numbers"
    return _stretched(values, kind)


def _stretched(values: npt.NDArray[np.generic], kind: str) -> tuple[Image.Image, tuple[str, ...]]:
    numbers = values.astype(np.float64)
    finite = np.isfinite(numbers)
    known = numbers[finite]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if low >= 0 and high <= 1 and kind.endswith("floating-point numbers"):
        low, high = 0.0, 1.0
    filled = np.where(finite, numbers, low)
    span = high - low if high > low else 1.0
    grey = np.rint((filled - low) / span * 255).astype(np.uint8)
    notes = (f"{kind} shown from {low:g} (black) to {high:g} (white)",)
    return _grey_to_rgb(grey), notes if finite.all() else (*notes, "values that are not finite drawn black")


def _grey_to_rgb(grey: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(grey).convert("RGB")


_D50_TO_SRGB = np.array(  # CIE XYZ under D50, as Lab files have it, to linear sRGB (Bradford-adapted)
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)
_D50_WHITE = np.array([0.96422, 1.0, 0.82521])


def _from_lab(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """CIE L*a*b* to sRGB, in bands of rows so that a big picture needs little memory.

    Pillow stores L* as 0 to 255, and a*, b* as signed bytes.
    """
    stored = np.asarray(image)
    result = np.empty(stored.shape, np.uint8)
    for top in range(0, stored.shape[0], 256):
        result[top : top + 256] = _lab_rows_to_srgb(stored[top : top + 256])
    return Image.fromarray(result), ("Lab colours converted to RGB",)


def _lab_rows_to_srgb(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    lightness = rows[..., 0] * (100 / 255)
    signed = rows[..., 1:].view(np.int8).astype(np.float64)
    y = (lightness + 16) / 116
    roots = np.stack([y + signed[..., 0] / 500, y, y - signed[..., 1] / 200], axis=-1)
    small = 6 / 29
    xyz = np.where(roots > small, roots**3, 3 * small**2 * (roots - 4 / 29)) * _D50_WHITE
    linear = (xyz @ _D50_TO_SRGB.T).clip(0, 1)
    bent = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    rounded: npt.NDArray[np.uint8] = np.rint(bent * 255).astype(np.uint8)
    return rounded
