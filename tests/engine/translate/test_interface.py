"""`tensorviz.load_generator`, as a program meets it.

Must not know how a picture is drawn.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

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
