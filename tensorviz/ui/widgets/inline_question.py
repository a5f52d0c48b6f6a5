"""A question asked in place, without stopping anything else: a sentence, yes and no.

Must not know what is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent


class InlineQuestion(QFrame):
    """Hidden until `ask`; Esc is no. After the answer the focus goes back to where it was.

    Signals: asked(), for what scrolls to it.
    """

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.text = WrappedLabel()
        self.yes, self.no = QPushButton("Yes"), QPushButton("Cancel")
        self._then: Callable[[], object] | None = None
        self._before: QWidget | None = None
        self._build()
        self.hide()

    def ask(self, question: str, yes: str, then: Callable[[], object], *, careful: bool = False) -> None:
        """Shows the question; `yes` names the button that lets `then` happen. careful: Enter at once means no."""
        self._then, self._before = then, self.window().focusWidget()
        self.text.say(question)
        self.yes.setText(yes)
        self.yes.setAccessibleDescription(question)
        self.no.setAccessibleDescription(question)
        self.show()
        (self.no if careful else self.yes).setFocus(Qt.FocusReason.OtherFocusReason)
        self.asked.emit()

    def withdraw(self) -> None:
        """Takes the question back, unanswered."""
        self._then = None
        focus, before = self.window().focusWidget(), self._before
        self._before = None
        self.hide()
        if before is not None and focus in (self.yes, self.no):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc is no."""
        if event.key() == Qt.Key.Key_Escape:
            self.withdraw()
        else:
            super().keyPressEvent(event)

    def _agreed(self) -> None:
        then = self._then
        self.withdraw()
        if then is not None:
            then()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.yes.setProperty("role", "primary")
        for button in (self.yes, self.no):
            button.setAutoDefault(True)
        self.yes.clicked.connect(self._agreed)
        self.no.clicked.connect(self.withdraw)
