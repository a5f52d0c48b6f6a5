"""The Models page: pictures on the left, answers and the pipeline in the middle, the model chooser on the right.

Must not know what its panels do; it only places them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from tensorviz.ui.models.chooser import ModelChooser
from tensorviz.ui.models.picture_well import PictureWell
from tensorviz.ui.models.pipeline_strip import PipelineStrip
from tensorviz.ui.models.results_panel import ResultsPanel

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

WELL, MIDDLE, CHOOSER = 244, 716, 320
RESULTS, STRIP = 540, 200


class ModelsPage(QWidget):
    """Three columns; the person may move what divides them."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.well = PictureWell(workspace, self)
        self.results = ResultsPanel(workspace, self)
        self.strip = PipelineStrip(workspace, self)
        self.chooser = ModelChooser(workspace, parent=self)
        middle = _splitter("models_middle", Qt.Orientation.Vertical, (self.results, self.strip), (RESULTS, STRIP))
        columns = (self.well, middle, self.chooser)
        whole = _splitter("models_columns", Qt.Orientation.Horizontal, columns, (WELL, MIDDLE, CHOOSER))
        middle.setStretchFactor(0, 1)
        middle.setStretchFactor(1, 0)
        for place, stretch in enumerate((0, 1, 0)):
            whole.setStretchFactor(place, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)
        self.setFocusProxy(self.well.view)


def _splitter(name: str, orientation: Qt.Orientation, panels: tuple[QWidget, ...], sizes: tuple[int, ...]) -> QSplitter:
    """A splitter whose sizes the window remembers by its name; no panel can be squeezed to nothing."""
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    for panel in panels:
        splitter.addWidget(panel)
    splitter.setSizes(list(sizes))
    return splitter
