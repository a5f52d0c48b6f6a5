"""The list of models as Qt wants it: an item model over arranged lines, and how one line is painted.

Must not know the states: lines in, indexes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from tensorviz.ui.theme import Tokens, number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from tensorviz.ui.models.model_order import Line, Tie

LINE_ROLE = Qt.ItemDataRole.UserRole
IN_USE_ROLE = Qt.ItemDataRole.UserRole + 1
ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
MARGIN = 8
MARK = 16
TIE = 6  # pixels that a line reaches to the right, to where it is tied to its neighbour


class ModelListModel(QAbstractListModel):
    """Headings and models. Headings can be neither selected nor reached by arrow keys."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._in_use = ""

    def show(self, lines: tuple[Line, ...], in_use: str) -> None:
        """Replaces the lines; `in_use` names the model that answers."""
        if (lines, in_use) == (self._lines, self._in_use):
            return
        self.beginResetModel()
        self._lines, self._in_use = lines, in_use
        self.endResetModel()

    def index_of(self, model: str) -> QModelIndex:
        """The index of that model; an invalid one when it is not listed."""
        places = (place for place, line in enumerate(self._lines) if line.model and line.model.name == model)
        return self.index(next(places, -1))

    def first(self) -> QModelIndex:
        """The index of the first model; an invalid one when none is listed."""
        return self.index(next((place for place, line in enumerate(self._lines) if line.model), -1))

    def line(self, index: Index) -> Line | None:
        """The line at an index."""
        return self._lines[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = ROOT) -> int:
        """Qt's: how many lines."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt's: a heading is shown only."""
        line = self.line(index)
        if line is None or line.model is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's: the name, the sentence for those who do not see it, and the line itself."""
        line = self.line(index)
        if line is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.model.name if line.model else line.heading
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return line.spoken + (", in use" if self._used(line) else "")
            case _ if role == LINE_ROLE:
                return line
            case _ if role == IN_USE_ROLE:
                return self._used(line)
        return None

    def _used(self, line: Line) -> bool:
        return line.model is not None and line.model.name == self._in_use


class ModelDelegate(QStyledItemDelegate):
    """Paints a heading, or: mark (on this computer), name, tie to a neighbour, figures. Its text twin is spoken."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's: a line of text and a little air."""
        line: Line = index.data(LINE_ROLE)
        return QSize(200, option.fontMetrics.height() + (9 if line.model else 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        line: Line = index.data(LINE_ROLE)
        tokens = tokens_of(option.widget)
        painter.save()
        if line.model is None or line.weights is None:
            self._paint_heading(painter, option, line.heading, tokens)
        else:
            self._paint_background(painter, option)
            self._paint_model(painter, option, line, tokens, in_use=index.data(IN_USE_ROLE))
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, heading: str, tokens: Tokens) -> None:
        font = QFont(option.font)
        font.setPointSizeF(option.font.pointSizeF() * 0.88)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(tokens.colour("muted"))
        area = option.rect.adjusted(MARGIN, 2, -MARGIN, -2)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, heading)

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)

    def _paint_model(
        self, painter: QPainter, option: QStyleOptionViewItem, line: Line, tokens: Tokens, *, in_use: bool
    ) -> None:
        assert line.model is not None
        assert line.weights is not None
        area = option.rect.adjusted(MARGIN, 0, -MARGIN, 0)
        if line.model.here:
            self._paint_mark(painter, area, tokens.colour("good"), filled=in_use)
        painter.setPen(tokens.colour("text" if in_use else "muted"))
        names = self._paint_figures(painter, option, area, line.figures)
        names.setLeft(area.left() + MARK)
        if line.tie:
            self._paint_tie(painter, names, line.tie, tokens.colour("muted"))
            names.setRight(names.right() - 2 * TIE)
        font = QFont(option.font)
        font.setBold(in_use)
        painter.setFont(font)
        painter.setPen(tokens.colour("text"))
        text = QFontMetrics(font).elidedText(line.model.name, Qt.TextElideMode.ElideMiddle, names.width())
        painter.drawText(names, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    @staticmethod
    def _paint_mark(painter: QPainter, area: QRect, colour: QColor, *, filled: bool) -> None:
        """A ring: on this computer; a filled one: in use."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(area.left() + 4, area.center().y() + 0.5), 3.5, 3.5)
        painter.restore()

    @staticmethod
    def _paint_tie(painter: QPainter, names: QRect, tie: Tie, colour: QColor) -> None:
        """Half of a bracket at the right of the name; the neighbour has the other half."""
        painter.save()
        painter.setPen(QPen(colour, 1))
        right, middle = names.right() - TIE // 2, names.center().y()
        painter.drawLine(right - TIE, middle, right, middle)
        painter.drawLine(right, middle, right, names.bottom() if tie == "below" else names.top())
        painter.restore()

    @staticmethod
    def _paint_figures(
        painter: QPainter, option: QStyleOptionViewItem, area: QRect, figures: tuple[tuple[str, int], ...]
    ) -> QRect:
        """Each figure in a column at the right; gives what is left for the name."""
        fixed = number_font(option.font.pointSizeF() * 0.9)
        painter.setFont(fixed)
        letter = QFontMetrics(fixed).horizontalAdvance("0")
        left = QRect(area)
        for text, letters in figures:
            column = QRect(left)
            column.setLeft(left.right() - letters * letter)
            painter.drawText(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            left.setRight(column.left() - letter)
        return left
