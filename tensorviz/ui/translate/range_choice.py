"""The two ways in which a generator is given a picture: as trained, as in the book, and what each does.

Must not know generators or pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from tensorviz.core.translation import INPUT_RANGES
from tensorviz.ui.translate.words import RANGES
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.core.translation import InputRange

INDENT = 24  # pixels: a sentence stands under the words of its choice


class RangeChoice(QWidget):
    """Two choices, a sentence under each. Signals: chosen(input range) when the person takes another."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {key: QRadioButton(RANGES[key], self) for key in INPUT_RANGES}
        self.sentences = {key: WrappedLabel("muted", self) for key in INPUT_RANGES}
        self.note = WrappedLabel("muted", self)
        title = QLabel("Input range", self)
        title.setProperty("role", "heading")
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(title)
        for key, button in self.buttons.items():
            group.addButton(button)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            column.addWidget(button)
            self.sentences[key].setContentsMargins(INDENT, 0, 0, 4)
            column.addWidget(self.sentences[key])
        column.addWidget(self.note)

    def show_choice(self, input_range: InputRange, sentences: Mapping[InputRange, str], note: str) -> None:
        """Shows which is taken, what each does, and a remark on both."""
        self.buttons[input_range].setChecked(True)
        for key, sentence in sentences.items():
            self.sentences[key].say(sentence)
            self.buttons[key].setAccessibleDescription(sentence)
        self.note.say_or_hide(note)
