"""Two checkpoints compared: distances judged by walking from one number to its neighbour with torch.

Must not know how blocks are read.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.checkpoint_values import Comparison, Difference
from tensorviz.core.dtypes import DTYPES
from tensorviz.engine.checkpoints.compare import Side, compare
from tensorviz.engine.checkpoints.duplicates import find_duplicates
from tensorviz.engine.checkpoints.ulp import ulp_between
from tests.engine.checkpoints.made import made
from tests.engine.checkpoints.test_values import FLOATS, INTEGERS, random_bits

SMALL = [name for name in FLOATS if DTYPES[name].itemsize <= 2]


def compared(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> Comparison:
    return compare(Side(*made(first)), Side(*made(second)))


def one_difference(a: torch.Tensor, b: torch.Tensor) -> Difference:
    (found,) = compared({"x": a}, {"x": b}).differences
    return found


@pytest.mark.parametrize("name", SMALL)
def test_steps_are_ranks_among_all_numbers_of_the_type(name: str) -> None:
    count = 1 << (8 * DTYPES[name].itemsize)
    bits = np.arange(count, dtype=f"<u{DTYPES[name].itemsize}")
    values = torch.from_numpy(bits.astype("i2" if count > 256 else "u1")).view(getattr(torch, name)).double()
    ranks = {value: rank for rank, value in enumerate(sorted({v for v in values.tolist() if v == v}))}
    places = [at for at, value in enumerate(values.tolist()) if value == value]
    rng = np.random.default_rng(1)
    a, b = (rng.choice(places, 5000) for _ in range(2))
    wanted = [abs(ranks[values[i].item()] - ranks[values[j].item()]) for i, j in zip(a, b, strict=True)]
    assert ulp_between(bits[a], bits[b], DTYPES[name]).tolist() == wanted


@given(st.floats(allow_nan=False), st.integers(0, 3))
def test_neighbours_of_a_double_are_one_step_apart(value: float, hops: int) -> None:
    other, walked = value, 0
    while walked < hops and other < math.inf:
        other, walked = math.nextafter(other, math.inf), walked + 1
    bits = np.array([value, other]).view("<u8")
    assert ulp_between(bits[:1], bits[1:], DTYPES["float64"])[0] == walked


def test_the_widest_distance_of_doubles_is_exact() -> None:
    ends = np.array([-math.inf, math.inf]).view("<u8")
    assert int(ulp_between(ends[:1], ends[1:], DTYPES["float64"])[0]) == 2 * (2047 << 52)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(FLOATS + INTEGERS), st.integers(0, 1000), st.sampled_from(["", "one", "other", "both"]))
def test_the_largest_differences_are_found(dtype: str, seed: int, turned: str) -> None:
    a, b = random_bits(dtype, 60, seed).reshape(10, 6), random_bits(dtype, 60, seed + 1).reshape(10, 6)
    keep = torch.rand(10, 6, generator=torch.Generator().manual_seed(seed)) < 0.5
    width = f"i{DTYPES[dtype].itemsize}" if dtype != "bool" else "u1"
    raw = np.where(keep.numpy(), *(t.contiguous().view(torch.uint8).numpy().view(width) for t in (a, b)))
    b = torch.from_numpy(raw.copy()).view(a.dtype) if dtype != "bool" else torch.from_numpy(raw.copy()).bool()
    sides = [a.t() if turned else a, b.t() if turned else b]
    sides = [
        side.contiguous() if turned not in (who, "both") else side
        for side, who in zip(sides, ("one", "other"), strict=True)
    ]
    found = compared({"x": sides[0]}, {"x": sides[1]})
    pairs = list(zip(numbers(a), numbers(b), strict=True))
    differ = [(x, y) for x, y in pairs if x != y and not (x != x and y != y)]
    if not differ:
        assert found.same
        assert found.equal == 1
        return
    (row,) = found.differences
    assert (row.numbers, row.differing) == (60, len(differ))
    assert row.nan == sum((x != x) != (y != y) for x, y in differ)
    shares = [relative(x, y) for x, y in differ if x == x and y == y]
    assert row.relative == pytest.approx(max(shares, default=0.0), rel=1e-12)
    if row.at is not None and row.values is not None:
        at = row.at[::-1] if turned else row.at
        assert row.values == (float(a[at].to(torch.float64)), float(b[at].to(torch.float64)))


def numbers(tensor: torch.Tensor) -> list[float]:
    if tensor.dtype.is_floating_point:
        return [float(value) for value in tensor.to(torch.float64).flatten().tolist()]
    return [int(value) for value in tensor.flatten().tolist()]


def relative(x: float, y: float) -> float:
    if math.inf in (abs(x), abs(y)):
        return math.inf
    larger = max(abs(x), abs(y))
    return abs(x / larger - y / larger) if abs(x - y) == math.inf else float(abs(float(x) - float(y)) / larger)


def test_nan_is_equal_to_nan_and_to_nothing_else() -> None:
    nan, other = torch.tensor([math.nan, 1, 2]), torch.tensor([-math.nan, math.nan, 2])
    found = one_difference(nan, other)
    assert (found.differing, found.nan, found.ulp, found.at) == (1, 1, 0, None)
    assert compared({"x": torch.tensor([0.0])}, {"x": torch.tensor([-0.0])}).same


def test_names_shapes_and_types() -> None:
    one = {"a": torch.zeros(2), "b": torch.zeros(3), "c": torch.ones(2), "d": torch.ones(1)}
    two = {"b": torch.zeros(4), "c": torch.ones(2, dtype=torch.float64), "d": torch.ones(1), "e": torch.zeros(1)}
    found = compared(one, two)
    assert (found.missing, found.extra) == (("a",), ("e",))
    assert found.shapes == (("b", (3,), (4,)),)
    assert found.dtypes == (("c", "float32", "float64"),)
    assert (found.differences, found.equal) == ((), 2)
    assert compared({"x": torch.ones(2)}, {"x": torch.ones(2, dtype=torch.complex64)}).differences[0].problem


def test_the_largest_comes_first() -> None:
    one = {name: torch.ones(3) for name in "abc"}
    two = {"a": torch.tensor([1, 1, 1.001]), "b": torch.tensor([1, 5.0, 1]), "c": torch.tensor([1, 1, 1.01])}
    assert [row.name for row in compared(one, two).differences] == ["b", "c", "a"]


def test_wrapped_names_meet_plain_ones() -> None:
    plain = {"conv.weight": torch.ones(3), "conv.bias": torch.ones(1)}
    wrapped = {f"state_dict.module.{name}": tensor for name, tensor in plain.items()}
    wrapped["optimizer.state.0.exp_avg"] = torch.ones(2)
    found = compared(plain, wrapped)
    assert (found.missing, found.extra, found.equal) == ((), ("optimizer.state.0.exp_avg",), 2)
    assert found.other_names


def test_duplicates_are_told_by_the_order_of_elements() -> None:
    x = torch.arange(12.0).reshape(3, 4)
    tensors = {
        "a": x, "tied": x, "turned": x.t().contiguous().t(), "other": x.flip(0).contiguous(),
        "shape": x.reshape(4, 3).clone(),
        "zeros": torch.zeros(3, 4), "zeros2": torch.zeros(3, 4), "minus": -torch.zeros(3, 4),
        "ints": x.int(), "e": torch.ones(0),
        "e2": torch.ones(0),
    }  # fmt: skip  # a table
    found = find_duplicates(*made(tensors))
    assert [(group.names, group.saved, group.constant) for group in found] == [
        (("a", "turned"), 48, False),
        (("zeros", "zeros2"), 48, True),
    ]
