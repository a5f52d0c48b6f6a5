"""The session on disk: what is written is read again, whatever cut it short, and hostile files are passed over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tensorviz.engine.tensors import log as log_module
from tensorviz.engine.tensors.log import ASIDE, LARGEST, NAME, SessionLog


def written(folder: Path) -> SessionLog:
    log = SessionLog(folder)
    log.begin(7)
    log.start({"code": "x = 1"})
    log.end()
    log.start({"code": "y = 2"})
    log.end(allowed=True)
    log.start({"undo": True})
    log.end()
    return log


def put(folder: Path, *lines: object) -> None:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    (folder / NAME).write_bytes(text.encode("utf-8", "surrogatepass"))


HEAD = {"version": 1, "seed": 7}


def test_what_was_done_is_read_in_order(tmp_path: Path) -> None:
    written(tmp_path)
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert (found.seed, found.broken, found.tried) == (7, None, False)
    assert found.actions == [
        {"code": "x = 1", "allowed": False, "lost": False},
        {"code": "y = 2", "allowed": True, "lost": False},
        {"undo": True, "allowed": False, "lost": False},
    ]


def test_what_was_running_is_not_among_what_was_done(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.start({"code": "while True: pass"})
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert len(found.actions) == 3
    assert found.broken == {"code": "while True: pass"}


def test_what_was_refused_was_not_done(tmp_path: Path) -> None:
    log = SessionLog(tmp_path)
    log.begin(1)
    log.start({"undo": True})
    log.end(refused=True)
    found = log.read()
    assert found is not None
    assert (found.actions, found.broken) == ([], None)


@pytest.mark.parametrize(
    "code", ["a\u2028b", "a\x85b", "a\x0bb\x0c\x1c\x1d\x1e", "a\r\nb\n", "\udc80", "\x00", "\U0001d518 ü"]
)
def test_any_text_comes_back_as_it_was(tmp_path: Path, code: str) -> None:
    log = SessionLog(tmp_path)
    log.begin(1)
    log.start({"code": code})
    log.end()
    found = log.read()
    assert found is not None
    assert found.actions[0]["code"] == code


def test_a_cut_at_any_byte_leaves_what_was_done_before(tmp_path: Path) -> None:
    written(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    full = SessionLog(tmp_path).read()
    assert full is not None
    counts = []
    for end in range(len(whole) + 1):
        (tmp_path / NAME).write_bytes(whole[:end])
        found = SessionLog(tmp_path).read()
        if found is not None:
            assert found.actions == full.actions[: len(found.actions)]
            counts.append(len(found.actions))
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3}


def test_what_is_written_after_a_cut_line_is_read(tmp_path: Path) -> None:
    written(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(whole + b'{"run": {"code": "x = 9')
    log = SessionLog(tmp_path)
    log.restoring()
    found = log.read()
    assert found is not None
    assert found.tried
    assert len(found.actions) == 3


def test_bringing_back_that_never_ended_is_known(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.restoring()
    assert log.read().tried  # type: ignore[union-attr]  # None fails the test as well
    log.restored()
    assert not log.read().tried  # type: ignore[union-attr]


def test_a_new_session_keeps_the_old_one_aside(tmp_path: Path) -> None:
    log = written(tmp_path)
    before = (tmp_path / NAME).read_bytes()
    log.begin(8)
    assert (tmp_path / ASIDE).read_bytes() == before
    found = log.read()
    assert found is not None
    assert (found.seed, found.actions) == (8, [])


def test_rewriting_keeps_marks(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.start({"code": "z"})
    log.end(lost=True)
    found = log.read()
    assert found is not None
    log.rewrite(found.seed, found.actions)
    again = log.read()
    assert again is not None
    assert (again.seed, again.actions) == (found.seed, found.actions)


@pytest.mark.parametrize(
    "lines",
    [
        [""],
        ["[]"],
        ["null"],
        [{"version": 2, "seed": 7}],
        [{"version": 1}],
        [{"version": 1, "seed": "7"}],
        [{"version": 1, "seed": True}],
        [{"version": 1, "seed": -1}],
        [{"version": 1, "seed": 2**70}],
        [{"version": 1, "seed": 1e3}],
        ["[" * 100_000],
        ["\x00\x01\x02"],
        ["9" * 5000],
    ],
)
def test_a_file_that_is_no_session_gives_none(tmp_path: Path, lines: list[object]) -> None:
    put(tmp_path, *lines)
    assert SessionLog(tmp_path).read() is None


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[" * 100_000,
        '{"run": 5}',
        '{"run": []}',
        '{"ran": true}',
        "null",
        "1e999",
        "\ufeff",
        '{"x": NaN}',
        '{"ran"',
    ],
)
def test_lines_that_make_no_sense_are_passed_over(tmp_path: Path, line: str) -> None:
    put(tmp_path, HEAD, line, {"run": {"code": "x"}}, line if "ran" not in line else "", {"ran": True}, line)
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert [action["code"] for action in found.actions] == ["x"]


def test_bytes_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, HEAD)
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'\n\xff\xfe\n{"run": {"code": "x"}}\n{"ran": true}\n')
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert len(found.actions) == 1


def test_a_file_beyond_all_bounds_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, HEAD)
    os.truncate(tmp_path / NAME, LARGEST + 1)
    assert SessionLog(tmp_path).read() is None


def test_nothing_raises_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    log = written(tmp_path / "file")
    assert "not being saved" in log.problem
    assert log.read() is None


def test_without_a_folder_nothing_is_written() -> None:
    log = SessionLog(None)
    log.begin(1)
    log.start({})
    log.end()
    assert (log.read(), log.problem) == (None, "")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    log = SessionLog(tmp_path)
    assert log.read() is None
    log.restoring()
    assert log.problem


class Full:
    """A disk that becomes full in the middle of a write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        self._open = Path.open
        monkeypatch.setattr(Path, "open", lambda path, *args, **named: self._opened(path, *args, **named))

    def _opened(self, path: Path, *args: Any, **named: Any) -> Any:
        file = self._open(path, *args, **named)
        if self.full and args[:1] == ("a",):
            write = file.write

            def part(text: str) -> None:
                write(text[: len(text) // 2])
                file.flush()
                raise OSError(28, "No space left on device")

            file.write = part
        return file


def test_a_full_disk_leaves_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = written(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    disk = Full(monkeypatch)
    log.start({"code": "z = 3"})
    log.end()
    assert log.problem == "The session is not being saved: No space left on device."
    assert (tmp_path / NAME).read_bytes() == whole  # nothing of the half that was written
    disk.full = False
    log.start({"code": "w = 4"})
    log.end()
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert [one.get("code") for one in found.actions[-2:]] == ["z = 3", "w = 4"]
    assert len(found.actions) == 5


def test_a_log_ends_before_it_is_too_long_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "LARGEST", 5_000)
    log = SessionLog(tmp_path)
    log.begin(1)
    for number in range(300):
        log.start({"code": f"x = {number}"})
        log.end()
    assert "too long" in log.problem
    assert (tmp_path / NAME).stat().st_size <= 5_000
    found = SessionLog(tmp_path).read()
    assert found is not None
    assert found.broken is None
    assert [one["code"] for one in found.actions] == [f"x = {n}" for n in range(len(found.actions))]
    log.begin(2)
    log.start({"code": "y"})
    log.end()
    again = SessionLog(tmp_path).read()
    assert again is not None
    assert [one["code"] for one in again.actions] == ["y"]
