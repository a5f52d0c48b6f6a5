"""A line of text with chips behind it: what does not fit is folded into a last chip that tells it.

Must not know what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

GAP = 6
TEXT_SHARE = 0.45  # of the line that the text keeps, if it needs it


@dataclass(frozen=True, slots=True)
class Chip:
    """A short fact. tip: all of it. tone: "", "warning" or "danger". short: said where `text` has no room."""

    text: str
    tip: str = ""
    tone: str = ""
    short: str = ""


class ChipLine(QWidget):
    """One line high, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ElidedLabel("", Qt.TextElideMode.ElideRight, self)
        self.labels: list[QLabel] = []
        self.more = QLabel(self)
        self.more.setProperty("role", "chip")
        self.chips: tuple[Chip, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str, chips: Sequence[Chip] = ()) -> None:
        """Shows a text and facts behind it, the gravest first."""
        self.text.setText(text)
        if tuple(chips) != self.chips:
            self.chips = tuple(chips)
            for label in self.labels:
                label.hide()
                label.deleteLater()
            self.labels = [self._label(chip) for chip in self.chips]
        self.setAccessibleName("; ".join(filter(None, (text, *(chip.tip or chip.text for chip in self.chips)))))
        self._place()

    def sizeHint(self) -> QSize:
        """Qt's: as high as a chip."""
        return QSize(200, max(self.more.sizeHint().height(), self.text.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        """Qt's: a few letters."""
        return QSize(60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._place()

    def _label(self, chip: Chip) -> QLabel:
        label = QLabel(chip.text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "chip")
        label.setProperty("tone", chip.tone)
        label.setToolTip(plain_tip(chip.tip))
        label.setAccessibleDescription(chip.tip)
        label.ensurePolished()
        return label

    def _place(self) -> None:
        """Text on the left; as many chips as fit after it."""
        self.more.ensurePolished()
        wide, natural = self.width(), self.text.fontMetrics().horizontalAdvance(self.text.text()) + 2
        sizes = self._sizes(short=False)
        least = min(natural, round(wide * TEXT_SHARE)) if sizes else natural
        if sum(sizes) > wide - least:
            sizes = self._sizes(short=True)
        shown = self._fitting(wide - least, sizes)
        used = sum(sizes[:shown])
        self._fold(shown)
        if shown < len(sizes):
            used += self.more.sizeHint().width() + GAP
        text = max(0, min(natural, wide - used))
        self.text.setGeometry(0, 0, text, self.height())
        left = text + (GAP if text else 0)
        for label in (*self.labels[:shown], *([self.more] if shown < len(sizes) else [])):
            size = label.sizeHint()
            label.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())
            left += size.width() + GAP

    def _sizes(self, short: bool) -> list[int]:
        """The widths that the chips need, once they say as much as that."""
        for label, chip in zip(self.labels, self.chips, strict=True):
            label.setText(chip.short or chip.text if short else chip.text)
        return [label.sizeHint().width() + GAP for label in self.labels]

    def _fitting(self, room: int, sizes: list[int]) -> int:
        if sum(sizes) <= room:
            return len(sizes)
        self.more.setText(f"+{len(sizes)}")
        room -= self.more.sizeHint().width() + GAP
        shown = 0
        while shown < len(sizes) and sum(sizes[: shown + 1]) <= room:
            shown += 1
        return shown

    def _fold(self, shown: int) -> None:
        for place, label in enumerate(self.labels):
            label.setVisible(place < shown)
        rest = self.chips[shown:]
        self.more.setVisible(bool(rest))
        self.more.setText(f"+{len(rest)}")
        self.more.setToolTip(plain_tip("\n".join(chip.tip or chip.text for chip in rest)))
        tone = "danger" if any(chip.tone == "danger" for chip in rest) else "warning" if any(
            chip.tone for chip in rest
        ) else ""  # fmt: skip
        if self.more.property("tone") != tone:
            self.more.setProperty("tone", tone)
            self.more.style().unpolish(self.more)
            self.more.style().polish(self.more)


def plain_tip(text: str) -> str:
    """A tooltip that shows the text as it is, wrapped; marks of rich text in it (names are anybody's) mean nothing."""
    if not text:
        return ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<qt>{escaped}</qt>"
