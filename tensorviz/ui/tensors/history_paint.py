"""How a row of the history is drawn: its lanes, the dot of the step, number, code, effect.

Must not know the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tensorviz.core.session_data import EFFECT_WORDS
from tensorviz.ui.tensors.console_gutter import chip_role
from tensorviz.ui.tensors.history_model import HistoryModel
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from tensorviz.core.session_data import StepRow
    from tensorviz.ui.theme import Tokens

LANE, DOT, GAP = 12, 3.5, 8
MOST_LANES = 6  # side by side; those beyond are drawn on the last


class HistoryPainter(QStyledItemDelegate):
    """For a view of a HistoryModel."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints a row."""
        model, view = index.model(), self.parent()
        assert isinstance(model, HistoryModel)
        assert isinstance(view, QWidget)
        tokens, row = tokens_of(view), index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, tokens.colour("soft"))
        self._lanes(painter, option.rect, model, row, tokens)
        left = option.rect.left() + GAP + LANE * min(MOST_LANES, model.lanes.count) + GAP // 2
        box = option.rect.adjusted(left - option.rect.left(), 0, -GAP, 0)
        self._words(painter, box, model, row, tokens)
        painter.restore()

    @staticmethod
    def _x(rect: QRect, lane: int) -> float:
        return rect.left() + GAP + LANE * (min(lane, MOST_LANES - 1) + 0.5)

    def _lanes(self, painter: QPainter, rect: QRect, model: HistoryModel, row: int, tokens: Tokens) -> None:
        middle = rect.top() + rect.height() / 2
        painter.setPen(QPen(tokens.colour("strong_border"), 1.2))
        for column, lane in model.lanes.passing(row):
            x = self._x(rect, column)
            if row == lane.fork and column != 0:
                painter.drawLine(QPointF(self._x(rect, lane.of), middle), QPointF(x, rect.bottom() + 1))
                continue
            top = middle if column == 0 and row == 0 else rect.top()
            painter.drawLine(QPointF(x, top), QPointF(x, middle if row == lane.last else rect.bottom() + 1))
        here, step = model.number(row) == model.here, model.step(row)
        role = "accent" if here else "danger" if step is not None and step.trouble is not None else "strong_border"
        painter.setPen(QPen(tokens.colour(role), 1.5))
        on_way = model.number(row) in model.way
        painter.setBrush(tokens.colour(role) if on_way else tokens.colour("raised"))
        radius = DOT + 1 if here else DOT
        painter.drawEllipse(QPointF(self._x(rect, model.lanes.lane_at[row]), middle), radius, radius)

    def _words(self, painter: QPainter, box: QRect, model: HistoryModel, row: int, tokens: Tokens) -> None:
        step, number = model.step(row), model.number(row)
        quiet = number not in model.way or (step is not None and step.trouble is not None)
        font = number_font()
        font.setBold(number == model.here)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(str(max(10, len(model.steps)))) + GAP
        painter.setPen(tokens.colour("muted"))
        if step is not None:
            painter.drawText(box.adjusted(0, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(number))
            box = box.adjusted(wide, 0, 0, 0)
        taken = self._result(painter, box, step, tokens) if step is not None else 0
        painter.setFont(font)
        painter.setPen(tokens.colour("muted" if quiet else "text"))
        code = model.data(model.index(row))
        text = metrics.elidedText(str(code), Qt.TextElideMode.ElideRight, box.width() - taken)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    @staticmethod
    def _result(painter: QPainter, box: QRect, step: StepRow, tokens: Tokens) -> int:
        """The effect at the right; gives the room it takes."""
        effect = step.effect
        text = "refused" if step.trouble is not None else EFFECT_WORDS[effect] if effect is not None else ""
        if step.replayed:
            text = f"{text} \u21bb" if text else "\u21bb"
        if not text:
            return 0
        view_font = painter.font()
        view_font.setBold(False)
        painter.setFont(view_font)
        painter.setPen(tokens.colour(chip_role(step)))
        painter.drawText(QRectF(box), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        return painter.fontMetrics().horizontalAdvance(text) + GAP

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line."""
        return QSize(120, option.fontMetrics.height() + 6)
