"""Buttons that copy the current answer: as Python, as a command, as text, as JSON.

Must not know what is copied: each button runs a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from tensorviz.ui.commands import COMMANDS, command
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

BUTTONS = {
    "results.copy_python": "Copy as Python",
    "results.copy_command": "Copy as command",
    "results.copy_text": "Copy as text",
    "results.copy_json": "Copy as JSON",
}


class CopyButtons(QWidget):
    """Two by two."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.buttons: dict[str, QPushButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setSpacing(6)
        known = {row.id for row in COMMANDS}
        for number, identifier in enumerate(name for name in BUTTONS if name in known):
            grid.addWidget(self._button(identifier), number // 2, number % 2)

    def _button(self, identifier: str) -> QPushButton:
        row = command(identifier)
        button = QPushButton(icon(row.icon, "muted"), BUTTONS[identifier], self)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setToolTip(row.tip)
        button.setAccessibleName(row.plain_text)
        button.clicked.connect(lambda: self._workspace.wishes.run(identifier))
        self.buttons[identifier] = button
        return button

    def refresh(self) -> None:
        """Enables what makes sense now."""
        for identifier, button in self.buttons.items():
            button.setEnabled(command(identifier).when(self._workspace))
