"""The pair of translators that comes along: its files are what the cards say, and it goes there and back.

Skipped where the pair has not been trained yet.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tensorviz
from tensorviz.engine.places import assets_folder

NAMES = ("photo2painting", "painting2photo")


@pytest.fixture
def models() -> Path:
    folder = assets_folder() / "models"
    if not all((folder / f"{name}.safetensors").is_file() for name in NAMES):
        pytest.skip("the pair has not been trained yet (tools/train_translator.py)")
    return folder


def test_the_files_are_what_their_cards_say(models: Path) -> None:
    for name, other in (NAMES, NAMES[::-1]):
        card = json.loads((models / f"{name}.json").read_text())
        assert card["sha256"] == hashlib.sha256((models / f"{name}.safetensors").read_bytes()).hexdigest()
        assert card["way_back"] == other
        network = tensorviz.load_generator(name, device="cpu").generator
        assert card["parameters"] == sum(value.numel() for value in network.parameters())
    assert sum((models / f"{name}.safetensors").stat().st_size for name in NAMES) <= 5_000_000


def test_there_and_back_again(models: Path, data: Path) -> None:
    there, back = (tensorviz.load_generator(name, device="cpu") for name in NAMES)
    with Image.open(data / "horse.jpg") as image:
        photo = image.convert("RGB").resize((314, 256))
    painting = there.translate(photo)
    again = back.translate(painting)
    moved, returned = (
        float(np.abs(np.asarray(one, float) - np.asarray(photo, float)).mean()) for one in (painting, again)
    )
    assert moved > 3  # something was painted
    assert returned < 25  # levels of 255
