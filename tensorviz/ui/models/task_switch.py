"""The switch between the tasks of the Models page.

Must not know what a task does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.segmented_switch import SegmentedSwitch

if TYPE_CHECKING:
    from tensorviz.ui.state.task import TaskState

TASKS = (
    ("classify", "&Classify", "classify", "Say what a picture shows"),
    ("translate", "Trans&late", "translate", "Draw the same scene in another manner"),
)


class TaskSwitch(QWidget):
    """Side by side; the chosen one is pressed."""

    def __init__(self, task: TaskState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = SegmentedSwitch("Task", self)
        for key, text, picture, tip in TASKS:
            self.switch.add(key, text, icon(picture), tip)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 0)
        line.addWidget(self.switch)
        line.addStretch(1)
        self.switch.chosen.connect(task.set_task)
        task.changed.connect(lambda: self.switch.set_current(task.task))
        self.switch.set_current(task.task)
