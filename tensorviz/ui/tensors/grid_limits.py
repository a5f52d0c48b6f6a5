"""Two fields for the range of colours that a person sets.

Must not know grids.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from tensorviz.core.colour_maps import ValueRange

if TYPE_CHECKING:
    from collections.abc import Sequence


class LimitsRow(QWidget):
    """Signals: set(ValueRange) when both fields hold numbers, the first not above the second."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.low, self.high = self._field("Smallest value of the colours"), self._field("Largest value of the colours")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        parts: Sequence[QWidget] = (QLabel("Colours from", self), self.low, QLabel("to", self), self.high)
        for part in parts:
            line.addWidget(part)
        line.addStretch(1)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setMaximumWidth(90)
        field.editingFinished.connect(self._take)
        return field

    def show_limits(self, limits: ValueRange) -> None:
        """Shows a range."""
        for field, value in ((self.low, limits.low), (self.high, limits.high)):
            if not field.hasFocus():
                field.setText(f"{value:.9g}")

    @Slot()
    def _take(self) -> None:
        try:
            low, high = float(self.low.text()), float(self.high.text())
        except ValueError:
            low = high = math.nan
        good = math.isfinite(low) and math.isfinite(high) and low <= high
        for field in (self.low, self.high):
            field.setProperty("role", "" if good else "invalid")
            field.style().polish(field)
            field.setToolTip("" if good else "Two numbers are needed, the first not above the second.")
        if good:
            self.chosen.emit(ValueRange(low, high, "set"))
