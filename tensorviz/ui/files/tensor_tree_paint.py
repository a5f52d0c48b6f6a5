"""How a row of a file's tensors is painted: the fold mark, the name, marks at its end, and the other columns.

Must not know the panel around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from tensorviz.ui.files.tensor_tree_model import TensorRows
from tensorviz.ui.files.tensor_tree_rows import NAME, SHAPE, SIZE
from tensorviz.ui.icons import icon
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from tensorviz.core.tensor_tree import Node
    from tensorviz.ui.theme import Tokens

PADDING, GAP, MARK, BAR = 3, 8, 13, 3
INDENT, FOLD = 14, 16  # pixels for each level, and for the fold mark
MOST_INDENT = 0.45  # of the column; deeper rows stand there too
TONES = {"wasted": "warning"}
ICONS = {"wasted": "warning"}
FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class TensorRowPainter(QStyledItemDelegate):
    """Paints all columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt's: one line."""
        return QSize(80, row_height(QFontMetrics(option.font)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt's."""
        model = index.model()
        assert isinstance(model, TensorRows), "made for these rows only"
        node = model.nodes[index.row()]
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        tokens = tokens_of(option.widget)
        if index.column() == NAME:
            self._name(painter, option, model, node, tokens)
        else:
            _cell(painter, option, model, node, index.column(), tokens)
        _focus(painter, option, index, tokens)
        painter.restore()

    def _name(
        self, painter: QPainter, option: QStyleOptionViewItem, model: TensorRows, node: Node, tokens: Tokens
    ) -> None:
        rect, looked_at = option.rect, node.kind == "tensor" and node.place == model.looked_at
        if looked_at:
            painter.fillRect(QRect(rect.left(), rect.top() + 2, BAR, rect.height() - 4), tokens.colour("accent"))
        left = rect.left() + indent(node, rect.width(), model.rows.wish.flat)
        if node.can_open:
            _fold_mark(painter, QRect(left - FOLD, rect.top(), FOLD, rect.height()), node.open, tokens)
        right = _marks(
            painter, QRect(left, rect.top(), rect.right() - 2 - left, rect.height()), model.texts.marks(node)
        )
        font = QFont(option.font)
        font.setBold(looked_at)
        painter.setFont(font)
        painter.setPen(tokens.colour("muted" if node.kind in ("section", "value") else "text"))
        place = QRect(left, rect.top(), max(0, right - left), rect.height())
        whole = model.rows.wish.flat or node.kind == "value"  # and of whole names the ends differ
        mode = Qt.TextElideMode.ElideLeft if whole else Qt.TextElideMode.ElideRight
        text = QFontMetrics(font).elidedText(model.texts.name(node), mode, place.width())
        painter.drawText(place, FLAGS, text)


def _cell(
    painter: QPainter, option: QStyleOptionViewItem, model: TensorRows, node: Node, column: int, tokens: Tokens
) -> None:
    value = node.kind == "value"
    text = model.texts.cell(node, SHAPE if value else column)
    if not text:
        return
    font = cell_font(option.font) if column == SIZE or (node.kind == "tensor" and column == SHAPE) else option.font
    painter.setFont(QFont(option.font) if value else font)
    quiet = node.kind != "tensor" or column not in (SHAPE, SIZE)
    painter.setPen(tokens.colour("muted" if quiet else "text"))
    place = (_all_columns(option) if value else option.rect).adjusted(GAP, 0, -GAP, 0)
    painter.setClipRect(option.rect)
    side = Qt.AlignmentFlag.AlignRight if column == SIZE and not value else Qt.AlignmentFlag.AlignLeft
    shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, shown)


def _all_columns(option: QStyleOptionViewItem) -> QRect:
    """The place of all columns behind the name: each paints its part of what is told of a value."""
    view = option.widget
    assert isinstance(view, QTableView), "painted in one"
    left = view.columnViewportPosition(SHAPE)
    return QRect(left, option.rect.top(), view.viewport().width() - left, option.rect.height())


def _fold_mark(painter: QPainter, place: QRect, is_open: bool, tokens: Tokens) -> None:
    middle = QPointF(place.center()) + QPointF(0.5, 0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(tokens.colour("muted"), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    corners = ((-3.5, -1.8), (0, 1.8), (3.5, -1.8)) if is_open else ((-1.8, -3.5), (1.8, 0), (-1.8, 3.5))
    painter.drawPolyline([middle + QPointF(x, y) for x, y in corners])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _marks(painter: QPainter, place: QRect, marks: tuple[str, ...]) -> int:
    """Paints the marks at the right end; gives where the name has to end."""
    right = place.right()
    for mark in reversed(marks):
        box = QRect(right - MARK + 1, place.center().y() - MARK // 2 + 1, MARK, MARK)
        icon(ICONS.get(mark, mark), TONES.get(mark, "muted")).paint(painter, box)
        right -= MARK + 2
    return right - (3 if marks else 0)


def _focus(
    painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, tokens: Tokens
) -> None:
    """A line above and below the row that the keys move, so that it is seen among many that are selected."""
    view = option.widget
    assert isinstance(view, QTableView), "painted in one"
    if not view.hasFocus() or view.currentIndex().row() != index.row():
        return
    painter.setPen(tokens.colour("focus"))
    rect = option.rect
    painter.drawLine(rect.topLeft(), rect.topRight())
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def indent(node: Node, width: int, flat: bool) -> int:
    """Pixels before a name, the fold mark in them."""
    if flat and node.kind == "tensor":
        return GAP + BAR
    return GAP - 2 + FOLD + min(node.depth * INDENT, int(width * MOST_INDENT))


def row_height(metrics: QFontMetrics) -> int:
    """The height of each row."""
    return metrics.height() + 2 * PADDING


def cell_font(font: QFont) -> QFont:
    """The font of figures that stand under one another."""
    return number_font(font.pointSizeF() * 0.94 if font.pointSizeF() > 0 else None)
