"""What is painted over compared pictures: plates with words, the divider and its handle, a cross hair, hatching.

Must not know the pictures. Ink and plates are the same in both themes, as they lie on pictures of any colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

if TYPE_CHECKING:
    from collections.abc import Iterable

INK, FAINT_INK = QColor(255, 255, 255), QColor(255, 255, 255, 190)
PAPER, SHADOW, MARK = QColor(14, 17, 22, 205), QColor(0, 0, 0, 150), QColor(0, 0, 0, 220)
HANDLE = 18.0  # radius
MARGIN, FADE = 8.0, 28.0
PADDING = QSizeF(8, 3)
ROUND = 4.0


def plate_size(font: QFont, text: str) -> QSizeF:
    """How large a plate with a word is."""
    metrics = QFontMetricsF(font)
    return QSizeF(metrics.horizontalAdvance(text) + 2 * PADDING.width(), metrics.height() + 2 * PADDING.height())


def paint_plate(painter: QPainter, place: QRectF, text: str, strength: float = 1.0) -> None:
    """A word on its plate; strength 0 to 1."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(strength)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PAPER)
    painter.drawRoundedRect(place, ROUND, ROUND)
    painter.setPen(INK)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def corner_plate(font: QFont, text: str, inside: QRectF, right: bool = False) -> QRectF:
    """Where the plate of a picture lies: in an upper corner of what is seen of it; null where there is no room."""
    size = plate_size(font, text)
    if not text or size.width() + 2 * MARGIN > inside.width() or size.height() + 2 * MARGIN > inside.height():
        return QRectF()
    left = inside.right() - MARGIN - size.width() if right else inside.left() + MARGIN
    return QRectF(QPointF(left, inside.top() + MARGIN), size)


def nearness(plate: QRectF, divider: float, right: bool) -> float:
    """How strongly a plate is painted: 0 where the divider runs through it, 1 well away."""
    room = plate.left() - divider if right else divider - plate.right()
    return min(max((room - 4) / FADE, 0.0), 1.0)


def handle_place(divider: float, span: QRectF) -> QPointF:
    """The middle of the handle."""
    return QPointF(divider, span.center().y())


def paint_divider(painter: QPainter, divider: float, span: QRectF, accent: QColor | None) -> None:
    """The line and its handle, in the accent while it is dragged or has the focus."""
    painter.save()
    painter.fillRect(QRectF(divider - 2, span.top(), 4, span.height()), SHADOW)
    painter.fillRect(QRectF(divider - 1, span.top(), 2, span.height()), INK)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = min(HANDLE, span.height() / 2)
    middle = handle_place(divider, span)
    painter.setPen(QPen(SHADOW, 1))
    painter.setBrush(INK if accent is None else accent)
    painter.drawEllipse(middle, radius - 1, radius - 1)
    painter.setPen(Qt.PenStyle.NoPen)
    ink = PAPER if accent is None or accent.lightness() > 150 else INK
    painter.setBrush(QColor(ink.red(), ink.green(), ink.blue()))
    for way in (-1, 1):
        painter.drawPolygon(_arrow(middle, way, radius / HANDLE))
    painter.restore()


def _arrow(middle: QPointF, way: int, size: float) -> QPolygonF:
    tip, back, half = 11 * way * size, 4 * way * size, 5.5 * size
    return QPolygonF([middle + QPointF(tip, 0), middle + QPointF(back, -half), middle + QPointF(back, half)])


def paint_hatching(painter: QPainter, place: QRect, palette: QPalette) -> None:
    """Where a picture has no pixels although the other has."""
    if not place.isEmpty():
        painter.fillRect(place, palette.color(QPalette.ColorRole.Window))
        painter.fillRect(place, QBrush(palette.color(QPalette.ColorRole.Dark), Qt.BrushStyle.BDiagPattern))


def paint_cross(painter: QPainter, pixel: QRectF, span: QRectF) -> None:
    """Lines to a pixel from all sides, which leave it and its neighbours free."""
    middle, gap = pixel.center(), max(pixel.width() / 2, 1.0) + 7
    lines = (
        QRectF(span.left(), middle.y(), middle.x() - gap - span.left(), 0),
        QRectF(middle.x() + gap, middle.y(), span.right() - middle.x() - gap, 0),
        QRectF(middle.x(), span.top(), 0, middle.y() - gap - span.top()),
        QRectF(middle.x(), middle.y() + gap, 0, span.bottom() - middle.y() - gap),
    )
    _two_toned(painter, [line.translated(-0.5, -0.5) for line in lines if line.width() > 0 or line.height() > 0])


def _two_toned(painter: QPainter, lines: Iterable[QRectF]) -> None:
    for line in lines:
        painter.fillRect(line.adjusted(-0.5, -0.5, 1.5, 1.5).intersected(line.adjusted(-1, -1, 2, 2)), SHADOW)
        painter.fillRect(line.adjusted(0, 0, 1, 1), FAINT_INK)


def paint_square(painter: QPainter, pixel: QRectF, wide: float) -> None:
    """Marks a pixel by a frame around it, of a light and a dark line of that width."""
    for reach, colour in ((2 * wide, MARK), (wide, INK)):
        outer = pixel.adjusted(-reach, -reach, reach, reach)
        inner = outer.adjusted(wide, wide, -wide, -wide)
        for side in (
            QRectF(outer.topLeft(), QSizeF(outer.width(), wide)),
            QRectF(outer.left(), inner.bottom(), outer.width(), wide),
            QRectF(outer.left(), inner.top(), wide, inner.height()),
            QRectF(inner.right(), inner.top(), wide, inner.height()),
        ):
            painter.fillRect(side, colour)
