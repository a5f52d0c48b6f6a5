"""How a row of the workspace tree is painted: name, what is known of it, marks, and the eye of its lane.

Must not know the model behind the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.storage_tree_model import CURRENT, HIDDEN, ROW
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from tensorviz.ui.tensors.storage_tree_rows import Row
    from tensorviz.ui.theme import Tokens

PADDING, GAP, MARK, EYE, BAR = 3, 6, 12, 15, 3
LEAST = 34  # pixels of what is known that are worth showing


class RowPainter(QStyledItemDelegate):
    """Paints both columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt's: one line."""
        return QSize(80, QFontMetrics(option.font).height() + 2 * PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        row, widget = index.data(ROW), option.widget
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        painter.save()
        if index.column() == 0:
            _paint_text(painter, option, row, bool(index.data(CURRENT)))
        elif row.kind == "tensor" and row.storage is not None:
            _paint_eye(painter, option.rect, bool(index.data(HIDDEN)))
        painter.restore()


def _paint_text(painter: QPainter, option: QStyleOptionViewItem, row: Row, current: bool) -> None:
    tokens, place = tokens_of(option.widget), option.rect.adjusted(GAP, 0, -2, 0)
    if current:
        painter.fillRect(QRect(option.rect.left(), option.rect.top() + 2, BAR, option.rect.height() - 4),
                         tokens.colour("accent"))  # fmt: skip
    place.setRight(_paint_marks(painter, place, row))
    name_font, about_font = fonts(option.font, row, current)
    metrics = QFontMetrics(name_font)
    name = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, place.width())
    painter.setFont(name_font)
    painter.setPen(_colour(tokens, row))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    place.setLeft(place.left() + metrics.horizontalAdvance(name) + GAP)
    painter.setFont(about_font)
    painter.setPen(tokens.colour("muted"))
    about = fitting(row, QFontMetrics(about_font), place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, about)


def fitting(row: Row, metrics: QFontMetrics, width: int) -> str:
    """What is known of a row, as much as there is room for: all, in short, cut, or nothing."""
    for text in (row.about, row.short if row.kind == "tensor" else ""):
        if text and metrics.horizontalAdvance(text) <= width:
            return text
    least = (row.short or row.about) if row.kind == "tensor" else row.about
    return metrics.elidedText(least, Qt.TextElideMode.ElideRight, width) if width >= LEAST else ""


def _paint_marks(painter: QPainter, place: QRect, row: Row) -> int:
    """Paints the marks at the right end; gives where the text has to end."""
    right = place.right()
    for mark in reversed(row.marks):
        box = QRect(right - MARK + 1, place.center().y() - MARK // 2 + 1, MARK, MARK)
        icon(mark, "muted").paint(painter, box)
        right -= MARK + 2
    return right - (2 if row.marks else 0)


def _paint_eye(painter: QPainter, place: QRect, hidden: bool) -> None:
    box = QRect(0, 0, EYE, EYE)
    box.moveCenter(place.center())
    icon("eye-off" if hidden else "eye", "text" if hidden else "muted").paint(painter, box)


def fonts(font: QFont, row: Row, current: bool) -> tuple[QFont, QFont]:
    """The fonts of the name and of what is known."""
    name = QFont(font)
    name.setBold(current or row.kind == "storage")
    return name, QFont(font)


def _colour(tokens: Tokens, row: Row) -> str:
    return tokens.muted if row.kind == "section" else tokens.text


def eye_width(widget: QWidget) -> int:
    """How wide the column of the eyes is."""
    return EYE + 2 * GAP
