"""How often numbers are in each range, as bars, painted; each bar can be looked at by pointer or keyboard.

Must not know what the numbers are; colours are those of the palette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QPaintEvent

HEIGHT, LINE, GAP = 64, 2, 4
FAINT = 0.55  # of a bar that is not looked at


class Histogram(QWidget):
    """Bars between `edges`; under them the range, or the bar that is looked at. A range with anything in it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edges: tuple[float, ...] = ()
        self._counts: tuple[int, ...] = ()
        self._at: int | None = None
        self.faint = False  # of numbers that are no longer these
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram")

    def show_counts(self, edges: Sequence[float], counts: Sequence[int], faint: bool = False) -> None:
        """Shows these; edges are one more than counts."""
        if len(counts) != len(self._counts):
            self._at = None
        self._edges, self._counts, self.faint = tuple(edges), tuple(counts), faint
        self.setAccessibleDescription(self.text())
        self.update()

    def text(self) -> str:
        """What is painted, as text: the range, the fullest bar, and the bar that is looked at."""
        if not self._counts:
            return "No numbers."
        most = max(range(len(self._counts)), key=lambda place: self._counts[place])
        whole = f"{self._edges[0]:.6g} to {self._edges[-1]:.6g}"
        many = len(self._counts)
        said = f"{many} {'range' if many == 1 else 'ranges'} from {whole}. Most: {self._bar(most)}."
        return said if self._at is None else f"{self._bar(self._at)}. {said}"

    def _bar(self, place: int) -> str:
        low, high, count = self._edges[place], self._edges[place + 1], self._counts[place]
        return f"{count:,} from {low:.6g} to {high:.6g}"

    def look_at(self, place: int | None) -> None:
        """Looks at a bar, or at none."""
        place = None if place is None or not self._counts else min(max(place, 0), len(self._counts) - 1)
        if place != self._at:
            self._at = place
            self.setAccessibleDescription(self.text())
            self.update()

    @property
    def looked_at(self) -> int | None:
        """The bar that is looked at."""
        return self._at

    def caption(self) -> str:
        """What stands under the bars."""
        if not self._counts:
            return ""
        return f"~{self._edges[0]:.4g} to ~{self._edges[-1]:.4g}" if self._at is None else self._bar(self._at)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, HEIGHT + GAP + QFontMetrics(self.font()).height() + 2 * LINE)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(80, self.sizeHint().height())

    # ------------------------------------------------------------------------------------------------- painting

    def _inside(self) -> QRectF:
        return QRectF(LINE, LINE, self.width() - 2 * LINE, HEIGHT)

    def _bar_rect(self, place: int, most: int) -> QRectF:
        inside = self._inside()
        wide = inside.width() / len(self._counts)
        high = 0.0 if not self._counts[place] else max(1.5, inside.height() * self._counts[place] / most)
        gap = 1.0 if wide > 4 else 0.0
        return QRectF(inside.left() + place * wide, inside.bottom() - high, max(wide - gap, 1.0), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        inside, palette = self._inside(), self.palette()
        painter.fillRect(inside, palette.color(QPalette.ColorRole.AlternateBase))
        most = max(self._counts, default=1) or 1
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(len(self._counts)):
            painter.fillRect(self._bar_rect(place, most), self._colour(place))
        painter.fillRect(
            QRectF(inside.left(), inside.bottom(), inside.width(), 1), palette.color(QPalette.ColorRole.Mid)
        )
        self._paint_caption(painter)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), LINE))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _colour(self, place: int) -> QColor:
        role = QPalette.ColorRole.Dark if self.faint else QPalette.ColorRole.Accent
        colour = QColor(self.palette().color(role))
        colour.setAlphaF(1.0 if self._at in (None, place) else FAINT)
        return colour

    def _paint_caption(self, painter: QPainter) -> None:
        top = LINE + HEIGHT + GAP
        place = self.rect().adjusted(2 * LINE, top, -2 * LINE, -LINE)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        text = QFontMetrics(self.font()).elidedText(self.caption(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)

    # ------------------------------------------------------------------------------------------------- looking

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: the bar under the pointer."""
        if self._counts:
            inside = self._inside()
            self.look_at(int((event.position().x() - inside.left()) / inside.width() * len(self._counts)))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        self.look_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        self.look_at(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: left and right go from bar to bar, Home and End to the first and last."""
        at, last = self._at, len(self._counts) - 1
        goals = {
            Qt.Key.Key_Left: last if at is None else at - 1,
            Qt.Key.Key_Right: 0 if at is None else at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: None,
        }
        key = Qt.Key(event.key())
        if key not in goals or (key == Qt.Key.Key_Escape and at is None):
            super().keyPressEvent(event)
        else:
            self.look_at(goals[key])
