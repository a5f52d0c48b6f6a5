"""Copies of checkpoints: torch.load with weights_only=True is the judge of what was written.

Must not know how the archive is laid out.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.checkpoint_values import Written
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import Cancelled, CheckpointUnreadable, ValueRefused
from tensorviz.core.stored import Contents, Leaf, StoredStorage, Unread
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.checkpoints.compact import compact
from tests.engine.checkpoints.made import made
from tests.engine.checkpoints.test_values import random_bits

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")


def written(folder: Path, tensors: dict[str, torch.Tensor], **more: Any) -> tuple[Any, Written]:
    contents, read = made(tensors, **more)
    done = compact(contents, read, str(folder / "copy.pt"))
    return torch.load(folder / "copy.pt", weights_only=True), done


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return plain_bytes(one) == plain_bytes(other)


def plain_bytes(tensor: torch.Tensor) -> bytes:
    plain = torch.empty(tensor.numel(), dtype=tensor.dtype)
    plain.copy_(tensor.detach().resolve_conj().resolve_neg().reshape(-1))
    return plain.view(torch.uint8).numpy().tobytes() if tensor.numel() else b""


def test_a_saved_slice_leaves_its_storage_behind(tmp_path: Path) -> None:
    big = torch.arange(1_000_000.0)
    loaded, done = written(tmp_path, {"x": big[:10]})
    assert torch.equal(loaded["x"], big[:10])
    assert loaded["x"].untyped_storage().nbytes() == 40
    assert (tmp_path / "copy.pt").stat().st_size < 2_000
    assert done.nbytes == (tmp_path / "copy.pt").stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["copy.pt"]


@pytest.mark.parametrize("name", DTYPES)
def test_every_element_type(tmp_path: Path, name: str) -> None:
    tensor = random_bits(name, 96, 3).reshape(8, 12)[1:7:2, ::3]
    loaded, _ = written(tmp_path, {"x": tensor, "y": tensor[1]})
    assert same(loaded["x"], tensor)
    assert same(loaded["y"], tensor[1])
    assert loaded["x"].untyped_storage().data_ptr() == loaded["y"].untyped_storage().data_ptr()


@st.composite
def views(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    return shape, tuple(draw(st.sampled_from((0, 1, 2, 4, 16))) for _ in shape), draw(st.integers(0, 30))


@settings(max_examples=150, deadline=None)
@given(st.lists(views(), min_size=1, max_size=4), st.sampled_from(["float32", "bfloat16", "int64", "float8_e5m2"]))
def test_views_of_one_storage_stay_what_they_are(
    tmp_path_factory: pytest.TempPathFactory, some: list[tuple[tuple[int, ...], tuple[int, ...], int]], dtype: str
) -> None:
    flat = random_bits(dtype, 200, 5)
    tensors = {f"t{at}": flat.as_strided(*view) for at, view in enumerate(some)}
    loaded, done = written(tmp_path_factory.mktemp("x"), tensors)
    assert list(loaded) == list(tensors)
    for name, tensor in tensors.items():
        assert same(loaded[name], tensor)
    assert done.lost == () or "unused bytes" in done.lost[0]


def test_strides_sharing_and_parameters_are_kept(tmp_path: Path) -> None:
    base = torch.arange(24.0).reshape(4, 6)
    contents, read = made({"w": base, "tied": base, "turned": base.t(), "row": base[1], "wide": base[:1].expand(5, 6)})
    tensors = tuple(_as_parameter(tensor) if tensor.name == "w" else tensor for tensor in contents.tensors)
    contents = Contents("m", "pt-zip", 0, tensors, contents.storages, structure=contents.structure)
    compact(contents, read, str(tmp_path / "c.pt"))
    loaded = torch.load(tmp_path / "c.pt", weights_only=True)
    assert isinstance(loaded["w"], torch.nn.Parameter)
    assert loaded["w"].requires_grad
    assert loaded["turned"].stride() == (1, 6)
    assert loaded["wide"].stride()[0] == 0
    loaded["tied"][1, 2] = -7
    assert loaded["row"][2] == loaded["turned"][2, 1] == loaded["w"][1, 2] == -7


def _as_parameter(tensor: Any) -> Any:
    return type(tensor)(tensor.name, tensor.layout, tensor.dtype, tensor.storage, True, True)


def test_nesting_and_plain_values_are_kept(tmp_path: Path) -> None:
    structure = {
        "state_dict": OrderedDict([("conv.weight", Leaf(0)), ("conv.bias", Leaf(1))]),
        "epoch": 7, "lr": 1e-3, "none": None, "yes": True, 3: [1, (2.5, "ü"), {"s", "t"}],
        "big": 2**90, "nan": math.inf,
        "bytes": b"\x00\xff", "complex": 1 - 2j, "empty": [(), {}, [], set()],
        "args": Unread("what argparse.Namespace would make"),
        "again": Leaf(0),
    }  # fmt: skip  # a table
    tensors = {"state_dict.conv.weight": torch.ones(2, 3), "state_dict.conv.bias": torch.zeros(2)}
    loaded, done = written(tmp_path, tensors, structure=structure)
    assert isinstance(loaded["state_dict"], OrderedDict)
    assert torch.equal(loaded["state_dict"]["conv.weight"], torch.ones(2, 3))
    assert loaded["again"] is loaded["state_dict"]["conv.weight"]
    assert {key: loaded[key] for key in structure if key not in ("state_dict", "args", "again")} == {
        key: structure[key] for key in structure if key not in ("state_dict", "args", "again")
    }
    assert loaded["args"] is None
    assert "_metadata" in done.lost[0]
    assert done.lost[1:] == ('"args" would have to be run to be known: None stands there now.',)


def test_unknown_nesting_becomes_one_dict(tmp_path: Path) -> None:
    loaded, done = written(tmp_path, {"a.b": torch.ones(2)}, structure=Unread("a model"), others=(("c", "5"),))
    assert torch.equal(loaded["a.b"], torch.ones(2))
    assert "one dict of tensors" in done.lost[0]


def test_big_endian_storages_are_turned(tmp_path: Path) -> None:
    values = torch.arange(100, dtype=torch.int32)
    contents, _ = made({"x": values[10:20]})
    raw = values.numpy().astype(">i4").tobytes()
    storages = tuple(StoredStorage(s.id, s.nbytes, s.file, 0, big_endian=True) for s in contents.storages)
    contents = Contents("m", "pt-zip", 0, contents.tensors, storages, structure=contents.structure)
    compact(contents, lambda storage, start, stop: raw[start:stop], str(tmp_path / "c.pt"))
    assert torch.equal(torch.load(tmp_path / "c.pt", weights_only=True)["x"], values[10:20])


def test_a_file_that_changes_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    contents, read = made({"x": torch.arange(10.0)})
    calls: list[int] = []

    def changing(storage: StoredStorage, start: int, stop: int) -> bytes:
        calls.append(start)
        return read(storage, start, stop) if len(calls) == 1 else bytes(stop - start)

    with pytest.raises(CheckpointUnreadable, match="not the same"):
        compact(contents, changing, str(tmp_path / "c.pt"))
    assert list(tmp_path.iterdir()) == []


def test_cancelled_and_refused_copies_leave_nothing(tmp_path: Path) -> None:
    contents, read = made({"x": torch.arange(10.0)})
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        compact(contents, read, str(tmp_path / "c.pt"), cancel=token)
    with pytest.raises(ValueRefused, match="cannot be written"):
        compact(contents, read, str(tmp_path / "none" / "c.pt"))
    with pytest.raises(ValueRefused, match="is a folder"):
        compact(contents, read, str(tmp_path))
    with pytest.raises(ValueRefused, match="only torch checkpoints"):
        compact(Contents("x", "safetensors", 0, contents.tensors, contents.storages), read, str(tmp_path / "c.pt"))
    assert list(tmp_path.iterdir()) == []
