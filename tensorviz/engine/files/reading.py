"""Bytes of the storages of an open file, by position, as long as the file is the one that was opened.

Must not know formats, requests or torch. What compressed members hold is inflated once and kept within bounds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.text import path_text
from tensorviz.engine.files.inflating import InflatedMember, RecentChunks
from tensorviz.engine.formats.bytes_of import read_storage
from tensorviz.engine.positioned import LARGEST_BLOCK
from tensorviz.engine.zip_directory import ZipDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tensorviz.core.stored import Contents, StoredStorage


Stamp = tuple[int, int]  # bytes, time of the last change in nanoseconds

KEPT = 32 << 20  # bytes of what was inflated lately that is kept for looking
KEPT_AT_WORK = 12 << 20  # and by a reader that goes through a file
MOST_MEMBERS = 4  # compressed members that a reader keeps its places in
AGAIN = "Open it again."


def stamps_of(contents: Contents) -> dict[str, Stamp]:
    """Size and time of each file that storages lie in; without those that are gone."""
    found = {}
    for name in dict.fromkeys(storage.file for storage in contents.storages):
        try:
            found[name] = _stamp(name)
        except OSError:
            continue  # reading says so
    return found


def _stamp(name: str) -> Stamp:
    facts = Path(name).stat()
    return facts.st_size, facts.st_mtime_ns


class FileReader:
    """Reads for one thread. `read` is what everything in engine/checkpoints takes as its reader.

    kept: bytes of what was inflated lately that it keeps.
    """

    def __init__(self, stamps: Mapping[str, Stamp], kept: int, check: Callable[[], None] = lambda: None) -> None:
        self.check = check
        self._stamps = stamps
        self._members: dict[tuple[str, str], InflatedMember] = {}
        self._chunks = RecentChunks(kept)

    @property
    def held(self) -> int:
        """Bytes that are kept."""
        return self._chunks.held + sum(member.held for member in self._members.values())

    def forget(self) -> None:
        """Lets go of what is kept."""
        self._members.clear()
        self._chunks.clear()

    def read(self, storage: StoredStorage, start: int, stop: int) -> bytes:
        """Bytes start..stop-1 of the storage, as the file has them.

        Raises CheckpointUnreadable where the file is not what it was, ValueRefused for bytes outside the storage; and
        what `check` raises, between two blocks.
        """
        self._check_same(storage)
        work = self._inflated if _is_packed(storage, start, stop) else self._plain
        found = work(storage, start, stop)
        self._check_same(storage)  # it may have been written while it was read
        return found

    def _check_same(self, storage: StoredStorage) -> None:
        self.check()
        known = self._stamps.get(storage.file)
        if known is None:
            return
        try:
            now = _stamp(storage.file)
        except OSError as error:
            raise _unreadable(storage, error) from error
        if now != known:
            raise CheckpointUnreadable(f"{path_text(storage.file)} has changed since it was opened.", AGAIN)

    def _plain(self, storage: StoredStorage, start: int, stop: int) -> bytes:
        if stop - start <= LARGEST_BLOCK:
            return read_storage(storage, start, stop)
        parts = []
        for at in range(start, stop, LARGEST_BLOCK):
            self.check()
            parts.append(read_storage(storage, at, min(at + LARGEST_BLOCK, stop)))
        return b"".join(parts)

    def _inflated(self, storage: StoredStorage, start: int, stop: int) -> bytes:
        try:
            member = self._member(storage)
            return member.read(storage.skip + start, storage.skip + stop, self.check)
        except ZipDamaged as error:
            raise CheckpointUnreadable(
                f"{path_text(storage.file)} cannot be read: {error}.", "Get it again."
            ) from error
        except OSError as error:
            raise _unreadable(storage, error) from error

    def _member(self, storage: StoredStorage) -> InflatedMember:
        key = (storage.file, storage.member)
        found = self._members.pop(key, None) or InflatedMember(storage.file, storage.member, self._chunks)
        self._members[key] = found  # as the last one used
        while len(self._members) > MOST_MEMBERS:
            self._members.pop(next(iter(self._members)))
        return found


def _is_packed(storage: StoredStorage, start: int, stop: int) -> bool:
    return storage.start is None and 0 <= start < stop <= storage.nbytes


def _unreadable(storage: StoredStorage, error: OSError) -> CheckpointUnreadable:
    shown = path_text(storage.file)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return CheckpointUnreadable(
            f"{shown} cannot be read: it is no longer there.", "Open it again when it is there."
        )
    why = "you may not read it" if isinstance(error, PermissionError) else (error.strerror or str(error)).lower()
    return CheckpointUnreadable(f"{shown} cannot be read: {why}.", AGAIN)
