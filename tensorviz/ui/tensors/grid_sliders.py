"""One line for a dimension that is held at one index: its chip, a slider, a number, and a button that plays it.

Must not know tensors, or what the index is of.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QToolButton, QWidget

from tensorviz.ui.icons import icon

PACE = 500  # milliseconds between two indices
HIGH = 24
LONGEST = 1_000_000  # places of a slider; larger dimensions are in proportion


class SliderRow(QWidget):
    """Signals: chosen(dim, index)."""

    chosen = Signal(int, object)

    def __init__(self, dim: int, size: int, chip: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dim, self._size, self.index = dim, size, 0
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, min(max(size - 1, 0), LONGEST))
        self.slider.setAccessibleName(f"Index of dimension {dim}")
        self.number = QDoubleSpinBox(self)  # whole numbers, exact beyond what a QSpinBox holds
        self.number.setDecimals(0)
        self.number.setRange(0, max(size - 1, 0))
        self.number.setAccessibleName(f"Index of dimension {dim}, 0 to {max(size - 1, 0)}")
        self.number.setStyleSheet("min-width: 0px; padding: 0px 2px;")  # in a line with chips
        self.number.setFixedSize(self.number.fontMetrics().horizontalAdvance(str(size)) + 46, HIGH)
        self.number.lineEdit().setAccessibleName(self.number.accessibleName())
        self.play = QToolButton(self)
        self.play.setCheckable(True)
        self.play.setFixedSize(HIGH, HIGH)
        self.play.setIcon(icon("run"))
        self.play.setToolTip("Play: goes through the indices one by one")
        self.play.setAccessibleName(f"Play dimension {dim}")
        self._clock = QTimer(self)
        self._clock.setInterval(PACE)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget in (chip, self.slider, self.number, self.play):
            line.addWidget(widget, 1 if widget is self.slider else 0)
        self._clock.timeout.connect(self.next)
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(lambda value: self._choose(int(value)))
        self.play.toggled.connect(self._play)
        self.setEnabled(size > 1)

    def set_index(self, index: int) -> None:
        """Shows an index; says nothing."""
        self.index = index
        for widget in (self.slider, self.number):
            widget.blockSignals(True)
        self.slider.setValue(self._place(index))
        self.number.setValue(index)
        for widget in (self.slider, self.number):
            widget.blockSignals(False)

    def _place(self, index: int) -> int:
        last = self._size - 1
        return index if last <= LONGEST else index * LONGEST // last

    @Slot(int)
    def _slid(self, place: int) -> None:
        last = self._size - 1
        self._choose(place if last <= LONGEST else place * last // LONGEST)

    def _choose(self, index: int) -> None:
        if index != self.index:
            self.set_index(index)
            self.chosen.emit(self.dim, index)

    @Slot()
    def next(self) -> None:
        """The next index; after the last one the first."""
        self._choose((self.index + 1) % max(self._size, 1))

    @Slot(bool)
    def _play(self, on: bool) -> None:
        self.play.setIcon(icon("stop" if on else "run"))
        self.play.setToolTip("Stop" if on else "Play: goes through the indices one by one")
        if on:
            self._clock.start()
        else:
            self._clock.stop()
