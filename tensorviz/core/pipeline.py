"""The steps between a picture and a network, as they are shown: the preprocessing strip.

Must not know how pixels are made: sizes, statistics and small previews only.
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture to show: `pixels` are width * height * 3 bytes, RGB, rows without padding."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Smallest, largest and mean value of one channel, in the units of its stage."""

    name: str
    minimum: float
    maximum: float
    mean: float


@dataclass(frozen=True, slots=True)
class PipelineStage:
    """One step. key: "original", "resized", "cropped", "normalised". shape and dtype are those of the array there.

    crop_box: on "original", the part the network sees (left, top, right, bottom in pixels of that stage).
    note: what happened in this step in words ("turned by its EXIF orientation", "resize 256, bilinear, antialiased").
    """

    key: str
    title: str
    shape: tuple[int, ...]
    dtype: str
    channels: tuple[ChannelStatistics, ...]
    preview: Preview
    crop_box: tuple[float, float, float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All the steps for one picture; `differing` names the parameters that are not the weights' own."""

    path: str
    recipe: Recipe
    stages: tuple[PipelineStage, ...]
    differing: tuple[str, ...] = ()
