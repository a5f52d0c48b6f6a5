"""The arithmetic of the pictures after the blocks, judged by torch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tensorviz.core.block_work import EASY, blocks_work, tail_work
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator


@pytest.mark.parametrize(("width", "size"), [(8, (32, 16)), (16, (20, 28)), (8, (30, 17))])
def test_the_tail_takes_the_multiply_adds_that_torch_counts(width: int, size: tuple[int, int]) -> None:
    generator = ResNetGenerator(GeneratorPlan(width, 2)).eval()
    last = max(index for index, child in enumerate(generator.model) if child in generator.residual_blocks)
    with torch.inference_mode():
        features = generator.model[: last + 1](torch.rand(1, 3, size[1], size[0]))
        with FlopCounterMode(display=False) as counter:
            generator.model[last + 1 :](features)
    assert 2 * tail_work(size, width) == counter.get_total_flops()


def test_a_picture_as_the_published_networks_were_trained_is_easy_and_four_times_as_many_pixels_are_not() -> None:
    assert blocks_work((256, 256), 64, 9) == 10 * tail_work((256, 256), 64) <= EASY
    assert blocks_work((316, 256), 64, 9) <= EASY
    assert blocks_work((512, 512), 64, 9) > EASY
