"""Translated pictures in a folder: nothing is ever written over, and no half file stays.

Must not know networks.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.tasks.translate.keeping import OutputFolder

RED = Image.new("RGB", (5, 4), "red")


def test_names_follow_the_sources_and_numbers_those_that_are_taken(tmp_path: Path) -> None:
    (tmp_path / "horse.png").write_bytes(b"mine")
    (tmp_path / "horse-2.png").write_bytes(b"mine too")
    folder = OutputFolder(tmp_path)
    made = [folder.keep(RED, source) for source in ("a/horse.jpg", "horse.png", "b/horse.JPEG", "zebra")]
    assert made == [str(tmp_path / f"{name}.png") for name in ("horse-1", "horse-3", "horse-4", "zebra")]
    assert (tmp_path / "horse.png").read_bytes() == b"mine"
    assert (tmp_path / "horse-2.png").read_bytes() == b"mine too"
    with Image.open(made[0]) as image:
        assert image.tobytes() == RED.tobytes()


def test_jpeg_is_a_jpeg(tmp_path: Path) -> None:
    path = OutputFolder(tmp_path, "jpeg").keep(RED, "x.png")
    assert path == str(tmp_path / "x.jpg")
    with Image.open(path) as image:
        assert image.format == "JPEG"


@pytest.mark.skipif(os.name != "posix", reason="names of bytes that are no text")
def test_odd_names(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    odd = os.fsdecode(b"h\xffrse.jpg")
    assert folder.keep(RED, odd) == str(tmp_path / os.fsdecode(b"h\xffrse.png"))
    long = folder.keep(RED, "é" * 120 + ".jpg")
    assert Path(long).is_file()
    assert Path(folder.keep(RED, "é" * 120 + ".jpg")).is_file()
    assert folder.keep(RED, "a.b.c.jpg") == str(tmp_path / "a.b.c.png")


def test_the_folder_is_made_and_a_file_is_no_folder(tmp_path: Path) -> None:
    assert Path(OutputFolder(tmp_path / "a" / "b").keep(RED, "x.png")).is_file()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ValueRefused):
            OutputFolder(path)
    with pytest.raises(ValueRefused):
        OutputFolder("")


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    class Full(Image.Image):
        def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002 - Pillow's name
            fp.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(ValueRefused, match="no space left"):
        OutputFolder(tmp_path).keep(Full(), "x.png")
    assert list(tmp_path.iterdir()) == []


def test_an_ending_stands_behind_the_name_whatever_is_in_it(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    long = "x" * 300
    kept = [folder.keep(RED, source, "-back") for source in ("a.v2.png", "a.v2.png", f"{long}.png")]
    assert [Path(path).name for path in kept] == ["a.v2-back.png", "a.v2-back-1.png", f"{'x' * 200}-back.png"]


def test_what_is_kept_together_stays_or_goes_together(tmp_path: Path) -> None:
    (tmp_path / "x-back.png").write_bytes(b"mine")
    folder = OutputFolder(tmp_path)
    before = folder.keep(RED, "before.png")
    made: list[str] = []

    def keep_two_and_fail() -> None:
        with folder.together():
            made.extend(folder.keep(RED, "x.png", ending) for ending in ("", "-back"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_two_and_fail()
    assert made == [str(tmp_path / "x.png"), str(tmp_path / "x-back-1.png")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["before.png", "x-back.png"]
    assert (tmp_path / "x-back.png").read_bytes() == b"mine"
    with folder.together():
        kept = folder.keep(RED, "x.png")
    assert Path(before).is_file()
    assert Path(kept).is_file()


def test_what_a_form_cannot_hold_is_said_before(tmp_path: Path) -> None:
    for size in ((65_501, 8), (8, 70_000)):
        OutputFolder(tmp_path).check(size)
        with pytest.raises(ValueRefused, match="JPEG holds 65500 a side") as caught:
            OutputFolder(tmp_path, "jpeg").check(size)
        assert "--save-as png" in caught.value.hint
    OutputFolder(tmp_path, "jpeg").check((65_500, 8))
