"""Buttons that copy the current answer: as Python, as a command, as text, as JSON.

Must not know what is copied: each button runs a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tensorviz.ui.commands import command
from tensorviz.ui.widgets.flow_row import FlowRow

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

BUTTONS = {
    "results.copy_python": "Python",
    "results.copy_command": "Command",
    "results.copy_text": "Text",
    "results.copy_json": "JSON",
}


class CopyButtons(QWidget):
    """Side by side."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.buttons: dict[str, QPushButton] = {}
        line = FlowRow(self)
        title = QLabel("Copy as", self)
        title.setProperty("role", "muted")
        line.addWidget(title)
        for identifier in BUTTONS:
            line.addWidget(self._button(identifier))

    def _button(self, identifier: str) -> QPushButton:
        row = command(identifier)
        button = QPushButton(BUTTONS[identifier], self)
        button.setToolTip(row.tip)
        button.setAccessibleName(row.plain_text)
        button.clicked.connect(lambda: self._workspace.wishes.run(identifier))
        self.buttons[identifier] = button
        return button

    def refresh(self) -> None:
        """Enables what makes sense now."""
        for identifier, button in self.buttons.items():
            button.setEnabled(command(identifier).applies(self._workspace))
