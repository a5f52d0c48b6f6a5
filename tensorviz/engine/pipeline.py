"""The steps between a picture and a network, made visible: original, resized, cropped, normalised.

Must not know networks or windows; the numbers are those that `prepare` gives the network.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from tensorviz.core.pipeline import ChannelStatistics, Pipeline, PipelineStage
from tensorviz.core.recipe import CropPlan, Recipe, crop_plan, differences
from tensorviz.core.text import count_text
from tensorviz.engine.pictures import Picture, open_picture
from tensorviz.engine.prepare import normalise, prepare
from tensorviz.engine.thumbnails import fitted, preview_of

PREVIEW_SIDE = 360  # pixels
_WHOLE = 4_000_000  # pixels up to which the resized stage is really made; above, a smaller picture stands for it
_SAMPLE_SIDE = 2000
FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "nearest": Image.Resampling.NEAREST,
}


def describe_pipeline(path: str, recipe: Recipe, own: Recipe, preview_side: int = PREVIEW_SIDE) -> Pipeline:
    """The four stages for the picture at `path` under `recipe`; `own` is the weights' own recipe, for comparison.

    Shapes are (height, width, 3) uint8 for pictures and (1, 3, crop, crop) float32 for what the network receives.
    Raises what `open_picture` raises.
    """
    return stages_of(open_picture(path), path, recipe, own, preview_side)


def stages_of(picture: Picture, path: str, recipe: Recipe, own: Recipe, preview_side: int = PREVIEW_SIDE) -> Pipeline:
    """The same for a picture that is already open."""
    plan = crop_plan(recipe, picture.image.size)
    pixels = prepare(picture.image, recipe)
    stages = (
        _original(picture, plan, preview_side),
        _resized(picture.image, recipe, plan, preview_side),
        _cropped(pixels, plan, preview_side),
        _normalised(pixels, recipe, preview_side),
    )
    return Pipeline(path, recipe, stages, differences(recipe, own))


def _original(picture: Picture, plan: CropPlan, side: int) -> PipelineStage:
    image = picture.image
    return PipelineStage(
        key="original",
        title="Original",
        shape=(image.height, image.width, 3),
        dtype="uint8",
        channels=_of_image(image),
        preview=preview_of(image, side),
        crop_box=plan.box_in(image.size),
        note="; ".join(picture.notes),
    )


def _resized(image: Image.Image, recipe: Recipe, plan: CropPlan, side: int) -> PipelineStage:
    width, height = plan.resized
    size = plan.resized if width * height <= _WHOLE else fitted(plan.resized, _SAMPLE_SIDE)
    made = image.resize(size, FILTERS[recipe.interpolation])
    return PipelineStage(
        key="resized",
        title="Resized",
        shape=(height, width, 3),
        dtype="uint8",
        channels=_of_image(made),
        preview=preview_of(made, side),
        note=_how_resized(recipe) + _sample_note(size, plan.resized),
    )


def _how_resized(recipe: Recipe) -> str:
    aim = f"both sides to {recipe.resize}" if recipe.fit == "stretch" else f"shorter side to {recipe.resize}"
    return f"{aim}, {recipe.interpolation}" + ("" if recipe.interpolation == "nearest" else ", antialiased")


def _sample_note(made: tuple[int, int], asked: tuple[int, int]) -> str:
    if made == asked:
        return ""
    return (
        f"; too long to be made whole ({count_text(asked[0])} x {count_text(asked[1])} pixels):"
        f" shown and measured on {count_text(made[0])} x {count_text(made[1])} pixels; the crop is exact"
    )


def _cropped(pixels: npt.NDArray[np.uint8], plan: CropPlan, side: int) -> PipelineStage:
    padding = plan.pad_left or plan.pad_top or plan.pad_right or plan.pad_bottom
    return PipelineStage(
        key="cropped",
        title="Cropped",
        shape=pixels.shape,
        dtype="uint8",
        channels=_of_planes(pixels.transpose(2, 0, 1)),
        preview=preview_of(Image.fromarray(pixels), side),
        note=f"the middle {plan.side} x {plan.side} pixels" + ("; padded with black" if padding else ""),
    )


def _normalised(pixels: npt.NDArray[np.uint8], recipe: Recipe, side: int) -> PipelineStage:
    planes = normalise(pixels, recipe)
    low, high = float(planes.min()), float(planes.max())
    span = high - low if high > low else 1.0
    visible = np.rint((planes.transpose(1, 2, 0) - low) * (255 / span)).astype(np.uint8)
    return PipelineStage(
        key="normalised",
        title="Normalised",
        shape=(1, *planes.shape),
        dtype="float32",
        channels=_of_planes(planes),
        preview=preview_of(Image.fromarray(visible), side),
        note=f"(value / 255 - mean) / std, per channel; shown from {low:.1f} (black) to {high:.1f} (white)",
    )


def _of_image(image: Image.Image) -> tuple[ChannelStatistics, ...]:
    """Exact statistics from the counts of the 256 values, without copying the picture."""
    counts = np.array(image.histogram(), np.int64).reshape(3, 256)
    return tuple(_of_counts(name, row) for name, row in zip("RGB", counts, strict=True))


def _of_counts(name: str, counts: npt.NDArray[np.int64]) -> ChannelStatistics:
    met = np.flatnonzero(counts)
    mean = int((counts * np.arange(256)).sum()) / int(counts.sum())
    return ChannelStatistics(name, float(met[0]), float(met[-1]), mean)


def _of_planes(planes: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> tuple[ChannelStatistics, ...]:
    return tuple(
        ChannelStatistics(name, float(plane.min()), float(plane.max()), float(plane.mean(dtype=np.float64)))
        for name, plane in zip("RGB", planes, strict=True)
    )
