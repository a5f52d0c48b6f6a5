"""Every page that is served holds what torch, safetensors and NumPy load, in every format, element type and order.

Must not know how files are read.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.stored import Contents, RawForm
from tensorviz.engine.checkpoints.compact import compact
from tensorviz.engine.files.open_files import OpenedFile
from tensorviz.engine.files.pages import pages_of
from tensorviz.engine.files.reading import stamps_of
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import read_storage
from tensorviz.engine.messages.session import ReadPages
from tests.engine.checkpoints.made import storage_bytes
from tests.engine.files.rig import Files
from tests.engine.formats.judges import DTYPES, bytes_as, flat

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
EIGHT_BITS = [dtype for dtype in DTYPES if str(dtype).startswith("torch.float8")]
NEWER = [torch.uint16, torch.uint32, torch.uint64, torch.complex32]
NUMPY = ["f8", "f4", "f2", "c16", "c8", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]


def shapes_of(big: torch.Tensor) -> dict[str, torch.Tensor]:
    """Tensors in many layouts over one storage of 2400 elements, and one of its own."""
    return {
        "whole": big, "slice": big[700:1900], "turned": big.view(40, 60).t(), "step": big[1::3], "scalar": big[5],
        "expanded": big[3:4].expand(4, 5), "middle": big.view(4, 20, 30)[1:, ::2, 3:], "own": big[:600].clone(),
    }  # fmt: skip  # a table


def check_against_torch(files: Files, path: Path, value: Any) -> None:
    """The bytes of every storage, in pages, are those of the storage that torch has."""
    file, contents = files.open(path)
    wanted = dict(flat(value))
    assert {tensor.name for tensor in contents.tensors} == set(wanted)
    for tensor in contents.tensors:
        judge = storage_bytes(wanted[tensor.name])
        assert files.storage(file, contents, tensor.storage) == judge, tensor.name
        own = wanted[tensor.name]
        assert (tensor.layout.shape, tensor.layout.stride) == (tuple(own.shape), own.stride())
        assert tensor.layout.offset == own.storage_offset()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("kind", ["zip", "legacy", "packed", "turned"])
def test_files_of_torch(files: Files, tmp_path: Path, dtype: torch.dtype, kind: str) -> None:
    path, value = tmp_path / "x.pt", shapes_of(bytes_as(dtype, 2400))
    save(path, value, kind)
    check_against_torch(files, path, loaded(path, value, kind))


def save(path: Path, value: Any, kind: str) -> None:
    torch.save(value, path, _use_new_zipfile_serialization=kind != "legacy")
    if kind in ("packed", "turned"):
        path.write_bytes(rewritten(path, packed=kind == "packed", turned=kind == "turned"))


def loaded(path: Path, value: dict[str, torch.Tensor], kind: str) -> Any:
    """What torch loads. Where it cannot (legacy files of newer types), what was saved.

    It passes over the other order of bytes of types whose storages it saves as mere bytes: what such a computer saved
    is the judge there.
    """
    newer = {name: tensor for name, tensor in value.items() if tensor.dtype in NEWER}
    if kind == "legacy" and any(tensor.dtype in NEWER + EIGHT_BITS for tensor in value.values()):
        return value
    found = torch.load(path, weights_only=True)
    return {**found, **byte_swapped(newer)} if kind == "turned" else found


def byte_swapped(value: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors, each storage with the bytes of its elements the other way round."""
    done: set[int] = set()
    for tensor in value.values():
        whole = tensor.untyped_storage()
        if whole.nbytes() and whole.data_ptr() not in done:
            done.add(whole.data_ptr())
            size = 2 if tensor.dtype == torch.complex32 else tensor.itemsize
            cells = torch.empty(0, dtype=torch.uint8).set_(whole).numpy().reshape(-1, size)
            cells[:] = cells[:, ::-1].copy()
    return value


