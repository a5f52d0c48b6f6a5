"""The part of a picture that a network sees, resized, cropped and normalised, computed without the rest of it.

Must not know files or torch. The bytes are those of torchvision's Resize + CenterCrop on a Pillow image, bit for bit.

Why Pillow's own `resize(box=...)` over the crop is not used: it takes the box as 32-bit floats and derives the scale
anew from it, so a few values per thousand come out one level off. Instead each axis is resized with the arithmetic of
the whole picture: lines of the picture that cannot matter are left out, and the coefficients stay the same.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from tensorviz.core.recipe import CropPlan, Recipe, crop_plan
from tensorviz.engine.hearing import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

Pixels = npt.NDArray[np.uint8]
Span = tuple[int, int]  # first line, and the one after the last
_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_SUPPORT = {"bilinear": 1.0, "bicubic": 2.0}  # pixels on each side, in units of the coarser grid
_PRECISION = 22  # Pillow's fixed-point coefficients for 8-bit pixels: 32 - 8 - 2 bits (its Resample.c)
_SMALL = 2_000_000  # pixels up to which the whole picture is made for "nearest": reading every n-th pixel is quick
_MOST_STEPS = 20_000_000  # columns up to which Pillow's running sum for "nearest" is repeated step by step


def prepare(image: Image.Image, recipe: Recipe) -> Pixels:
    """The crop as the network sees it before normalising: uint8 (crop, crop, 3), C-contiguous, RGB.

    image: RGB, any size. Black where the resized picture is smaller than the crop, as torchvision pads.
    """
    plan = crop_plan(recipe, image.size)
    with quiet():  # Pillow warns when a part of a huge picture is cut out
        part = _part(image, plan, recipe.interpolation)
    if part.shape[:2] == (plan.side, plan.side):
        return np.ascontiguousarray(part)
    canvas = np.zeros((plan.side, plan.side, 3), np.uint8)
    left, top = plan.box[0] + plan.pad_left - plan.left, plan.box[1] + plan.pad_top - plan.top
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas


def _part(image: Image.Image, plan: CropPlan, interpolation: str) -> Pixels:
    return _nearest(image, plan) if interpolation == "nearest" else _filtered(image, plan, interpolation)


def normalise(pixels: Pixels, recipe: Recipe) -> npt.NDArray[np.float32]:
    """(value / 255 - mean) / std in float32: (3, crop, crop), C-contiguous, of `prepare`'s (crop, crop, 3).

    The order of the operations is that of torchvision's ToTensor and Normalize, so the numbers are the same.
    """
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32)
    planes /= np.float32(255)
    planes -= np.array(recipe.mean, np.float32)[:, None, None]
    planes /= np.array(recipe.std, np.float32)[:, None, None]
    return planes


# --- bilinear and bicubic -------------------------------------------------------------------------------------------


def _filtered(image: Image.Image, plan: CropPlan, interpolation: str) -> Pixels:
    """Pillow resizes along one axis, rounds to 8 bits, then along the other; so do we, in the same order."""
    wanted = (plan.box[0], plan.box[2]), (plan.box[1], plan.box[3])
    one, two = (1, 0) if _rows_come_first(image.size, plan.resized) else (0, 1)
    needed = _lines_needed(image.size[two], plan.resized[two], *wanted[two], _SUPPORT[interpolation])
    band = _cut(image, two, needed)
    band = _resized(band, one, plan.resized[one], wanted[one], (0, image.size[one]), interpolation)
    return np.asarray(_resized(band, two, plan.resized[two], wanted[two], (needed[0], image.size[two]), interpolation))


def _resized(
    band: Image.Image, axis: int, target: int, wanted: Span, place: tuple[int, int], interpolation: str
) -> Image.Image:
    """Lines `wanted` along `axis` (0 columns, 1 rows) of a picture resized to `target` lines; the other axis is kept.

    band: the lines of the picture that matter; place: the first of them, and how many lines the whole picture has.
    """
    first, whole = place
    if target == whole:
        return _cut(band, axis, (wanted[0] - first, wanted[1] - first))
    if target > 2 * max(whole, wanted[1] - wanted[0]):  # nearly all would be thrown away: only the lines asked for
        return Image.fromarray(_resampled(np.asarray(band), 1 - axis, target, wanted, interpolation, place))
    if band.size[axis] != whole:  # lines that do not matter may hold anything
        full = Image.new("RGB", _with(band.size, axis, whole))
        full.paste(band, _with((0, 0), axis, first))
        band = full
    return _cut(band.resize(_with(band.size, axis, target), _FILTERS[interpolation]), axis, wanted)


def _cut(image: Image.Image, axis: int, lines: Span) -> Image.Image:
    """Some lines along an axis; the picture itself when these are all."""
    if lines == (0, image.size[axis]):
        return image
    return image.crop((*_with((0, 0), axis, lines[0]), *_with(image.size, axis, lines[1])))


def _with(pair: tuple[int, int], axis: int, value: int) -> tuple[int, int]:
    return (value, pair[1]) if axis == 0 else (pair[0], value)


def _rows_come_first(size: tuple[int, int], target: tuple[int, int]) -> bool:
    """Whether this Pillow resizes rows before columns; newer ones do so when the height shrinks much more."""
    narrower, lower = size[0] - target[0], size[1] - target[1]
    return lower > 0 and lower > 2 * narrower and _pillow_minds_the_order()


@cache
def _pillow_minds_the_order() -> bool:
    """Asks Pillow itself, by a picture whose two orders end in different bytes."""
    speckles = (np.arange(60 * 20 * 3) * 89 % 251).astype(np.uint8).reshape(60, 20, 3)
    image, how = Image.fromarray(speckles), Image.Resampling.BILINEAR
    columns_first = image.resize((30, 60), how).resize((30, 17), how)
    return image.resize((30, 17), how).tobytes() != columns_first.tobytes()


def _lines_needed(source: int, target: int, start: int, stop: int, support: float) -> Span:
    """The lines of `source` that lines start to stop of `target` are made of, with one to spare on each side."""
    if source == target:
        return start, stop
    scale = source / target
    reach = support * max(scale, 1.0) + 1
    first, last = math.floor((start + 0.5) * scale - reach), math.ceil((stop - 0.5) * scale + reach)
    return max(0, first), min(source, last)


def _resampled(
    pixels: Pixels, axis: int, target: int, wanted: Span, interpolation: str, place: tuple[int, int]
) -> Pixels:
    """The same in Pillow's fixed-point arithmetic, computing nothing else; `axis` is that of the array."""
    first, whole = place
    starts, weights = _coefficients(whole, target, wanted, interpolation)
    moved = np.moveaxis(pixels, axis, 0)
    total = np.full((len(starts), *moved.shape[1:]), 1 << (_PRECISION - 1), np.int32)
    for tap in range(weights.shape[1]):
        lines = (starts + tap - first).clip(0, moved.shape[0] - 1)  # beyond the last line the weight is 0
        total += moved[lines].astype(np.int32) * weights[:, tap, None, None]
    result = (total >> _PRECISION).clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(result, 0, axis))


