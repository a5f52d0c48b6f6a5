"""The chosen tensors of a file: grids and the storage canvas, and the inspector beside them.

Must not know what its panels do; they are the ones that look at the session, and only look here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tensorviz.ui.tensors.canvas_panel import CanvasPanel
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tensorviz.ui.tensors.inspector import Inspector
from tensorviz.ui.tensors.session_panels import splitter

if TYPE_CHECKING:
    from tensorviz.ui.state.looking import Looking

MIDDLE, INSPECTOR = 580, 280
GRIDS, CANVAS = 300, 320


class LookingPanels(QWidget):
    """Panels with movable edges between them."""

    def __init__(self, looking: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grids = GridsPanel(looking, self)
        self.canvas = CanvasPanel(looking, self)
        self.inspector = Inspector(looking, self)
        middle = splitter("file_middle", Qt.Orientation.Vertical, (self.grids, self.canvas), (GRIDS, CANVAS))
        whole = splitter("file_looking", Qt.Orientation.Horizontal, (middle, self.inspector), (MIDDLE, INSPECTOR))
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)
