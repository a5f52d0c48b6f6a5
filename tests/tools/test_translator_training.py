"""The training of the small translators: it learns, it goes on from where it stood, and judges what it wrote.

Must not know which numbers come out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from tools.translator_networks import PLAN, Pair, Pool, judge_network
from tools.translator_pictures import Side, as_pixels, as_tensor, cut_to_fours

PHOTO, PAINTING = (torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(s)) * 2 - 1 for s in (1, 2))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_run_that_goes_on_is_the_run_that_never_stopped() -> None:
    one, other = Pair(3), Pair(4)
    one.look(torch.cat((PHOTO, PAINTING)))
    first = one.step(PHOTO, PAINTING, 1.0)
    assert all(np.isfinite(loss) for loss in first.values())
    other.resume(one.state())
    assert other.step(PHOTO, PAINTING, 0.5) == pytest.approx(one.step(PHOTO, PAINTING, 0.5), rel=1e-3)


def test_brightness_is_not_lost_on_the_way() -> None:
    pair = Pair(3)
    pair.look(torch.cat((PHOTO, PAINTING)))
    with torch.inference_mode():
        assert (pair.there(PHOTO) - pair.there(PHOTO / 2 - 0.5)).abs().mean() > 0.01
        for norm in (m for m in pair.slow_there.modules() if isinstance(m, torch.nn.BatchNorm2d)):
            assert norm.running_var is not None
            assert not norm.training


def test_what_is_shipped_fits_in_five_megabytes() -> None:
    numbers = sum(value.numel() for value in Pair(1).slow_there.parameters())
    assert 2 * 2 * numbers < 5_000_000  # two networks, two bytes a number
    assert not PLAN.dropout


def test_the_discriminator_judges_patches() -> None:
    judge = judge_network(4)
    assert judge(torch.zeros(1, 3, 128, 128)).shape == (1, 1, 14, 14)
    corner = torch.zeros(1, 3, 128, 128)
    corner[..., :70, :70].uniform_(-1, 1)
    first = judge[0](corner) != judge[0](torch.zeros_like(corner))  # before the norms, which see everything
    assert not first[..., 36:, 36:].any()


def test_the_pool_gives_earlier_pictures_back() -> None:
    pool = Pool(random.Random(1), size=3)
    pictures = [torch.full((1, 3, 2, 2), float(number)) for number in range(40)]
    given = [float(pool.swapped(picture)[0, 0, 0, 0]) for picture in pictures]
    assert given[:3] == [0, 1, 2]
    assert any(now < number for number, now in enumerate(given))
    assert len(pool.kept) == 3


def test_crops_are_parts_of_the_pictures() -> None:
    pixels = np.arange(130 * 140 * 3, dtype=np.uint32).astype(np.uint8).reshape(130, 140, 3)
    side = Side([[pixels]], [])
    crop = as_pixels(side.crop(random.Random(2), mirror=False))
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (128, 128, 3))
    assert any((window[0] == crop).all() for row in windows for window in row)
    assert (as_pixels(as_tensor(pixels)) == pixels).all()
    assert cut_to_fours(pixels).shape == (128, 140, 3)
