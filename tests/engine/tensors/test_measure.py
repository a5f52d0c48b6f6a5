"""Statistics block by block against numpy over the whole, for every dtype and many layouts."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tensorviz.core.dtypes import DTYPES, unpacked
from tensorviz.core.errors import ValueRefused
from tensorviz.core.session_data import Statistics
from tensorviz.engine.tensors import measure as module
from tensorviz.engine.tensors.measure import measure

Numbers = NDArray[np.float64]


pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that even small tensors are read in several blocks."""
    monkeypatch.setattr(module, "BLOCK", 7)


def measured(tensor: torch.Tensor) -> Statistics:
    *between, found = measure("x", tensor, threading.RLock())
    assert found is not None
    assert all(one is None for one in between)
    return found


def numbers_of(tensor: torch.Tensor) -> Numbers:
    """Every number of a tensor in float64, by another way than the code's: element by element through Python."""
    if tensor.dtype == torch.float4_e2m1fn_x2:
        codes = tensor.view(torch.uint8).flatten().tolist()
        return np.array([number for code in codes for number in unpacked(code)], dtype=np.float64)
    wide = tensor if tensor.dtype in (torch.complex64, torch.complex128) else None
    wide = tensor.to(torch.complex64) if wide is None and tensor.dtype.is_complex else wide
    if wide is not None:
        return np.array([abs(complex(value)) for value in wide.flatten().tolist()], dtype=np.float64)
    return np.array([float(value) for value in tensor.flatten().tolist()], dtype=np.float64)


def check(tensor: torch.Tensor) -> None:
    found, numbers = measured(tensor), numbers_of(tensor)
    finite = numbers[np.isfinite(numbers)]
    assert found.numel == numbers.size
    assert found.zeros == sum(1 for number in numbers if number == 0)
    assert found.nans == sum(1 for number in numbers if math.isnan(number))
    assert found.plus_infinities == sum(1 for number in numbers if number == math.inf)
    assert found.minus_infinities == sum(1 for number in numbers if number == -math.inf)
    assert sum(found.counts) == finite.size
    if not finite.size:
        assert (found.minimum, found.maximum, found.mean, found.deviation) == (None, None, None, None)
        assert (found.edges, found.counts) == ((), ())
        return
    assert found.minimum is not None
    assert found.maximum is not None
    ulp = 1e-15 if tensor.dtype.is_complex else 0  # two ways to take a root
    expected = pytest.approx((finite.min(), finite.max()), rel=ulp, abs=0)
    assert (float(found.minimum), float(found.maximum)) == expected
    largest = float(np.abs(finite).max()) or 1.0
    mean = math.fsum(finite / largest) / finite.size
    spread = math.sqrt(math.fsum((finite / largest - mean) ** 2) / finite.size)
    assert found.mean == pytest.approx(mean * largest, rel=1e-12, abs=1e-14 * largest)
    assert found.deviation == pytest.approx(spread * largest, rel=1e-9, abs=1e-12 * largest)
    assert len(found.edges) == len(found.counts) + 1
    places = np.searchsorted(np.array(found.edges[1:-1]), finite, side="right")  # the last bin holds its upper edge
    assert found.counts == tuple(int((places == place).sum()) for place in range(len(found.counts)))


def random_bits(dtype: torch.dtype, count: int, seed: int) -> torch.Tensor:
    """Elements of any bits, so NaN, infinities and numbers of every size with them."""
    made = torch.Generator().manual_seed(seed)
    size = torch.empty(0, dtype=dtype).element_size()
    raw = torch.randint(0, 256, (count * size,), dtype=torch.uint8, generator=made)
    return (raw % 2).view(dtype) if dtype == torch.bool else raw.view(dtype)


@pytest.mark.parametrize("name", [name for name in DTYPES if name not in ("float64", "complex128", "complex64")])
def test_every_dtype_of_random_bits(name: str) -> None:
    for seed in range(3):
        check(random_bits(getattr(torch, name), 120, seed).reshape(4, 6, 5))


@pytest.mark.parametrize("name", ["float64", "complex64", "complex128"])
def test_wide_dtypes(name: str) -> None:
    made = torch.Generator().manual_seed(4)
    check(torch.randn(5, 4, 6, dtype=getattr(torch, name), generator=made) * 1000)


