"""The scale of a difference map: which colour a level takes, and the bar with numbers that says so.

Must not know the pictures; it is given the table of colours and the levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette, QPen, QPolygonF

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = 256
BAR, WIDEST, NARROW = 10.0, 288.0, 420.0
TOP, GAP = 8.0, 3.0


def largest_of(levels: bytes) -> int:
    """The largest of them; looked for from above, as `max` takes half a second for large pictures."""
    return next((level for level in range(LEVELS - 1, 0, -1) if level in levels), 0)


class DifferenceScale:
    """Levels 0 to 255, or 0 to the largest there is, over a table of 256 colours.

    largest: of the map; None without one. averaged: whether the map is shrunk, so that pixels are means of several.
    """

    def __init__(self) -> None:
        self._table = [QColor(level, level, level).rgb() for level in range(LEVELS)]
        self.stretched = self.averaged = False
        self.largest: int | None = None
        self.extra = ""  # what else is to be said of the map

    def set_table(self, table: Sequence[str]) -> None:
        """256 colours "#rrggbb", of level 0 first."""
        if len(table) != LEVELS:
            raise ValueError(f"a table of {LEVELS} colours was expected, not of {len(table)}")
        self._table = [QColor(colour).rgb() for colour in table]

    @property
    def end(self) -> int:
        """The level at the right end of the bar."""
        return self.largest or LEVELS - 1 if self.stretched else LEVELS - 1

    def colours(self) -> list[int]:
        """The colour of each level, 0xAARRGGBB."""
        end = self.end
        return [self._table[min(level * (LEVELS - 1) // end, LEVELS - 1)] for level in range(LEVELS)]

    def note(self) -> str:
        """What the scale is, in a sentence; "" without a map."""
        if self.largest is None:
            return ""
        if not self.largest:
            said = "The pictures are equal."
        elif self.stretched:
            said = f"Scale 0 to {self.end}, the largest difference."
        else:
            said = f"Scale 0 to {self.end}; the largest difference is {self.largest}."
        averaged = "Shrunk: shown are means of several pixels." if self.averaged and self.largest else ""
        return " ".join(part for part in (said, self.extra, averaged) if part)

    def short_note(self) -> str:
        """The same in few words, for a narrow place."""
        if not self.largest:
            return self.note()
        said = f"0 to {self.end}" if self.stretched else f"0 to {self.end}, largest {self.largest}"
        averaged = "means of several pixels" if self.averaged else ""
        return "; ".join(part for part in (said, averaged, self.extra) if part)

    def ticks(self) -> tuple[int, ...]:
        """The levels that stand under the bar."""
        if self.end < 4:
            return tuple(range(self.end + 1))
        return tuple(round(self.end * part / 4) for part in range(5))

    # ------------------------------------------------------------------------------------------------ painting

    def height(self, font: QFont, width: float) -> float:
        """How high a strip it needs in that width."""
        line = QFontMetricsF(font).height()
        return TOP + BAR + 2 * GAP + line + (2 * line + GAP if width < NARROW else 0.0)

    def paint(self, painter: QPainter, place: QRectF, palette: QPalette, at: int | None) -> None:
        """The bar, its numbers, the note; and a mark at the level that is pointed at."""
        narrow = place.width() < NARROW
        line = QFontMetricsF(painter.font()).height()
        bar = QRectF(place.left() + 8, place.top() + TOP, min(WIDEST, place.width() - 16), BAR)
        if not narrow:
            bar.setWidth(min(WIDEST, place.width() * 0.45))
        self._paint_bar(painter, bar, palette)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        for level in self.ticks():
            self._paint_tick(painter, bar, level, line)
        if at is not None and at <= self.end:
            _paint_mark(painter, self._x(bar, at), bar, palette)
        note = (
            QRectF(place.left() + 8, place.bottom() - 2 * line, place.width() - 16, 2 * line)
            if narrow
            else QRectF(bar.right() + 20, place.top(), place.right() - 8 - bar.right() - 20, place.height())
        )
        self._paint_note(painter, note, palette)

    def _paint_note(self, painter: QPainter, place: QRectF, palette: QPalette) -> None:
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        metrics = QFontMetricsF(painter.font())
        wrapped = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap

        def fits(text: str) -> bool:
            taken = metrics.boundingRect(place, int(wrapped), text)
            return taken.height() <= place.height() + 1 and taken.width() <= place.width() + 1

        if text := next(filter(fits, (self.note(), self.short_note())), ""):
            painter.drawText(place, wrapped, text)
        else:
            text = metrics.elidedText(self.short_note(), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bar(self, painter: QPainter, bar: QRectF, palette: QPalette) -> None:
        strip = QImage(self.end + 1, 1, QImage.Format.Format_RGB32)
        for level, colour in enumerate(self.colours()[: self.end + 1]):
            strip.setPixel(level, 0, colour)
        painter.drawImage(bar, strip)
        painter.setPen(palette.color(QPalette.ColorRole.Dark))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _x(self, bar: QRectF, level: int) -> float:
        """The middle of a level's piece of the bar."""
        return bar.left() + bar.width() * (level + 0.5) / (self.end + 1)

    def _paint_tick(self, painter: QPainter, bar: QRectF, level: int, line: float) -> None:
        place = QRectF(self._x(bar, level) - 30, bar.bottom() + GAP, 60, line)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, str(level))


def _paint_mark(painter: QPainter, x: float, bar: QRectF, palette: QPalette) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Window), 1))
    painter.setBrush(palette.color(QPalette.ColorRole.WindowText))
    top = bar.top() - 4
    painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, bar.top() + 4)]))
    painter.restore()
