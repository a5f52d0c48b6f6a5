"""The jobs under way and lately ended, and how to end one.

Must not know what any job is about: titles, numbers and problems only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    Request,
)

if TYPE_CHECKING:
    from tensorviz.ui.bridge import Bridge

ItemState = Literal["queued", "running", "cancelling", "done", "cancelled", "failed"]
ENDED_KEPT = 50


@dataclass(frozen=True, slots=True)
class JobItem:
    """A job as it is listed. rate: units a second. failed: how many of its inputs have no answer."""

    number: int
    title: str
    state: ItemState = "queued"
    done: int = 0
    total: int | None = None
    unit: str = ""
    rate: float | None = None
    seconds_left: float | None = None
    stage: str = ""
    failed: int = 0
    problem: Problem | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "cancelled", "failed")

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None when nobody knows."""
        if self.state == "done":
            return 1.0
        return min(1.0, self.done / self.total) if self.total else None


class JobsState(QObject):
    """Sends requests and follows them.

    Signals: changed() when a listed job changed; failed(JobItem, Request) when any job failed, listed or not.
    """

    changed = Signal()
    failed = Signal(object, object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._items: dict[int, JobItem] = {}
        self._hidden: dict[int, Request] = {}
        self._requests: dict[int, Request] = {}
        self._newest: dict[str, int] = {}  # the last job of each slot
        bridge.event.connect(self._take)

    @property
    def items(self) -> tuple[JobItem, ...]:
        """The listed jobs, oldest first."""
        return tuple(self._items.values())

    @property
    def active(self) -> tuple[JobItem, ...]:
        """The listed jobs that have not ended, oldest first."""
        return tuple(item for item in self._items.values() if not item.ended)

    def item(self, number: int) -> JobItem | None:
        """The listed job of that number."""
        return self._items.get(number)

    def send(self, request: Request) -> int:
        """Sends a wish and lists it when it is to be shown; gives its job number."""
        number = self._bridge.send(request)
        if request.slot:
            self._newest[request.slot] = number
        if request.shown:
            self._requests[number] = request
            self._put(JobItem(number, request.title))
        else:
            self._hidden[number] = request
        return number

    def cancel(self, number: int) -> None:
        """Asks a job to end, listed or not; shown at once. Nothing happens to one that has ended."""
        item = self._items.get(number)
        if item is None:
            if number in self._hidden:
                self._bridge.cancel(number)
        elif item.state in ("queued", "running"):
            self._put(replace(item, state="cancelling", seconds_left=None))
            self._bridge.cancel(number)

    def cancel_all(self) -> None:
        """Asks every listed job to end."""
        for item in self.active:
            self.cancel(item.number)

    def clear_ended(self) -> None:
        """Forgets the jobs that have ended."""
        self._items = {number: item for number, item in self._items.items() if not item.ended}
        self.changed.emit()

    @Slot(object)
    def _take(self, event: Event) -> None:
        item = self._items.get(event.job)
        if item is not None:
            self._follow(item, event)
        elif event.job in self._hidden and isinstance(event, JobFinished | JobCancelled | JobFailed):
            request = self._hidden.pop(event.job)
            if isinstance(event, JobFailed):
                self.failed.emit(_failed(JobItem(event.job, request.title), event.problem), request)

    def _follow(self, item: JobItem, event: Event) -> None:
        match event:
            case JobStarted() if item.state == "queued":
                self._put(replace(item, state="running"))
            case JobProgress() if not item.ended:
                self._put(_progressed(item, event))
            case JobFinished(failed=failed):
                self._end(replace(item, state="done", failed=failed, seconds_left=None, stage=""))
            case JobCancelled() if self._is_replaced(item):
                del self._items[item.number], self._requests[item.number]
                self.changed.emit()
            case JobCancelled():
                self._end(replace(item, state="cancelled", seconds_left=None, stage=""))
            case JobFailed(problem=problem):
                failed_item = _failed(item, problem)
                request = self._requests[item.number]
                self._end(failed_item)
                self.failed.emit(failed_item, request)

    def _is_replaced(self, item: JobItem) -> bool:
        """Whether a newer wish of its slot ended it: nobody needs to be told of that."""
        slot = self._requests[item.number].slot if item.number in self._requests else None
        return slot is not None and self._newest[slot] != item.number

    def _put(self, item: JobItem) -> None:
        self._items[item.number] = item
        self.changed.emit()

    def _end(self, item: JobItem) -> None:
        self._requests.pop(item.number, None)
        self._items[item.number] = item
        ended = [number for number, other in self._items.items() if other.ended]
        for number in ended[:-ENDED_KEPT]:
            del self._items[number]
        self.changed.emit()


def _progressed(item: JobItem, event: JobProgress) -> JobItem:
    """The item with what the event says; one that is being cancelled has no time left to tell."""
    left = None if item.state == "cancelling" else event.seconds_left
    return replace(
        item, done=event.done, total=event.total, unit=event.unit, rate=event.rate, seconds_left=left, stage=event.stage
    )


def _failed(item: JobItem, problem: Problem) -> JobItem:
    return replace(item, state="failed", problem=problem, seconds_left=None, stage="")
