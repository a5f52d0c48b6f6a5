"""A short list over the input: ways to go on, or what was typed before.

Must not know where its rows come from; the keyboard stays in the input, which moves the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from tensorviz.core.session_data import Completion

MOST_ROWS = 9
WIDEST, GAP, PADDING = 620, 24, 8
Index = QModelIndex | QPersistentModelIndex
WORD, ABOUT = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.UserRole


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[Completion] = ()

    def put(self, rows: Sequence[Completion]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = WORD) -> object:
        row = self.rows[index.row()]
        if role == WORD:
            return row.word
        if role == ABOUT:
            return row.about
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.word}, {row.about}" if row.about else row.word
        return None


class _Drawing(QStyledItemDelegate):
    """The word at the left, what it is at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        assert isinstance(view, QWidget)
        tokens = tokens_of(view)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, tokens.colour("soft"))
        box = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        about = str(index.data(ABOUT) or "")
        painter.setFont(view.window().font())
        painter.setPen(tokens.colour("muted"))
        room = painter.fontMetrics().horizontalAdvance(about) + (GAP if about else 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, about)
        painter.setFont(view.font())
        painter.setPen(tokens.colour("text"))
        first = str(index.data(WORD)).replace("\n", " \u23ce ")
        word = painter.fontMetrics().elidedText(first, Qt.TextElideMode.ElideRight, box.width() - room)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + 6)


class ConsolePopup(QFrame):
    """Signals: taken(row) when a row is clicked."""

    taken = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = _Rows(self)
        self.list = QListView(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Drawing(self.list))
        self.list.setFont(number_font())
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setProperty("role", "plain")
        self.list.setAccessibleName("Ways to go on")
        self.list.clicked.connect(lambda index: self.taken.emit(index.row()))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        self.hide()

    @property
    def rows(self) -> Sequence[Completion]:
        """What is listed."""
        return self._model.rows

    @property
    def current(self) -> int:
        """The chosen row, -1 for none."""
        return self.list.currentIndex().row()

    def show_rows(self, rows: Sequence[Completion], at: QRect, name: str) -> None:
        """Lists rows beside a place of the window, over it where there is room; without rows it goes."""
        if not rows:
            self.hide()
            return
        self._model.put(rows)
        self.list.setAccessibleName(name)
        self._choose(0)
        self._place(at)
        self.show()
        self.raise_()

    def move_choice(self, by: int) -> None:
        """The row above or below; round at the ends."""
        self._choose((self.current + by) % max(1, len(self.rows)))

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self._model.index(row, 0))

    def _place(self, at: QRect) -> None:
        """As wide as the rows need; above the place, or below it."""
        numbers, words = self.list.fontMetrics(), self.fontMetrics()
        wide = max(
            numbers.horizontalAdvance(row.word.replace("\n", " \u23ce ")[:80]) + words.horizontalAdvance(row.about)
            for row in self.rows
        )
        size = QSize(min(WIDEST, wide + GAP + 2 * PADDING + 20), self._height())
        over = self.parentWidget() or self.window()
        room = over.rect()
        top = at.top() - size.height() - 2
        if top < 0:
            top = min(at.bottom() + 2, room.bottom() - size.height())
        left = max(0, min(at.left(), room.right() - size.width()))
        self.setGeometry(QRect(QPoint(left, top), size))

    def _height(self) -> int:
        row = self.list.sizeHintForRow(0)
        return row * min(MOST_ROWS, len(self.rows)) + 6
