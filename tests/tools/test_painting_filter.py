"""The painting filter does what its description says.

Must not know the training.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from tools.painting_filter import kuwahara, painted, stroke_directions


def scene() -> Image.Image:
    """A dark square on light ground, with grain."""
    grain = np.random.default_rng(1).normal(0, 12, (72, 96, 3))
    ground = np.full((72, 96, 3), 190.0)
    ground[20:52, 30:66] = (60, 80, 120)
    return Image.fromarray((ground + grain).clip(0, 255).astype(np.uint8))


def test_the_same_picture_and_seed_give_the_same_bytes() -> None:
    assert painted(scene(), 3).tobytes() == painted(scene(), 3).tobytes()
    assert painted(scene(), 3).tobytes() != painted(scene(), 4).tobytes()
    assert painted(scene(), 3).size == (96, 72)


def test_areas_become_flat_and_edges_stay() -> None:
    pixels = (np.asarray(scene(), np.float32) / 255).astype(np.float32)
    flat = kuwahara(pixels, 4.5)
    assert flat[24:48, 36:60].std((0, 1)).max() < 0.4 * pixels[24:48, 36:60].std((0, 1)).min()
    step = flat[36, 24].mean() - flat[36, 36].mean()
    assert step > 0.9 * (pixels[20:52, :24].mean() - pixels[20:52, 34:62].mean())


def test_strokes_run_along_an_edge() -> None:
    columns = np.zeros((40, 40, 3), np.float32)
    columns[:, 20:] = 1
    assert np.abs(stroke_directions(columns)[10:30, 18:22, 1]).min() > 0.99  # the edge is upright
