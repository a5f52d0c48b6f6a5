"""The bytes of storages on the screen: pages that grow, shrink, vanish and come late, and which bytes changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tensorviz.core.session_data import PAGE, SessionFacts, StorageFacts
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import PagesRead, ReadPages, RunCode, SessionChanged
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.engine import EngineState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.memory import MemoryState
from tensorviz.ui.state.session import SessionState
from tests.ui.fake_engine import FakeEngine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Rig:
    """A memory state over a fake engine, whose storages are plain bytes."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.engine = FakeEngine(self.bridge)
        jobs = JobsState(self.bridge)
        self.session = SessionState(self.bridge, jobs, EngineState(self.bridge, jobs))
        self.memory = MemoryState(self.bridge, jobs, self.session)
        self.storages: dict[str, bytes] = {}
        self.count = 0
        self.changes: list[tuple[str, tuple[tuple[int, int], ...]]] = []
        self.memory.changed.connect(lambda storage, spans: self.changes.append((storage, spans)))

    def put(self, **storages: bytes) -> None:
        """The session is another now: these storages, with these bytes, and no others."""
        self.storages, self.count = storages, self.count + 1
        facts = tuple(StorageFacts(letter, len(raw), "cpu", "uint8") for letter, raw in storages.items())
        job = self.engine.submit(RunCode("x"))
        self.engine.answer(SessionChanged(job, SessionFacts((), facts, memory=self.count)))

    def serve(self) -> int:
        """Answers what was asked since; gives how many pages that were."""
        self.memory.ask_now()
        served = 0
        for job, request in self.engine.sent:
            if isinstance(request, ReadPages):
                raw = self.storages.get(request.storage, b"")
                pages = tuple((n, raw[n * PAGE : (n + 1) * PAGE]) for n in request.pages if n * PAGE < len(raw))
                self.engine.answer(PagesRead(job, request.storage, self.count, pages), JobFinished(job, 0))
                served += len(request.pages)
        self.engine.sent = [(0, RunCode(""))] * len(self.engine.sent)  # numbers go on
        return served

    def read(self, storage: str, start: int, stop: int) -> bytes | None:
        """The bytes after whatever was on its way came."""
        self.memory.raw(storage, start, stop)
        self.serve()
        return self.memory.raw(storage, start, stop)


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig()


def test_bytes_across_pages_are_those_of_the_storage(rig: Rig) -> None:
    raw = bytes(n * 7 % 251 for n in range(3 * PAGE + 5))
    rig.put(A=raw)
    assert rig.memory.raw("A", PAGE - 2, PAGE + 2) is None
    assert rig.read("A", PAGE - 2, 2 * PAGE + 3) == raw[PAGE - 2 : 2 * PAGE + 3]
    assert rig.read("A", 3 * PAGE, 3 * PAGE + 5) == raw[3 * PAGE :]


def test_a_storage_that_shrank_shows_none_of_its_old_bytes(rig: Rig) -> None:
    rig.put(A=b"x" * (2 * PAGE))
    assert rig.read("A", PAGE, PAGE + 4) == b"xxxx"
    rig.put(A=b"y" * 10)
    rig.memory.raw("A", PAGE, PAGE + 4)
    rig.serve()
    assert rig.memory.raw("A", PAGE, PAGE + 4) is None
    assert rig.read("A", 0, 10) == b"y" * 10
    assert rig.memory.raw("A", 8, 12) is None  # the page is there and ends before


def test_a_storage_that_grew_has_its_new_bytes(rig: Rig) -> None:
    rig.put(A=b"x" * 10)
    assert rig.read("A", 0, 10) == b"x" * 10
    rig.put(A=b"x" * 10 + b"z" * 20)
    assert rig.read("A", 8, 14) == b"xxzzzz"
    assert rig.changes == [("A", ((10, 30),))]


def test_a_letter_that_vanished_leaves_nothing(rig: Rig) -> None:
    rig.put(A=b"x" * 10, B=b"y" * 10)
    rig.read("A", 0, 4)
    rig.read("B", 0, 4)
    rig.put(B=b"y" * 10)
    assert rig.memory.raw("A", 0, 4) is None
    assert rig.memory.raw("B", 0, 4) == b"yyyy"


def test_an_answer_that_comes_late_is_asked_again(rig: Rig) -> None:
    rig.put(A=b"x" * 10)
    rig.memory.raw("A", 0, 10)
    rig.memory.ask_now()
    job, request = next((job, one) for job, one in rig.engine.sent if isinstance(one, ReadPages))
    rig.engine.sent.remove((job, request))
    rig.engine.sent.insert(0, (0, RunCode("")))
    rig.put(A=b"y" * 10)
    rig.engine.answer(PagesRead(job, "A", 1, ((0, b"x" * 10),)), JobFinished(job, 0))
    assert rig.read("A", 0, 10) == b"y" * 10
    assert rig.changes == [("A", ((0, 10),))]


def test_pages_are_kept_up_to_a_number_and_the_oldest_go(rig: Rig) -> None:
    rig.memory._most_pages = 8
    storages = {f"S{n}": bytes([n]) * 10 for n in range(40)}
    rig.put(**storages)
    for letter, raw in storages.items():
        assert rig.read(letter, 0, 10) == raw
    assert [key[0] for key in rig.memory._pages] == [f"S{n}" for n in range(32, 40)]
    assert dict(rig.memory._held) == {f"S{n}": 1 for n in range(32, 40)}
    assert rig.memory.raw("S0", 0, 10) is None  # it is asked for again
    assert rig.serve() == 1
