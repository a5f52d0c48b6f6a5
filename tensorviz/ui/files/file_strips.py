"""Strips under the head of a file: its bytes are to be taken otherwise; it is another file by now.

Must not know the panels below them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from tensorviz.ui.files.raw_form import RawFormFields
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from tensorviz.core.errors import Problem
    from tensorviz.core.stored import RawForm
    from tensorviz.ui.state.tensor_file import TensorFile

SIGN = 16


class TroubleStrip(QFrame):
    """Says why bytes of the file cannot be read any more, and offers to read it again. Hidden before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.text, self.button = WrappedLabel("warning"), QPushButton("Read it again")
        sign = QLabel()
        sign.setPixmap(icon("warning", "warning").pixmap(SIGN, SIGN))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(sign)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def say(self, problem: Problem) -> None:
        """Shows it."""
        self.text.say(f"{problem.message} {problem.hint}".strip())
        self.button.setAccessibleDescription(problem.message)
        self.show()


class RawStrip(QFrame):
    """The form of raw numbers under the head of a file that is read; Esc puts it away. Signals: wished(RawForm)."""

    wished = Signal(object)

    def __init__(self, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._file = file
        self._form: RawFormFields | None = None
        away = QToolButton()
        away.setIcon(icon("close"))
        away.setToolTip("Put the form away (Esc)")
        away.setAccessibleName("Put the form away")
        away.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        away.clicked.connect(self._put_away)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 6, 6, 8)
        self._row.addWidget(away, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def form(self) -> RawFormFields:
        """The form, made when it is first asked for: few people ever do."""
        if self._form is None:
            self._form = RawFormFields(self._file.path)
            self._form.wished.connect(self.wished)
            self._row.insertWidget(0, self._form, 1)
        return self._form

    def open_at(self, form: RawForm | None) -> None:
        """Shows it, with how the bytes are taken now."""
        self.show()
        self.form.open_at(form)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self._put_away()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _put_away(self) -> None:
        had = self.isAncestorOf(self.window().focusWidget())
        self.hide()
        view = self.parentWidget()
        if had and view is not None:
            view.setFocus(Qt.FocusReason.OtherFocusReason)
