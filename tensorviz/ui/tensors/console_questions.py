"""Questions of the session, asked in the console: whether a costly step may run, whether to bring the last one back.

Must not know how a step is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from tensorviz.core.text import bytes_text, count_text
from tensorviz.ui.widgets.inline_question import InlineQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.engine.messages.session import CostAsked, SessionRestored
    from tensorviz.ui.state.session import SessionState


class ConsoleQuestion(InlineQuestion):
    """An inline question whose No is an answer too. Signals: declined()."""

    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.no.clicked.connect(self.declined)

    def put(self, question: str, yes: str, no: str, then: Callable[[], None]) -> None:
        """Asks; Enter at once means no."""
        self.no.setText(no)
        self.ask(question, yes, then, careful=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc is no."""
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()


class CostQuestion(ConsoleQuestion):
    """Follows the session by itself."""

    def __init__(self, session: SessionState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.asked.connect(self._asked)
        session.running_changed.connect(self._follow)
        self.declined.connect(lambda: session.answer(False))

    def _asked(self, asked: CostAsked) -> None:
        yes = "Open them" if asked.opens else "Run it all the same"
        self.put(cost_text(asked), yes, "Do not", lambda: self._session.answer(True))

    def _follow(self) -> None:
        """A step that was cancelled asks no more."""
        if self._session.question is None and not self.isHidden():
            self.withdraw()


class RestoreQuestion(ConsoleQuestion):
    """Asked when bringing the last session back ended the program."""

    def __init__(self, session: SessionState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.declined.connect(session.begin_anew)

    def about(self, restored: SessionRestored) -> None:
        """Asks about that session."""
        steps = "1 step" if restored.steps == 1 else f"{count_text(restored.steps)} steps"
        text = (
            f"Bringing back the last session ({steps}) ended the program last time, so it was not tried again. "
            "If you begin anew, its steps are kept in a file."
        )
        self.put(text, "Try again", "Begin anew", lambda: self._session.restore(forced=True))


def cost_text(asked: CostAsked) -> str:
    """The question in words, with the memory where that is what it costs."""
    memory = f" It needs {bytes_text(asked.nbytes)} of memory." if asked.nbytes else ""
    memory = "" if bytes_text(asked.nbytes) in asked.message else memory
    return f"{asked.message}{memory} {'Open them?' if asked.opens else 'Run it?'}"


def restored_text(restored: SessionRestored) -> str:
    """The quiet line after a session was brought back; empty when there was none."""
    if restored.refused or (not restored.steps and not restored.note):
        return ""
    steps = "1 step" if restored.steps == 1 else f"{count_text(restored.steps)} steps"
    back = f"The last session is back: {steps}." if restored.steps else ""
    return f"{back} {restored.note}".strip()
