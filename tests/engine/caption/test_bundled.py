"""The captioner that comes along, on pictures whose contents are known by their names."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from PIL import Image

import tensorviz

ASSETS = Path(__file__).resolve().parents[3] / "assets"
THINGS = {"aeroplane": "an airplane", "car": "an automobile", "frog": "a frog", "horse": "a horse", "ship": "a ship"}


@pytest.fixture(scope="module")
def captioner() -> tensorviz.PictureDescriber:
    return tensorviz.load_captioner(device="cpu")


def sample(name: str) -> Image.Image:
    return Image.open(ASSETS / "samples" / f"{name}.jpg").convert("RGB").resize((240, 240))


@pytest.mark.parametrize("name", THINGS)
def test_one_thing(captioner: tensorviz.PictureDescriber, name: str) -> None:
    said = captioner.caption(ASSETS / "samples" / f"{name}.jpg")
    assert said.text == f"a photo of {THINGS[name]}"
    assert said.tokens
    assert 0 not in said.tokens
    assert len(said.token_log_probabilities) == len(said.tokens)


def test_where_two_things_are(captioner: tensorviz.PictureDescriber) -> None:
    """Drawn pictures are not what it was trained on: three in four of all pairs are asked for, and 40 are tried."""
    right = []
    for first, second in itertools.permutations(THINGS, 2):
        beside, above = Image.new("RGB", (480, 240)), Image.new("RGB", (240, 480))
        for canvas, place in ((beside, (240, 0)), (above, (0, 240))):
            canvas.paste(sample(first), (0, 0))
            canvas.paste(sample(second), place)
        right.append(captioner.caption(beside).text == f"{THINGS[first]} to the left of {THINGS[second]}")
        right.append(captioner.caption(above).text == f"{THINGS[first]} above {THINGS[second]}")
    assert sum(right) >= 30, f"{sum(right)} of {len(right)}"


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in (ASSETS / "models").glob("cifar10_captioner.*")) < 4_000_000
