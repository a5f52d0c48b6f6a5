"""A sentence over a panel, with one thing to do about it.

Must not know what it is about. Its colours are the stylesheet's: a frame of role "toast" with a tone.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.widgets.wrapped_label import WrappedLabel


class Banner(QFrame):
    """Hidden as long as there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "toast")
        self._message, self._hint = WrappedLabel(parent=self), WrappedLabel("muted", self)
        self.button = QPushButton("Try again", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self._message)
        column.addWidget(self._hint)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def say(self, message: str, hint: str = "", tone: str = "info", button: str = "") -> None:
        """Shows a sentence; an empty one hides the banner. tone: "info", "good", "warning" or "danger"."""
        self._message.say(message)
        self._hint.say_or_hide(hint)
        self.button.setText(button or self.button.text())
        self.button.setVisible(bool(button))
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleName(f"{message} {hint}".strip())
        self.setVisible(bool(message))

    @property
    def message(self) -> str:
        """What it says."""
        return self._message.plain
