"""The session: workspace on the left, grids and the storage canvas in the middle, inspector right, console below.

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
    from PySide6.QtCore import QPoint

    from tensorviz.ui.state.workspace import Workspace

TREE, MIDDLE, INSPECTOR = 200, 800, 280
GRIDS, CANVAS = 230, 290
ABOVE, CONSOLE = 540, 190


class SessionPanels(QWidget):
    """Panels with movable edges between them; the keyboard begins in the console."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.tree = StorageTree(workspace, self)
        self.grids = GridsPanel(workspace, self)
        self.canvas = CanvasPanel(workspace, self)
        self.inspector = Inspector(workspace, self)
        self.console = ConsolePanel(workspace, self)
        vertical, horizontal = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        middle = splitter("tensors_middle", vertical, (self.grids, self.canvas), (GRIDS, CANVAS))
        columns = (self.tree, middle, self.inspector)
        above = splitter("tensors_columns", horizontal, columns, (TREE, MIDDLE, INSPECTOR))
        whole = splitter("tensors_rows", vertical, (above, self.console), (ABOVE, CONSOLE))
        for place, stretch in enumerate((0, 1, 0)):
            above.setStretchFactor(place, stretch)
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)
        self.setFocusProxy(self.console)
        self._connect(workspace)

    def _connect(self, workspace: Workspace) -> None:
        """What one panel asks of another."""
        workspace.drawings.offer("canvas", self.canvas.drawing)
        workspace.drawings.offer("grid", self.grids.drawing)
        self.canvas.export_wished.connect(lambda: workspace.wishes.run("canvas.export_svg"))
        for sample in (*self.canvas.samples, self.tree.sample):
            sample.clicked.connect(self.console.input.setFocus)  # it goes away, and one goes on in the console
        self.tree.menu_asked.connect(self._show_operations)
        workspace.showing.operations_wished.connect(self._show_operations)
        workspace.showing.strided_wished.connect(self._show_strided)

    def _show_operations(self, name: str, place: QPoint) -> None:
        from tensorviz.ui.tensors.operations_menu import show_operations

        show_operations(self._workspace, name, place, self, self.console.write)

    def _show_strided(self, name: str) -> None:
        from tensorviz.ui.tensors.strided_panel import show_strided

        show_strided(self._workspace, name, self)


def splitter(name: str, orientation: Qt.Orientation, panels: tuple[QWidget, ...], sizes: tuple[int, ...]) -> QSplitter:
    """A splitter whose sizes the window remembers by its name; no panel can be squeezed to nothing."""
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    for panel in panels:
        splitter.addWidget(panel)
    splitter.setSizes(list(sizes))
    return splitter
