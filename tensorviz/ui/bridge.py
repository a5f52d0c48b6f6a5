"""Where Qt and the engine meet: `send` a request, receive `event` on the window's thread.

Must not know how the work is done; the engine is whatever has `submit` and `cancel`.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

if TYPE_CHECKING:
    from tensorviz.engine.messages import Event, Request

SLICE = 0.006  # seconds of one go; what the person does and what is drawn comes between two of them


class EngineLike(Protocol):
    """What the screen needs of an engine; the real one is `tensorviz.engine.worker.Engine`."""

    def submit(self, request: Request) -> int:
        """Queues a request; gives its job number."""

    def cancel(self, job: int) -> None:
        """Asks a job to end."""


class Bridge(QObject):
    """The only road between the screen and the work.

    Signals: event(Event), always on the window's thread, always after `send` of its job has returned.
    """

    # hides QObject.event(QEvent), which nobody calls on a bridge: Qt itself goes by its own table
    event = Signal(object)  # type: ignore[assignment]
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: EngineLike | None = None
        self._open = True
        self._queue: deque[Event] = deque()
        self._told = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._pass_on)
        # queued even when the engine answers on the window's thread: nobody is called back inside `send`
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def attach(self, engine: EngineLike) -> None:
        """Names the engine; done once, by whoever builds both."""
        self._engine = engine

    def report(self, event: Event) -> None:
        """What the engine calls with each event, on any thread."""
        self._queue.append(event)
        if not self._told:
            self._told = True
            self._arrived.emit()

    def send(self, request: Request) -> int:
        """Sends a wish; gives the number that its events will carry."""
        assert self._engine is not None, "attach an engine first"
        return self._engine.submit(request)

    def cancel(self, job: int) -> None:
        """Asks a job to end."""
        assert self._engine is not None, "attach an engine first"
        self._engine.cancel(job)

    def close(self) -> None:
        """Nothing that is still on its way is passed on: the window is going."""
        self._open = False  # to disconnect would not do: what is queued already is delivered all the same

    @Slot()
    def _pass_on(self) -> None:
        """Passes on what waits, for SLICE; the rest by a timer, since Qt lets nothing between two queued calls."""
        ends = time.perf_counter() + SLICE
        while self._queue and time.perf_counter() < ends:
            event = self._queue.popleft()
            self._rest.start()  # before, not after: a dialog that is opened by the event lets the rest through
            if self._open:
                self.event.emit(event)
        if not self._queue:
            self._rest.stop()
            self._told = False
            if self._queue:  # added by another thread, which saw that it was told
                self._told = True
                self._rest.start()

    def pass_all(self) -> None:
        """Passes on everything that waits before it returns."""
        while self._queue:
            self._pass_on()
