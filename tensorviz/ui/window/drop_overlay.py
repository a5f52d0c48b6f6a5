"""The sheet over the window that says "drop it here" while something is dragged over it.

Must not know what is dragged.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tensorviz.ui import icons
from tensorviz.ui.theme import tokens_of

TEXT = "Drop pictures or folders anywhere"
MARGIN, ICON_SIDE = 12, 40


class DropOverlay(QWidget):
    """Covers its parent; lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(TEXT)
        self.hide()

    def cover(self) -> None:
        """Shows the sheet over the whole parent."""
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a veil, a dashed frame and the sentence."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = tokens.colour("surface")
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(tokens.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), 10, 10)
        centre = self.rect().center()
        drawing = icons.pixmap("drop", "accent", ICON_SIDE, self.devicePixelRatioF())
        painter.drawPixmap(centre.x() - ICON_SIDE // 2, centre.y() - ICON_SIDE - 6, drawing)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        painter.setFont(font)
        painter.setPen(tokens.colour("text"))
        painter.drawText(self.rect().adjusted(0, ICON_SIDE, 0, 0), Qt.AlignmentFlag.AlignCenter, TEXT)
