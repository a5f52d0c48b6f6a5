"""The files of tensors that are open, by number: what each holds, and how its bytes are read.

Must not know requests, formats or torch. Safe to use from several lanes at once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.core.stored import Contents
from tensorviz.engine.files.reading import KEPT, KEPT_AT_WORK, FileReader, Stamp, stamps_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.stored import StoredStorage, StoredTensor


@dataclass(frozen=True)
class OpenedFile:
    """A file that is open. stamps: size and time of each file that its bytes lie in, as they were when it was read."""

    number: int
    contents: Contents
    stamps: Mapping[str, Stamp]

    def reader(self, check: Callable[[], None] = lambda: None) -> FileReader:
        """A reader of its own, for one thread. check: called now and then while it works; what it raises goes on."""
        return FileReader(self.stamps, KEPT_AT_WORK, check)

    @cached_property
    def storages(self) -> dict[str, StoredStorage]:
        """The storages by id."""
        return {storage.id: storage for storage in self.contents.storages}

    @cached_property
    def on_storage(self) -> dict[str, list[StoredTensor]]:
        """The tensors that look at each storage."""
        found: dict[str, list[StoredTensor]] = {storage.id: [] for storage in self.contents.storages}
        for tensor in self.contents.tensors:
            found[tensor.storage].append(tensor)
        return found


class OpenFiles:
    """The open ones. A number is used once: what is told of one that was closed is not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, OpenedFile] = {}
        self._readers: dict[int, FileReader] = {}
        self._closed: set[int] = set()

    def add(self, number: int, contents: Contents) -> OpenedFile:
        """Keeps what a file holds, unless it was closed while it was read."""
        opened = OpenedFile(number, contents, stamps_of(contents))
        with self._lock:
            if number not in self._closed:
                self._open[number] = opened
        return opened

    def get(self, number: int) -> OpenedFile | None:
        """The open file of that number; None when there is none by now."""
        with self._lock:
            return self._open.get(number)

    def all(self) -> tuple[OpenedFile, ...]:
        """Those that are open."""
        with self._lock:
            return tuple(self._open.values())

    def close(self, number: int) -> None:
        """Forgets a file."""
        with self._lock:
            self._closed.add(number)
            self._open.pop(number, None)
            self._readers.pop(number, None)

    def looking(self, opened: OpenedFile, check: Callable[[], None]) -> FileReader:
        """The reader for looking at pages, which keeps what was inflated lately: for the one lane that looks."""
        with self._lock:
            reader = self._readers.pop(opened.number, None) or FileReader(opened.stamps, KEPT)
            if opened.number in self._open:
                self._readers[opened.number] = reader  # as the last one used
        reader.check = check
        self._share_room(reader)
        return reader

    def _share_room(self, used: FileReader) -> None:
        """All readers together keep no more than one may: the others give room."""
        with self._lock:
            others = [reader for reader in self._readers.values() if reader is not used]
        over = sum(reader.held for reader in others) - KEPT
        for reader in others:
            if over > 0:
                over -= reader.held
                reader.forget()
