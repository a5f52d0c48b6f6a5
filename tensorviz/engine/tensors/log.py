"""The session on disk, written as one works: what was done in order, so that doing it again gives the session back.

Must not know the session's language or torch. One line of JSON for each thing done; a line that says "run" without one
that says "ran" after it was running when the program ended.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
NAME, ASIDE = "session.jsonl", "session-before.jsonl"
MARKS = ("allowed", "lost")
SEEDS = 2**63  # those that torch takes
LARGEST = 64_000_000  # bytes of a log that is read, and written
ENDING = 1_000  # of them are kept for how the last action ended


@dataclass(slots=True)
class Recorded:
    """What a log holds. actions: what was done to the end, in order. broken: the action that never ended, if any.

    tried: bringing the session back was begun and never ended.
    """

    seed: int
    actions: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[str, Any] | None = None
    tried: bool = False


class SessionLog:
    """The file. Nothing here raises: what cannot be written is said by `problem`, and tried again with what follows.

    So the file is always what was done from the beginning up to some point, without a gap.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder is not None else None
        self.problem = ""
        self._unwritten = ""
        self._stopped = False

    def begin(self, seed: int) -> None:
        """A new session; the file so far is kept aside."""
        if self._path is None:
            return
        self._unwritten, self._stopped = "", False
        try:
            self._path.replace(self._path.with_name(ASIDE))
        except FileNotFoundError:
            pass
        except OSError as error:
            self._stop(error.strerror or str(error))
        self._write({"version": VERSION, "seed": seed})

    def start(self, action: dict[str, Any]) -> None:
        """Something is about to be done."""
        self._write({"run": action})

    def end(self, **how: bool) -> None:
        """It was done. how: `allowed` after a question; `lost` when it was cancelled half-way, so that nobody can do
        it again; `refused` when nothing came of it.
        """
        self._write({"ran": True} | {name: True for name, holds in how.items() if holds})

    def rewrite(self, seed: int, actions: list[dict[str, Any]]) -> None:
        """Begins the file anew with what was done so far; the old one is kept aside."""
        self.begin(seed)
        for action in actions:
            self.start({key: value for key, value in action.items() if key not in MARKS})
            self.end(**{mark: bool(action.get(mark)) for mark in MARKS})

    def restoring(self) -> None:
        """The session is about to be brought back."""
        self._write({"restoring": True}, before="\n")  # the last line may have been cut

    def restored(self) -> None:
        """It is back."""
        self._write({"restored": True})

    def _write(self, line: dict[str, Any], before: str = "") -> None:
        if self._path is None or self._stopped:
            return
        self._unwritten += f"{before}{json.dumps(line)}\n"
        size = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="ascii") as file:
                size = file.tell()
                if size + len(self._unwritten) > LARGEST - (ENDING if "run" in line else 0):
                    self._stop("it became too long. Begin a new one")
                    return
                file.write(self._unwritten)
            self._unwritten = ""
        except OSError as error:
            self.problem = _not_saved(error.strerror or str(error))
            if size is not None:  # a part that was written would be there twice
                with contextlib.suppress(OSError):
                    os.truncate(self._path, size)
            if len(self._unwritten) > LARGEST:
                self._stop(error.strerror or str(error))

    def _stop(self, why: str) -> None:
        """Nothing more is written before the next session begins."""
        self.problem, self._stopped, self._unwritten = _not_saved(why), True, ""

    def read(self) -> Recorded | None:
        """What the file holds; None when there is no session in it. Lines that make no sense are passed over."""
        if self._path is None:
            return None
        try:
            if self._path.stat().st_size > LARGEST:
                return None
            lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return None
        return _recorded(lines)


def _not_saved(why: str) -> str:
    return f"The session is not being saved: {why}."


def _recorded(lines: list[str]) -> Recorded | None:
    read = [line for line in map(_line, lines) if line is not None]
    seed = read[0].get("seed") if read else None
    if not read or read[0].get("version") != VERSION or type(seed) is not int or not 0 <= seed < SEEDS:
        return None
    found = Recorded(seed)
    for line in read[1:]:
        if isinstance(line.get("run"), dict):
            found.broken = line["run"]
        elif "ran" in line and found.broken is not None:
            if not line.get("refused"):
                found.actions.append(found.broken | {mark: bool(line.get(mark)) for mark in MARKS})
            found.broken = None
        elif "restoring" in line:
            found.tried, found.broken = True, None
        elif "restored" in line:
            found.tried = False
    return found


def _line(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
