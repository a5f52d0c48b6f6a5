"""The table of a file's tensors with the manners of a tree: fold marks, arrows that fold, typing that searches.

Must not know what is done with a tensor; it says what was wished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from tensorviz.core.text import plural
from tensorviz.ui.files.tensor_tree_paint import FOLD, TensorRowPainter, cell_font, indent, row_height
from tensorviz.ui.files.tensor_tree_rows import COLUMNS, DTYPE, NAME, SHAPE, SIZE, STORAGE, shape_words

if TYPE_CHECKING:
    from tensorviz.core.tensor_index import TensorIndex
    from tensorviz.ui.files.tensor_tree_model import TensorRows

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
CONTROL = Qt.KeyboardModifier.ControlModifier
MARGIN = 20  # pixels beside the text of a column
TITLE = 36  # the same beside its title, for the mark of the order
MOST_SHAPE, MOST_DTYPE = 132, 104  # pixels of a column
LEAST_NAME = 130  # pixels; the type is left out where the name would have less
ROOM_FOR_STORAGE = 560  # pixels of the table


class TensorView(QTableView):
    """Signals: looked_at(row) by a click or Enter; turned(row) to fold or unfold; taken() for the session; copied();
    typed(text) that is meant for the search; menu_asked(position on the screen).
    """

    looked_at = Signal(int)
    turned = Signal(int)
    taken = Signal()
    copied = Signal()
    typed = Signal(str)
    menu_asked = Signal(QPoint)

    def __init__(self, model: TensorRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self._types = 0
        self._widths: dict[int, int] = {}
        self.setModel(model)
        self.setItemDelegate(TensorRowPainter(self))
        self.setAccessibleName("Tensors of the file")
        self.setProperty("role", "plain")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._build_headers()
        self.clicked.connect(self._clicked)

    def _build_headers(self) -> None:
        height = row_height(QFontMetrics(self.font()))
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setAccessibleName("Order")
        columns.setSectionsClickable(True)
        columns.setHighlightSections(False)
        columns.setSortIndicatorShown(True)
        columns.setSelectionModel(QItemSelectionModel(self.rows, self))  # else it asks for every row when it paints
        columns.setMinimumSectionSize(20)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        columns.setToolTip("Click: order by this. Click again: the other way round.")

    # ------------------------------------------------------------------------------------------------- columns

    def measure(self, index: TensorIndex) -> None:
        """Makes the columns as wide as what stands in them."""
        figures, words = QFontMetrics(cell_font(self.font())), self.fontMetrics()
        self._types = len(index.dtypes)
        shape = max(
            figures.horizontalAdvance(shape_words(index.widest)),
            words.horizontalAdvance(plural(len(index.names), "tensor")),
        )
        dtype = max((words.horizontalAdvance(one) for one in index.dtypes), default=0)
        self._width(SHAPE, min(shape, MOST_SHAPE))
        self._width(DTYPE, min(dtype, MOST_DTYPE))
        self._width(SIZE, max(map(figures.horizontalAdvance, ("999.9 MB", "999 bytes"))))
        self._width(STORAGE, words.horizontalAdvance("AAAA"))
        self.choose_columns()

    def _width(self, column: int, text: int) -> None:
        title = self.horizontalHeader().fontMetrics().horizontalAdvance(COLUMNS[column])
        self._widths[column] = max(text + MARGIN, title + TITLE)
        self.setColumnWidth(column, self._widths[column])

    def choose_columns(self) -> None:
        """Leaves out what all tensors have alike, and what there is no room for."""
        width = self.viewport().width()
        left = width - sum(self._widths.get(column, 0) for column in (SHAPE, DTYPE, SIZE))
        self.setColumnHidden(DTYPE, self._types < 2 or left < LEAST_NAME)
        self.setColumnHidden(STORAGE, not self.rows.rows.wish.flat or width < ROOM_FOR_STORAGE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.choose_columns()

    # ------------------------------------------------------------------------------------------------- rows

    def go_to(self, row: int, select: bool = True) -> None:
        """Makes a row the one that the keys move, and brings it into sight."""
        index = self.rows.index(row, NAME)
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect if select else QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(index, how | QItemSelectionModel.SelectionFlag.Rows)
        self.scrollTo(index)

    def over_fold_mark(self, index: QModelIndex, position: QPoint) -> bool:
        """Whether a place in the table is on the fold mark of that row."""
        node = self.rows.node(index)
        if node is None or not node.can_open or index.column() != NAME:
            return False
        place = self.visualRect(index)
        left = place.left() + indent(node, place.width(), self.rows.rows.wish.flat)
        return QRect(left - FOLD - 4, place.top(), FOLD + 6, place.height()).contains(position)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        node = self.rows.node(index)
        if node is not None and node.kind == "tensor" and not self._held:
            self.looked_at.emit(index.row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: a press on a fold mark folds and selects nothing."""
        self._held = bool(event.modifiers() & (CONTROL | Qt.KeyboardModifier.ShiftModifier))
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and index.isValid() and self.over_fold_mark(index, event.position().toPoint()):
            self.turned.emit(index.row())
        else:
            super().mousePressEvent(event)

    _held = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: folds a module."""
        position = event.position().toPoint()
        node = self.rows.node(self.indexAt(position))
        if node is not None and node.can_open and event.button() == Qt.MouseButton.LeftButton:
            self.turned.emit(self.indexAt(position).row())
        else:
            super().mouseDoubleClickEvent(event)

    # ------------------------------------------------------------------------------------------------- keys

    def event(self, event: QEvent) -> bool:
        """Qt's: Ctrl+Enter is ours while the keyboard is here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in ENTER and plain == CONTROL:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        row = self.currentIndex().row()
        if event.key() in ENTER:
            self._enter(row, bool(event.modifiers() & CONTROL))
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and row >= 0:
            self._sideways(row, event.key() == Qt.Key.Key_Right)
        elif _is_text(event):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _enter(self, row: int, into_session: bool) -> None:
        if into_session:
            self.taken.emit()
        elif row >= 0 and self.rows.nodes[row].can_open:
            self.turned.emit(row)
        elif row >= 0 and self.rows.nodes[row].kind == "tensor":
            self.looked_at.emit(row)

    def _sideways(self, row: int, right: bool) -> None:
        """Right unfolds, then goes in; left folds, then goes out."""
        node = self.rows.nodes[row]
        if node.can_open and node.open != right:
            self.turned.emit(row)
        elif right and node.can_open and row + 1 < len(self.rows.nodes):
            self.go_to(row + 1)
        elif not right and self.rows.above(row) >= 0:
            self.go_to(self.rows.above(row))

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Qt's: Home and End are the first and the last row, not column."""
        last = len(self.rows.nodes) - 1
        if action == QAbstractItemView.CursorAction.MoveHome and last >= 0:
            return self.rows.index(0, NAME)
        if action == QAbstractItemView.CursorAction.MoveEnd and last >= 0:
            return self.rows.index(last, NAME)
        return super().moveCursor(action, modifiers)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: by the mouse for what is under it (selected by the press), by the keyboard for the current row."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).bottomLeft() if by_keyboard else event.pos()
        self.menu_asked.emit(self.viewport().mapToGlobal(place))


def _is_text(event: QKeyEvent) -> bool:
    """Whether a key writes a letter; a space is for selecting."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    text = event.text()
    return not held and bool(text) and text.isprintable() and text != " "
