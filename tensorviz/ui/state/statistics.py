"""What all elements of the current tensor are like: asked for by itself while it is cheap, else when the person says.

Must not know widgets, or how elements are measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.session import MeasureTensor, TensorMeasured

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.core.layout import Layout
    from tensorviz.core.session_data import Statistics, TensorFacts
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.open_tensors import OpenTensors
    from tensorviz.ui.state.showing import ShowingState

AUTOMATIC = 16_000_000  # elements that are measured without being asked

Measured = tuple[str, int, "Layout", str, "str | None"]  # what makes it the same tensor as before


class StatisticsState(QObject):
    """Statistics of the current tensor. Signals: changed().

    found: what was measured, None before; it may be of an earlier state of memory, then `stale`. problem: why it could
    not be measured.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        session: OpenTensors,
        showing: ShowingState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._session, self._showing = jobs, session, showing
        self._job: int | None = None
        self._of: Measured | None = None
        self._asked = self._memory = -1  # states of memory
        self.found: Statistics | None = None
        self.problem: Problem | None = None
        bridge.event.connect(self._take)
        showing.changed.connect(self._follow)  # it changes with the session, too

    @property
    def tensor(self) -> TensorFacts | None:
        """The tensor that is measured; None when the current one has no memory, or there is none."""
        current = self._showing.current_tensor
        return current if current is not None and current.storage is not None else None

    @property
    def busy(self) -> bool:
        """Whether it is being measured."""
        return self._job is not None

    @property
    def stale(self) -> bool:
        """Whether memory changed since `found` was measured."""
        return self.found is not None and self._memory < self._session.facts.memory

    @property
    def automatic(self) -> bool:
        """Whether the tensor is small enough to be measured without being asked."""
        tensor = self.tensor
        return tensor is not None and tensor.layout.numel <= AUTOMATIC

    def measure(self) -> None:
        """Measures the current tensor, however large."""
        tensor = self.tensor
        if tensor is not None:
            self._asked, self.problem = self._session.facts.memory, None
            place = self._session.place(tensor.name)
            self._job = self._jobs.send(MeasureTensor(tensor.name, self._session.file, place))
            self.changed.emit()

    def cancel(self) -> None:
        """Ends measuring; what was found before stays."""
        if self._job is not None:
            self._jobs.cancel(self._job)

    @Slot()
    def _follow(self) -> None:
        tensor = self.tensor
        of = None if tensor is None else _mark(tensor)
        other = of != self._of
        if other:
            self._forget(of)
        if self.automatic and self._asked < self._session.facts.memory:
            self.measure()
        elif other or self.found is not None:
            self.changed.emit()

    def _forget(self, of: Measured | None) -> None:
        self.cancel()
        self._of, self._job, self.found, self.problem = of, None, None, None
        self._asked = self._memory = -1

    @Slot(object)
    def _take(self, event: Event) -> None:
        if self._job is None or event.job != self._job:
            return
        match event:
            case TensorMeasured(memory=memory, statistics=statistics):
                self.found, self._memory = statistics, memory
            case JobFailed(problem=problem):
                self._job, self.problem = None, problem
            case JobFinished() | JobCancelled():
                self._job = None
            case _:
                return
        self.changed.emit()


def _mark(tensor: TensorFacts) -> Measured:
    return tensor.name, tensor.identity, tensor.layout, tensor.dtype, tensor.storage
