"""A workspace with an engine that does nothing, and a session of tensors over bytes that a test made.

Must not know panels, or torch: layouts and bytes are given, pages are answered from them.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from tensorviz.core.dtypes import dtype_named
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.session_data import PAGE, SessionFacts, StepRow, StorageFacts, TensorFacts
from tensorviz.engine.messages import DeviceRow, EngineReady, JobFinished
from tensorviz.engine.messages.session import PagesRead, ReadPages, RunCode, SessionChanged, StepRan
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore


class Desk:
    """Everything a panel of the Tensors page needs. Say what is open with `open`, then `serve` what is looked at."""

    def __init__(self, **settings: object) -> None:
        bridge = Bridge()
        self.engine = FakeEngine(bridge)
        self.workspace: Workspace = build_workspace(bridge, MemoryStore(**settings), Path("assets"))
        self.bytes: dict[str, bytes] = {}
        self.facts = SessionFacts()
        self._served = 0
        self.workspace.engine.start()
        job = len(self.engine.sent)
        self.engine.answer(EngineReady(job, "2.15", (DeviceRow("cpu", "cpu"),)), JobFinished(job))

    def open(self, *tensors: TensorFacts, **storages: bytes) -> None:
        """The session has these tensors over these storages now; says so to the workspace."""
        self.bytes = {**self.bytes, **storages}
        letters = dict.fromkeys(one.storage for one in tensors if one.storage is not None)
        rows = []
        for letter in letters:
            members = [one for one in tensors if one.storage == letter]
            names = tuple(one.name for one in members)
            rows.append(StorageFacts(letter, len(self.bytes[letter]), members[0].device, members[0].dtype, names))
        self.tell(replace(self.facts, tensors=tensors, storages=tuple(rows), memory=self.facts.memory + 1))

    def tell(self, facts: SessionFacts) -> None:
        """Reports the session as it is."""
        self.facts = facts
        self.engine.answer(SessionChanged(0, facts))
        self.workspace.session._tell_now()  # on a busy computer changes that come at once are told a little later

    def step(self, row: StepRow) -> None:
        """Reports that a step ran."""
        self.engine.answer(StepRan(0, row))

    def serve(self) -> None:
        """Answers every wish for pages, until none is left; timers of zero milliseconds have run by then."""
        while True:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
            memory = self.workspace.memory
            memory.ask_now()
            waiting = self.engine.sent[self._served :]
            self._served = len(self.engine.sent)
            asked = [(job, one) for job, one in waiting if isinstance(one, ReadPages)]
            for job, one in asked:
                self.engine.answer(self.pages(job, one), JobFinished(job))
            if not asked:
                return

    def pages(self, job: int, request: ReadPages) -> PagesRead:
        """What the engine would answer."""
        whole = self.bytes[request.storage]
        read = ((page, whole[page * PAGE : (page + 1) * PAGE]) for page in request.pages)
        return PagesRead(job, request.storage, self.facts.memory, tuple((page, raw) for page, raw in read if raw))

    @property
    def codes(self) -> list[str]:
        """What was asked to be run, oldest first."""
        return [one.code for one in self.engine.all(RunCode)]


def floats(*values: float) -> bytes:
    """A storage of float32."""
    return struct.pack(f"<{len(values)}f", *values)


def tensor(name: str, storage: str, shape: tuple[int, ...], dtype: str = "float32", **more: object) -> TensorFacts:
    """A tensor over a storage; contiguous from its first byte unless `stride` or `offset` say otherwise."""
    itemsize = dtype_named(dtype).itemsize
    plain = contiguous(shape, itemsize)
    stride, offset = more.pop("stride", plain.stride), more.pop("offset", 0)
    assert isinstance(stride, tuple)
    assert isinstance(offset, int)
    layout = Layout(shape, stride, offset, itemsize)
    facts = TensorFacts(name, layout, dtype, "cpu", storage, tuple(range(len(shape))), hash(name))
    return replace(facts, **more)  # type: ignore[arg-type]  # each of its own type; a wrong one fails where it is used


def points(desk: Desk) -> None:
    """The book's points and their transpose over one storage: 4 1 5 3 2 1."""
    desk.open(
        tensor("points", "A", (3, 2)),
        tensor("points_t", "A", (2, 3), stride=(1, 2), keys=(1, 0), is_view=True),
        A=floats(4, 1, 5, 3, 2, 1),
    )
