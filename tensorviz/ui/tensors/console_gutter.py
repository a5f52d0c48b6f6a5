"""What each step did to memory, as a chip beside its first line; a click lists its operations.

Must not know the session; its transcript says which steps are in sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from tensorviz.core.session_data import EFFECT_WORDS
from tensorviz.core.text import bytes_text, plural, seconds_text
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from tensorviz.core.session_data import StepRow
    from tensorviz.ui.tensors.console_transcript import Transcript
    from tensorviz.ui.theme import Tokens

LONGEST = "copy, 999.9 MB copied"
PADDING, MARGIN = 8, 6
TIP_OPERATIONS = 12
MOST_TOLD = 10  # steps
EFFECT_ROLES = {"view": "accent", "copy": "warning", "inplace": "text", "new": "good", "same": "muted"}


def chip_text(step: StepRow) -> str:
    """What stands on the chip of a step; empty when it concerned no tensor."""
    if step.trouble is not None:
        return f"refused, {EFFECT_WORDS[step.effect]}" if step.effect is not None else "refused"
    return step.effect_text


def chip_role(step: StepRow) -> str:
    """The colour of the chip of a step."""
    if step.trouble is not None or step.effect is None:
        return "danger" if step.trouble is not None else "muted"
    return EFFECT_ROLES[step.effect]


def chip_font() -> QFont:
    """A little smaller than the window's, so that a chip fits beside a line."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * 0.92)
    return font


def chip_tip(step: StepRow) -> str:
    """The operations of a step, its duration, and what a click does."""
    rows = [f"{one.name}: {EFFECT_WORDS[one.effect]}" + (f", {bytes_text(one.bytes_copied)} copied"
            if one.bytes_copied else "") for one in step.ops[:TIP_OPERATIONS]]  # fmt: skip
    if len(step.ops) > TIP_OPERATIONS:
        rows.append(f"and {plural(len(step.ops) - TIP_OPERATIONS, 'more operation')}")
    head = f"Step {step.number}" + (f", {seconds_text(step.seconds)}" if step.seconds else "")
    head += ", run again when the session was restored" if step.replayed else ""
    return "\n".join((head, *rows))


def paint_chip(painter: QPainter, place: QRectF, text: str, role: str, tokens: Tokens) -> None:
    """A rounded chip with a text in the colour of a role."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    strong = role == "text"
    edge = tokens.colour("strong_border" if strong else role)
    fill = tokens.colour("sunken" if strong else role)
    fill.setAlphaF(1.0 if strong else 0.10)
    edge.setAlphaF(1.0 if strong else 0.45)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(fill)
    box = place.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(tokens.colour(role))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class ChipGutter(QWidget):
    """At the right of its transcript."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._transcript = transcript
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Effects of the steps")

    def describe(self) -> None:
        """Tells the chips of the newest steps in words, for those who do not see them."""
        newest = [(step.number, chip_text(step)) for step in self._transcript.steps[-MOST_TOLD:]]
        self.setAccessibleDescription("; ".join(f"step {number}: {text}" for number, text in newest if text))

    def wanted_width(self) -> int:
        """As wide as the longest text."""
        return round(QFontMetricsF(chip_font()).horizontalAdvance(LONGEST)) + 2 * PADDING + MARGIN

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.wanted_width(), 0)

    def step_at(self, place: QPointF) -> StepRow | None:
        """The step whose chip is there."""
        for row, step in self._transcript.chips():
            if row.contains(place) and chip_text(step):
                return step
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the chips in sight."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(event.rect(), tokens.colour("raised"))
        painter.setFont(chip_font())
        metrics = QFontMetricsF(painter.font())
        for row, step in self._transcript.chips():
            text = chip_text(step)
            if text:
                wide = metrics.horizontalAdvance(text) + 2 * PADDING
                place = QRectF(row.right() - wide - MARGIN, row.top() + 0.5, wide, row.height() - 1)
                role = chip_role(step)
                paint_chip(painter, place, text, role, tokens)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: lists the operations of a step, or puts them away."""
        step = self.step_at(event.position())
        if step is not None and event.button() == Qt.MouseButton.LeftButton:
            self._transcript.toggle_operations(step)

    def event(self, event: QEvent) -> bool:
        """Qt's: the tooltip is of the chip under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            step = self.step_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), chip_tip(step) if step is not None else "", self)
            return True
        return super().event(event)
