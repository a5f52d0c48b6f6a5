"""Which kind of work the Models page does now: classify or translate; kept in the settings.

Must not know what a task does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from tensorviz.ui.state.settings import SettingsState

KEY = "chosen_task"


class TaskState(QObject):
    """The chosen task. Signals: changed()."""

    changed = Signal()

    def __init__(self, settings: SettingsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        settings.changed.connect(lambda key: self.changed.emit() if key == KEY else None)

    @property
    def task(self) -> str:
        """Its id: "classify" or "translate"."""
        return self._settings.text(KEY)

    def set_task(self, task: str) -> None:
        """Chooses a task."""
        if task != self.task:
            self._settings.set(KEY, task)
