"""The layers of the network that somebody looks at.

Must not know widgets or which panel shows them; an answer to an older question is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tensorviz.engine.messages import DescribeNetwork, Event, JobCancelled, JobFailed, NetworkDescribed

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.core.errors import Problem
    from tensorviz.core.structure import Layer
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState


class NetworkState(QObject):
    """One network as a tree. Signals: changed(); wanted() when the tree is to be brought into sight.

    choice: which network was asked for last, None before. root: its layers, None until they are known.
    """

    changed = Signal()
    wanted = Signal()

    def __init__(self, bridge: Bridge, jobs: JobsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: int | None = None
        self.choice: ModelChoice | None = None
        self.root: Layer | None = None
        self.problem: Problem | None = None
        bridge.event.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether the answer is on its way."""
        return self._job is not None

    def show(self, choice: ModelChoice) -> None:
        """Asks for the layers and for the panel that shows them."""
        self.describe(choice)
        self.wanted.emit()

    def describe(self, choice: ModelChoice) -> None:
        """Asks for the layers of a network; nothing is asked when they are known already."""
        if choice == self.choice and (self.root is not None or self.busy):
            return
        self.choice, self.root, self.problem = choice, None, None
        self._job = self._jobs.send(DescribeNetwork(choice))
        self.changed.emit()

    def _take(self, event: Event) -> None:
        if self._job is None or event.job != self._job:
            return
        if isinstance(event, NetworkDescribed):
            self.root = event.root
        elif isinstance(event, JobFailed):
            self.problem = event.problem
        elif not isinstance(event, JobCancelled):
            return
        self._job = None
        self.changed.emit()
