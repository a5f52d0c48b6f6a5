"""Walking folders: order, hidden files, links, circles, and rows for what cannot be read."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.errors import Cancelled
from tensorviz.core.results import Failed
from tensorviz.engine import find_pictures as module
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.find_pictures import find_pictures

links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def found(*paths: Path | str) -> list[str]:
    rows = list(find_pictures([str(path) for path in paths]))
    assert all(isinstance(row, str) for row in rows), rows
    return [str(row) for row in rows]


def test_pictures_by_suffix_in_any_case_in_code_point_order_of_the_path(tmp_path: Path) -> None:
    names = ["b.JPG", "a/z.png", "a.jpg", "a-b.png", "a/B/c.TIFF", "Z.webp", "ä.gif", "a/notes.txt", "readme", "x.py"]
    tree(tmp_path, *names)
    expected = sorted(str(tmp_path / name) for name in names[:7])
    assert found(tmp_path) == expected


def test_the_folder_as_given_is_joined_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a/b.png")
    monkeypatch.chdir(tmp_path)
    assert found(".") == [os.path.join(".", "a", "b.png")]  # noqa: PTH118 - pathlib would drop the dot
    assert found("a" + os.sep) == [os.path.join("a", "b.png")]  # noqa: PTH118


def test_hidden_files_and_folders_are_skipped_unless_given(tmp_path: Path) -> None:
    tree(tmp_path, ".hidden.png", ".folder/a.png", "seen.png", ".given/b.png")
    assert found(tmp_path) == [str(tmp_path / "seen.png")]
    assert found(tmp_path / ".given", tmp_path / ".hidden.png") == [
        str(tmp_path / ".given" / "b.png"),
        str(tmp_path / ".hidden.png"),
    ]


def test_files_given_are_passed_on_in_order_whatever_they_are(tmp_path: Path) -> None:
    tree(tmp_path, "b.txt", "folder/c.png")
    given_paths = [tmp_path / "none.jpg", tmp_path / "b.txt", tmp_path / "folder", tmp_path / "b.txt"]
    assert found(*given_paths) == [
        str(tmp_path / "none.jpg"),
        str(tmp_path / "b.txt"),
        str(tmp_path / "folder" / "c.png"),
        str(tmp_path / "b.txt"),
    ]


def test_a_folder_without_pictures_is_one_failed_row(tmp_path: Path) -> None:
    tree(tmp_path, "notes.txt", "deeper/none.md", ".hidden.png")
    (row,) = find_pictures([str(tmp_path)])
    assert isinstance(row, Failed)
    assert row.path == str(tmp_path)
    assert "no picture in the folder" in row.problem.message
    assert row.problem.hint


def test_an_unreadable_folder_is_a_row_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.png", "closed/b.png", "d.png")
    inner = module._names

    def names(folder: str) -> list[str]:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return inner(folder)

    monkeypatch.setattr(module, "_names", names)
    first, failed, last = find_pictures([str(tmp_path)])
    assert (first, last) == (str(tmp_path / "a.png"), str(tmp_path / "d.png"))
    assert isinstance(failed, Failed)
    assert failed.path == str(tmp_path / "closed")
    assert "may not be read" in failed.problem.message


@links
def test_circles_end_and_linked_folders_are_followed(tmp_path: Path) -> None:
    tree(tmp_path, "in/a.png", "in/deep/b.png", "outside/c.png")
    (tmp_path / "in" / "deep" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "away").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "away2").symlink_to(tmp_path / "outside")
    assert found(tmp_path / "in") == [str(tmp_path / "in" / name) for name in ("a.png", "away/c.png", "deep/b.png")]


@links
def test_a_web_of_links_ends(tmp_path: Path) -> None:
    folders = [tmp_path / f"f{number}" for number in range(8)]
    for folder in folders:
        tree(folder, "a.png")
    for folder in folders:
        for other in folders:
            (folder / f"to_{other.name}").symlink_to(other)
    assert len(set(found(tmp_path))) == len(found(tmp_path)) < 8 * 60


@links
def test_broken_links_to_pictures_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("gone.jpg")
    (tmp_path / "folder").symlink_to("gone")
    assert found(tmp_path) == [str(tmp_path / "a.jpg")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file system insists on text")
def test_names_that_are_not_utf8_survive(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(name)).write_bytes(b"")
    assert [os.fsencode(path) for path in found(tmp_path)] == [name]


def test_cancel_stops_between_two_pictures(tmp_path: Path) -> None:
    tree(tmp_path, "a.png", "b.png")
    token = CancelToken()
    rows = find_pictures([str(tmp_path)], token)
    assert next(rows) == str(tmp_path / "a.png")
    token.cancel()
    with pytest.raises(Cancelled):
        next(rows)


def test_pictures_that_cannot_be_read_are_not_left_out_in_silence(tmp_path: Path) -> None:
    tree(tmp_path, "a.heic", "b.eps", "c.svg", "d.pdf")
    assert found(tmp_path) == [str(tmp_path / name) for name in ("a.heic", "b.eps", "c.svg")]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.from_regex(r"\A([-a.Z0é]{1,3}/){0,2}[-a.Z0é]{1,3}\.png\Z"), min_size=1, max_size=12))
def test_the_order_is_that_of_the_whole_paths(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    root = tmp_path_factory.mktemp("order")
    kept = [name for name in names if not any(part.startswith(".") for part in name.split("/"))]
    for name in kept:
        path = root / name
        if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
            tree(root, name)
    expected = sorted(str(path) for path in root.rglob("*.png") if path.is_file())
    if expected:
        assert found(root) == expected


def test_a_hundred_thousand_names_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"picture_{number:06d}.jpg" for number in range(100_000)]
    monkeypatch.setattr(module, "_names", lambda _folder: names)
    tracemalloc.start()
    try:
        count = sum(1 for _ in find_pictures([str(tmp_path)]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 1_000_000  # beyond the names of the one folder that is being read, nothing grows
