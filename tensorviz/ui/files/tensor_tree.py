"""The tensors of a file as a tree by name, or as a list: search, filters, order.

Must not know what is shown beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace


class TensorTree(QWidget):
    """The panel."""

    chosen = Signal(int)

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file

    def reveal(self, place: int) -> None:
        """Brings the tensor at a place of the file into sight and marks it; filters that hide it are taken away."""
