"""How large a picture is drawn: its shorter side, chosen from a list or typed, and the memory that takes.

Must not know pictures or generators.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tensorviz.core.translation import LARGEST_RESIZE
from tensorviz.ui.translate.words import AS_IT_IS, SIZES, resize_of, resize_text
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

WRONG = f'A whole number of pixels from 1 to {LARGEST_RESIZE}, or "{AS_IT_IS}".'


class SizeField(QComboBox):
    """Enter or leaving it takes what is typed, Esc gives it up. Signals: taken(resize), wrong(bool)."""

    taken = Signal(int)
    wrong = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems([resize_text(size) for size in SIZES])
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setAccessibleName("Shorter side in pixels")
        self.setAccessibleDescription(f"{AS_IT_IS} or 0 keeps the size of the picture. Enter takes what is typed.")
        self.setToolTip("Pixels of the shorter side; a larger picture takes more memory and time")
        self._resize = SIZES[0]
        line = self.lineEdit()
        assert line is not None, "it is editable"
        self.line = line
        line.setAccessibleName(self.accessibleName())
        self.line.textEdited.connect(self._look)
        self.line.editingFinished.connect(self._take)
        self.activated.connect(self._take)

    def show_resize(self, resize: int) -> None:
        """Shows what is chosen, unless something else is being typed."""
        if resize != self._resize or not self.line.isModified():
            self._resize = resize
            self._restore()

    def _restore(self) -> None:
        self.setEditText(resize_text(self._resize))
        self.line.setModified(False)
        self._look()

    def _value(self) -> int | None:
        value = resize_of(self.currentText())
        return value if value is not None and value <= LARGEST_RESIZE else None

    def _look(self) -> None:
        wrong = self._value() is None
        role = "invalid" if wrong else ""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
        self.wrong.emit(wrong)

    def _take(self) -> None:
        value = self._value()
        if value is None:
            return
        self._resize, before = value, self._resize
        self._restore()
        if value != before:
            self.taken.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc gives up what is typed."""
        if event.key() == Qt.Key.Key_Escape and self.line.isModified():
            self._restore()
        else:
            super().keyPressEvent(event)


class SizeChoice(QWidget):
    """The field, what is wrong with what is typed, and the memory. Signals: taken(resize)."""

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SizeField(self)
        self.memory, self.said = QLabel(self), WrappedLabel("danger", self)
        title = QLabel("Shorter &side", self)
        title.setProperty("role", "heading")
        title.setBuddy(self.field)
        unit = QLabel("pixels", self)
        for label in (unit, self.memory):
            label.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field)
        line.addWidget(unit)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(title)
        column.addLayout(line)
        column.addWidget(self.said)
        column.addWidget(self.memory)
        self.said.hide()
        self.field.taken.connect(self.taken)
        self.field.wrong.connect(lambda wrong: self.said.say_or_hide(WRONG if wrong else ""))

    def show_choice(self, resize: int, memory: str) -> None:
        """Shows what is chosen and the memory it takes."""
        self.field.show_resize(resize)
        self.memory.setText(memory)
        self.memory.setVisible(bool(memory))
