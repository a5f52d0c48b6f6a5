"""The console and the history.

Must not know the other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace


class ConsolePanel(QWidget):
    """The console and the history."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
