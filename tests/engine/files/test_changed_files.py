"""Files that change, shrink, vanish or are closed to us while they are open: a sentence, never another's bytes.

Must not know how files are read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tensorviz.core.stored import Contents
from tensorviz.engine.messages.files import CompareFiles, FilesCompared, LookAtValues, ValuesSeen, WriteCopy
from tensorviz.engine.messages.session import MeasureTensor, ReadPages
from tests.engine.files.rig import Files, one


def put_another(path: Path) -> None:
    """A file of the same bytes, written at another time, renamed over it."""
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.utime(other, (1, 1))
    other.replace(path)


def put_folder(path: Path) -> None:
    """A folder of its name."""
    path.unlink()
    path.mkdir()


CHANGES: dict[str, Callable[[Path], object]] = {
    "shorter": lambda path: os.truncate(path, path.stat().st_size - 1),
    "empty": lambda path: os.truncate(path, 0),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "gone": lambda path: path.unlink(),
    "a folder": put_folder,
    "written anew": lambda path: path.write_bytes(bytes(byte ^ 255 for byte in path.read_bytes())),
    "another put there": put_another,
}  # fmt: skip  # a table


def write(path: Path, kind: str) -> None:
    array = np.arange(9000, dtype="f4")
    if kind == "pt":
        torch.save({"a": torch.from_numpy(array)}, path)
    elif kind == "npz":
        with path.open("wb") as file:
            np.savez_compressed(file, a=array)
    else:
        with path.open("wb") as file:
            np.save(file, array)


def opened(files: Files, path: Path, kind: str) -> tuple[int, Contents]:
    write(path, kind)
    os.utime(path, (1000, 1000))
    return files.open(path)


@pytest.mark.parametrize("kind", ["pt", "npz", "npy"])
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_nothing_is_served(files: Files, tmp_path: Path, kind: str, change: str) -> None:
    path = tmp_path / "x"
    file, contents = opened(files, path, kind)
    storage = contents.storages[0].id
    assert np.frombuffer(files.pages(file, storage, 1)[1], "f4")[0] == 1024
    CHANGES[change](path)
    for request in (ReadPages(storage, (1,), file), ReadPages(storage, (0, 5), file), MeasureTensor("a", file, 0)):
        said = files.problem(request).problem
        assert str(path) in said.message
        assert said.hint
    (row,) = (
        row for event in files.answers(LookAtValues(file, "x")) if isinstance(event, ValuesSeen) for row in event.rows
    )
    assert row.problem
    write(tmp_path / "other", "pt")
    compared = one(files.answers(CompareFiles(file, "x", str(tmp_path / "other"))), FilesCompared)
    assert compared.comparison.equal == 0
    if kind == "pt":
        files.problem(WriteCopy(file, "safetensors", str(tmp_path / "copy")))
        assert not (tmp_path / "copy").exists()


def test_what_is_back_as_it_was_is_served_again(files: Files, tmp_path: Path) -> None:
    file, contents = opened(files, tmp_path / "x", "npy")
    storage = contents.storages[0].id
    (tmp_path / "x").rename(tmp_path / "y")
    assert "no longer there" in files.problem(ReadPages(storage, (0,), file)).problem.message
    (tmp_path / "y").rename(tmp_path / "x")
    assert files.pages(file, storage, 0)[0] == np.arange(1024, dtype="f4").tobytes()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_permission_lost(files: Files, tmp_path: Path) -> None:
    file, contents = opened(files, tmp_path / "x", "npy")
    (tmp_path / "x").chmod(0)
    said = files.problem(ReadPages(contents.storages[0].id, (0,), file)).problem
    assert "permission" in said.message or "may not read" in said.message


def test_permission_lost_as_the_system_says_it(monkeypatch: pytest.MonkeyPatch, files: Files, tmp_path: Path) -> None:
    from tensorviz.engine.files import reading

    def denied(name: str) -> tuple[int, int]:
        raise PermissionError(13, "Permission denied", name)

    file, contents = opened(files, tmp_path / "x", "npy")
    monkeypatch.setattr(reading, "_stamp", denied)
    assert "may not read it" in files.problem(ReadPages(contents.storages[0].id, (0,), file)).problem.message


def test_changed_while_a_page_is_read(monkeypatch: pytest.MonkeyPatch, files: Files, tmp_path: Path) -> None:
    from tensorviz.engine.formats.bytes_of import read_storage as read

    file, contents = opened(files, tmp_path / "x", "npy")

    def changing(*given: object) -> bytes:
        found: bytes = read(*given)  # type: ignore[arg-type]  # what it was given
        (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes())
        return found

    monkeypatch.setattr("tensorviz.engine.files.reading.read_storage", changing)
    assert "has changed" in files.problem(ReadPages(contents.storages[0].id, (0,), file)).problem.message
