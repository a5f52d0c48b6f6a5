"""A box of the strip of blocks: as the pipeline's, as wide as its title, with a bar for how much the block changes.

Must not know the states or what a block is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from tensorviz.ui.models.stage_box import CORNER, PADDING, StageBox
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.ui.models.stage_box import BoxContent

LINES = 3
BAR, GAP = 3, 4  # points


class BlockBox(StageBox):
    """change: the share that the bar is long, 1 is all of it; None for no bar. It stands in figures above it too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, holds_tensor=True, lines=LINES)
        self._change: float | None = None

    def show_box(self, content: BoxContent, change: float | None) -> None:
        """Paints something else."""
        self.show_content(content)
        if change != self._change:
            self._change = change
            self.update()

    def sizeHint(self) -> QSize:
        """Qt's: as wide as figures and as the title beside the button."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        title = QFontMetrics(font).horizontalAdvance(self.content.title) + CORNER + PADDING + 4
        size = super().sizeHint()
        return QSize(max(size.width(), title), size.height() + BAR + GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's. Text twin: the accessible name, which tells the change."""
        super().paintEvent(event)
        if self._change is None:
            return
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect()).adjusted(PADDING, self.height() - PADDING - BAR, -PADDING, -PADDING)
        for colour, share in (("sunken", 1.0), ("accent", min(1.0, self._change))):
            painter.setBrush(tokens.colour(colour))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * share, BAR), BAR / 2, BAR / 2)
