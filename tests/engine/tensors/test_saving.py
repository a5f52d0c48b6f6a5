"""Tensors of the session written to files: read back by torch, safetensors, NumPy and Python, and by our own reader.

Must not know how they are written.
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.formats import read_contents
from tensorviz.engine.messages.files import OpenStored, SavedPart, SaveTensors
from tensorviz.engine.tensors.opening_file import open_stored
from tensorviz.engine.tensors.opening_terms import Terms
from tensorviz.engine.tensors.saving import save
from tests.engine.formats.judges import DTYPES, agree, bytes_as, same_bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.engine.tensors.saving_forms import Saved

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf", "ignore:torch.quantize_per")  # torch's own, at first use
ALL = [*DTYPES, torch.float4_e2m1fn_x2]
IN_NUMPY = {
    torch.float64, torch.float32, torch.float16, torch.complex128, torch.complex64, torch.int64, torch.int32,
    torch.int16, torch.int8, torch.uint64, torch.uint32, torch.uint16, torch.uint8, torch.bool,
}  # fmt: skip  # a table


def saved(path: Path, variables: Mapping[str, Any], *parts: SavedPart) -> Saved:
    """Saves all variables, or some parts; no part of a file is left beside."""
    wanted = parts or tuple(SavedPart(name) for name in variables)
    try:
        return save(variables, SaveTensors(wanted, str(path)), lambda _done, _total: None, CancelToken())
    finally:
        assert not list(path.parent.glob(".*.part")) if path.parent.is_dir() else True


def loaded(path: Path) -> Any:
    return torch.load(path, weights_only=True)


def values(*shape: int, dtype: torch.dtype = torch.float32, seed: int = 1) -> torch.Tensor:
    return bytes_as(dtype, math.prod(shape), seed).view(shape)


# ------------------------------------------------------------------------------------------------------------- .pt


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("shape", [(3, 4), (0, 2), (), (5,)])
def test_pt_holds_every_type_of_element(tmp_path: Path, dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    count = math.prod(shape)
    made = bytes_as(dtype, max(count, 1))[:count].view(shape)
    saved(tmp_path / "one.pt", {"x": made})
    saved(tmp_path / "two.PTH", {"x": made, "y": made})
    one, two = loaded(tmp_path / "one.pt"), loaded(tmp_path / "two.PTH")
    for found in (one, two["x"], two["y"]):
        assert (found.dtype, found.shape) == (dtype, made.shape)
        assert found.view(torch.uint8).tolist() == made.view(torch.uint8).tolist() if shape else True
    assert two["x"].data_ptr() == two["y"].data_ptr()
    if dtype != torch.float4_e2m1fn_x2:
        agree(tmp_path / "two.PTH", two)


def test_a_view_of_much_is_saved_without_the_rest(tmp_path: Path) -> None:
    whole = values(1000, 100)
    told = saved(tmp_path / "a.pt", {"x": whole[10:20, ::3]})
    found = loaded(tmp_path / "a.pt")
    assert torch.equal(found, whole[10:20, ::3])
    assert found.untyped_storage().nbytes() == 10 * 34 * 4
    assert told.notes == ("398,640 bytes (~398.6 kB) of storage that nothing here looks at were left out.",)
    assert told.nbytes == (tmp_path / "a.pt").stat().st_size < 4000


def test_sharing_and_strides_are_kept(tmp_path: Path) -> None:
    whole = values(100)
    made = {"a": whole[10:30], "b": whole[20:40].view(4, 5).t(), "c": whole[:1].expand(7), "w.grad": whole[90:]}
    variables = {
        **{name: one for name, one in made.items() if name != "w.grad"},
        "w": torch.ones(10, requires_grad=True),
    }
    variables["w"].grad = made["w.grad"]
    told = saved(tmp_path / "a.pt", variables, *map(SavedPart, made))
    found = loaded(tmp_path / "a.pt")
    assert list(found) == list(made)
    for name, one in made.items():
        assert torch.equal(found[name], one)
        assert found[name].stride() == one.stride()
    assert found["a"][10:].data_ptr() == found["b"].data_ptr()
    assert found["c"].untyped_storage().nbytes() == 41 * 4  # 0, 10 to 39 and 90 to 99
    assert len(told.notes) == 1
    agree(tmp_path / "a.pt", found)


def test_signs_gradients_and_two_kinds_of_numbers(tmp_path: Path) -> None:
    numbers = torch.complex(values(3), values(3, seed=2))
    grown = torch.ones(2, requires_grad=True) * 3
    made = {"c": numbers.conj(), "r": torch.view_as_real(numbers), "n": torch._neg_view(torch.ones(2)), "g": grown}
    told = saved(tmp_path / "a.pt", made)
    found = loaded(tmp_path / "a.pt")
    assert found["c"].is_conj()
    assert same_bits(found["c"], made["c"])
    assert same_bits(found["r"], made["r"])
    assert found["n"].tolist() == [-1, -1]
    assert found["g"].requires_grad
    assert found["g"].tolist() == [3, 3]
    assert any("different kinds of numbers" in note for note in told.notes)
    alone = saved(tmp_path / "b.pt", {"x": values(4).view(torch.int32)})
    assert alone.notes == ()


def test_a_part_is_saved_alone(tmp_path: Path) -> None:
    whole = values(6, 7)
    saved(tmp_path / "a.pt", {"x": whole}, SavedPart("x", ((1, 3), (2, 5))))
    assert torch.equal(loaded(tmp_path / "a.pt"), whole[1:3, 2:5])
    parts = SavedPart("x", ((1, 3), (2, 5))), SavedPart("x", ((0, 6), (0, 1)))
    saved(tmp_path / "b.pt", {"x": whole}, *parts)
    found = loaded(tmp_path / "b.pt")
    assert list(found) == ["x[1:3, 2:5]", "x[0:6, 0:1]"]
    saved(tmp_path / "c.npy", {"x": whole}, parts[0])
    assert np.array_equal(np.load(tmp_path / "c.npy"), whole[1:3, 2:5].numpy())
    saved(tmp_path / "d.csv", {"x": whole}, parts[1])
    assert np.array_equal(np.loadtxt(tmp_path / "d.csv", dtype=np.float32), whole[:, 0].numpy())
    saved(tmp_path / "e.safetensors", {"x": whole}, parts[0])
    assert torch.equal(load_file(tmp_path / "e.safetensors")["x"], whole[1:3, 2:5])
    for ranges in (((0, 1),), ((0, 9), (0, 1)), ((3, 1), (0, 1)), ((-1, 1), (0, 1))):
        with pytest.raises(ValueRefused, match="is no part of x"):
            saved(tmp_path / "a.pt", {"x": whole}, SavedPart("x", ranges))


# ---------------------------------------------------------------------------------------------------- .safetensors


@pytest.mark.parametrize("dtype", ALL)
def test_safetensors_holds_what_the_format_has(tmp_path: Path, dtype: torch.dtype) -> None:
    made = bytes_as(dtype, 12).view(3, 4)
    path = tmp_path / "a.safetensors"
    if dtype in (torch.complex128, torch.complex32):
        with pytest.raises(
            ValueRefused, match=f'"x" cannot be saved as safetensors: .* no element type {str(dtype)[6:]}'
        ):
            saved(path, {"x": made})
        assert not path.exists()
        return
    saved(path, {"x": made, "t": made.t()} if dtype != torch.float4_e2m1fn_x2 else {"x": made})
    if dtype in (torch.float8_e8m0fnu, torch.float4_e2m1fn_x2):  # the library writes these, and does not read them
        assert {one.dtype for one in read_contents(path).tensors} == {str(dtype)[6:]}
        return
    found = load_file(path)
    assert same_bits(found["x"], made)
    assert same_bits(found["t"], made.t())
    agree(path, {name: found[name] for name in (one.name for one in read_contents(path).tensors)}, strides=False)


def test_what_safetensors_does_not_keep_is_said(tmp_path: Path) -> None:
    whole = torch.rand(4, 4)
    made = {"a": whole, "b": whole.t(), "c": whole[1:].requires_grad_(False), "g": torch.ones(1, requires_grad=True)}
    notes = "\n".join(saved(tmp_path / "a.safetensors", made).notes)
    assert '"b" is contiguous there: their strides are not kept.' in notes
    assert "shared memory and have bytes of their own there" in notes
    assert "That 1 tensor asked for gradients is not kept." in notes
    with pytest.raises(ValueRefused, match="keeps this name"):
        saved(tmp_path / "a.safetensors", {"__metadata__": whole})


# ------------------------------------------------------------------------------------------------------------- .npy


@pytest.mark.parametrize("dtype", ALL)
def test_npy_holds_what_numpy_has(tmp_path: Path, dtype: torch.dtype) -> None:
    made = bytes_as(dtype, 24).view(2, 3, 4)
    if dtype not in IN_NUMPY:
        with pytest.raises(ValueRefused, match="NumPy has no element type") as refused:
            saved(tmp_path / "a.npy", {"x": made})
        assert "Convert it" in refused.value.hint or "uint8" in refused.value.hint
        return
    for name, one in (
        ("c", made),
        ("f", made.permute(2, 1, 0)),
        ("s", made[:, ::2]),
        ("e", made[:0]),
        ("0", made[0, 0, 0]),
    ):
        saved(tmp_path / f"{name}.npy", {"x": one})
        found = np.load(tmp_path / f"{name}.npy")
        assert same_bits(torch.from_numpy(found), one)
        if name in "cf":
            assert tuple(step // one.element_size() for step in found.strides) == one.stride()
            agree(tmp_path / f"{name}.npy", torch.from_numpy(found))


def test_npy_applies_signs_and_says_what_is_lost(tmp_path: Path) -> None:
    numbers = torch.complex(torch.rand(3), torch.rand(3))
    told = saved(tmp_path / "a.npy", {"x": numbers.conj()})
    assert np.array_equal(np.load(tmp_path / "a.npy"), numbers.numpy().conj())
    assert told.notes == ("A conjugate or minus sign that was to be applied is applied there.",)
    told = saved(tmp_path / "a.npy", {"x": torch.ones(4, requires_grad=True)[::2]})
    assert told.notes == (
        "Its strides are not kept: the elements lie one after the other there.",
        "That it asked for gradients is not kept.",
    )  # fmt: skip  # a table


# ------------------------------------------------------------------------------------------------------------- .csv


def rows_of(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text().splitlines()]


@pytest.mark.parametrize("dtype", DTYPES)
def test_csv_reads_back_to_the_same_elements(tmp_path: Path, dtype: torch.dtype) -> None:
    made = bytes_as(dtype, 700).view(100, 7)
    saved(tmp_path / "a.csv", {"x": made.t()})
    rows = rows_of(tmp_path / "a.csv")
    assert (len(rows), {len(row) for row in rows}) == (7, {100})
    name = str(dtype)[6:]
    if dtype.is_complex:
        part = {"complex128": np.float64, "complex64": np.float32, "complex32": np.float16}[name]
        read = np.array([[part(n) for n in (complex(text).real, complex(text).imag)] for row in rows for text in row])
        judge = torch.view_as_real(made.t().contiguous()).reshape(-1, 2).numpy()
        assert np.array_equal(read.astype(part), judge, equal_nan=True)
    elif dtype.is_floating_point:
        judge = made.t().to(torch.float64).numpy()
        as_type = name if name in ("float32", "float16") else "float64"
        with np.errstate(over="ignore"):
            read = np.array([[getattr(np, as_type)(text) for text in row] for row in rows]).astype(np.float64)
        assert np.array_equal(read, judge, equal_nan=True)
        assert np.array_equal(np.signbit(read[read == 0]), np.signbit(judge[judge == 0]))
    else:
        assert [[int(text) for text in row] for row in rows] == made.t().tolist()


def test_csv_of_few_dimensions_and_what_is_said(tmp_path: Path) -> None:
    told = saved(tmp_path / "a.csv", {"x": torch.tensor([1.0, math.nan, -math.inf])})
    assert (tmp_path / "a.csv").read_bytes() == b"1.0\nnan\n-inf\n"
    assert told.notes == (
        "The texts are as short as tells them apart: read them as float32, and they are the same numbers.",
        "NaN is written as nan; which bits it had is not kept.", "Infinities are written as inf and -inf.",
    )  # fmt: skip  # a table
    assert saved(tmp_path / "a.csv", {"x": torch.tensor([True, False])}).notes == (
        "True and False are written as 1 and 0.",
    )
    assert (tmp_path / "a.csv").read_bytes() == b"1\n0\n"
    saved(tmp_path / "a.csv", {"x": torch.tensor([[1 - 2j, complex(-0.0, math.inf)]], dtype=torch.complex128)})
    assert (tmp_path / "a.csv").read_bytes() == b"1.0-2.0j,-0.0+infj\n"
    saved(tmp_path / "a.csv", {"x": torch.tensor(7)})
    assert (tmp_path / "a.csv").read_bytes() == b"7\n"
    assert "its sizes [0, 3] are not in it" in saved(tmp_path / "a.csv", {"x": torch.ones(0, 3)}).notes[-1]
    saved(tmp_path / "a.csv", {"x": torch.ones(3, 0)})
    assert (tmp_path / "a.csv").read_bytes() == b""
    for large in (torch.ones(1, 1, 1), torch.ones(1).expand(1_000_001)):
        with pytest.raises(ValueRefused, match=r"A \.csv file is for up to 2 dimensions and 1,000,000 elements"):
            saved(tmp_path / "b.csv", {"x": large})
    with pytest.raises(ValueRefused, match="two numbers each"):
        saved(tmp_path / "b.csv", {"x": torch.ones(2, dtype=torch.uint8).view(torch.float4_e2m1fn_x2)})


def test_a_million_numbers_are_as_numpy_reads_them(tmp_path: Path) -> None:
    made = torch.randn(1000, 1000, generator=torch.Generator().manual_seed(1))
    saved(tmp_path / "a.csv", {"x": made})
    read = np.array((tmp_path / "a.csv").read_text().replace("\n", ",").split(",")[:-1], np.float32)
    assert np.array_equal(read.reshape(1000, 1000), made.numpy())


@pytest.mark.parametrize("seed", range(40))
def test_what_shares_memory_shares_it_in_the_file(tmp_path: Path, seed: int) -> None:
    """Random views of two storages. Written to one after the other, they end with the same elements there and here."""
    drawn = random.Random(seed)
    storages = [torch.arange(60, dtype=drawn.choice([torch.int32, torch.int64, torch.uint8])) for _ in range(2)]
    made = {}
    for name in "abcde"[: drawn.randint(1, 5)]:
        shape = [
            drawn.randint(0, 4) if drawn.random() < 0.1 else drawn.randint(1, 4) for _ in range(drawn.randint(0, 3))
        ]
        stride = [drawn.choice([0, 1, 2, 3, 5]) for _ in shape]
        made[name] = drawn.choice(storages).as_strided(shape, stride, drawn.randint(0, 14))
    saved(tmp_path / "a.pt", made)
    found = loaded(tmp_path / "a.pt")
    found = found if len(made) > 1 else {next(iter(made)): found}
    opened = open_stored(OpenStored(str(tmp_path / "a.pt"), None, tuple(range(len(made)))), (), Terms())[1][1]
    for there in (found, dict(zip(made, opened.values(), strict=True))):
        here = copied(made)
        assert [one.tolist() for one in there.values()] == [one.tolist() for one in here.values()]
        for number, name in enumerate(made, 100):
            for world in (there, here):
                for index in np.ndindex(*world[name].shape):  # torch refuses fill_ where elements share a cell
                    world[name][index] = number
            assert [one.tolist() for one in there.values()] == [one.tolist() for one in here.values()]


def copied(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same tensors over copies of their storages."""
    memory = {one.untyped_storage()._cdata: one.untyped_storage().clone() for one in tensors.values()}
    return {
        name: torch.empty(0, dtype=one.dtype).set_(
            memory[one.untyped_storage()._cdata], one.storage_offset(), one.shape, one.stride()
        )
        for name, one in tensors.items()
    }
