"""Tensors given to a network that has no numbers yet; torch is the judge of what is finite."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.engine.weights.assigning import assign

HUGEST = torch.finfo(torch.float32).max


def empty() -> nn.Module:
    with torch.device("meta"):
        return nn.Sequential(nn.Conv2d(1, 4, 1), nn.BatchNorm2d(4))


def tensors() -> dict[str, torch.Tensor]:
    network = nn.Sequential(nn.Conv2d(1, 4, 1), nn.BatchNorm2d(4))
    return {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}


def test_counters_that_old_files_lack_are_zero_and_the_network_computes_and_moves() -> None:
    network, given_tensors = empty(), tensors()
    assert assign(network, given_tensors) == ()
    state = network.to("cpu").state_dict()
    assert int(state["1.num_batches_tracked"]) == 0
    assert all(torch.equal(state[name], value) for name, value in given_tensors.items())
    assert network(torch.ones(1, 1, 2, 2)).shape == (1, 4, 2, 2)


@given(st.lists(st.floats(width=32), min_size=4, max_size=4), st.sampled_from([torch.float32, torch.float16]))
def test_only_numbers_are_taken_however_large(values: list[float], dtype: torch.dtype) -> None:
    bias = torch.tensor(values, dtype=torch.float32).to(dtype)
    network = empty()
    changed = {**tensors(), "0.bias": bias}
    if bool(torch.isfinite(bias).all()):
        assign(network, changed)
        assert torch.equal(network.state_dict()["0.bias"], bias.float())
        return
    with pytest.raises(CheckpointMismatch, match=r"NaN or infinity \(0\.bias first\), so every picture would be"):
        assign(network, changed, "picture")


def test_a_sum_that_overflows_is_no_infinity() -> None:
    network = empty()
    assign(network, {**tensors(), "0.bias": torch.full((4,), HUGEST)})
    assert float(network.state_dict()["0.bias"].max()) == HUGEST
    with pytest.raises(CheckpointMismatch, match="every answer would be empty"):
        assign(empty(), {**tensors(), "0.bias": torch.tensor([float("inf"), -float("inf"), 1.0, 2.0])})
