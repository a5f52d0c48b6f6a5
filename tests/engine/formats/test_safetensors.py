"""safetensors files and sets of them: the library that writes them is the judge.

Must not know how they are read.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.engine.formats import read_contents
from tests.engine.formats.judges import DTYPES, agree, bytes_as, same_bits, value_of

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support:UserWarning")
SAVABLE = [dtype for dtype in DTYPES if dtype not in (torch.complex128, torch.complex32)]


def by_name(path: Path) -> dict[str, torch.Tensor]:
    """What the library loads, in the order of the bytes in the file."""
    loaded = safetensors.torch.load_file(path)
    return {tensor.name: loaded[tensor.name] for tensor in read_contents(path).tensors} if loaded else {}


def written(path: Path, header: Any, body: bytes = b"") -> Path:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + body)
    return path


@pytest.mark.parametrize("dtype", SAVABLE, ids=str)
def test_every_element_type(tmp_path: Path, dtype: torch.dtype) -> None:
    path = tmp_path / "x.safetensors"
    value = {"a": bytes_as(dtype, 24).view(2, 3, 4), "scalar": bytes_as(dtype, 1, 1)[0], "none": bytes_as(dtype, 0)}
    safetensors.torch.save_file(value, path, {"format": "pt"})
    contents = agree(path, by_name(path))
    assert {tensor.name for tensor in contents.tensors} == set(value)
    assert contents.metadata == {"format": "pt"}
    assert contents.notes == ()


def test_no_tensors_at_all(tmp_path: Path) -> None:
    safetensors.torch.save_file({}, tmp_path / "x.safetensors")
    assert read_contents(tmp_path / "x.safetensors").tensors == ()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"a": {"dtype": "F32", "shape": [2**62], "data_offsets": [0, 2**64]}}, "outside"),
        ({"a": {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 8]}}, "cannot be"),
        ({"a": {"dtype": "F32", "shape": [2**62] * 400, "data_offsets": [0, 8]}}, "cannot be"),
        ({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}, "does not fit"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}, "outside"),
        ({"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}, "outside the file, or has no shape"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}, "outside"),
        ({"a": {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}}, "no shape"),
        ({"a": {"dtype": "X9", "shape": [2], "data_offsets": [0, 8]}}, "unknown element type"),
        ({"a": 3}, "does not describe"),
        ({"__metadata__": {"a": 3}}, "__metadata__"),
        ([], "does not begin|unknown kind|of an unknown"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]', "not JSON"),
        (b"{" + b"[" * 5000, "not JSON"),
        (b'{"a": [' + b"[]," * 2_000_000 + b"[]]}", "bounded memory"),
    ],
)
def test_headers_that_lie(tmp_path: Path, header: Any, said: str) -> None:
    path = written(tmp_path / "x.safetensors", header, bytes(8))
    with pytest.raises(CheckpointUnreadable, match=said) as met:
        read_contents(path)
    assert met.value.hint
    with pytest.raises(safetensors.SafetensorError):
        safetensors.torch.load_file(path)


def test_two_tensors_in_the_same_bytes(tmp_path: Path) -> None:
    row = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    path = written(tmp_path / "x.safetensors", {"a": row, "b": {**row, "data_offsets": [4, 12]}}, bytes(12))
    with pytest.raises(CheckpointUnreadable, match="bytes of another"):
        read_contents(path)


def test_bytes_that_belong_to_nobody_are_told(tmp_path: Path) -> None:
    row = {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}
    path = written(tmp_path / "x.safetensors", {"a": row}, struct.pack("<3f", 1, 2, 3))
    contents = read_contents(path)
    assert value_of(contents.tensors[0], contents).item() == 2
    assert "8 bytes of it belong to no tensor" in contents.notes[0]


def test_a_sparse_file_of_ten_gigabytes_costs_nothing(tmp_path: Path) -> None:
    path, size = tmp_path / "x.safetensors", 10_000_000_000
    written(path, {"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
    start = path.stat().st_size
    try:
        with path.open("r+b") as file:
            file.truncate(start + size)
            file.seek(start + size - 1)
            file.write(b"\x07")
    except OSError:
        pytest.skip("the disk takes no sparse file of 10 GB")
    if path.stat().st_blocks * 512 > 10_000_000:
        pytest.skip("the disk has no sparse files")
    from tensorviz.engine.formats.bytes_of import read_storage

    (storage,) = read_contents(path).storages
    assert read_storage(storage, size - 2, size) == b"\0\x07"


@pytest.fixture
def shards(tmp_path: Path) -> dict[str, torch.Tensor]:
    """Three tensors in two files with their index, in a folder named set."""
    folder = tmp_path / "set"
    folder.mkdir()
    value = {"b.weight": torch.randn(2, 3), "a.weight": torch.arange(4), "c": torch.ones(1).bfloat16()}
    names = {"b.weight": "model-1.safetensors", "a.weight": "model-2.safetensors", "c": "model-1.safetensors"}
    for file in set(names.values()):
        safetensors.torch.save_file({k: v for k, v in value.items() if names[k] == file}, folder / file)
    index = {"metadata": {"total_size": 58}, "weight_map": names}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return value


@pytest.mark.parametrize("given", ["set", "set/model.safetensors.index.json"])
def test_a_set_through_its_index_or_its_folder(tmp_path: Path, shards: dict[str, torch.Tensor], given: str) -> None:
    contents = read_contents(tmp_path / given)
    assert contents.format == "safetensors-sharded"
    assert {tensor.name for tensor in contents.tensors} == set(shards)
    assert all(same_bits(value_of(tensor, contents), shards[tensor.name]) for tensor in contents.tensors)
    assert contents.nbytes == sum(path.stat().st_size for path in (tmp_path / "set").iterdir())
    assert len({storage.id for storage in contents.storages}) == 3


def changed_index(tmp_path: Path, **names: str) -> Path:
    path = tmp_path / "set" / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    index["weight_map"].update(names)
    path.write_text(json.dumps(index))
    return path


@pytest.mark.usefixtures("shards")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.safetensors", "gone.safetensors, which it names, is missing"),
        ("../x.safetensors", "outside its folder"),
        ("/etc/passwd", "outside its folder"),
        ("", "outside its folder"),
        ("model.safetensors.index.json", "is no safetensors file"),
        ("model.bin", "PyTorch files"),
    ],
)
def test_an_index_that_lies(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(CheckpointUnreadable, match=said):
        read_contents(changed_index(tmp_path, d=name))


@pytest.mark.usefixtures("shards")
def test_a_tensor_that_only_the_index_has_is_told(tmp_path: Path) -> None:
    contents = read_contents(changed_index(tmp_path, d="model-1.safetensors"))
    assert any("lacks 1 tensor that the index promises" in note for note in contents.notes)
