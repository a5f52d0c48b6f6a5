"""The translation of the current picture: how it is shown, with what it was drawn, and what to do with it.

Must not know how pictures are drawn; it redraws when the states say that something changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace


class TranslatePanel(QWidget):
    """Heading, the comparison, and the facts below it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
