"""Where to compute, and whether the engine is ready: the part of the top bar that speaks of the engine.

Must not know how devices are found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from tensorviz.core.text import bytes_text
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from tensorviz.engine.messages import DeviceRow
    from tensorviz.ui.state.workspace import Workspace

TIP = "Where networks are computed. Auto takes a GPU when there is one."


class DeviceChooser(QWidget):
    """The devices of this computer, and a word on the engine until it is ready."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.box = QComboBox()
        self.status = QLabel()
        self.failure = QToolButton()
        self._build()
        workspace.engine.changed.connect(self._refresh)
        workspace.choice.changed.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        label = QLabel("&Device")
        label.setProperty("role", "muted")
        label.setBuddy(self.box)
        self.status.setProperty("role", "muted")
        self.failure.setIcon(icon("warning", "danger"))
        self.failure.setAccessibleName("torch could not be loaded")
        self.failure.clicked.connect(self._tell_failure)
        self.box.setAccessibleName("Device to compute on")
        self.box.setToolTip(TIP)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(9)  # the names of devices; the open list has room for their titles
        self.box.activated.connect(self._chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.status, self.failure, label, self.box):
            row.addWidget(widget)

    def _refresh(self) -> None:
        engine, chosen = self._workspace.engine, self._workspace.choice.choice.device
        self.status.setText({"loading": "loading torch…", "failed": "torch did not load"}.get(engine.phase, ""))
        self.status.setVisible(bool(self.status.text()))
        self.failure.setVisible(engine.phase == "failed")
        self.failure.setToolTip(engine.problem.message if engine.problem else "")
        rows = {"auto": "auto", **{row.name: _title(row) for row in engine.devices}}
        rows.setdefault(chosen, chosen if engine.phase != "ready" else f"{chosen} (not here)")
        with QSignalBlocker(self.box):
            self.box.clear()
            for name, title in rows.items():
                self.box.addItem(title, name)
            self.box.setCurrentIndex(self.box.findData(chosen))
        if engine.devices:
            self.box.view().setMinimumWidth(self.box.view().sizeHintForColumn(0) + 24)

    def _chosen(self, index: int) -> None:
        self._workspace.choice.set_device(str(self.box.itemData(index)))

    def _tell_failure(self) -> None:
        problem = self._workspace.engine.problem
        if problem is not None:
            self._workspace.messages.say(problem.message, problem.hint, "danger")


def _title(row: DeviceRow) -> str:
    memory = f", {bytes_text(row.memory)}" if row.memory else ""
    title = row.title or row.name
    return f"{row.name}  {title}{memory}" if title.casefold() != row.name.casefold() else f"{row.name}{memory}"