def _coefficients(
    source: int, target: int, wanted: Span, interpolation: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """For each wanted line: the first source line that it uses, and its weights as Pillow rounds them."""
    scale = source / target
    stretch = max(scale, 1.0)
    support = _SUPPORT[interpolation] * stretch
    centres = (np.arange(*wanted, dtype=np.float64) + 0.5) * scale
    starts = np.maximum(np.trunc(centres - support + 0.5).astype(np.int64), 0)
    stops = np.minimum(np.trunc(centres + support + 0.5).astype(np.int64), source)
    taps = np.arange(int((stops - starts).max()))
    curve: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
    curve = _triangle if interpolation == "bilinear" else _cubic
    weights = curve((taps + starts[:, None] - centres[:, None] + 0.5) * (1.0 / stretch))
    weights[taps + starts[:, None] >= stops[:, None]] = 0.0
    weights *= 1.0 / np.add.accumulate(weights, axis=1)[:, -1:]
    return starts, np.trunc(weights * (1 << _PRECISION) + np.copysign(0.5, weights)).astype(np.int32)


def _triangle(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.maximum(1.0 - np.abs(x), 0.0)


def _cubic(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    a, x = -0.5, np.abs(x)
    near = ((a + 2.0) * x - (a + 3.0)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


# --- nearest --------------------------------------------------------------------------------------------------------


def _nearest(image: Image.Image, plan: CropPlan) -> Pixels:
    left, top, right, bottom = plan.box
    if plan.resized[0] * plan.resized[1] <= _SMALL:
        return np.asarray(image.resize(plan.resized, Image.Resampling.NEAREST).crop(plan.box))
    columns = _nearest_lines(image.width, plan.resized[0], left, right)
    rows = _nearest_lines(image.height, plan.resized[1], top, bottom)
    region = image.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
    return np.asarray(region)[np.ix_(rows - rows[0], columns - columns[0])]


def _nearest_lines(source: int, target: int, start: int, stop: int) -> npt.NDArray[np.int64]:
    """The source line of each target line from start to stop.

    Pillow adds the scale step by step from the first line on, rounding at each step; the same sum is made here. Past
    20 million lines (where no whole resized picture could exist) it is one multiplication.
    """
    scale = source / target
    if stop > _MOST_STEPS:
        places = (np.arange(start, stop) + 0.5) * scale
    else:
        steps = np.full(stop, scale)
        steps[0] = scale * 0.5
        places = np.add.accumulate(steps)[start:]
    return np.minimum(places.astype(np.int64), source - 1)
