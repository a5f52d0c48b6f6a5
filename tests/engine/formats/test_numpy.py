"""Files of NumPy: NumPy writes and loads them, and torch takes the arrays.

Must not know how they are read.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.engine.formats import read_contents
from tests.engine.formats.judges import agree, same_bits, value_of

TYPES = ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]


def as_tensor(array: Any) -> torch.Tensor:
    """Torch's tensor of an array; in the order of bytes of this machine, which is the only one that torch takes."""
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), order="K", copy=True))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("turned", [False, True])
def test_every_type_in_both_orders(tmp_path: Path, kind: str, order: str, turned: bool) -> None:
    size = np.dtype(kind).itemsize
    raw = np.random.default_rng(0).integers(0, 2 if kind == "b1" else 256, 24 * size, dtype=np.uint8)
    array = raw.view(order + kind).reshape(2, 3, 4)
    np.save(tmp_path / "x.npy", array.T if turned else array)
    loaded = np.load(tmp_path / "x.npy")
    contents = agree(tmp_path / "x.npy", as_tensor(loaded))
    assert contents.format == "npy"
    assert contents.storages[0].big_endian == (order == ">" and size > 1)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (2, 1, 3)])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_shape_and_version(tmp_path: Path, shape: tuple[int, ...], version: tuple[int, int]) -> None:
    array = np.arange(int(np.prod(shape)), dtype="f4").reshape(shape)
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array(file, array, version)
    agree(tmp_path / "x.npy", torch.from_numpy(array.copy()), strides=array.size > 1)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_archives_stored_and_compressed(tmp_path: Path, save: Any) -> None:
    arrays = {"a": np.arange(6.0).reshape(2, 3).T, "folder/b": np.arange(5, dtype=">i4"), "c": np.zeros(200_000)}
    save(tmp_path / "x.npz", **arrays)
    contents = read_contents(tmp_path / "x.npz")
    loaded = np.load(tmp_path / "x.npz")
    assert [tensor.name for tensor in contents.tensors] == loaded.files
    assert all(same_bits(value_of(t, contents), as_tensor(loaded[t.name])) for t in contents.tensors)
    assert all((storage.start is None) == (save is np.savez_compressed) for storage in contents.storages)


def test_what_is_no_tensor_in_an_archive_is_told(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}], dtype=object)
    np.savez(tmp_path / "x.npz", x=np.ones(2), names=np.array(["a", "b"]), objects=objects)
    with zipfile.ZipFile(tmp_path / "x.npz", "a") as archive:
        archive.writestr("readme.txt", "hello")
    contents = read_contents(tmp_path / "x.npz")
    assert [tensor.name for tensor in contents.tensors] == ["x"]
    told = dict(contents.others)
    assert "texts" in told["names"]
    assert "run code" in told["objects"]
    assert told["readme.txt"] == "5 bytes"


def header(text: str, body: bytes = b"") -> bytes:
    raw = text.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(raw)) + raw + body


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), "run code"),
        (header("{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }"), "texts"),
        (header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), "several fields"),
        (header("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }"), "no tensor holds"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", b"1234"), "promises"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }"), "cannot be"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"), "damaged"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", bytes(12)), "damaged"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", bytes(7)), "promises"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", bytes(8)), "damaged"),
        (header("__import__('os').system('true')"), "damaged"),
        (header("(" * 60_000), "damaged"),
        (b"\x93NUMPY\x09\x00\x00\x00", "version"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "too long"),
        (b"\x93NUMPY\x01", "does not begin"),
    ],
)
def test_headers_that_lie(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "x.npy").write_bytes(raw)
    with pytest.raises(CheckpointUnreadable, match=said):
        read_contents(tmp_path / "x.npy")


def test_an_archive_that_would_be_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    start = header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({2 * 10**8},), }}")
    with (
        zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w") as member,
    ):
        member.write(start)
        for _ in range(200):
            member.write(bytes(10**6))
    (tensor,) = read_contents(tmp_path / "x.npz").tensors
    assert tensor.nbytes == 2 * 10**8
