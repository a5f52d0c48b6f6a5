"""An unfinished download: the `.part` file, the note beside it that allows to go on, and the lock around both.

Must not know HTTP's answers or what is downloaded.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from tensorviz.engine.weights.store import LOCK, PARTIAL, PARTIAL_NOTE
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tensorviz.engine.cancel import CancelToken

BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
BETWEEN_TRIES = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Note:
    """What the server said of the file when the part was begun. validator: a strong ETag or Last-Modified, or ""."""

    url: str
    validator: str
    total: int | None


class Part:
    """The bytes of `destination` that have come so far."""

    def __init__(self, destination: Path) -> None:
        self.path = destination.with_name(destination.name + PARTIAL)
        self._note = destination.with_name(destination.name + PARTIAL_NOTE)

    def size(self) -> int:
        """How many bytes are here; 0 when there is no part."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def note(self) -> Note | None:
        """The note, or None when there is none that can be used."""
        try:
            values = json.loads(self._note.read_text(encoding="utf-8"))
            url, validator, total = values["url"], values["validator"], values["total"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        good = isinstance(url, str) and isinstance(validator, str) and isinstance(total, int | None)
        return Note(url, validator, total) if good else None

    def write_note(self, note: Note) -> None:
        """Keeps the note for a later run."""
        write_text(self._note, json.dumps({"url": note.url, "validator": note.validator, "total": note.total}))

    def open(self, offset: int) -> IO[bytes]:
        """The part, opened for writing from `offset`; what lay behind it is cut off."""
        stream = self.path.open("r+b" if self.path.exists() else "w+b")
        try:
            stream.truncate(offset)
            stream.seek(offset)
        except OSError:
            stream.close()
            raise
        return stream

    def discard(self) -> None:
        """Throws the part and its note away."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, destination: Path) -> None:
        """Gives the part its final name, in one step."""
        self.path.replace(destination)
        self._note.unlink(missing_ok=True)


@contextmanager
def exclusive(destination: Path, token: CancelToken) -> Iterator[None]:
    """Holds the download of `destination` against other threads and processes; waits for its turn, cancellably."""
    path = destination.with_name(destination.name + LOCK)
    while (held := _try_lock(path)) is None:
        token.check()
        token.wait(BETWEEN_TRIES)
    try:
        yield
    finally:
        _release(path, held)


def _try_lock(path: Path) -> IO[bytes] | None:
    stream = path.open("a+b")
    try:
        _lock(stream)
        if _is_still(path, stream):
            return stream
    except OSError as error:
        if error.errno not in BUSY:
            return stream  # a file system without locks: the check of the bytes at the end still holds
    stream.close()
    return None


def _is_still(path: Path, stream: IO[bytes]) -> bool:
    """Whether the locked file is the one of that name: the holder before may have removed it meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _release(path: Path, held: IO[bytes]) -> None:
    if sys.platform != "win32":
        path.unlink(missing_ok=True)  # before it is unlocked; Windows removes no open file, there it stays, empty
    held.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
