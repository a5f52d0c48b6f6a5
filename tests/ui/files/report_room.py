"""A report on a file that a test made, and what stands in its tables."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.checkpoint_lost import what_is_lost
from tensorviz.core.family import Family
from tensorviz.core.stored import Contents
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.files import (
    FileAnalysed,
    OpenFile,
)
from tensorviz.ui.files.report import Report
from tensorviz.ui.files.report_table import ReportTable
from tests.ui.files.shelf import Shelf, contents, stored

S = TypeVar("S", bound=QWidget)
TIED = contents(
    stored("enc.weight", "A", (4, 2)), stored("dec.weight", "A", (4, 2)), stored("t", "B", (2, 3), stride=(1, 2)),
    stored("h", "C", (2,), "float16"),
)  # fmt: skip  # a table
SLICE = contents(stored("", "A", (10,)), sizes={"A": 4_000_000})


class Rig:
    """A report on a file that a test made."""

    def __init__(self, qtbot: QtBot, whole: Contents, family: Family | None = None, guess: str = "tensors") -> None:
        self.qtbot, self.shelf = qtbot, Shelf()
        self.engine, self.workspace = self.shelf.engine, self.shelf.workspace
        self.file = self.shelf.files.open("/x/model.pt")
        self.report = Report(self.workspace, self.file)
        qtbot.addWidget(self.report)
        self.report.resize(860, 700)
        self.report.show()
        self.wished: list[int] = []
        self.commands: list[str] = []
        self.report.tensor_wished.connect(self.wished.append)
        self.workspace.wishes.wished.connect(self.commands.append)
        self.shelf.read(self.file, whole)
        self.waiting = self.report.identity.title.plain
        job = self.engine.job(OpenFile)
        told = FileAnalysed(job, self.file.number, analyse(whole), family, guess, tuple(what_is_lost(whole)))
        self.engine.answer(told, JobFinished(job))
        qtbot.waitUntil(lambda: self.report.ready)

    def part(self, kind: type[S]) -> S:
        """The section of that class."""
        return next(section for section in self.report.sections if isinstance(section, kind))

    def press(self, button: QWidget) -> None:
        """Presses it with the keyboard."""
        self.qtbot.keyClick(button, Qt.Key.Key_Space)


def cells(table: ReportTable | None, parent: QModelIndex | None = None) -> list[tuple[str, ...]]:
    """What a table says, row by row, with the rows below."""
    assert table is not None
    model, above = table.rows, QModelIndex() if parent is None else parent
    said = []
    for row in range(model.rowCount(above)):
        said.append(tuple(model.index(row, at, above).data() for at in range(model.columnCount())))
        said += cells(table, model.index(row, 0, above)) if table.isExpanded(model.index(row, 0, above)) else []
    return said


def figures_of(report: Report) -> list[str]:
    """What the key figures that are shown say."""
    flow = report.identity.figures
    return [
        child.accessibleName()
        for child in flow.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not child.isHidden()
    ]
