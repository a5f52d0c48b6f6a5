"""The Models page: pictures on the left, the task and its results in the middle, what computes them on the right.

Must not know what its panels do; it only places them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.models.chooser import ModelChooser
from tensorviz.ui.models.picture_well import PictureWell
from tensorviz.ui.models.pipeline_strip import PipelineStrip
from tensorviz.ui.models.results_panel import ResultsPanel
from tensorviz.ui.models.task_switch import TaskSwitch

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

WELL, MIDDLE, CHOOSER = 244, 716, 320
RESULTS, STRIP = 540, 200


class ModelsPage(QWidget):
    """Three columns; the person may move what divides them. A task's panels are built when it is first chosen."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.well = PictureWell(workspace, self)
        self.results = ResultsPanel(workspace, self)
        self.strip = PipelineStrip(workspace, self)
        self.chooser = ModelChooser(workspace, parent=self)
        self.switch = TaskSwitch(workspace.task, self)
        middle = _upright("models_middle", self.results, self.strip)
        self._middles, self._sides = QStackedWidget(self), QStackedWidget(self)
        self._tasks: list[str] = []
        self._add("classify", middle, self.chooser)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.switch)
        column.addWidget(self._middles, 1)
        columns = (self.well, centre, self._sides)
        whole = _splitter("models_columns", Qt.Orientation.Horizontal, columns, (WELL, MIDDLE, CHOOSER))
        for place, stretch in enumerate((0, 1, 0)):
            whole.setStretchFactor(place, stretch)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)
        self.setFocusProxy(self.well.view)
        workspace.task.changed.connect(self._show_task)
        self._show_task()

    def _show_task(self) -> None:
        task = self._workspace.task.task
        if task not in self._tasks:
            self._build(task)
        self._middles.setCurrentIndex(self._tasks.index(task))
        self._sides.setCurrentIndex(self._tasks.index(task))

    def _build(self, task: str) -> None:
        """The panels of a task that was not looked at before."""
        from tensorviz.ui.translate.block_strip import BlockStrip
        from tensorviz.ui.translate.chooser import GeneratorChooser
        from tensorviz.ui.translate.panel import TranslatePanel

        panel, strip = TranslatePanel(self._workspace, self), BlockStrip(self._workspace, self)
        self._add(task, _upright("translate_middle", panel, strip), GeneratorChooser(self._workspace, self))

    def _add(self, task: str, middle: QWidget, side: QWidget) -> None:
        self._tasks.append(task)
        self._middles.addWidget(middle)
        self._sides.addWidget(side)


def _upright(name: str, results: QWidget, strip: QWidget) -> QSplitter:
    middle = _splitter(name, Qt.Orientation.Vertical, (results, strip), (RESULTS, STRIP))
    middle.setStretchFactor(0, 1)
    middle.setStretchFactor(1, 0)
    return middle


def _splitter(name: str, orientation: Qt.Orientation, panels: tuple[QWidget, ...], sizes: tuple[int, ...]) -> QSplitter:
    """A splitter whose sizes the window remembers by its name; no panel can be squeezed to nothing."""
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    for panel in panels:
        splitter.addWidget(panel)
    splitter.setSizes(list(sizes))
    return splitter
