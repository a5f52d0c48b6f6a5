"""Thumbnails and the preprocessing strip show what is there; expectations from Pillow, numpy and torchvision."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from torchvision.transforms._presets import ImageClassification

from tensorviz.core.errors import PictureUnreadable
from tensorviz.core.recipe import Recipe
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.pipeline import describe_pipeline
from tensorviz.engine.thumbnails import fitted, make_thumbnail

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from tensorviz.core.pipeline import ChannelStatistics, PipelineStage, Preview

RECIPE = Recipe(64, 56)


def seen(preview: Preview) -> npt.NDArray[np.uint8]:
    return np.frombuffer(preview.pixels, np.uint8).reshape(preview.height, preview.width, 3)


def smooth(width: int, height: int) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_thumbnail_looks_like_the_upright_picture(tmp_path: Path, suffix: str, orientation: int) -> None:
    path, exif = tmp_path / f"a{suffix}", Image.Exif()
    exif[0x0112] = orientation
    smooth(1001, 600).save(path, exif=exif, quality=95)
    whole = open_picture(str(path)).image
    got = make_thumbnail(str(path), 96)
    assert got.size == whole.size == ((1001, 600) if orientation < 5 else (600, 1001))
    assert max(got.preview.width, got.preview.height) == 96
    expected = np.asarray(whole.resize((got.preview.width, got.preview.height), Image.Resampling.BILINEAR)).astype(int)
    assert np.abs(seen(got.preview) - expected).mean() < 3


def test_a_jpeg_thumbnail_is_decoded_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smooth(1600, 1200).save(tmp_path / "a.jpg")
    decoded: list[tuple[int, int]] = []

    def stop(image: Image.Image) -> None:
        decoded.append(image.size)
        raise PictureUnreadable("Seen enough.")

    monkeypatch.setattr("tensorviz.engine.thumbnails.picture_of", stop)
    with pytest.raises(PictureUnreadable):
        make_thumbnail(str(tmp_path / "a.jpg"), 100)
    assert decoded == [(200, 150)]


def test_a_thumbnail_is_never_larger_than_the_picture_and_never_empty(tmp_path: Path) -> None:
    Image.new("RGB", (5, 3), "red").save(tmp_path / "a.png")
    small = make_thumbnail(str(tmp_path / "a.png"), 96).preview
    assert seen(small).tolist() == [[[255, 0, 0]] * 5] * 3
    Image.new("RGB", (30_000, 4)).save(tmp_path / "b.png")
    long = make_thumbnail(str(tmp_path / "b.png"), 96)
    assert (long.preview.width, long.preview.height, long.size) == (96, 1, (30_000, 4))
    assert fitted((1000, 500), 100) == (100, 50)


def test_a_thumbnail_shares_the_colours_of_the_opening(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert seen(make_thumbnail(str(tmp_path / "a.png"), 8).preview).min() == 255
    Image.fromarray(np.full((8, 8), 0x8000, np.uint16)).save(tmp_path / "b.png")
    assert set(make_thumbnail(str(tmp_path / "b.png"), 8).preview.pixels) == {0x80}


def stages(path: Path, recipe: Recipe = RECIPE) -> dict[str, PipelineStage]:
    return {stage.key: stage for stage in describe_pipeline(str(path), recipe, RECIPE).stages}


def assert_statistics(channels: tuple[ChannelStatistics, ...], planes: npt.NDArray[np.generic]) -> None:
    assert [channel.name for channel in channels] == ["R", "G", "B"]
    for channel, plane in zip(channels, planes.astype(np.float64), strict=True):
        numbers = channel.minimum, channel.maximum, channel.mean
        assert numbers == pytest.approx((plane.min(), plane.max(), plane.mean()), rel=1e-9, abs=1e-9)


def test_the_strip_tells_the_numbers_of_each_stage(tmp_path: Path) -> None:
    image = Image.fromarray(np.random.default_rng(4).integers(0, 256, (90, 130, 3), dtype=np.uint8))
    image.save(tmp_path / "a.png")
    strip = stages(tmp_path / "a.png")
    assert list(strip) == ["original", "resized", "cropped", "normalised"]
    resized = image.resize((92, 64), Image.Resampling.BILINEAR)
    preset = ImageClassification(crop_size=56, resize_size=64, mean=RECIPE.mean, std=RECIPE.std)
    crop = np.asarray(resized.crop((18, 4, 74, 60)))
    for key, pixels in (("original", np.asarray(image)), ("resized", np.asarray(resized)), ("cropped", crop)):
        assert strip[key].shape == pixels.shape
        assert strip[key].dtype == "uint8"
        assert_statistics(strip[key].channels, pixels.transpose(2, 0, 1))
        np.testing.assert_array_equal(seen(strip[key].preview), pixels)
    received: torch.Tensor = preset(image)
    assert strip["normalised"].shape == (1, 3, 56, 56)
    assert strip["normalised"].dtype == "float32"
    assert_statistics(strip["normalised"].channels, received.numpy())
    low, high = float(received.min()), float(received.max())
    assert f"shown from {low:.1f} (black) to {high:.1f} (white)" in strip["normalised"].note
    expected = (received.numpy().transpose(1, 2, 0) - low) / (high - low) * 255
    np.testing.assert_allclose(seen(strip["normalised"].preview), expected, atol=0.51)


def test_the_crop_box_lies_on_the_original(tmp_path: Path) -> None:
    smooth(200, 100).save(tmp_path / "a.png")
    box = stages(tmp_path / "a.png", Recipe(50, 40))["original"].crop_box
    assert box == pytest.approx((60, 10, 140, 90))


def test_notes_tell_of_turning_padding_and_how_it_was_resized(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    smooth(40, 30).save(tmp_path / "a.jpg", exif=exif)
    strip = stages(tmp_path / "a.jpg", Recipe(20, 48, interpolation="bicubic"))
    assert "turned by 90° to the right by its EXIF orientation" in strip["original"].note
    assert strip["original"].shape == (40, 30, 3)
    assert strip["resized"].note == "shorter side to 20, bicubic, antialiased"
    assert strip["cropped"].note.endswith("padded with black")


def test_what_differs_from_the_weights_own_recipe_is_named(tmp_path: Path) -> None:
    smooth(40, 30).save(tmp_path / "a.png")
    assert describe_pipeline(str(tmp_path / "a.png"), RECIPE, RECIPE).differing == ()
    changed = Recipe(64, 48, interpolation="nearest")
    assert describe_pipeline(str(tmp_path / "a.png"), changed, RECIPE).differing == ("crop", "interpolation")


def test_the_resized_stage_of_a_very_long_picture_is_a_sample_and_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (30_000, 4), (7, 8, 9)).save(tmp_path / "a.png")
    strip = stages(tmp_path / "a.png", Recipe(256, 224))
    assert strip["resized"].shape == (256, 1_920_000, 3)
    assert "shown and measured on 2,000 x 1 pixels" in strip["resized"].note
    assert [channel.mean for channel in strip["resized"].channels] == [7, 8, 9]
    assert strip["cropped"].shape == (224, 224, 3)


def test_a_constant_picture_has_a_strip(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), "black").save(tmp_path / "a.png")
    flat = stages(tmp_path / "a.png", Recipe(8, 8, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)))["normalised"]
    assert [(c.minimum, c.maximum, c.mean) for c in flat.channels] == [(-1, -1, -1)] * 3


def test_previews_keep_to_their_side(tmp_path: Path) -> None:
    smooth(1200, 900).save(tmp_path / "a.png")
    for stage in describe_pipeline(str(tmp_path / "a.png"), Recipe(500, 450), RECIPE, preview_side=100).stages:
        assert max(stage.preview.width, stage.preview.height) == 100
        assert len(stage.preview.pixels) == stage.preview.width * stage.preview.height * 3


def test_a_picture_is_opened_without_torch() -> None:
    import subprocess

    code = (
        "import sys, tensorviz.engine.pipeline, tensorviz.engine.thumbnails, tensorviz.engine.find_pictures;"
        "sys.exit(bool({'torch', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
