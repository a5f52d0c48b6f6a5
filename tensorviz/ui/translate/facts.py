"""With what a picture was drawn: generator, weights, device, sizes, the time of each stage, remarks.

Must not know how the picture looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from tensorviz.core.text import seconds_text
from tensorviz.ui.translate.words import fact_lines
from tensorviz.ui.widgets.stacked_bar import Part, StackedBar
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.drawn import Translation
    from tensorviz.core.results import Seconds

STAGES = ("decode", "preprocess", "forward")
NAMES = ("Generator", "Weights", "Computed on", "Result", "Way back")
TELLING = 0.05  # of the whole time; less that no stage accounts for is not told


class Facts(QWidget):
    """A line for each fact, the times as a bar, and the notes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = {name: WrappedLabel(parent=self) for name in NAMES}
        self._titles = {name: QLabel(name, self) for name in NAMES}
        self.times, self.times_title, self.notes = StackedBar(self), QLabel(self), WrappedLabel("muted", self)
        self.times.setAccessibleName("Time taken")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self.values.items()):
            self._titles[name].setProperty("role", "muted")
            grid.addWidget(self._titles[name], row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.times_title.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(grid)
        for widget in (self.times_title, self.times, self.notes):
            column.addWidget(widget)

    def show_translation(self, translation: Translation) -> None:
        """Shows what this one was drawn with."""
        lines = fact_lines(translation)
        for name, value in self.values.items():
            value.say_or_hide(lines.get(name, ""))
            self._titles[name].setVisible(name in lines)
        self._show_times(translation)
        self.notes.say_or_hide("\n".join(f"\N{BULLET} {note}" for note in translation.row.notes))

    def _show_times(self, translation: Translation) -> None:
        seconds: Seconds = translation.row.seconds
        self.times_title.setText(f"Took {seconds_text(seconds.total)}")
        parts = [Part(stage, seconds[stage], seconds_text(seconds[stage])) for stage in STAGES]
        other = seconds.total - sum(part.value for part in parts)
        if other > TELLING * seconds.total:
            parts.append(Part("other", other, seconds_text(other)))
        self.times.set_parts(parts)
