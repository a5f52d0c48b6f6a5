"""The Tensors page: workspace on the left, grids and the storage canvas in the middle, inspector right, console below.

Must not know what its panels do; it only places them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from tensorviz.ui.tensors.canvas_panel import CanvasPanel
from tensorviz.ui.tensors.console_panel import ConsolePanel
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tensorviz.ui.tensors.inspector import Inspector
from tensorviz.ui.tensors.storage_tree import StorageTree

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

TREE, MIDDLE, INSPECTOR = 210, 790, 280
GRIDS, CANVAS = 250, 260
ABOVE, CONSOLE = 520, 200


class TensorsPage(QWidget):
    """Panels with movable edges between them; the keyboard begins in the console."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = StorageTree(workspace, self)
        self.grids = GridsPanel(workspace, self)
        self.canvas = CanvasPanel(workspace, self)
        self.inspector = Inspector(workspace, self)
        self.console = ConsolePanel(workspace, self)
        vertical, horizontal = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        middle = _splitter("tensors_middle", vertical, (self.grids, self.canvas), (GRIDS, CANVAS))
        columns = (self.tree, middle, self.inspector)
        above = _splitter("tensors_columns", horizontal, columns, (TREE, MIDDLE, INSPECTOR))
        whole = _splitter("tensors_rows", vertical, (above, self.console), (ABOVE, CONSOLE))
        for place, stretch in enumerate((0, 1, 0)):
            above.setStretchFactor(place, stretch)
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)
        self.setFocusProxy(self.console)


def _splitter(name: str, orientation: Qt.Orientation, panels: tuple[QWidget, ...], sizes: tuple[int, ...]) -> QSplitter:
    """A splitter whose sizes the window remembers by its name; no panel can be squeezed to nothing."""
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    for panel in panels:
        splitter.addWidget(panel)
    splitter.setSizes(list(sizes))
    return splitter
