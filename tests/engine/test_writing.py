"""Files that a person named: whole or not there, and a sentence for every name that cannot be written.

Must not know what is written.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.writing import replacing, replacing_bytes

POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes and links as on Linux and macOS")


def test_a_file_is_replaced_when_the_block_ends_well_and_kept_when_it_does_not(tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    with replacing(target) as file:
        file.write("first")
    nothing: dict[str, str] = {}
    with pytest.raises(KeyError), replacing(target) as file:
        file.write(nothing["second"])
    assert target.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize("name", ["", ".", "folder", "folder/", "absent/result.json"])
def test_a_name_that_is_no_files_is_refused_before_the_block(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueRefused) as caught, replacing(name):
        pytest.fail("the block was entered")
    assert caught.value.hint
    assert "Errno" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@POSIX
def test_a_pipe_or_device_is_not_renamed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueRefused, match="pipe or device"), replacing(tmp_path / "pipe"):
        pytest.fail("the block was entered")
    assert not (tmp_path / "pipe").is_file()


@POSIX
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    with replacing(tmp_path / "link.json") as file:
        file.write("new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueRefused, match="cannot be written") as caught, replacing(tmp_path / "a.json"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert "Errno" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == []


def test_an_error_that_is_not_of_writing_keeps_its_kind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot load library"), replacing(tmp_path / "a.json"):
        raise OSError("cannot load library")  # as ctypes says it: without a number


def test_bytes_are_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    with replacing_bytes(target) as file:
        file.write(b"\x00\xff")
    assert target.read_bytes() == b"\x00\xff"

    def refuse(part: Path) -> None:
        assert part.read_bytes() == b"new"
        raise ValueError("not as it should be")

    with pytest.raises(ValueError, match="not as it should"), replacing_bytes(target, refuse) as file:
        file.write(b"new")
    assert target.read_bytes() == b"\x00\xff"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    with pytest.raises(ValueRefused, match="cannot be written"), replacing_bytes(tmp_path / "no" / "a.bin"):
        pass
