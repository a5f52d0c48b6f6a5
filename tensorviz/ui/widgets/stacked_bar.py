"""Parts of a whole as one bar of segments, with a legend below, painted.

Must not know what the parts are; colours are those of the palette.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

BAR_HEIGHT = 8
SWATCH = 8
GAP = 6
BETWEEN = 16  # between two entries of the legend
STRENGTHS = (0.35, 0.65, 1.0)  # of the accent, in turn, so that neighbours differ also without colours


@dataclass(frozen=True, slots=True)
class Part:
    """One segment. value: not negative. text: the figure as it is written."""

    name: str
    value: float
    text: str


class StackedBar(QWidget):
    """Segments in proportion to their values; the legend wraps where it must."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[Part, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Shows these."""
        self._parts = tuple(parts)
        self.setAccessibleDescription(self.text())
        self.setToolTip(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What is painted, as text."""
        return ", ".join(f"{part.name} {part.text}" for part in self._parts)

    def segments(self, width: float) -> list[tuple[float, float]]:
        """Where each segment begins and how wide it is; together they fill `width`, or nothing when all are zero."""
        total = sum(part.value for part in self._parts)
        places, at = [], 0.0
        for part in self._parts:
            share = part.value / total * width if total > 0 else 0.0
            places.append((at, share))
            at += share
        return places

    def sizeHint(self) -> QSize:
        """One line of legend, where there is room."""
        return QSize(260, self.heightForWidth(260))

    def minimumSizeHint(self) -> QSize:
        """The legend below one another."""
        return QSize(120, self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:
        """The legend wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The bar and as many lines of legend as are needed."""
        places = self._legend(width)
        return (places[-1].bottom() if places else BAR_HEIGHT) + 1

    def _legend(self, width: int) -> list[QRect]:
        """Where each entry of the legend stands."""
        metrics, places = self.fontMetrics(), []
        at = QPoint(0, BAR_HEIGHT + GAP)
        for part in self._parts:
            wide = SWATCH + GAP + metrics.horizontalAdvance(f"{part.name} {part.text}")
            if at.x() and at.x() + wide > width:
                at = QPoint(0, at.y() + metrics.height() + 2)
            places.append(QRect(at.x(), at.y(), wide, metrics.height()))
            at.setX(at.x() + wide + BETWEEN)
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar and its legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, self.width(), BAR_HEIGHT), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.fillPath(outline, self.palette().color(QPalette.ColorRole.Mid))
        painter.setClipPath(outline)
        for number, (at, wide) in enumerate(self.segments(self.width())):
            painter.fillRect(QRectF(at, 0, wide, BAR_HEIGHT), self._colour(number))
        painter.setClipping(False)
        for number, place in enumerate(self._legend(self.width())):
            self._paint_entry(painter, number, place)
        painter.end()

    def _paint_entry(self, painter: QPainter, number: int, place: QRect) -> None:
        swatch = QRectF(place.left(), place.center().y() - SWATCH / 2 + 1, SWATCH, SWATCH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(number))
        painter.drawRoundedRect(swatch, 2, 2)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        part = self._parts[number]
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place.adjusted(SWATCH + GAP, 0, 1, 0), left, f"{part.name} {part.text}")

    def _colour(self, number: int) -> QColor:
        """A shade of the accent, mixed with the background rather than let through."""
        accent, base = self.palette().color(QPalette.ColorRole.Accent), self.palette().color(QPalette.ColorRole.Base)
        share = STRENGTHS[number % len(STRENGTHS)]
        mixed = (round(share * a + (1 - share) * b) for a, b in zip(_rgb(accent), _rgb(base), strict=True))
        return QColor(*mixed)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
