"""The bytes of storages, as far as somebody looked: pages from the engine, numbers decoded from them, what changed.

Must not know widgets. A number comes from the bytes of its own cell and nothing else, so what is shown is what is
there; a page that is not here yet is asked for, and told when it came.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tensorviz.core.dtypes import decode, unpacked
from tensorviz.core.errors import Problem
from tensorviz.core.number_text import NumberText, number_text
from tensorviz.core.session_data import PAGE
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.session import PagesRead, ReadPages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.dtypes import DType, Number
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.open_tensors import OpenTensors

MOST_PAGES = 16_384  # kept; 64 MB
MOST_TEXTS = 200_000  # kept
MOST_ASKED = 512  # pages in one request
FIGURES = 7  # characters of a number in a cell
LOST = NumberText("?")  # stands where bytes could not be read
MISSING = Problem("Some bytes of the file are not there any more.", "Open it again.")

Span = tuple[int, int]  # first byte, and one past the last


class MemoryState(QObject):
    """The bytes that were read; at most `most_pages` pages are kept.

    Signals: arrived(storage) when pages of a storage came, or could not be read; changed(storage, spans) when bytes
    that were shown are others now, with the spans of bytes that differ; lost() when some could not be read.

    Bytes that could not be read are not asked for again: those of a file not at all, those of the session once it
    changed. problem: why the last of them could not be read, None while all could.
    """

    arrived = Signal(str)
    changed = Signal(str, object)
    lost = Signal()

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        session: OpenTensors,
        most_pages: int = MOST_PAGES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._most_pages = most_pages
        self._jobs, self._session = jobs, session
        self._pages: OrderedDict[tuple[str, int], tuple[int, bytes]] = OrderedDict()
        self._held: Counter[str] = Counter()
        self._texts: dict[tuple[str, int, bool, bool, int], NumberText] = {}
        self._wanted: dict[str, dict[int, None]] = {}
        self._asked: dict[str, set[int]] = {}
        self._jobs_of: dict[int, tuple[str, tuple[int, ...]]] = {}
        self._lost: dict[str, set[int]] = {}
        self.problem: Problem | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.ask_now)
        bridge.event.connect(self._take)
        session.changed.connect(self._refresh)

    # ------------------------------------------------------------------------------------------------- looking

    def raw(self, storage: str, start: int, stop: int) -> bytes | None:
        """The bytes start..stop-1 of a storage; None while some are on their way (they are asked for)."""
        parts, whole = [], True
        for page in range(start // PAGE, -(-stop // PAGE)):
            held = self._page(storage, page)
            if held is None:
                whole = False
            else:
                parts.append(held[max(start - page * PAGE, 0) : stop - page * PAGE])
        found = b"".join(parts) if whole else b""
        return found if whole and len(found) == stop - start else None

    def is_lost(self, storage: str, start: int, stop: int) -> bool:
        """Whether some of the bytes start..stop-1 of a storage could not be read, and none are held from before."""
        lost = self._lost.get(storage, set())
        pages = range(start // PAGE, -(-stop // PAGE))
        return bool(lost) and any(page in lost and (storage, page) not in self._pages for page in pages)

    def has_lost(self, storage: str | None) -> bool:
        """Whether some bytes of a storage could not be read."""
        return bool(self._lost.get(storage or ""))

    def _page(self, storage: str, page: int) -> bytes | None:
        held = self._pages.get((storage, page))
        if held is None or held[0] < self._session.facts.memory:
            self._want(storage, page)
        if held is None:
            return None
        self._pages.move_to_end((storage, page))
        return held[1]

    def number(self, storage: str, address: int, kind: DType) -> Number | None:
        """The value of element `address` of a storage read as elements of a type; None while it is on its way."""
        raw = self.raw(storage, address * kind.itemsize, (address + 1) * kind.itemsize)
        return None if raw is None else decode(raw, kind)

    def element(self, tensor: TensorFacts, address: int) -> Number | None:
        """The value that a tensor has at an address: conjugated or negated where it reads so."""
        if tensor.storage is None:
            return None
        found = self.number(tensor.storage, address, tensor.kind)
        return None if found is None else as_read(found, tensor)

    def text(self, storage: str, address: int, kind: DType, width: int = FIGURES) -> NumberText | None:
        """What stands in a cell of a storage."""
        return self._text(storage, address, kind, False, False, width)

    def element_text(self, tensor: TensorFacts, address: int, width: int = FIGURES) -> NumberText | None:
        """What stands in a cell of a tensor."""
        if tensor.storage is None:
            return None
        return self._text(tensor.storage, address, tensor.kind, tensor.conjugated, tensor.negated, width)

    def _text(
        self, storage: str, address: int, kind: DType, conjugated: bool, negated: bool, width: int
    ) -> NumberText | None:
        start, stop = address * kind.itemsize, (address + 1) * kind.itemsize
        raw = self.raw(storage, start, stop)
        if raw is None:
            return LOST if self.is_lost(storage, start, stop) else None
        key = (kind.name, int.from_bytes(raw, "little"), conjugated, negated, width)
        found = self._texts.get(key)
        if found is None:
            found = _text_of(raw, kind, conjugated, negated, width)
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            self._texts[key] = found
        return found

    # ------------------------------------------------------------------------------------------------- asking

    def _want(self, storage: str, page: int) -> None:
        if page in self._asked.get(storage, ()) or page in self._lost.get(storage, ()):
            return
        self._wanted.setdefault(storage, {})[page] = None
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def ask_now(self) -> None:
        """Asks for what was wanted lately (it happens by itself soon); the newest, if one request cannot take all."""
        self._soon.stop()
        for storage, pages in self._wanted.items():
            newest = tuple(pages)[-MOST_ASKED:]
            self._asked.setdefault(storage, set()).update(newest)
            job = self._jobs.send(ReadPages(storage, newest, self._session.file))
            self._jobs_of[job] = (storage, newest)
        self._wanted.clear()

    @Slot()
    def _refresh(self) -> None:
        """Lets go of storages that are gone; the rest is read again when it is looked at."""
        there = {one.id for one in self._session.facts.storages}
        if not self._held.keys() <= there:
            for key in [key for key in self._pages if key[0] not in there]:
                self._drop(key)
        self._asked = {storage: pages for storage, pages in self._asked.items() if storage in there}
        if not self._session.file:  # a session that changed may have them again
            self._lost, self.problem = {}, None

    def _drop(self, key: tuple[str, int]) -> tuple[int, bytes] | None:
        """Lets go of a page; gives what it was."""
        held = self._pages.pop(key, None)
        if held is not None:
            self._held[key[0]] -= 1
            if not self._held[key[0]]:
                del self._held[key[0]]
        return held

    @Slot(object)
    def _take(self, event: Event) -> None:
        known = self._jobs_of.get(event.job)
        if known is None:
            return
        if isinstance(event, PagesRead):
            self._keep(event)
        elif isinstance(event, JobFinished | JobCancelled | JobFailed):
            storage, pages = self._jobs_of.pop(event.job)
            self._asked.get(storage, set()).difference_update(pages)
            if isinstance(event, JobFailed):
                self._lose(storage, pages, event.problem)

    def _lose(self, storage: str, pages: Iterable[int], problem: Problem) -> None:
        """Notes that pages could not be read; what is held of them from before stays."""
        self._lost.setdefault(storage, set()).update(pages)
        self.problem = problem
        self.lost.emit()
        self.arrived.emit(storage)

    def _keep(self, event: PagesRead) -> None:
        from tensorviz.core.byte_spans import differing  # it needs numpy, which the window does not wait for

        storage = event.storage
        _, pages = self._jobs_of[event.job]
        self._asked.get(storage, set()).difference_update(pages)
        spans: list[Span] = []
        missing = set(pages).difference(page for page, _ in event.pages)
        for page in missing:
            self._drop((storage, page))  # the storage is smaller by now
        for page, raw in event.pages:
            before = self._drop((storage, page))
            self._pages[(storage, page)] = (event.memory, raw)
            self._held[storage] += 1
            if before is not None and before[1] != raw:
                spans.extend(differing(before[1], raw, page * PAGE))
        while len(self._pages) > self._most_pages:
            self._drop(next(iter(self._pages)))
        if missing and self._session.file:
            self._lose(storage, missing, MISSING)
        else:
            self.arrived.emit(storage)
        if spans:
            self.changed.emit(storage, tuple(spans))


def as_read(value: Number, tensor: TensorFacts) -> Number:
    """The value as the tensor reads it: torch's lazy conjugation and negation are marks on the view."""
    return _as_read(value, tensor.conjugated, tensor.negated)


def _as_read(value: Number, conjugated: bool, negated: bool) -> Number:
    if conjugated and isinstance(value, complex):
        value = value.conjugate()
    return -value if negated else value


def _text_of(raw: bytes, kind: DType, conjugated: bool, negated: bool, width: int) -> NumberText:
    if kind.kind == "packed":
        return NumberText(" ".join(f"{value:g}" for value in unpacked(raw[0])))
    value = _as_read(decode(raw, kind), conjugated, negated)
    return number_text(value, kind, width * 2 if kind.kind == "complex" else width)


def touches(spans: Sequence[Span], start: int, stop: int) -> bool:
    """Whether some of the spans meet the bytes start..stop-1."""
    return any(low < stop and start < high for low, high in spans)
