"""Long work on the window's thread, a little at a time: a generator that stops often, gone on with while Qt is idle.

Must not know what the work is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")
SLICE = 0.004  # seconds in one go


class Slices(QObject):
    """One work at a time; another takes the place of the one that runs. Signals: ended() when one was done."""

    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Generator[None, None, Any] | None = None
        self._done: Callable[[Any], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether some work is not done yet."""
        return self._work is not None

    def begin(self, work: Generator[None, None, T], done: Callable[[T], None]) -> None:
        """Begins a work, the first slice of it now; `done` gets what it returns. Small work is done at once."""
        self._work, self._done = work, done
        self._timer.start()
        self._go_on()

    def stop(self) -> None:
        """Gives the work up."""
        self._work = self._done = None
        self._timer.stop()

    def finish(self) -> None:
        """Does what is left now."""
        while self._work is not None:
            self._slice(float("inf"))

    @Slot()
    def _go_on(self) -> None:
        self._slice(SLICE)

    def _slice(self, seconds: float) -> None:
        work, done = self._work, self._done
        assert work is not None, "the timer runs only while there is work"
        assert done is not None, "set together"
        end = time.perf_counter() + seconds
        try:
            while time.perf_counter() < end:
                next(work)
        except StopIteration as result:
            self.stop()
            done(result.value)
            self.ended.emit()
