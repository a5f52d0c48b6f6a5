"""What values say, judged by torch over every element type and layout.

Must not know how blocks are read.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.checkpoint_values import TensorValues
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import Cancelled
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.checkpoints import elements
from tensorviz.engine.checkpoints.elements import Source, blocks
from tensorviz.engine.checkpoints.numbers import as_numbers
from tensorviz.engine.checkpoints.values import look_at_values
from tests.engine.checkpoints.made import made

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
FLOATS = [name for name, dtype in DTYPES.items() if dtype.kind == "float"]
INTEGERS = [name for name, dtype in DTYPES.items() if dtype.kind in ("int", "uint", "bool")]
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -2.5, 448.0, 1e30]


def values_of(tensor: torch.Tensor) -> TensorValues:
    contents, read = made({"x": tensor})
    (found,) = look_at_values(contents, read)
    return found


def random_bits(dtype: str, count: int, seed: int) -> torch.Tensor:
    size = DTYPES[dtype].itemsize * count
    raw = torch.randint(0, 256, (size,), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)
    return raw.remainder(2).bool()[:count] if dtype == "bool" else raw.view(getattr(torch, dtype))


@pytest.mark.parametrize("name", FLOATS)
def test_every_code_of_a_float_is_torchs_number(name: str) -> None:
    tensor = torch.arange(256, dtype=torch.uint8).view(torch.float8_e5m2)
    tensor = tensor.view(getattr(torch, name)) if DTYPES[name].itemsize == 1 else random_bits(name, 4096, 1)
    contents, read = made({"x": tensor})
    source = Source(contents.tensors[0], contents.storages[0], read)
    (block,) = blocks(source.tensor.layout)
    ours = torch.from_numpy(as_numbers(source.gather(block.layout), source.dtype).copy()).double()
    torch.testing.assert_close(ours, tensor.double(), rtol=0, atol=0, equal_nan=True)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    shape = tuple(draw(st.lists(st.integers(0, 5), max_size=4)))
    stride = tuple(draw(st.sampled_from((0, 1, 2, 3, 5, 20, 40))) for _ in shape)
    return shape, stride, draw(st.integers(0, 7))


@settings(max_examples=250, deadline=None)
@given(
    layouts(), st.sampled_from(FLOATS + INTEGERS), st.integers(0, 99), st.booleans(), st.sampled_from([1, 7, 1 << 20])
)
def test_counts_and_extremes_are_torchs(
    where: tuple[tuple[int, ...], tuple[int, ...], int], dtype: str, seed: int, special: bool, limit: int
) -> None:
    shape, stride, offset = where
    flat = random_bits(dtype, 700, seed)
    if special and DTYPES[dtype].kind == "float":
        picks = torch.randint(0, len(SPECIAL), (700,), generator=torch.Generator().manual_seed(seed))
        flat = torch.tensor(SPECIAL)[picks].to(flat.dtype)
    tensor = flat.as_strided(shape, stride, offset)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "BLOCK", limit)
        patch.setattr(elements.blocks, "__defaults__", (limit,))
        patch.setattr(elements, "CHEAP", limit)
        found = values_of(tensor)
    judge(found, tensor, integers=DTYPES[dtype].kind != "float")


def judge(found: TensorValues, tensor: torch.Tensor, integers: bool) -> None:
    wide = list(tensor.to(torch.float64).flatten().tolist()) if not integers else plain(tensor)
    nan = [value for value in wide if value != value]
    rest = [value for value in wide if value == value]
    finite = [value for value in rest if abs(value) != math.inf]
    assert (found.nan, found.elements) == (len(nan), tensor.numel())
    assert found.positive_infinite == rest.count(math.inf)
    assert found.negative_infinite == rest.count(-math.inf)
    assert found.least == (min(rest) if rest else None)
    assert found.largest == (max(rest) if rest else None)
    if finite and found.mean is not None:
        mean = (
            sum(finite) / len(finite)
            if integers
            else math.fsum(finite) / len(finite)
            if max(map(abs, finite)) < 1e300
            else None
        )
        assert mean is None or found.mean == pytest.approx(mean, rel=1e-9, abs=1e-9 * max(map(abs, finite)))
    assert (found.mean is None) == (not finite)
    assert found.constant == (not nan and len(set(rest)) == 1)
    assert found.all_zero == (found.constant and rest[0] == 0)
    if tensor.ndim >= 2 and tensor.numel():
        rows = [plain(row) if integers else row.to(torch.float64).flatten().tolist() for row in tensor]
        same = [len(set(row)) == 1 and row[0] == row[0] for row in rows]
        zero = [alike and row[0] == 0 for alike, row in zip(same, rows, strict=True)]
        assert (found.channels, found.constant_channels, found.zero_channels) == (len(rows), sum(same), sum(zero))
        assert list(found.first_zero) == [at for at, is_zero in enumerate(zero) if is_zero][:16]
    else:
        assert found.channels == 0


def plain(tensor: torch.Tensor) -> list[int]:
    return [int(value) for value in tensor.flatten().tolist()]


@pytest.mark.parametrize("name", ["complex64", "complex128", "complex32"])
def test_a_complex_counts_its_parts(name: str) -> None:
    parts = torch.tensor([[math.nan, 1], [math.inf, -math.inf], [0, 0]]).to(torch.float64)
    half = {"complex64": torch.float32, "complex128": torch.float64, "complex32": torch.float16}[name]
    found = values_of(torch.view_as_complex(parts.to(half)))
    assert (found.nan, found.positive_infinite, found.negative_infinite) == (1, 1, 1)
    assert found.least is None
    assert values_of(torch.zeros(3, 2, dtype=getattr(torch, name))).all_zero


def test_packed_numbers_are_two_a_byte() -> None:
    codes = torch.tensor([0x27, 0x0F], dtype=torch.uint8)  # 6 and 1; -6 and 0
    found = values_of(codes.view(torch.float4_e2m1fn_x2))
    assert (found.least, found.largest, found.mean) == (-6.0, 6.0, 0.25)


def test_a_lazy_conjugate_and_minus_are_applied() -> None:
    x = torch.tensor([1 + 2j, 3 - 4j], dtype=torch.complex64)
    contents, read = made({"conj": x.conj(), "neg": torch._neg_view(torch.tensor([1.0, -2.0])), "imag": x.conj().imag})
    rows = {}
    for tensor in contents.tensors:
        storage = next(s for s in contents.storages if s.id == tensor.storage)
        source = Source(tensor, storage, read)
        rows[tensor.name] = as_numbers(source.gather(tensor.layout), source.dtype).tolist()
    assert rows == {"conj": [[1, -2], [3, 4]], "neg": [-1, 2], "imag": [-2, 4]}


def test_integers_beyond_doubles_are_exact() -> None:
    found = values_of(torch.tensor([2**63 - 1, 2**63 - 2, -5]))
    assert (found.least, found.largest) == (-5, 2**63 - 1)
    assert found.mean == (2**64 - 8) / 3
    assert values_of(torch.tensor([2**64 - 1] * 3, dtype=torch.uint64)).mean == float(2**64 - 1)


@pytest.mark.parametrize(
    ("name", "code"), [("float32", 0x7F800001), ("float64", 0xFFF0000000000001), ("bfloat16", 0x7F81)]
)
def test_a_signalling_nan_is_seen_wherever_it_is(name: str, code: int) -> None:
    size = DTYPES[name].itemsize
    for place in (0, 1, 17, 5000, 99_999):
        bits = np.zeros(100_000, f"<u{size}")
        bits[place] = code
        tensor = torch.from_numpy(bits.view(f"<i{size}")).view(getattr(torch, name))
        found = values_of(tensor)
        assert (found.nan, found.least, found.largest, found.constant) == (1, 0, 0, False)


def test_a_tensor_that_cannot_be_read_does_not_stop_the_others() -> None:
    contents, read = made({"a": torch.ones(4), "b": torch.zeros(4)})
    found = list(look_at_values(contents, lambda s, a, b: read(s, a, b)[:5] if s.id == "s0" else read(s, a, b)))
    assert "came" in found[0].problem
    assert found[1].all_zero


def test_it_can_be_cancelled_and_tells_how_far_it_is() -> None:
    contents, read = made({"a": torch.ones(3 << 20), "b": torch.ones(4)})
    said: list[tuple[int, int]] = []
    token = CancelToken()

    def progress(done: int, total: int) -> None:
        said.append((done, total))
        if done > 4 << 20:
            token.cancel()

    with pytest.raises(Cancelled):
        list(look_at_values(contents, read, progress, token))
    assert said == [(step << 20, (12 << 20) + 16) for step in range(1, 6)]
