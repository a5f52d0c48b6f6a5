"""Statistics of a tensor of a file are those that the session gives of the same tensor, loaded by torch.

Must not know how either is found.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.dtypes import unpacked
from tensorviz.core.stored import Contents
from tensorviz.engine.counting import BLOCK
from tensorviz.engine.files.measure import measure
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import read_storage
from tensorviz.engine.messages.session import MeasureTensor
from tensorviz.engine.tensors.measure import measure as measure_in_session
from tests.engine.checkpoints.made import made
from tests.engine.files.rig import Files
from tests.engine.formats.judges import DTYPES, bytes_as

if TYPE_CHECKING:
    from tensorviz.core.session_data import Statistics
    from tensorviz.engine.checkpoints.elements import Read

pytestmark = [
    pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental"),
    pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor"),
]


def of_file(contents: Contents, read: Read, at: int) -> Statistics:
    tensor = contents.tensors[at]
    storage = next(storage for storage in contents.storages if storage.id == tensor.storage)
    *blocks, last = measure("t", tensor, storage, read)
    assert last is not None
    assert all(block is None for block in blocks)
    return last


def of_session(tensor: torch.Tensor) -> Statistics:
    *_, last = measure_in_session("t", tensor, threading.RLock())
    assert last is not None
    return last


def check(tensor: torch.Tensor) -> None:
    contents, read = made({"t": tensor})
    assert of_file(contents, read, 0) == of_session(tensor)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_type_and_layout(dtype: torch.dtype) -> None:
    big = bytes_as(dtype, 2400)
    for tensor in (
        big, big[7:19], big.view(40, 60).t(), big[1::3], big[5], big[:0], big[3:4].expand(4, 5), big[:0].view(3, 0),
        big.view(4, 20, 30)[1:, ::2, 3:], big.view(40, 60)[:, None].expand(40, 7, 60),
        big.as_strided((9, 8), (2, 3)), torch.zeros(5).to(dtype), torch.ones(3, 1, 2).to(dtype),
    ):  # fmt: skip  # layouts
        check(tensor)


@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128, torch.complex32])
def test_lazy_signs(dtype: torch.dtype) -> None:
    big = bytes_as(dtype, 600, 5)
    check(big.conj())
    check(big.view(20, 30).t().conj())
    check(big.imag)
    check(big.conj().imag)  # a negative bit


def test_packed_elements_count_twice(files: Files, tmp_path: Path) -> None:
    codes = torch.arange(256, dtype=torch.uint8)
    contents, read = made({"t": codes.view(torch.float4_e2m1fn_x2)})
    found = of_file(contents, read, 0)
    numbers = np.array([number for code in range(256) for number in unpacked(code)])
    assert (found.numel, found.minimum, found.maximum, found.zeros) == (512, -6, 6, int((numbers == 0).sum()))
    assert found.mean == pytest.approx(numbers.mean())
    assert found.deviation == pytest.approx(numbers.std())
    assert sum(found.counts) == 512


@pytest.mark.parametrize("shape", [(3 * BLOCK + 5,), (5, BLOCK // 3, 2), (BLOCK // 2, 9)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.complex64])
def test_many_blocks(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    big = bytes_as(dtype, int(np.prod(shape)), 9).view(shape)
    check(big)
    if len(shape) > 1:
        check(big.transpose(0, -1))
        check(big[:, 1::2])


def test_nothing_is_lost_beside_a_large_mean() -> None:
    check(torch.tensor([1e9 + 1, 1e9 + 2, 1e9 + 3], dtype=torch.float64))
    check(torch.tensor([1e308, -1e308, 5e-324, float("nan"), float("inf")], dtype=torch.float64))
    check(torch.tensor([2**63 - 1, -(2**63)]))
    check(torch.full((4,), float("nan")))


@pytest.mark.parametrize("code", [">f8", ">f4", ">f2", ">c8", ">i8", ">u2", "<f4", "?"])
@pytest.mark.parametrize("fortran", [False, True])
def test_either_order_of_bytes(files: Files, tmp_path: Path, code: str, fortran: bool) -> None:
    kind = np.dtype(code)
    with np.errstate(all="ignore"):
        array = np.random.default_rng(2).normal(0, 90, (300, 40)).astype("i8").astype(kind)
    np.savez_compressed(tmp_path / "x.npz", a=np.asfortranarray(array) if fortran else array)
    file, _ = files.open(tmp_path / "x.npz")
    judge = torch.from_numpy(array.astype(kind.newbyteorder("=")))
    found = files.measured(file, "t", 0)
    wanted = of_session(judge.t() if fortran else judge)
    for key in ("numel", "minimum", "maximum", "zeros", "nans", "edges", "counts"):
        assert getattr(found, key) == getattr(wanted, key), key
    assert found.mean == pytest.approx(wanted.mean)
    assert found.deviation == pytest.approx(wanted.deviation)


@given(data=st.data(), dtype=st.sampled_from(DTYPES))
@settings(max_examples=60, deadline=None)
def test_any_strides(data: st.DataObject, dtype: torch.dtype) -> None:
    sizes = data.draw(st.lists(st.integers(0, 7), max_size=4))
    steps = [data.draw(st.integers(0, 9)) for _ in sizes]
    offset = data.draw(st.integers(0, 20))
    last = offset + sum(max(size - 1, 0) * step for size, step in zip(sizes, steps, strict=True))
    check(bytes_as(dtype, last + 1 + data.draw(st.integers(0, 3)), 1).as_strided(sizes, steps, offset))


def test_quantised_tensors_are_refused(files: Files, tmp_path: Path) -> None:
    torch.save({"q": torch.quantize_per_tensor(torch.ones(3), 0.1, 3, torch.qint8)}, tmp_path / "x.pt")
    file, _ = files.open(tmp_path / "x.pt")
    assert "qint8" in files.problem(MeasureTensor("q", file, 0)).problem.message


def test_a_real_file_and_a_bool_of_any_bits(files: Files, tmp_path: Path) -> None:
    value = {"w": torch.randn(64, 3, 7, 7), "n": torch.tensor(7), "f": torch.rand(9) > 0.5}
    torch.save(value, tmp_path / "x.pt")
    file, _ = files.open(tmp_path / "x.pt")
    for at, (name, tensor) in enumerate(value.items()):
        found = files.measured(file, "t", at)
        assert found == of_session(tensor), name
    odd = torch.tensor([0, 1, 2, 255], dtype=torch.uint8)
    contents, read = made({"t": odd.view(torch.bool)})
    found = of_file(contents, read, 0)
    assert (found.minimum, found.maximum, found.zeros, found.mean) == (0, 1, 1, 0.75)


def test_contents_from_a_file_by_the_plain_reader(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(10.0)[2:7]}, tmp_path / "x.pt")
    found = of_file(read_contents(tmp_path / "x.pt"), read_storage, 0)
    assert (found.minimum, found.maximum, found.mean) == (2, 6, 4)
    assert found.deviation == pytest.approx(2**0.5)
