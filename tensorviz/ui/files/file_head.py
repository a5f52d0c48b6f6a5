"""What file it is, on two lines, and what can be done with it.

Must not know the panels below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace


class FileHead(QWidget):
    """The panel."""

    side_wished = Signal(int)

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file

    def show_side(self, side: int, both: bool) -> None:
        """Marks which of the two sides is shown (0: the report, 1: the tensors); `both`: whether there is a choice."""
