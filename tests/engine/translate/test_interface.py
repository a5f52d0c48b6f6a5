"""`tensorviz.load_generator`, as a program meets it.

Must not know how a picture is drawn.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import tensorviz
from tensorviz import TensorvizError
from tests.engine.translate.plain import Variant, checkpoint, drawn

SMALL = Variant(4, 6)


def test_a_file_is_a_generator(small_file: Path) -> None:
    loaded = tensorviz.load_generator(small_file, device="cpu")
    assert isinstance(loaded.generator, nn.Module)
    assert set(loaded.generator.state_dict()) == set(checkpoint(SMALL))
    picture = torch.rand(1, 3, 16, 20) * 2 - 1
    with torch.inference_mode():
        assert torch.allclose(loaded.generator(picture), drawn(checkpoint(SMALL), picture, SMALL), atol=1e-4)
    assert (loaded.model, loaded.way_back) == ("small", "")


def test_images_paths_and_lists(small_file: Path, tmp_path: Path) -> None:
    loaded = tensorviz.load_generator(str(small_file), resize=32, device="cpu")
    image = Image.effect_noise((50, 40), 90).convert("RGB")
    image.save(tmp_path / "noise.png")
    made = loaded.translate(image)
    assert (made.mode, made.size) == ("RGB", (40, 32))
    assert loaded.translate(tmp_path / "noise.png").tobytes() == made.tobytes()
    both = loaded.translate([image, str(tmp_path / "noise.png")])
    assert [one.tobytes() for one in both] == [made.tobytes()] * 2


def test_orientation_and_transparency_are_seen_to(small_file: Path) -> None:
    loaded = tensorviz.load_generator(small_file, resize=0, device="cpu")
    image = Image.effect_noise((40, 24), 90).convert("RGB")
    turned = image.transpose(Image.Transpose.ROTATE_90)  # 24 x 40, whose EXIF says to turn it back
    exif = turned.getexif()
    exif[0x0112] = 6
    assert loaded.translate(turned).size == (40, 24)
    assert loaded.translate(turned).tobytes() == loaded.translate(image).tobytes()
    clear = Image.new("RGBA", (40, 24), (255, 0, 0, 0))
    assert loaded.translate(clear).tobytes() == loaded.translate(Image.new("RGB", (40, 24), "white")).tobytes()


def test_the_two_ways_differ(small_file: Path) -> None:
    image = Image.effect_noise((42, 33), 90).convert("RGB")
    sizes = [
        tensorviz.load_generator(small_file, way, resize=0, device="cpu").translate(image).size
        for way in ("trained", "book")
    ]
    assert sizes == [(42, 33), (44, 36)]


def test_the_book_s_horse(small_file: Path, data: Path) -> None:
    horse = data / "horse.jpg"
    assert tensorviz.load_generator(small_file, device="cpu").translate(horse).size == (314, 256)
    assert tensorviz.load_generator(small_file, "book", device="cpu").translate(horse).size == (316, 256)


def test_the_pair_that_comes_along_is_the_default(
    small_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorviz.engine.weights import generators

    folder = tmp_path / "models"
    folder.mkdir()
    digest = hashlib.sha256(small_file.read_bytes()).hexdigest()
    for name, other in (("photo2painting", "painting2photo"), ("painting2photo", "photo2painting")):
        facts = {"summary": "s", "parameters": 1, "gflops": 0.1, "sha256": digest, "trained_on": "t", "way_back": other}
        (folder / f"{name}.json").write_text(json.dumps(facts))
        (folder / f"{name}.safetensors").write_bytes(small_file.read_bytes())
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "cyclegan.json").write_text('{"models": []}')
    monkeypatch.setattr(generators, "assets_folder", lambda: tmp_path)
    loaded = tensorviz.load_generator(device="cpu")
    assert (loaded.model, loaded.way_back, loaded.notes) == ("photo2painting", "painting2photo", ())
    assert tensorviz.load_generator(loaded.way_back, device="cpu").way_back == "photo2painting"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"name_or_path": "hors2zebra"}, "Did you mean horse2zebra"),
        ({"name_or_path": "horse2zebra"}, "tensorviz fetch horse2zebra:BOOK"),
        ({"name_or_path": "absent.pth"}, "absent.pth is not there"),
        ({"name_or_path": 7}, "of type int"),
        ({"input_range": "bok"}, "bok"),
        ({"resize": 1.5}, "whole number"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(arguments: dict[str, Any], word: str) -> None:
    with pytest.raises(TensorvizError, match=word) as caught:
        tensorviz.load_generator(**arguments)
    assert caught.value.hint


@pytest.mark.parametrize("thing", [7, b"bytes", None, [3]])
def test_what_is_no_picture_is_a_sentence(small_file: Path, thing: Any) -> None:
    with pytest.raises(TensorvizError, match="A picture was expected"):
        tensorviz.load_generator(small_file, device="cpu").translate(thing)


class Raw(os.PathLike[bytes]):
    """A path in bytes, as os.scandir(b".") gives them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> bytes:
        return os.fsencode(self._path)


def test_paths_may_be_bytes_and_numbers_numpy_s(small_file: Path) -> None:
    loaded = tensorviz.load_generator(Raw(small_file), device="cpu", resize=np.int64(24))  # type: ignore[arg-type]  # on purpose
    assert loaded.translate(Image.new("L", (30, 40))).size == (24, 32)
    assert loaded.there_and_back(Image.new("L", (9, 9)), Raw(small_file)).back.size == (24, 24)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TensorvizError, match="True"):
        tensorviz.load_generator(small_file, device="cpu", resize=True)


@pytest.mark.parametrize("name", ["a" * 5000, "a" * 5000 + ".pth", "\ud800.pth", "\ud800", "x\0.pth"])
def test_names_that_no_file_can_have_are_sentences(small_file: Path, name: str) -> None:
    with pytest.raises(TensorvizError):
        tensorviz.load_generator(name, device="cpu")
    with pytest.raises(TensorvizError):
        tensorviz.load_generator(weights=name, device="cpu")
    with pytest.raises(TensorvizError):
        tensorviz.load_generator(small_file, device="cpu").there_and_back(Image.new("L", (9, 9)), name)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions of POSIX, which root does not have")
def test_a_file_in_a_closed_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(0)
    with pytest.raises(TensorvizError, match="is not there"):
        tensorviz.load_generator(tmp_path / "closed" / "x.pth", device="cpu")


@pytest.mark.parametrize("back", [":", ":V1"])
def test_a_way_back_without_a_name_is_the_known_one_or_none(small_file: Path, back: str) -> None:
    with pytest.raises(TensorvizError, match="No way back is known"):
        tensorviz.load_generator(small_file, device="cpu").there_and_back(Image.new("L", (9, 9)), back)
    found = tensorviz.load_generator(device="cpu", resize=8).there_and_back(Image.new("L", (9, 9)), back)
    assert found.back.size == (8, 8)


def test_a_picture_without_pixels_takes_no_memory_but_a_sentence(small_file: Path) -> None:
    with pytest.raises(TensorvizError, match="0 x 5 pixels has none"):
        tensorviz.load_generator(small_file, device="cpu").memory((0, 5))
