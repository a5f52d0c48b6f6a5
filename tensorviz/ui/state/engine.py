"""Whether the engine is ready, and what this computer can compute on.

Must not know how torch is loaded, nor who waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tensorviz.engine.messages import (
    DeviceRow,
    DropNetworks,
    EngineReady,
    Event,
    JobFailed,
    RelieveMemory,
    StartEngine,
)

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState

LOOK_AT_MEMORY = 15_000  # milliseconds

Phase = Literal["idle", "loading", "ready", "failed"]


class EngineState(QObject):
    """What is known of the engine. Signals: changed()."""

    changed = Signal()

    def __init__(self, bridge: Bridge, jobs: JobsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job = 0
        self.phase: Phase = "idle"
        self.torch_version = ""
        self.devices: tuple[DeviceRow, ...] = ()
        self.problem: Problem | None = None
        self.memory_watch = QTimer(self)
        self.memory_watch.setInterval(LOOK_AT_MEMORY)
        self.memory_watch.timeout.connect(lambda: self._jobs.send(RelieveMemory()))
        bridge.event.connect(self._take)

    @property
    def ready(self) -> bool:
        """Whether torch is loaded."""
        return self.phase == "ready"

    def start(self) -> None:
        """Asks for torch to be loaded; nothing happens when it is, or is being loaded."""
        if self.phase in ("idle", "failed"):
            self.problem = None
            self._job = self._jobs.send(StartEngine())
            self._enter("loading")

    def free_memory(self) -> None:
        """Forgets the networks that are kept warm; the next answer reads its weights again."""
        self._jobs.send(DropNetworks())

    def device(self, name: str) -> DeviceRow | None:
        """The device of that name ("cpu", "cuda:0")."""
        return next((row for row in self.devices if row.name == name), None)

    @Slot(object)
    def _take(self, event: Event) -> None:
        if isinstance(event, EngineReady):
            self.torch_version, self.devices = event.torch_version, event.devices
            self.memory_watch.start()
            self._enter("ready")
        elif isinstance(event, JobFailed) and event.job == self._job:
            self.problem = event.problem
            self._enter("failed")

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()
