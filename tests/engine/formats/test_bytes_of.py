"""Reading the bytes of storages: parts, blocks, compressed members, and files that change meanwhile.

Must not know formats beyond writing a file of each.
"""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorviz.core.errors import CheckpointUnreadable, ValueRefused
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import native, read_storage, storage_blocks
from tensorviz.engine.positioned import LARGEST_BLOCK

SIZE = 5 * LARGEST_BLOCK // 2 + 3


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, Path]]:
    """The same bytes in four files: legacy, zip, and NumPy archives stored and compressed."""
    folder = tmp_path_factory.mktemp("files")
    array = np.random.default_rng(0).integers(0, 4, SIZE, dtype=np.uint8)
    torch.save([torch.from_numpy(array)], folder / "zip.pt")
    torch.save([torch.from_numpy(array)], folder / "legacy.pt", _use_new_zipfile_serialization=False)
    np.savez(folder / "stored.npz", array)
    np.savez_compressed(folder / "packed.npz", array)
    return array.tobytes(), {path.name: path for path in folder.iterdir()}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)))
@pytest.mark.parametrize("name", ["zip.pt", "legacy.pt", "stored.npz", "packed.npz"])
def test_any_part(places: tuple[bytes, dict[str, Path]], name: str, ends: tuple[int, int]) -> None:
    whole, paths = places
    (storage,) = read_contents(paths[name]).storages
    start, stop = sorted(ends)
    assert read_storage(storage, start, stop) == whole[start:stop]
    blocks = list(storage_blocks(storage, start, stop))
    assert max(map(len, blocks), default=0) <= LARGEST_BLOCK
    assert b"".join(blocks) == whole[start:stop]


def test_what_is_outside_is_refused(places: tuple[bytes, dict[str, Path]]) -> None:
    (storage,) = read_contents(places[1]["zip.pt"]).storages
    for start, stop in ((-1, 2), (3, 2), (0, SIZE + 1), (SIZE + 1, SIZE + 1)):
        with pytest.raises(ValueRefused):
            read_storage(storage, start, stop)


def test_a_file_that_shrinks_or_goes_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save(torch.zeros(3_000_000), path)
    (storage,) = read_contents(path).storages
    blocks = storage_blocks(storage)
    next(blocks)
    with path.open("r+b") as file:
        file.truncate(LARGEST_BLOCK + 5000)
    with pytest.raises(CheckpointUnreadable, match="shorter while it was read"):
        list(blocks)
    with pytest.raises(CheckpointUnreadable, match="has changed"):
        read_storage(storage)
    path.unlink()
    with pytest.raises(CheckpointUnreadable, match="no longer there"):
        read_storage(storage, 0, 4)


def test_a_compressed_member_that_was_changed_is_found_out(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", a=np.random.default_rng(0).random(1000))
    (storage,) = read_contents(tmp_path / "x.npz").storages
    raw = bytearray((tmp_path / "x.npz").read_bytes())
    raw[3000] ^= 1
    (tmp_path / "x.npz").write_bytes(bytes(raw))
    with pytest.raises(CheckpointUnreadable, match=r"damaged|length|early"):
        read_storage(storage)
    with pytest.raises(CheckpointUnreadable, match="gone"):
        read_storage(replace(storage, member="b.npy"))


@pytest.mark.parametrize(("dtype", "kind"), [("float32", "f4"), ("int16", "i2"), ("complex64", "c8"), ("uint8", "u1")])
def test_the_big_order_of_bytes(dtype: str, kind: str) -> None:
    raw = np.arange(6).astype(f">{kind}").tobytes()
    assert native(raw, dtype) == np.arange(6).astype(f"<{kind}").tobytes()


def test_a_large_storage_is_not_held(tmp_path: Path) -> None:
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (10**9,)})
        file.truncate(file.tell() + 10**9)
    (storage,) = read_contents(tmp_path / "x.npy").storages
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(map(len, storage_blocks(storage))) == 10**9
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
