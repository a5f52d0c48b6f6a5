"""What is done to a picture before a network sees it, as data and as arithmetic.

Must not know pixels: sizes in, sizes and boxes out. The rules are torchvision's `ImageClassification` preset
(torchvision/transforms/_presets.py and functional.py), so that answers agree with a plain torchvision script.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeGuard, get_args

from tensorviz.core.errors import ValueRefused

Interpolation = Literal["bilinear", "bicubic", "nearest"]
Fit = Literal["shorter", "stretch"]
Triple = tuple[float, float, float]
Size = tuple[int, int]  # width, height

LARGEST_SIDE = 8192


@dataclass(frozen=True, slots=True)
class Recipe:
    """Resize, centre crop, normalise.

    resize: pixels; the shorter side with fit "shorter", both sides with fit "stretch" (proportion not kept).
    crop: side of the square cut from the middle, in pixels; where the resized picture is smaller, black is added.
    mean, std: per channel (R, G, B), applied to values in [0, 1].
    """

    resize: int
    crop: int
    mean: Triple = (0.485, 0.456, 0.406)
    std: Triple = (0.229, 0.224, 0.225)
    interpolation: Interpolation = "bilinear"
    fit: Fit = "shorter"

    def __post_init__(self) -> None:
        _check_side("resize", self.resize)
        _check_side("crop", self.crop)
        _check_triple("mean", self.mean)
        _check_triple("std", self.std)
        if any(value <= 0 for value in self.std):
            raise ValueRefused(
                f"The recipe's std is {_spelled(self.std)}; each of its values must be above 0.",
                "For example 0.5 0.5 0.5.",
            )
        _check_choice("interpolation", self.interpolation, get_args(Interpolation))
        _check_choice("fit", self.fit, get_args(Fit))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "mean": list(self.mean), "std": list(self.std)}

    def describe(self) -> str:
        """One line for a person: "resize 256 (bilinear), centre crop 224, mean ..., std ..."."""
        how = "stretch to" if self.fit == "stretch" else "resize"
        crop = "" if self.fit == "stretch" and self.crop == self.resize else f", centre crop {self.crop}"
        mean, std = (" ".join(f"{value:g}" for value in triple) for triple in (self.mean, self.std))
        return f"{how} {self.resize} ({self.interpolation}){crop}, mean {mean}, std {std}"


def recipe_from_dict(values: dict[str, Any]) -> Recipe:
    """The recipe that `as_dict` wrote; raises ValueRefused for anything else."""
    known = {field.name for field in fields(Recipe)}
    unknown = sorted(str(key) for key in values if key not in known)
    if unknown:
        raise ValueRefused(f"A recipe has no {', '.join(unknown)}.", f"It has {', '.join(sorted(known))}.")
    try:
        changed: dict[str, Any] = {k: tuple(value) if k in ("mean", "std") else value for k, value in values.items()}
        return Recipe(**changed)
    except TypeError as error:
        raise ValueRefused(f"A recipe cannot be made of {values!r}.", "It needs at least resize and crop.") from error


def differences(recipe: Recipe, own: Recipe) -> tuple[str, ...]:
    """The names of the parameters in which `recipe` differs from the weights' own; empty when it is the own."""
    return tuple(field.name for field in fields(Recipe) if getattr(recipe, field.name) != getattr(own, field.name))


def resized_size(recipe: Recipe, size: Size) -> Size:
    """The size (width, height) after resizing; the longer side is cut to a whole number, as torchvision does."""
    if recipe.fit == "stretch":
        return recipe.resize, recipe.resize
    width, height = size
    short, long = min(width, height), max(width, height)
    longer = int(recipe.resize * long / short)
    return (recipe.resize, longer) if width <= height else (longer, recipe.resize)


@dataclass(frozen=True, slots=True)
class CropPlan:
    """Where the crop lies: `left`, `top` in the resized and padded picture; padding in pixels on each side."""

    resized: Size
    left: int
    top: int
    pad_left: int
    pad_top: int
    pad_right: int
    pad_bottom: int
    side: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The part of the resized picture that the network sees: left, top, right, bottom, inside the picture."""
        width, height = self.resized
        left, top = max(0, self.left - self.pad_left), max(0, self.top - self.pad_top)
        return (
            left,
            top,
            min(width, self.left - self.pad_left + self.side),
            min(height, self.top - self.pad_top + self.side),
        )

    def box_in(self, size: Size) -> tuple[float, float, float, float]:
        """The same part in the coordinates of the picture before resizing, whose size is (width, height)."""
        x, y = size[0] / self.resized[0], size[1] / self.resized[1]
        left, top, right, bottom = self.box
        return left * x, top * y, right * x, bottom * y


def crop_plan(recipe: Recipe, size: Size) -> CropPlan:
    """Plans the centre crop of a picture of `size` (width, height); torchvision's `center_crop`, padding included."""
    width, height = resized_size(recipe, size)
    crop = recipe.crop
    pads = [max(0, crop - width) // 2, max(0, crop - height) // 2, (max(0, crop - width) + 1) // 2]
    pads.append((max(0, crop - height) + 1) // 2)
    padded_width, padded_height = width + pads[0] + pads[2], height + pads[1] + pads[3]
    left, top = round((padded_width - crop) / 2.0), round((padded_height - crop) / 2.0)
    return CropPlan((width, height), left, top, pads[0], pads[1], pads[2], pads[3], crop)


def _check_side(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_SIDE:
        raise ValueRefused(
            f"The recipe's {name} is {value!r}; it must be a whole number of pixels from 1 to {LARGEST_SIDE}.",
            "Most networks use 224 or 256.",
        )


def _is_numbers(value: object) -> TypeGuard[tuple[float, ...]]:
    return isinstance(value, tuple) and all(isinstance(v, int | float) for v in value)


def _check_triple(name: str, value: object) -> None:
    if not _is_numbers(value) or len(value) != 3 or not all(math.isfinite(v) for v in value):
        raise ValueRefused(
            f"The recipe's {name} is {_spelled(value)}; it must be three finite numbers (R, G, B).",
            "For example 0.5 0.5 0.5.",
        )


def _spelled(value: object) -> str:
    return " ".join(f"{number:g}" for number in value) if _is_numbers(value) else repr(value)


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueRefused(f"The recipe's {name} is {value!r}.", f"Use one of {', '.join(choices)}.")
