"""The sheet over the window while something is dragged over it: one place to drop, or two side by side.

Must not know what is dragged, nor what a place does with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tensorviz.ui import icons
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.theme import Tokens
    from tensorviz.ui.window.targets import Target

MARGIN, GAP, PADDING = 16, 16, 24
ICON_SIDE, LARGER, RADIUS = 44, 1.5, 10
USUAL = "usual"


class DropOverlay(QWidget):
    """Covers its parent; lets the mouse through. lit: the place under the pointer, None between and beside them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self._targets: tuple[Target, ...] = ()
        self.lit: Target | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Places to drop")
        self.hide()

    @property
    def targets(self) -> tuple[Target, ...]:
        """The places, from left to right."""
        return self._targets

    def cover(self, targets: Sequence[Target], at: QPoint) -> None:
        """Shows the sheet over the whole parent, with these places; the pointer is `at`."""
        self._targets, self.lit = tuple(targets), None
        self.setAccessibleName("Places to drop")
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()
        spoken = sorted(self._targets, key=lambda one: not one.usual)
        self.setAccessibleDescription(" ".join(target.spoken for target in spoken))
        self.point_at(at)
        self.update()

    def point_at(self, at: QPoint) -> None:
        """Lights the place under a point of the parent."""
        lit = next((one for one in self._targets if self.rect_of(one).contains(at)), None)
        if lit is not self.lit:
            self.lit = lit
            self.setAccessibleName(f"Places to drop, now: {lit.title if lit is not None else 'none'}")
            if lit is not None:
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, lit.spoken))
            self.update()

    def rect_of(self, target: Target) -> QRect:
        """Where a place is, in the coordinates of the parent."""
        count, place = len(self._targets), self._targets.index(target)
        whole = self._covered.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        wide = (whole.width() - (count - 1) * GAP) // count
        return QRect(whole.left() + place * (wide + GAP), whole.top(), wide, whole.height())

    # ------------------------------------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a veil and the places on it."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = tokens.colour("surface")
        veil.setAlpha(242)
        painter.fillRect(self.rect(), veil)
        for target in self._targets:
            self._paint(painter, tokens, target)

    def _paint(self, painter: QPainter, tokens: Tokens, target: Target) -> None:
        lit, rect = target is self.lit, self.rect_of(target)
        style = Qt.PenStyle.SolidLine if lit else Qt.PenStyle.DashLine
        painter.setPen(QPen(tokens.colour("accent" if lit else "strong_border"), 2, style))
        painter.setBrush(tokens.colour("soft" if lit else "raised"))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        inside = rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        centre = rect.center()
        drawing = icons.pixmap(target.icon, "accent" if lit else "muted", ICON_SIDE, self.devicePixelRatioF())
        painter.drawPixmap(centre.x() - ICON_SIDE // 2, centre.y() - ICON_SIDE - 2 * GAP, drawing)
        top = self._words(painter, tokens, inside, centre.y() - GAP // 2, target.title, LARGER, "text")
        top = self._words(painter, tokens, inside, top + GAP // 2, target.sentence, 1.0, "muted")
        if target.usual and len(self._targets) > 1:
            self._badge(painter, tokens, centre.x(), top + GAP)

    def _words(
        self, painter: QPainter, tokens: Tokens, inside: QRect, top: int, text: str, larger: float, role: str
    ) -> int:
        """Paints a wrapped text in the middle; gives where it ends."""
        painter.setFont(self._font(larger))
        painter.setPen(tokens.colour(role))
        room = QRect(inside.left(), top, inside.width(), max(0, inside.bottom() - top))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painted = painter.boundingRect(room, int(flags), text)
        painter.drawText(room, int(flags), text)
        return painted.bottom()

    def _badge(self, painter: QPainter, tokens: Tokens, middle: int, top: int) -> None:
        painter.setFont(self._font(0.9))
        metrics = painter.fontMetrics()
        wide, high = metrics.horizontalAdvance(USUAL) + 2 * GAP, metrics.height() + GAP // 2
        rect = QRect(middle - wide // 2, top, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("accent"))
        painter.drawRoundedRect(QRectF(rect), high / 2, high / 2)
        painter.setPen(tokens.colour("on_accent"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, USUAL)

    def _font(self, larger: float) -> QFont:
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * larger)
        return font
