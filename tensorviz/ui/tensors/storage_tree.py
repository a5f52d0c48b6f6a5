"""The workspace: storages, each with the tensors that look at it.

Must not know the other panels, nor what operations there are: who offers them connects to `menu_asked`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import plural
from tensorviz.ui.tensors.inspector_text import describe_line
from tensorviz.ui.tensors.storage_tree_model import StorageModel
from tensorviz.ui.tensors.storage_tree_paint import RowPainter, eye_width
from tensorviz.ui.tensors.storage_tree_rows import Row, rows_of
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

FILTER_FROM = 15  # tensors and values; fewer are in sight without it
INDENT = 12
SAMPLE = "points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])\npoints_t = points.t()"


class StorageTree(QWidget):
    """The panel. Signals: menu_asked(name, position on the screen) when somebody wants to do something with a tensor;
    while nobody is connected, a small menu of its own opens.
    """

    menu_asked = Signal(str, QPoint)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._session, self._showing = workspace, workspace.session, workspace.showing
        self.model = StorageModel(self)
        self.view = _View(self)
        self.search, self.sample = QLineEdit(), QPushButton("Open a &sample")
        self._counted, self._left_out, self._stack = QLabel(), WrappedLabel("muted"), QStackedWidget()
        self._build()
        self._session.changed.connect(self._refresh)
        self._showing.changed.connect(self._mark)
        self._refresh()

    # ------------------------------------------------------------------------------------------------- doing

    def show_row(self, row: Row) -> None:
        """Brings a tensor or a storage into sight."""
        if row.kind == "tensor":
            self._showing.show(row.name)
        elif row.storage is not None:
            self._showing.show_storage(row.storage)

    def turn_lane(self, row: Row) -> None:
        """Draws a tensor's lane, or leaves it out."""
        if row.kind == "tensor" and row.storage is not None:
            self._showing.set_lane(row.name, row.name in self._showing.hidden)

    def delete(self, row: Row) -> None:
        """Lets go of a variable, as a step that can be undone."""
        if row.variable:
            self._session.run(f"del {row.name}")

    def copy(self, text: str) -> None:
        """Puts a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self._workspace.messages.say(f"Copied: {text}")

    def describe(self, row: Row) -> str:
        """The line that `tensorviz.describe` writes of a tensor."""
        facts = self._session.facts
        tensor = facts.tensor(row.name)
        return "" if tensor is None else describe_line(tensor, facts.storage(tensor.storage))

    def ask_menu(self, row: Row, position: QPoint) -> None:
        """Opens what can be done with a row, or tells who wants to."""
        asked = self.isSignalConnected(QMetaMethod.fromSignal(self.menu_asked))
        if row.kind == "tensor" and asked:
            self.menu_asked.emit(row.name, position)
        elif row.kind in ("tensor", "value"):
            self.menu_of(row).popup(position)

    def menu_of(self, row: Row) -> QMenu:
        """The panel's own menu for a tensor or a value."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row.kind == "tensor":
            menu.addAction("&Show", partial(self.show_row, row))
        if row.kind == "tensor" and row.storage is not None:
            hidden = row.name in self._showing.hidden
            menu.addAction("Draw its &lane" if hidden else "Hide its &lane", partial(self.turn_lane, row))
        menu.addAction("&Copy name", partial(self.copy, row.name))
        if row.kind == "tensor":
            menu.addAction("Copy &describe line", lambda: self.copy(self.describe(row)))
        if row.variable:
            menu.addSeparator()
            menu.addAction("D&elete", partial(self.delete, row))
        return menu

    # ------------------------------------------------------------------------------------------------- showing

    @Slot()
    def _refresh(self) -> None:
        facts = self._session.facts
        rows = rows_of(facts, self.search.text())
        self.model.show(rows)
        count = len(facts.tensors) + len(facts.other)
        self._stack.setCurrentIndex(int(bool(count)))
        self.search.setVisible(count > FILTER_FROM or bool(self.search.text()))
        self._counted.setText(plural(len(facts.tensors), "tensor") if facts.tensors else "")
        self._left_out.say_or_hide(self._note(bool(rows), facts.left_out))
        self._mark()

    def _note(self, some: bool, left_out: int) -> str:
        if not some and self.search.text().strip():
            return f'No name has "{self.search.text().strip()}" in it.'
        return f"{plural(left_out, 'more tensor')} in lists, not shown here." if left_out else ""

    @Slot()
    def _mark(self) -> None:
        showing = self._showing
        looked_at = {showing.current or "", f"{showing.storage}:"}
        self.model.mark(frozenset(looked_at), showing.hidden)
        index = self.model.index_of(showing.current or "")
        if index.isValid() and not self.view.hasFocus():
            self.view.setCurrentIndex(index)

    @Slot(QModelIndex, int, int)
    def _open_new(self, parent: QModelIndex, first: int, last: int) -> None:
        """What appears is open."""
        for place in range(first, last + 1):
            index = self.model.index(place, 0, parent)
            below = self.model.rowCount(index)
            if below:
                self.view.setExpanded(index, True)
                self._open_new(index, 0, below - 1)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        row = self.model.row_of(index)
        if row is not None:
            self.turn_lane(row) if index.column() == 1 else self.show_row(row)

    # ------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        self.search.setPlaceholderText("Find a name")
        self.search.setAccessibleName("Find a tensor or value by its name")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        layout.addWidget(self.search)
        self._build_view()
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self.view)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._left_out)

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        title = QLabel("Workspace")
        title.setProperty("role", "heading")
        self._counted.setProperty("role", "muted")
        line.addWidget(title)
        line.addStretch(1)
        line.addWidget(self._counted)
        return line

    def _build_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(RowPainter(view))
        view.setAccessibleName("Workspace")
        view.setProperty("role", "plain")
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setIndentation(INDENT)
        view.setExpandsOnDoubleClick(False)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.header().setStretchLastSection(False)
        view.header().setMinimumSectionSize(1)
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        view.setColumnWidth(1, eye_width(view))
        view.clicked.connect(self._clicked)
        self.model.rowsInserted.connect(self._open_new)

    def _empty(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 4, 0)
        said = WrappedLabel("muted")
        said.say("Nothing is open yet. Make a tensor in the console, or begin with the book's points.")
        column.addWidget(said)
        self.sample.setToolTip(SAMPLE)
        self.sample.clicked.connect(lambda: self._session.run(SAMPLE))
        column.addWidget(self.sample, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page


class _View(QTreeView):
    """The tree with its keys: Enter shows, Space turns the lane, Delete lets go, Copy takes the name."""

    def __init__(self, panel: StorageTree) -> None:
        super().__init__(panel)
        self._panel = panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        row = self._panel.model.row_of(self.currentIndex())
        if row is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._panel.copy(row.name or row.text)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._panel.show_row(row)
        elif event.key() == Qt.Key.Key_Space:
            self._panel.turn_lane(row)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._panel.delete(row)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: by the mouse for what is under it, by the keyboard for the current row."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        row = self._panel.model.row_of(index)
        if row is not None:
            place = self.visualRect(index).bottomLeft() if by_keyboard else event.pos()
            self._panel.ask_menu(row, self.viewport().mapToGlobal(place))