def rewritten(path: Path, *, packed: bool, turned: bool) -> bytes:
    """The same archive compressed, or marked as written by a machine of the other order of bytes."""
    stream = io.BytesIO()
    way = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w", way) as target:
        for name in source.namelist():
            target.writestr(name, b"big" if turned and name.endswith("byteorder") else source.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_files_of_safetensors(files: Files, tmp_path: Path, dtype: torch.dtype) -> None:
    if dtype in (torch.complex128, torch.complex32):
        pytest.skip("the format has no such type")
    try:
        safetensors.torch.save_file(
            {"a": bytes_as(dtype, 3000), "b": bytes_as(dtype, 7, 1)}, tmp_path / "x.safetensors"
        )
    except (KeyError, ValueError):
        pytest.skip("the library does not write this type")
    file, contents = files.open(tmp_path / "x.safetensors")
    for tensor, count, seed in zip(contents.tensors, (3000, 7), (0, 1), strict=True):
        assert files.storage(file, contents, tensor.storage) == storage_bytes(bytes_as(dtype, count, seed))


@pytest.mark.parametrize("code", NUMPY)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("fortran", [False, True])
def test_files_of_numpy(files: Files, tmp_path: Path, code: str, order: str, fortran: bool) -> None:
    kind = np.dtype(order + code if code != "?" else code)
    raw = np.random.default_rng(3).integers(0, 2 if code == "?" else 256, 3000 * kind.itemsize, dtype="u1")
    array = np.frombuffer(raw.tobytes(), kind).reshape(50, 60)
    array = np.asfortranarray(array) if fortran else array
    np.save(tmp_path / "x.npy", array)
    np.savez(tmp_path / "plain.npz", a=array, b=array[:3])
    np.savez_compressed(tmp_path / "packed.npz", a=array, b=array[:3])
    for name in ("x.npy", "plain.npz", "packed.npz"):
        loaded = np.load(tmp_path / name)
        arrays = [loaded] if name == "x.npy" else [loaded["a"], loaded["b"]]
        file, contents = files.open(tmp_path / name)
        for tensor, one in zip(contents.tensors, arrays, strict=True):
            served = files.storage(file, contents, tensor.storage)
            assert served == one.astype(one.dtype.newbyteorder("<")).tobytes(order="A"), (name, tensor.name)
            assert tensor.layout.stride == tuple(step // kind.itemsize for step in one.strides)


@pytest.mark.parametrize("code", ["f8", "f4", "f2", "c16", "c8", "i8", "u4", "i2", "u1"])
@pytest.mark.parametrize("big", [False, True])
def test_raw_numbers(files: Files, tmp_path: Path, code: str, big: bool) -> None:
    raw = np.random.default_rng(4).bytes(20_007)
    (tmp_path / "x.bin").write_bytes(raw)
    kind = np.dtype(code)
    form = RawForm(kind.name, None, 7, big)
    file, contents = files.open(tmp_path / "x.bin", form)
    count = 20_000 // kind.itemsize
    judge = np.frombuffer(raw, kind.newbyteorder(">" if big else "<"), count, 7)
    assert files.storage(file, contents, "A") == judge.astype(kind.newbyteorder("<")).tobytes()


def test_sets_of_safetensors(files: Files, tmp_path: Path) -> None:
    import json

    parts = {"one.safetensors": {"a": torch.arange(5000.0)}, "two.safetensors": {"b": torch.arange(7)}}
    for name, value in parts.items():
        safetensors.torch.save_file(value, tmp_path / name)
    places = {key: name for name, value in parts.items() for key in value}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    file, contents = files.open(tmp_path)
    for tensor in contents.tensors:
        judge = parts[places[tensor.name]][tensor.name]
        assert files.storage(file, contents, tensor.storage) == storage_bytes(judge)
    (tmp_path / "two.safetensors").unlink()
    by_name = {tensor.name: tensor.storage for tensor in contents.tensors}
    assert len(files.storage(file, contents, by_name["a"])) == 20_000
    assert "two.safetensors" in files.problem(ReadPages(by_name["b"], (0,), file)).problem.message


@given(data=st.data(), kind=st.sampled_from(["zip", "legacy", "packed", "turned"]))
@settings(max_examples=40, deadline=None)
def test_any_views_of_any_storages(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str) -> None:
    path = tmp_path_factory.mktemp("any") / "x.pt"
    value: dict[str, torch.Tensor] = {}
    for at in range(data.draw(st.integers(1, 3))):
        count = data.draw(st.integers(0, 3000))
        big = bytes_as(data.draw(st.sampled_from(DTYPES)), count, at)
        for view in range(data.draw(st.integers(1, 3))):
            first = data.draw(st.integers(0, count))
            step = data.draw(st.integers(1, 5))
            value[f"{at}.{view}"] = big[first::step] if view else big
    save(path, value, kind)
    contents, judges = read_contents(path), loaded(path, value, kind)
    for tensor in contents.tensors:
        wanted = storage_bytes(judges[tensor.name])
        pages = data.draw(st.lists(st.integers(-2, len(wanted) // 4096 + 2), max_size=12))
        check_pages(contents, tensor.storage, wanted, pages)


def check_pages(contents: Contents, storage: str, wanted: bytes, pages: list[int]) -> None:
    opened = OpenedFile(1, contents, stamps_of(contents))
    served = [page for piece in pages_of(opened, storage, pages, opened.reader().read) for page in piece]
    there = sorted({page for page in pages if page >= 0 and page * 4096 < len(wanted)})
    assert served == [(page, wanted[page * 4096 : page * 4096 + 4096]) for page in there]


def test_a_storage_of_two_orders_is_refused(files: Files, tmp_path: Path) -> None:
    from dataclasses import replace

    from tensorviz.core.layout import Layout
    from tensorviz.core.stored import StoredTensor

    np.save(tmp_path / "x.npy", np.arange(6, dtype=">f4"))
    file, contents = files.open(tmp_path / "x.npy")
    other = StoredTensor("other", Layout((12,), (1,), 0, 2), "int16", contents.storages[0].id)
    opened = files.open_files.get(file)
    assert opened is not None
    files.open_files.add(50, replace(contents, tensors=(*contents.tensors, other)))
    said = files.problem(ReadPages(contents.storages[0].id, (0,), 50)).problem.message
    assert "float32 and int16" in said


def test_a_compact_copy_has_the_same_bytes(files: Files, tmp_path: Path) -> None:
    torch.save(shapes_of(torch.arange(2400.0)), tmp_path / "x.pt")
    compact(read_contents(tmp_path / "x.pt"), read_storage, str(tmp_path / "y.pt"))
    check_against_torch(files, tmp_path / "y.pt", torch.load(tmp_path / "y.pt"))
