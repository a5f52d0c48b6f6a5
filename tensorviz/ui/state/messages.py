"""Short sentences for the person: something was done, something went wrong.

Must not know how or where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Signal

Tone = Literal["info", "good", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, what to try, and how serious it is. button: what can be done at once, and `act` does it."""

    text: str
    hint: str = ""
    tone: Tone = "info"
    button: str = ""
    act: Callable[[], object] | None = field(default=None, compare=False)


class MessagesState(QObject):
    """What was said last. Signals: said(Message)."""

    said = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: Message | None = None

    def say(self, text: str, hint: str = "", tone: Tone = "info") -> None:
        """Shows a sentence for a while, without asking for anything."""
        self._say(Message(text, hint, tone))

    def offer(self, text: str, button: str, act: Callable[[], object], hint: str = "", tone: Tone = "good") -> None:
        """The same, with a button for what somebody may want to do next."""
        self._say(Message(text, hint, tone, button, act))

    def _say(self, message: Message) -> None:
        self.last = message
        self.said.emit(self.last)
