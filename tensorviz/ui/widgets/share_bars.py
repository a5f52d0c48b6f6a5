"""Shares of a whole as bars with a label and a figure each, painted.

Must not know what they are shares of; colours are those of the palette.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

BAR_HEIGHT = 5
GAP = 12  # between a figure and its label
PADDING = 3  # above and below each row
WINNER_POINTS = 4  # how much larger the first one is written


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. share: 0 to 1. text: the figure as it is written."""

    label: str
    share: float
    text: str


class ShareBars(QWidget):
    """Bars under one another; the first stands out. A label too long is cut with dots and told in full as tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Answers")

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Shows these."""
        self._bars = tuple(bars)
        self.setAccessibleDescription(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What is painted, as text: one line per bar."""
        return "\n".join(f"{bar.label} {bar.text}" for bar in self._bars)

    def sizeHint(self) -> QSize:
        """As high as all bars need."""
        return QSize(280, self._top(len(self._bars)))

    def minimumSizeHint(self) -> QSize:
        """Narrow, with labels cut."""
        return QSize(140, self._top(len(self._bars)))

    def _line_height(self, row: int) -> int:
        return max(QFontMetrics(font).height() for font in self._fonts(row))

    def _top(self, row: int) -> int:
        """Where a row begins; rows after the first are all alike."""
        first, others = (self._line_height(kind) + BAR_HEIGHT + 3 * PADDING for kind in (0, 1))
        return 0 if row == 0 else first + (row - 1) * others

    def row_at(self, y: int) -> int:
        """The row at that height; it may be one that is not there."""
        first, second = self._top(1), self._top(2)
        return 0 if y < first else 1 + (y - first) // (second - first)

    def _fonts(self, row: int) -> tuple[QFont, QFont]:
        """The fonts of a label and of its figure."""
        label, figure = QFont(self.font()), QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        figure.setPointSizeF(self.font().pointSizeF())
        if row == 0:
            for font in (label, figure):
                font.setBold(True)
                font.setPointSizeF(font.pointSizeF() + WINNER_POINTS)
        return label, figure

    def elided(self, row: int, width: int) -> str:
        """The label of a row as it fits into a widget of that width."""
        label_font, figure_font = self._fonts(row)
        taken = QFontMetrics(figure_font).horizontalAdvance(self._bars[row].text) + GAP
        metrics = QFontMetrics(label_font)
        return metrics.elidedText(self._bars[row].label, Qt.TextElideMode.ElideRight, max(0, width - taken))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows that are in sight."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = self.row_at(event.rect().top()), self.row_at(event.rect().bottom())
        for row in range(max(0, first), min(len(self._bars), last + 1)):
            self._paint_row(painter, row, QRect(0, self._top(row), self.width(), self._top(row + 1) - self._top(row)))
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, place: QRect) -> None:
        bar, (label_font, figure_font) = self._bars[row], self._fonts(row)
        line = QRect(place.left(), place.top() + PADDING, place.width(), self._line_height(row))
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.setFont(label_font)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | centre, self.elided(row, place.width()))
        painter.setFont(figure_font)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | centre, bar.text)
        track = QRectF(place.left(), line.bottom() + PADDING, place.width(), BAR_HEIGHT)
        self._paint_bar(painter, track, bar.share, strong=row == 0)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, strong: bool) -> None:
        radius = BAR_HEIGHT / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(track, radius, radius)
        if share <= 0:
            return
        colour = QColor(self.palette().color(QPalette.ColorRole.Accent))
        colour.setAlphaF(1.0 if strong else 0.65)
        painter.setBrush(colour)
        filled = QRectF(track)
        filled.setWidth(track.width() * min(1.0, share))
        painter.setClipRect(filled)
        painter.drawRoundedRect(track, radius, radius)
        painter.setClipping(False)

    def event(self, event: QEvent) -> bool:
        """Tells a label in full where it is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            cut = 0 <= row < len(self._bars) and self.elided(row, self.width()) != self._bars[row].label
            QToolTip.showText(event.globalPos(), self._bars[row].label if cut else "", self)
            return True
        return super().event(event)
