"""What is known of the element pointed at and of the current tensor.

Must not know the other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace


class Inspector(QWidget):
    """What is known of the element pointed at and of the current tensor."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
