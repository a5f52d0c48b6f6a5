"""Files cut at every byte and changed at random: a sentence or the right answer, never a crash, never a wrong value.

Must not know how a file is read. With TENSORVIZ_FUZZ=N in the environment, N changed files of each kind are tried.
"""

from __future__ import annotations

import io
import os
import random
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.stored import Contents
from tensorviz.engine.formats import read_contents
from tests.engine.formats.judges import flat, same_bits, value_of

TRIES = int(os.environ.get("TENSORVIZ_FUZZ", "120"))


def _torch_file(value: Any, new: bool) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream, _use_new_zipfile_serialization=new)
    return stream.getvalue()


def _numpy_file(save: Callable[..., None], *arrays: Any) -> bytes:
    stream = io.BytesIO()
    save(stream, *arrays)
    return stream.getvalue()


BIG = torch.arange(20.0)
STATE = {"a.weight": BIG[3:9], "b": [BIG.view(4, 5).t(), torch.tensor([1, -2])], "p": torch.nn.Parameter(torch.ones(2))}
FILES: dict[str, bytes] = {
    "zip.pt": _torch_file(STATE, new=True),
    "legacy.pt": _torch_file(STATE, new=False),
    "x.safetensors": safetensors.torch.save({"a": BIG.clone(), "b": torch.ones(2, 3).half()}, {"format": "pt"}),
    "x.npy": _numpy_file(np.save, np.arange(6, dtype=">f4").reshape(2, 3)),
    "x.npz": _numpy_file(np.savez, np.arange(6.0), np.ones(3, dtype="i2")),
    "packed.npz": _numpy_file(np.savez_compressed, np.arange(6.0), np.zeros(300, dtype="i2")),
}  # fmt: skip  # a table
KINDS = pytest.mark.parametrize("name", FILES)


def read(path: Path, raw: bytes) -> Contents | None:
    """What the reader says, every value read; None for a sentence. Anything else it raises fails the test."""
    path.write_bytes(raw)
    try:
        contents = read_contents(path)
        for tensor in contents.tensors:
            if tensor.layout.numel < 10_000:
                value_of(tensor, contents)
    except CheckpointUnreadable as error:
        met = error
    else:
        return contents
    assert met.message.endswith(".")
    assert met.hint
    return None


def judged(path: Path) -> dict[str, torch.Tensor] | None:
    """What torch, safetensors or NumPy give for the file; None where they refuse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dict(_loaded(path))
    except Exception:  # noqa: BLE001 - whatever damaged bytes provoke in them
        return None


def _loaded(path: Path) -> Iterator[tuple[str, torch.Tensor]]:
    if path.suffix == ".safetensors":
        yield from safetensors.torch.load_file(path).items()
    elif path.suffix == ".pt":
        yield from flat(torch.load(path, weights_only=True))
    else:
        found = np.load(io.BytesIO(path.read_bytes()))
        arrays = {name: found[name] for name in found.files} if path.suffix == ".npz" else {"": found}
        for name, array in arrays.items():
            yield name, torch.from_numpy(array.astype(array.dtype.newbyteorder("="), order="K", copy=True))


def check_against_the_judge(path: Path, contents: Contents) -> bool:
    """Where both read the file, all that both name is the same. Gives whether they both did.

    A value that is as it was saved is right too: torch takes a member that is marked as a folder for read, and gives
    whatever was in memory.
    """
    wanted, before = judged(path), ORIGINAL[path.name]
    if wanted is None:
        return False
    for tensor in contents.tensors:
        if tensor.name in wanted and str(wanted[tensor.name].dtype) == f"torch.{tensor.dtype}":
            value, saved = value_of(tensor, contents), before.get(tensor.name)
            right = same_bits(value, wanted[tensor.name]) or (saved is not None and same_bits(value, saved))
            assert right, tensor.name
    assert {tensor.name for tensor in contents.tensors} == set(wanted)
    return True


def _original() -> dict[str, dict[str, torch.Tensor]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in FILES.items():
            (Path(folder) / name).write_bytes(raw)
        return {name: judged(Path(folder) / name) or {} for name in FILES}


ORIGINAL = _original()


@KINDS
def test_whole_files_are_read(tmp_path: Path, name: str) -> None:
    contents = read(tmp_path / name, FILES[name])
    assert contents is not None
    assert check_against_the_judge(tmp_path / name, contents)


@KINDS
def test_cut_at_every_byte(tmp_path: Path, name: str) -> None:
    raw = FILES[name]
    for length in range(len(raw)):
        assert read(tmp_path / name, raw[:length]) is None, length


@KINDS
def test_longer_than_it_should_be(tmp_path: Path, name: str) -> None:
    for more in (b"\0", b"PK", bytes(100)):
        contents = read(tmp_path / name, FILES[name] + more)
        assert contents is None or check_against_the_judge(tmp_path / name, contents) or contents.notes


@KINDS
def test_one_bit_changed_anywhere(tmp_path: Path, name: str) -> None:
    raw, both = FILES[name], 0
    for at in random.Random(1).sample(range(len(raw)), min(len(raw), TRIES)):
        changed = bytearray(raw)
        changed[at] ^= 1 << (at % 8)
        contents = read(tmp_path / name, bytes(changed))
        both += contents is not None and check_against_the_judge(tmp_path / name, contents)
    assert both


@KINDS
@pytest.mark.parametrize("seed", range(3))
def test_changed_at_random(tmp_path: Path, name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")
    for _ in range(TRIES):
        contents = read(tmp_path / name, _mutated(FILES[name], chance))
        if contents is not None:
            check_against_the_judge(tmp_path / name, contents)


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(changed)), chance.randint(1, 12)
        way = chance.randrange(5)
        if way == 0:
            changed[at] = chance.randrange(256)
        elif way == 1:
            changed[at : at + length] = chance.randbytes(length)
        elif way == 2:
            del changed[at : at + length]
        elif way == 3:
            changed[at:at] = changed[chance.randrange(len(changed)) :][:length]
        else:
            changed[at : at + 8] = chance.choice([b"\xff" * 8, bytes(8), b"\x7f" + b"\xff" * 7, b"\0\0\0\x80\0\0\0\0"])
        if not changed:
            return b"x"
    return bytes(changed)
