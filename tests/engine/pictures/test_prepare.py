"""prepare() and normalise() against torchvision, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL import _imaging as core
from torchvision import transforms
from torchvision.transforms._presets import ImageClassification
from torchvision.transforms.functional import InterpolationMode, center_crop, resize

from tensorviz.core.recipe import Recipe
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.prepare import normalise, prepare

if TYPE_CHECKING:
    from pathlib import Path

MODES = {
    "bilinear": InterpolationMode.BILINEAR,
    "bicubic": InterpolationMode.BICUBIC,
    "nearest": InterpolationMode.NEAREST,
}
RECIPES = [
    Recipe(256, 224),
    Recipe(232, 224, interpolation="bicubic"),
    Recipe(342, 299),
    Recipe(256, 224, interpolation="nearest"),
    Recipe(32, 32, fit="stretch"),
    Recipe(48, 64, interpolation="bicubic", fit="stretch"),
    Recipe(100, 160),
]


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def by_torchvision(image: Image.Image, recipe: Recipe) -> npt.NDArray[np.uint8]:
    size = [recipe.resize, recipe.resize] if recipe.fit == "stretch" else [recipe.resize]
    resized = resize(image, size, interpolation=MODES[recipe.interpolation], antialias=True)
    return np.asarray(center_crop(resized, [recipe.crop, recipe.crop]))


def assert_same(image: Image.Image, recipe: Recipe) -> None:
    ours = prepare(image, recipe)
    assert ours.dtype == np.uint8
    assert ours.flags.c_contiguous
    np.testing.assert_array_equal(ours, by_torchvision(image, recipe))


@pytest.mark.parametrize("recipe", RECIPES, ids=Recipe.describe)
def test_real_photographs_give_torchvisions_bytes(recipe: Recipe, data: Path) -> None:
    paths = sorted((data / "photos").glob("*.JPEG"))[::9]
    assert len(paths) > 5
    for path in [*paths, data / "bobby.jpg", data / "horse.jpg"]:
        assert_same(open_picture(str(path)).image, recipe)


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    resize_to=st.integers(1, 120),
    crop=st.integers(1, 120),
    interpolation=st.sampled_from(sorted(MODES)),
    fit=st.sampled_from(["shorter", "stretch"]),
)
def test_every_size_and_recipe_gives_torchvisions_bytes(
    width: int, height: int, resize_to: int, crop: int, interpolation: str, fit: str
) -> None:
    recipe = Recipe(resize_to, crop, interpolation=interpolation, fit=fit)  # type: ignore[arg-type]  # drawn from it
    assert_same(noise(width, height, width * height), recipe)


@pytest.mark.parametrize("interpolation", sorted(MODES))
@pytest.mark.parametrize("size", [(4000, 4), (4, 4000), (3, 700), (1, 1), (5000, 3), (640, 480)])
def test_long_and_tiny_pictures_give_torchvisions_bytes(size: tuple[int, int], interpolation: str) -> None:
    assert_same(noise(*size), Recipe(64, 56, interpolation=interpolation))  # type: ignore[arg-type]  # one of three


@pytest.mark.parametrize("size", [(30_000, 4), (4, 30_000), (2_000_000, 1), (1, 2_000_000)])
@pytest.mark.parametrize("interpolation", sorted(MODES))
def test_a_very_long_picture_costs_little_memory(size: tuple[int, int], interpolation: str) -> None:
    image = Image.new("RGB", size, (10, 20, 30))
    recipe = Recipe(256, 224, interpolation=interpolation)  # type: ignore[arg-type]  # one of three
    core.reset_stats()
    core.clear_cache()
    got = prepare(image, recipe)
    assert (got == np.array([10, 20, 30], np.uint8)).all()
    assert core.get_stats()["allocated_blocks"] <= 12  # the whole resized picture would be over 100


@pytest.mark.parametrize("recipe", [Recipe(256, 224), Recipe(64, 64, (0.5, 0.5, 0.5), (0.25, 0.3, 0.35))])
def test_normalise_gives_the_presets_numbers(recipe: Recipe) -> None:
    image = noise(311, 257)
    preset = ImageClassification(crop_size=recipe.crop, resize_size=recipe.resize, mean=recipe.mean, std=recipe.std)
    ours = normalise(prepare(image, recipe), recipe)
    assert ours.shape == (3, recipe.crop, recipe.crop)
    assert ours.dtype == np.float32
    assert ours.flags.c_contiguous
    torch.testing.assert_close(torch.from_numpy(ours), preset(image), rtol=0, atol=0)


def test_normalise_gives_the_numbers_of_to_tensor_and_normalize_for_every_byte() -> None:
    recipe = Recipe(16, 16)
    pixels = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize(recipe.mean, recipe.std)])
    expected = steps(Image.fromarray(pixels))
    torch.testing.assert_close(torch.from_numpy(normalise(pixels, recipe)), expected, rtol=0, atol=0)
