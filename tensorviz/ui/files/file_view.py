"""An open file: its tensors as a tree on the left; what was found in it, or the tensors looked at, on the right.

Must not know what its panels do; it places them, and says why a file could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.files.file_head import FileHead
from tensorviz.ui.files.looking_panels import LookingPanels
from tensorviz.ui.files.report import Report
from tensorviz.ui.files.tensor_tree import TensorTree
from tensorviz.ui.files.unread import Unread

if TYPE_CHECKING:
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

TREE, REST = 420, 860
REPORT, LOOKING = 0, 1


class FileView(QWidget):
    """One file. tree, report: its panels. looking: grids, canvas and inspector, None before a tensor was chosen."""

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self.file = workspace, file
        self.head = FileHead(workspace, file)
        self.tree = TensorTree(workspace, file)
        self.report = Report(workspace, file)
        self.unread = Unread(workspace, file)
        self.looking: LookingPanels | None = None
        self._right, self._pages = QStackedWidget(), QStackedWidget()
        self._build()
        self.tree.chosen.connect(self.show_tensor)
        self.report.tensor_wished.connect(self._reveal)
        self.head.side_wished.connect(self.show_side)
        file.read_to_end.connect(self._refresh)
        self._refresh()

    def show_tensor(self, place: int) -> None:
        """Looks at the tensor at a place of the file; says so when its elements cannot be drawn."""
        if not self.file.show(place):
            return
        if self.looking is None:
            assert self.file.looking is not None, "show() succeeded"
            self.looking = LookingPanels(self.file.looking)
            self._right.addWidget(self.looking)
        self.show_side(LOOKING)

    @Slot(int)
    def show_side(self, side: int) -> None:
        """REPORT or LOOKING; the latter only after a tensor was chosen."""
        if side == REPORT or self.looking is not None:
            self._right.setCurrentIndex(side)
            self.head.show_side(side, self.looking is not None)

    def _reveal(self, place: int) -> None:
        self.tree.reveal(place)
        self.show_tensor(place)

    def _build(self) -> None:
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setObjectName("file_columns")
        columns.setChildrenCollapsible(False)
        self._right.addWidget(self.report)
        columns.addWidget(self.tree)
        columns.addWidget(self._right)
        columns.setSizes([TREE, REST])
        columns.setStretchFactor(0, 0)
        columns.setStretchFactor(1, 1)
        self._pages.addWidget(self.unread)
        self._pages.addWidget(columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.tree)

    @Slot()
    def _refresh(self) -> None:
        self._pages.setCurrentIndex(1 if self.file.contents is not None else 0)
