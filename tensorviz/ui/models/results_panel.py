"""Answers: the switch between one picture and the table of all, the running batch, and what to do with all answers.

Must not know what either view shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.core.text import plural
from tensorviz.ui.commands import command
from tensorviz.ui.icons import icon
from tensorviz.ui.models.batch_bar import BatchBar
from tensorviz.ui.models.result_view import ResultView
from tensorviz.ui.widgets.segmented_switch import SegmentedSwitch

if TYPE_CHECKING:
    from tensorviz.ui.models.result_table import ResultTable
    from tensorviz.ui.state.workspace import Workspace

EXPORTS = ("results.export_csv", "results.export_json", "results.export_jsonl")


class ResultsPanel(QWidget):
    """Heading, batch, and one of the two views; the table is built when it is first looked at."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.switch = SegmentedSwitch("How answers are shown", self)
        self.again = QPushButton(icon("retry", "muted"), "Run all again", self)
        self.export = QPushButton(icon("export", "muted"), "Export", self)
        results = workspace.results
        self.batch = BatchBar(lambda: results.batches, results.jobs_changed, results.cancel, self)
        self.picture = ResultView(workspace, self)
        self.table: ResultTable | None = None
        self._again = "results.run_all"
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._listen()
        self._show_view()
        self._refresh()

    def _lay_out(self) -> None:
        self.switch.add("picture", "&Picture", icon("picture"), "One answer in full")
        self.switch.add("table", "&Table", icon("table"), "The answers of all pictures")
        self.export.setMenu(self._export_menu())
        self.export.setAccessibleName("Export all answers")
        heading = QHBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(self.switch)
        heading.addStretch(1)
        heading.addWidget(self.again)
        heading.addWidget(self.export)
        self._stack.addWidget(self.picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(10)
        column.addLayout(heading)
        column.addWidget(self.batch)
        column.addWidget(self._stack, 1)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        for identifier in EXPORTS:
            action = QAction(command(identifier).text, menu)
            action.setToolTip(command(identifier).tip)
            action.triggered.connect(lambda _=False, wish=identifier: self._workspace.wishes.run(wish))
            menu.addAction(action)
        return menu

    def _listen(self) -> None:
        results = self._workspace.results
        self.switch.chosen.connect(results.set_view)
        self.again.clicked.connect(lambda: self._workspace.wishes.run(self._again))
        results.view_changed.connect(self._show_view)
        results.changed.connect(self._refresh)
        results.jobs_changed.connect(self._refresh)
        results.problem_changed.connect(self._refresh)
        self._workspace.choice.changed.connect(self._refresh)
        pictures = self._workspace.pictures
        for signal in (pictures.inserted, pictures.removed, pictures.reset):
            signal.connect(self._refresh)
        results.exported.connect(self._tell_export)

    def _show_view(self) -> None:
        view = self._workspace.results.view
        self.switch.set_current(view)
        if view == "table" and self.table is None:
            from tensorviz.ui.models.result_table import ResultTable  # not before it is looked at

            self.table = ResultTable(self._workspace, self)
            self._stack.addWidget(self.table)
        shown = self.table if view == "table" and self.table is not None else self.picture
        self._stack.setCurrentWidget(shown)
        if view == "table" and self.isVisible():
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self, *_: object) -> None:
        results = self._workspace.results
        self.export.setEnabled(results.count > 0)
        rest, count = results.rest_count, self._workspace.pictures.count
        self._again = "results.run_rest" if 0 < rest < count else "results.run_all"
        words = "Classify the rest" if 0 < rest < count else "Run all again" if results.count else "Classify all"
        self.again.setText(words)
        self.again.setAccessibleName(words)
        missing = plural(rest, "picture") + " without an answer of the model and recipe chosen now"
        self.again.setToolTip(missing if rest else command(self._again).tip)
        self.again.setVisible(not results.busy and (rest > 0 or results.problem is not None))

    def _tell_export(self, path: str, count: int) -> None:
        from tensorviz.core.text import path_text

        self._workspace.messages.say(f"Wrote {plural(count, 'answer')} to {path_text(path)}", tone="good")
