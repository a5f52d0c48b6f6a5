"""The sample pictures are those that the script draws, small, and open like any other picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tensorviz.engine.pictures import open_picture
from tools.make_samples import SCENES

SAMPLES = Path(__file__).resolve().parents[2] / "assets" / "samples"


@pytest.mark.parametrize("name", sorted(SCENES))
def test_each_sample_is_small_and_opens(name: str) -> None:
    path = SAMPLES / f"{name}.jpg"
    assert path.stat().st_size <= 60_000
    picture = open_picture(str(path))
    assert picture.image.size == (448, 448)
    assert picture.notes == ()


def test_nothing_else_lies_among_the_samples() -> None:
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(f"{name}.jpg" for name in SCENES)


def test_a_sample_is_what_the_script_draws() -> None:
    kept = np.asarray(open_picture(str(SAMPLES / "aeroplane.jpg")).image).astype(float)
    drawn = np.asarray(SCENES["aeroplane"]()).astype(float)
    assert np.abs(kept - drawn).mean() < 3  # JPEG, and the grain that it smooths
