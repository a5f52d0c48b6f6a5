"""The table of all answers: filter, sort, select, copy.

Must not know how rows are kept; see `row_table`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer
from PySide6.QtGui import QBrush, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import count_text, plural
from tensorviz.ui.models.row_table import BEST, ERROR, FIGURES, MODEL, PATH, PROBABILITY, SECOND, SECONDS, RowTable
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
TYPING_PAUSE = 120  # milliseconds without a key before the filter is applied
WIDTHS = {PATH: 132, BEST: 116, PROBABILITY: 88, SECOND: 112, MODEL: 90, SECONDS: 64, ERROR: 48}  # fit the first window
CELL_MARGIN = 3  # pixels, as Qt's own cells have


class ResultTable(QWidget):
    """A line to filter by, and the table under it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.rows = RowTable(workspace, self)
        self.filter = QLineEdit(self)
        self._count = QLabel(self)
        self.table = RowView(workspace, self.rows, self)
        self._lay_out()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE)
        self._typing.timeout.connect(lambda: self.rows.set_filter(self.filter.text()))
        self.filter.textChanged.connect(lambda: self._typing.start())
        for signal in (self.rows.modelReset, self.rows.rowsInserted, self.rows.layoutChanged):
            signal.connect(self._tell_count)
        self._tell_count()

    def _lay_out(self) -> None:
        self.filter.setPlaceholderText("Filter by picture, label, model or error")
        self.filter.setAccessibleName("Filter")
        self.filter.setClearButtonEnabled(True)
        self._count.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.filter, 1)
        line.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def _tell_count(self) -> None:
        shown, total = self.rows.rowCount(), self._workspace.pictures.count
        of = f"{count_text(shown)} of " if shown != total else ""
        self._count.setText(of + plural(total, "picture"))


class RowView(QTableView):
    """The table itself: whole rows, Ctrl+C copies them, double-click and Enter go to the picture."""

    def __init__(self, workspace: Workspace, rows: RowTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._rows = workspace, rows
        self._following = False
        self.setModel(rows)
        self.setItemDelegate(RowDelegate(rows, self))
        self._dress()
        self._dress_header()
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        workspace.pictures.current_changed.connect(self.follow_current)
        rows.modelReset.connect(self.follow_current)
        self.follow_current()

    def _dress(self) -> None:
        self.setObjectName("result_table")
        self.setAccessibleName("Answers of all pictures")
        self.setAccessibleDescription("Ctrl+C copies the selected rows; Enter shows the picture.")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)

    def _dress_header(self) -> None:
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setStyleSheet("QHeaderView::section { padding: 4px 3px; }")  # in line with the cells
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        self.setSortingEnabled(True)
        for column, wide in WIDTHS.items():
            self.setColumnWidth(column, wide)

    def selected_rows(self) -> list[int]:
        """The selected rows, from the top."""
        parts = self.selectionModel().selection()
        ranges = [parts.at(number) for number in range(parts.size())]
        return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})

    def copy_rows(self) -> None:
        """The selected rows as tab-separated text, on the clipboard."""
        rows = self.selected_rows()
        if rows:
            QGuiApplication.clipboard().setText(self._rows.tsv(rows))
            self._workspace.messages.say(f"Copied: {plural(len(rows), 'row')}", tone="good")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C and Enter; the rest is the table's own."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self._workspace.pictures.set_current(self._rows.path_at(index.row()))
        self._workspace.results.set_view("picture")

    def _tell_current(self, index: QModelIndex) -> None:
        if index.isValid() and not self._following:
            self._workspace.pictures.set_current(self._rows.path_at(index.row()))

    def follow_current(self) -> None:
        """Shows the row of the current picture; a row the person chose here is left as it is."""
        current = self._workspace.pictures.current
        here = self.currentIndex().row()
        if current is None or (0 <= here < self._rows.rowCount() and self._rows.path_at(here) == current):
            return
        row = self._rows.row_of(current)
        if row is None:
            return
        self._following = True
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._rows.index(row, 0), flags)
        self.scrollTo(self._rows.index(row, 0))
        self._following = False


class RowDelegate(QStyledItemDelegate):
    """Figures in the fixed-width font, errors in their colour, answers of another model faint and slanted.

    An error is written over all the columns that have nothing to say of a failed picture.
    """

    def __init__(self, rows: RowTable, parent: RowView) -> None:
        super().__init__(parent)
        self._rows, self._view = rows, parent

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Dresses one cell."""
        super().initStyleOption(option, index)
        tokens, column = tokens_of(self._view), index.column()
        if column in FIGURES:
            option.font = number_font()
        if column in (MODEL, SECOND) or self._rows.is_stale(index.row()):
            option.palette.setBrush(option.palette.ColorRole.Text, QBrush(tokens.colour("muted")))
        if self._rows.is_stale(index.row()):
            option.font.setItalic(True)
        if column == ERROR:
            option.text = ""  # written by `paint`

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints a cell, and in a failed row the part of the error that lies in it."""
        super().paint(painter, option, index)
        error = self._rows.error_at(index.row()) if index.column() >= PROBABILITY else ""
        if not error:
            return
        left, right = self._view.columnViewportPosition(PROBABILITY), self._view.columnViewportPosition(ERROR)
        width = right + self._view.columnWidth(ERROR) - left
        place = QRect(left, option.rect.top(), width, option.rect.height()).adjusted(CELL_MARGIN, 0, -CELL_MARGIN, 0)
        painter.save()
        painter.setClipRect(option.rect)
        painter.setFont(self._view.font())
        painter.setPen(tokens_of(self._view).colour("danger"))
        shown = self._view.fontMetrics().elidedText(error, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
