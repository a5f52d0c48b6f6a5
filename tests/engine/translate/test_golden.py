"""What tensorviz draws with a checkpoint of any published variant is what the published network draws.

The expectation is tests/engine/translate/plain.py, which was written from the description and shares no code.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tensorviz.engine.tasks.translate.build import build_generator
from tensorviz.engine.tasks.translate.forward import Forward, as_input
from tests.engine.translate.plain import ALL, State, Variant, checkpoint, drawn, with_statistics

PIXELS = torch.randint(0, 256, (52, 44, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(5))
PICTURE = PIXELS.permute(2, 0, 1)[None] / 127.5 - 1


def ours(state: State) -> Tensor:
    network = build_generator(state).network
    return Forward(network, torch.device("cpu")).drawn(PIXELS.numpy(), "trained")


def apart(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max())


def test_the_published_network_at_its_full_width() -> None:
    variant = Variant(64, 9)
    state = checkpoint(variant)
    assert (len(state), sum(value.numel() for value in state.values())) == (48, 11_378_179)
    expected = drawn(state, PICTURE, variant)[0]
    assert expected.std() > 0.1  # a picture, not a saturated plane
    assert apart(ours(state), expected) < 1e-4


@pytest.mark.parametrize("variant", ALL, ids=str)
def test_every_variant_is_recognised_and_drawn(variant: Variant) -> None:
    state = checkpoint(variant, seed=3)
    network = build_generator(state).network
    plan = network.plan
    assert (plan.width, plan.blocks, plan.dropout) == (variant.width, variant.blocks, variant.dropout)
    assert plan.norm == ("batch" if variant.batch else "instance")
    assert not network.training
    expected = drawn(state, PICTURE, variant)[0]
    assert expected.std() > 0.1
    assert expected.abs().mean() < 0.8  # a picture, not planes at both ends
    assert apart(ours(state), expected) < 1e-4


@pytest.mark.parametrize("dropout", [False, True])
def test_statistics_of_instance_norms_change_nothing(dropout: bool) -> None:
    variant = Variant(8, 9, dropout)
    state = checkpoint(variant)
    old = with_statistics(state, variant)
    assert len(old) - len(state) == 69  # three for each of 23 norms
    assert torch.equal(ours(old), ours(state))
    assert build_generator(old).notes == (
        "69 running statistics of instance norms in the checkpoint were dropped, as always",
    )


def test_the_book_has_values_from_0_to_1() -> None:
    variant = Variant(8, 6)
    state = checkpoint(variant)
    forward = Forward(build_generator(state).network, torch.device("cpu"))
    expected = drawn(state, PIXELS.permute(2, 0, 1)[None] / 255, variant)[0]
    assert apart(forward.drawn(PIXELS.numpy(), "book"), expected) < 1e-4
    assert apart(as_input(PIXELS, "trained"), PICTURE) < 1e-6


def test_half_precision_is_computed_with_as_float32() -> None:
    variant = Variant(8, 6)
    halved = {name: value.half() for name, value in checkpoint(variant).items()}
    expected = drawn({name: value.float() for name, value in halved.items()}, PICTURE, variant)[0]
    assert apart(ours(halved), expected) < 1e-4
    assert "float16" in build_generator(halved).notes[0]


def test_with_instance_norms_the_input_range_does_not_matter() -> None:
    # The first norm takes scale and offset away; a batch norm keeps them. So the book's zebra is the trained one's.
    for batch, same in ((False, True), (True, False)):
        variant = Variant(8, 6, batch=batch)
        forward = Forward(build_generator(checkpoint(variant)).network, torch.device("cpu"))
        between = apart(forward.drawn(PIXELS.numpy(), "trained"), forward.drawn(PIXELS.numpy(), "book"))
        assert (between < 1e-3) is same
