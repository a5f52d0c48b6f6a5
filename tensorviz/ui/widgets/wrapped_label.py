"""A text that wraps, however long its words: it never widens what it stands in.

Must not know what it says.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

BREAK = "\u200b"  # a space of no width, where a line may end


class WrappedLabel(QLabel):
    """Plain text; lines may end after each separator of a path or an address. role: of the stylesheet."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.plain = ""

    def say(self, text: str) -> None:
        """Shows the text; `plain` and the accessible name are the text as it was given."""
        self.plain = text
        self.setText(breakable(text))
        self.setAccessibleName(text)

    def say_or_hide(self, text: str) -> None:
        """Shows the text; an empty one takes no room."""
        self.say(text)
        self.setVisible(bool(text))

    def set_role(self, role: str) -> None:
        """Dresses it as another kind of text."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)


def breakable(text: str) -> str:
    """The text with places where a line may end: after separators, and inside words too long for any line."""
    parted = re.sub(r"((?<=\w)[/\\_-](?=\w)|\.(?=[^\W\d]))", rf"\1{BREAK}", text)
    return re.sub(r"(\w{24})(?=\w)", rf"\1{BREAK}", parted)
