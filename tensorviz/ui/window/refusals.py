"""What was given and holds no picture: said once for everything that was given together.

Must not know why something is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.ui.state.messages import MessagesState
    from tensorviz.ui.state.pictures import PicturesState

TOGETHER_MS = 150


class Refusals(QObject):
    """Gathers the refusals of `pictures` for a moment and says them in one message."""

    def __init__(self, pictures: PicturesState, messages: MessagesState, parent: QObject) -> None:
        super().__init__(parent)
        self._messages = messages
        self._gathered: list[Problem] = []
        self._timer = QTimer(self, singleShot=True, interval=TOGETHER_MS)
        self._timer.timeout.connect(self._say)
        pictures.refused.connect(self._gather)

    def _gather(self, path: str, problem: Problem) -> None:
        if path:  # without one it is the search itself that failed, which is said as every failed job is
            self._gathered.append(problem)
            self._timer.start()

    def _say(self) -> None:
        first, count = self._gathered[0], len(self._gathered)
        self._gathered = []
        more = f" So it is with {count - 1:,} more of what was given." if count > 1 else ""
        self._messages.say(first.message + more, first.hint, "warning")
