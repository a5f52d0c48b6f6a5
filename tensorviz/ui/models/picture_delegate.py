"""How a picture of the well is painted: thumbnail, name, the winner on it, a badge for its state.

Must not know where thumbnails come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from tensorviz.core.text import percent_text
from tensorviz.ui.icons import pixmap
from tensorviz.ui.models.answer_text import name_text
from tensorviz.ui.models.picture_list import PictureList
from tensorviz.ui.state.pixels import preview_image
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.state.pictures import PictureItem
    from tensorviz.ui.theme import Tokens

Index = QModelIndex | QPersistentModelIndex
MARGIN = 5
BADGE = 18
BADGES = {"waiting": "clock", "running": "run"}
INK, PAPER = QColor(255, 255, 255), QColor(14, 17, 22, 190)  # legible on any picture, in both themes


class PictureDelegate(QStyledItemDelegate):
    """Paints cells of `cell` size with thumbnails of at most `side`, both in device-independent pixels."""

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self.cell = QSize(side + 2 * MARGIN, side + 2 * MARGIN + 20)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all."""
        return self.cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one cell."""
        model = index.model()
        item = model.item_at(index) if isinstance(model, PictureList) else None
        if item is None or not isinstance(model, PictureList):
            return
        tokens = tokens_of(option.widget)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        cell = QRectF(option.rect)
        self._paint_selection(painter, cell, option.state, tokens)
        frame = QRectF(cell.left() + (cell.width() - self.side) / 2, cell.top() + MARGIN, self.side, self.side)
        self._paint_thumbnail(painter, frame, model.thumbnail_at(index), tokens)
        font = painter.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() - 1))
        font.setItalic(item.stale)
        painter.setFont(font)
        self._paint_best(painter, frame, item)
        self._paint_badge(painter, frame, item)
        self._paint_name(painter, cell, frame, item, tokens)
        painter.restore()

    @staticmethod
    def _paint_selection(painter: QPainter, cell: QRectF, state: QStyle.StateFlag, tokens: Tokens) -> None:
        place = cell.adjusted(1, 1, -1, -1)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(tokens.colour("soft"))
            painter.setPen(QPen(tokens.colour("accent"), 1.2))
            painter.drawRoundedRect(place, tokens.radius, tokens.radius)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(tokens.colour("surface"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(place, tokens.radius, tokens.radius)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.colour("focus"), 2))
            painter.drawRoundedRect(place, tokens.radius, tokens.radius)

    @staticmethod
    def _paint_thumbnail(painter: QPainter, frame: QRectF, preview: Preview | None, tokens: Tokens) -> None:
        if preview is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.colour("sunken"))
            painter.drawRoundedRect(frame, tokens.small_radius, tokens.small_radius)
            return
        size = QSizeF(preview.width, preview.height).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, max(1.0, size.width()), max(1.0, size.height()))
        place.moveCenter(frame.center())
        outline = QPainterPath()
        outline.addRoundedRect(place, tokens.small_radius, tokens.small_radius)
        painter.save()
        painter.setClipPath(outline)
        painter.drawImage(place, preview_image(preview))
        painter.restore()

    def _paint_best(self, painter: QPainter, frame: QRectF, item: PictureItem) -> None:
        """The winner and its share on the foot of the thumbnail; an answer of another model is faint."""
        if item.best is None:
            return
        strip = QRectF(frame.left(), frame.bottom() - 20, frame.width(), 20)
        outline = QPainterPath()
        outline.addRoundedRect(strip, 4, 4)
        painter.fillPath(outline, PAPER)
        ink = QColor(INK)
        ink.setAlphaF(0.6 if item.stale else 1.0)
        painter.setPen(ink)
        inner = strip.adjusted(4, 0, -4, 0)
        label, figure = fitting(item.best.label, item.best.probability, QFontMetricsF(painter.font()), inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)

    def _paint_badge(self, painter: QPainter, frame: QRectF, item: PictureItem) -> None:
        """A mark in the corner: waiting, running or failed."""
        name = _badge_of(item)
        if not name:
            return
        place = QRectF(frame.right() - BADGE - 3, frame.top() + 3, BADGE, BADGE)
        tokens = tokens_of(self.parent())  # type: ignore[arg-type]  # the view, given when made
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("raised"))
        painter.drawEllipse(place)
        tone = {"warning": "danger", "run": "accent"}.get(name, "muted")
        drawn = pixmap(name, tone, BADGE - 6, painter.device().devicePixelRatioF())
        painter.drawPixmap(place.topLeft() + QRectF(3, 3, 0, 0).topLeft(), drawn)

    @staticmethod
    def _paint_name(painter: QPainter, cell: QRectF, frame: QRectF, item: PictureItem, tokens: Tokens) -> None:
        painter.setPen(tokens.colour("muted"))
        place = QRectF(cell.left() + MARGIN, frame.bottom() + 1, cell.width() - 2 * MARGIN, 18)
        metrics = QFontMetricsF(painter.font())
        name = metrics.elidedText(name_text(item.path), Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)


def fitting(label: str, probability: float, metrics: QFontMetricsF, width: float) -> tuple[str, str]:
    """Label and figure as they fit side by side: the decimals go before the label is cut."""
    for figure in (percent_text(probability), _rounded(probability)):
        room = width - metrics.horizontalAdvance(figure) - 4
        if metrics.horizontalAdvance(label) <= room:
            break
    return metrics.elidedText(label, Qt.TextElideMode.ElideRight, room), figure


def _rounded(probability: float) -> str:
    """Whole percents; only what is certain is called 100 %."""
    return f"{100 if probability == 1 else min(99, round(probability * 100))} %"


def _badge_of(item: PictureItem) -> str:
    """The icon of a picture's state; "" when the answer speaks for itself."""
    if item.state in BADGES:
        return BADGES[item.state]
    return "warning" if item.problem is not None else ""