@pytest.mark.parametrize("name", ["float32", "int64", "bfloat16", "bool", "float8_e4m3fn", "float4_e2m1fn_x2"])
def test_every_layout(name: str) -> None:
    whole = random_bits(getattr(torch, name), 120, 9)
    cube = whole.view(torch.uint8).reshape(-1, whole.element_size()).flatten().view(whole.dtype).reshape(4, 6, 5)
    for view in (
        cube.permute(2, 0, 1),
        cube[1:, ::2, 3],
        cube.as_strided((9, 9), (2, 1), 3),
        cube[:, :1].expand(4, 6, 5),
        cube[0, 0, 0].expand(3, 50),
        cube[2, 3, 1],
        cube[:0],
        cube[None, :, None],
        cube.unfold(1, 3, 1) if name != "float4_e2m1fn_x2" else cube,
    ):
        check(view)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, -0.0, 3.5, 1.7e308, 5e-324])
def test_nothing_but_one_value(value: float) -> None:
    check(torch.full((3, 11), value, dtype=torch.float64))


def test_special_values_among_others() -> None:
    values = torch.arange(60, dtype=torch.float32)
    values[::7], values[1::11], values[5::13] = math.nan, math.inf, -math.inf
    check(values.reshape(6, 10).t())


def test_numbers_whose_squares_are_none() -> None:
    check(torch.tensor([1.7e308, -1.7e308, 1e308, 3.0, -5.0, 0.0, 1e300, -1.1e308, 2.0], dtype=torch.float64))
    check(torch.tensor([1e-300, 3e-300, -2e-300, 4e-310, 0.0, 7e-301, 9e-300, 1e-300], dtype=torch.float64))


def test_a_small_deviation_beside_a_large_mean() -> None:
    values = 1e9 + torch.tensor([0.0, 1.0, 2.0, 3.0] * 20, dtype=torch.float64)
    found = measured(values)
    assert found.deviation == pytest.approx(math.sqrt(1.25), rel=1e-9)


def test_large_integers_keep_their_last_digit() -> None:
    found = measured(torch.tensor([2**63 - 1, -(2**63) + 1, 2**53 + 1]))
    assert (found.minimum, found.maximum) == (-(2**63) + 1, 2**63 - 1)
    assert measured(torch.tensor([2**64 - 1, 2**53 + 1], dtype=torch.uint64)).maximum == 2**64 - 1


def test_few_integers_have_a_bin_each() -> None:
    found = measured(torch.tensor([3, 5, 5, 3, 4, 5, 3, 3, 3, 5, 5]))
    assert found.edges == (2.5, 3.5, 4.5, 5.5)
    assert found.counts == (5, 1, 5)
    assert measured(torch.tensor([True, False, True])).counts == (1, 2)


def test_lazy_marks_are_read() -> None:
    complexes = torch.tensor([1 + 2j, 3 - 4j, 0j, 5j])
    check(complexes.conj())
    negative = complexes.conj().imag
    assert negative.is_neg()
    check(negative)


def test_a_tensor_expanded_beyond_all_bounds_is_quick() -> None:
    found = measured(torch.tensor([1.0, 2.0]).reshape(2, 1).expand(2, 10**12))
    assert (found.numel, found.mean, found.counts[0]) == (2 * 10**12, 1.5, 10**12)


def test_what_requires_grad_is_measured() -> None:
    check(torch.arange(20.0, requires_grad=True))


class CountingLock:
    """A lock that knows whether it is held."""

    def __init__(self) -> None:
        self.held = 0
        self.taken = 0

    def __enter__(self) -> None:
        self.held += 1
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        self.held -= 1


def test_the_lock_is_free_between_blocks() -> None:
    lock = CountingLock()
    for _ in measure("x", torch.arange(70.0), lock):  # type: ignore[arg-type]  # it does what of a lock is needed
        assert lock.held == 0
    assert lock.taken >= 2 * 10


def test_a_block_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    seen = module._numbers

    def noted(block: torch.Tensor) -> Numbers:
        sizes.append(block.numel())
        return seen(block)

    monkeypatch.setattr(module, "_numbers", noted)
    measured(torch.arange(700.0).reshape(7, 10, 10).permute(1, 2, 0))
    assert max(sizes) <= 7
    assert sum(sizes) == 2 * 700


def test_memory_that_went_away_is_not_read() -> None:
    tensor = torch.arange(100.0)
    steps = measure("x", tensor, threading.RLock())
    next(steps)
    tensor.untyped_storage().resize_(0)
    with pytest.raises(ValueRefused, match="smaller"):
        list(steps)


def test_what_has_no_memory_is_refused() -> None:
    with pytest.raises(ValueRefused, match="no memory"):
        measured(torch.empty(3, device="meta"))


def test_another_layout_meanwhile_does_not_matter() -> None:
    tensor = torch.arange(100.0)
    steps = measure("x", tensor, threading.RLock())
    next(steps)
    tensor.data = torch.zeros(3)
    *_, found = steps
    assert found is not None
    assert (found.numel, found.maximum) == (100, 99)
