"""What is no file of tensors gets a sentence of its own, with a hint.

Must not know how files are recognised.
"""

from __future__ import annotations

import gzip
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tensorviz.core.errors import CheckpointUnreadable, NameUnknown, ValueRefused
from tensorviz.core.stored import RawForm
from tensorviz.engine.formats import FORMATS, read_contents, suffixes
from tensorviz.engine.formats.bytes_of import read_storage

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n"


def refused(path: Path) -> str:
    with pytest.raises(CheckpointUnreadable) as met:
        read_contents(path)
    assert met.value.hint, met.value.message
    return met.value.message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"), (POINTER, "git-lfs pointer"), (b"<!DOCTYPE html><html></html>", "web page"),
        (b"hello, I am a text\n" * 3, "text file"), ("Übergrößen\n".encode() * 500, "text file"),
        (gzip.compress(b"x" * 100), "gzip"), (b"GGUF\3\0\0\0", "GGUF"), (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (bytes(100), "zero bytes"), (b"\x81\x92\xa3\0\1\2", "unknown kind"), (b"\x7fELF\2\1\1", "program"),
        (b"\x80", "unknown kind"), (b"PK", "cut short"), (b"{}", "text file"), (b"[1, 2]", "text file"),
    ],
)  # fmt: skip  # a table
def test_files_of_other_kinds(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(raw)
    assert said in refused(path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WebP"])
def test_pictures(tmp_path: Path, form: str) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "x.pt", form)
    assert f"a picture ({form})" in refused(tmp_path / "x.pt")


def test_archives_of_other_things(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("a.txt", "hello")
    assert "without a data.pkl" in refused(tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "empty.pt", "w"):
        pass
    assert "without a data.pkl" in refused(tmp_path / "empty.pt")
    with tarfile.open(tmp_path / "y.pt", "w") as tar:
        tar.add(tmp_path / "x.pt", "x.pt")
    assert "tar archive" in refused(tmp_path / "y.pt")


def test_folders_and_paths_that_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.pt").mkdir()
    assert "is a folder" in refused(tmp_path / "x.pt")
    assert "There is no file" in refused(tmp_path / "gone.pt")
    assert "There is no file" in refused(tmp_path / "x\0.pt")
    assert "name too long" in refused(tmp_path / ("x" * 300))
    assert "There is no file" in refused(tmp_path / ("x" * 100) / "y")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everything may be read")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(b"abc")
    path.chmod(0)
    assert "may not read" in refused(path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes by name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.pt")
    assert "pipe or device" in refused(tmp_path / "x.pt")


def test_every_format_has_suffixes_and_its_place() -> None:
    assert {".pt", ".pth", ".safetensors", ".npy", ".npz"} <= set(suffixes())
    assert all(row.load().title and row.suffixes for row in FORMATS)


def test_raw_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(bytes(range(25)))
    contents = read_contents(path, RawForm("uint16", (-1, 3), 1))
    assert contents.tensors[0].layout.shape == (4, 3)
    assert read_storage(contents.storages[0]) == bytes(range(1, 25))
    assert read_contents(path, RawForm("float32")).tensors[0].layout.shape == (6,)
    with pytest.raises(CheckpointUnreadable, match="28 bytes"):
        read_contents(path, RawForm("float32", (7,)))
    with pytest.raises(NameUnknown, match="no element type"):
        read_contents(path, RawForm("float33"))
    for form in (RawForm("uint8", (-1, -1)), RawForm("uint8", (-2,)), RawForm("uint8", None, 26)):
        with pytest.raises(ValueRefused):
            read_contents(path, form)
