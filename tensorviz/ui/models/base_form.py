"""A form beside the list of a chooser: labelled fields one below the other, not modal, given up with Esc.

Must not know what is filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.widgets.inline_question import InlineQuestion
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent


class BaseForm(QWidget):
    """Signals: closed() when it is done or given up."""

    closed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = InlineQuestion()
        self.keep, self.back = QPushButton("&Keep"), QPushButton("&Cancel")
        self._said = WrappedLabel("muted")
        self._problem, self._name_problem = WrappedLabel("danger"), WrappedLabel("danger")
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.addWidget(heading)

    def start(self, path: str = "") -> None:
        """Empties the form and, with a path, has the file looked at."""
        raise NotImplementedError

    def take_keyboard(self) -> None:
        """Gives the keyboard to the first field that is to be filled."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc goes back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _row(self, text: str, field: QWidget, choose: Callable[[], None] | None = None) -> None:
        """A field under its label; choose: what a button beside it does."""
        label = QLabel(text)
        label.setBuddy(field)
        label.setProperty("role", "muted")
        field.setAccessibleName(text.replace("&", ""))
        line = QHBoxLayout()
        line.addWidget(field, 1)
        if choose is not None:
            button = QPushButton("Choose...")
            button.setAccessibleName(f"Choose: {text.replace('&', '')}")
            button.clicked.connect(choose)
            line.addWidget(button)
        self._column.addWidget(label)
        self._column.addLayout(line)

    def _buttons(self) -> None:
        """The last line."""
        self.keep.setProperty("role", "primary")
        self.back.clicked.connect(self.closed)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(self.back)
        line.addWidget(self.keep)
        self._column.addLayout(line)
        self._column.addStretch()
