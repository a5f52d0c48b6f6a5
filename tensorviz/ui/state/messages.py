"""Short sentences for the person: something was done, something went wrong.

Must not know how or where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

Tone = Literal["info", "good", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, what to try, and how serious it is."""

    text: str
    hint: str = ""
    tone: Tone = "info"


class MessagesState(QObject):
    """What was said last. Signals: said(Message)."""

    said = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: Message | None = None

    def say(self, text: str, hint: str = "", tone: Tone = "info") -> None:
        """Shows a sentence for a while, without asking for anything."""
        self.last = Message(text, hint, tone)
        self.said.emit(self.last)
