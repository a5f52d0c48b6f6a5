"""An engine that does nothing: it records what is asked, and answers what the test says.

Must not know any handler; its events travel over the real bridge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent

if TYPE_CHECKING:
    from tensorviz.engine.messages import Event, Request
    from tensorviz.ui.bridge import Bridge

R = TypeVar("R", bound="Request")


class FakeEngine:
    """Attached to the bridge when made. sent: (job number, request) in order; cancelled: the numbers in order."""

    def __init__(self, bridge: Bridge) -> None:
        self.sent: list[tuple[int, Request]] = []
        self.cancelled: list[int] = []
        self._bridge = bridge
        bridge.attach(self)

    def submit(self, request: Request) -> int:
        """Takes a request; numbers begin with 1."""
        self.sent.append((len(self.sent) + 1, request))
        return len(self.sent)

    def cancel(self, job: int) -> None:
        """Takes a wish to cancel."""
        self.cancelled.append(job)

    def answer(self, *events: Event) -> None:
        """Reports events as the engine would, and delivers them before it returns."""
        for event in events:
            self._bridge.report(event)
        QCoreApplication.sendPostedEvents(self._bridge, QEvent.Type.MetaCall)
        self._bridge.pass_all()

    def all(self, kind: type[R]) -> list[R]:
        """Every request of that kind, oldest first."""
        return [request for _, request in self.sent if isinstance(request, kind)]

    def last(self, kind: type[R]) -> R:
        """The newest request of that kind."""
        return self.all(kind)[-1]

    def job(self, kind: type[Any]) -> int:
        """The job number of the newest request of that kind."""
        return [number for number, request in self.sent if isinstance(request, kind)][-1]


class MemoryStore:
    """A settings store without a file."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = values

    def load(self) -> dict[str, Any]:
        """What the test put in, or what was saved."""
        return dict(self.values)

    def save(self, values: dict[str, Any]) -> None:
        """Keeps a copy."""
        self.values = dict(values)
