"""Shapes of a core drawing on a Qt painter: the window paints what SVG and PNG hold.

Must not know what is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPainterPath, QPen, QPolygonF

from tensorviz.core.drawing import Box, Dot, Label, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPainter

    from tensorviz.core.drawing import Shape

KEPT = 256


def paint_shapes(painter: QPainter, shapes: Iterable[Shape]) -> None:
    """Paints them in order."""
    for shape in shapes:
        match shape:
            case Box():
                _box(painter, shape)
            case Line():
                _line(painter, shape)
            case Dot():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(_colour(shape.fill))
                painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
            case Label():
                _label(painter, shape)


@lru_cache(maxsize=KEPT)
def _colour(name: str) -> QColor:
    return QColor(name)


@lru_cache(maxsize=KEPT)
def _pen(colour: str | None, width: float, dash: tuple[float, ...] = ()) -> QPen:
    if colour is None or not width:
        return QPen(Qt.PenStyle.NoPen)
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    if dash:
        pen.setDashPattern([length / width for length in dash])
    return pen


def _box(painter: QPainter, box: Box) -> None:
    painter.setPen(_pen(box.stroke, box.line))
    painter.setBrush(_colour(box.fill) if box.fill else Qt.BrushStyle.NoBrush)
    place = QRectF(box.x, box.y, box.width, box.height)
    if box.stroke:  # its line lies inside, and sharp
        place.adjust(0.5, 0.5, -0.5, -0.5)
    if box.radius:
        painter.drawRoundedRect(place, box.radius, box.radius)
    else:
        painter.drawRect(place)


def _line(painter: QPainter, line: Line) -> None:
    painter.setPen(_pen(line.stroke, line.line, line.dash))
    points = [QPointF(x, y) for x, y in line.points]
    if line.curved:
        path = QPainterPath(points[0])
        path.cubicTo(*points[1:4])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    elif line.fill:
        painter.setBrush(_colour(line.fill))
        painter.drawPolygon(QPolygonF(points))
    else:
        painter.drawPolyline(QPolygonF(points))


def font_of(size: float, bold: bool = False, mono: bool = False) -> QFont:
    """The font of a label of that size in pixels."""
    return _font(size, bold, mono, QGuiApplication.font().family())


@lru_cache(maxsize=64)
def _font(size: float, bold: bool, mono: bool, family: str) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if mono else QFont(family)
    font.setPixelSize(int(size + 0.5))
    font.setBold(bold)
    return font


@lru_cache(maxsize=4096)
def _advance(text: str, size: float, bold: bool, mono: bool, family: str) -> float:
    return QFontMetricsF(_font(size, bold, mono, family)).horizontalAdvance(text)


def kept_right_of(shapes: Iterable[Shape], edge: float) -> list[Shape]:
    """Labels that end somewhere, cut so that they begin at `edge` or later: a font may be wider than was reckoned."""
    return [_cut_left(one, edge) if isinstance(one, Label) and one.anchor == "end" else one for one in shapes]


def _cut_left(label: Label, edge: float) -> Label:
    metrics = QFontMetricsF(font_of(label.size, label.bold, label.mono))
    return replace(label, text=metrics.elidedText(label.text, Qt.TextElideMode.ElideMiddle, label.x - edge))


def _label(painter: QPainter, label: Label) -> None:
    family = QGuiApplication.font().family()
    painter.setFont(_font(label.size, label.bold, label.mono, family))
    painter.setPen(_colour(label.colour))
    x = label.x
    if label.anchor != "start":
        wide = _advance(label.text, label.size, label.bold, label.mono, family)
        x -= wide / 2 if label.anchor == "middle" else wide
    painter.drawText(QPointF(x, label.y + 0.35 * label.size), label.text)
