"""The strip under a translation: what the generator was given, the picture after each residual block, what it drew.

Must not know how pictures are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace


class BlockStrip(QWidget):
    """Boxes from left to right; each can be enlarged and opened as a tensor."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
