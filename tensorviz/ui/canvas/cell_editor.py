"""The field in which a cell's value is written, right over the cell, with what is wrong under it.

Must not know storages, or what becomes of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from tensorviz.ui.theme import number_font

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

NARROWEST, HIGH = 96, 30


class CellEditor(QLineEdit):
    """Enter accepts, Esc and leaving give up. Signals: accepted(text); left() when it is closed by keyboard."""

    accepted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setFont(number_font())
        self.setAccessibleName("Value of a cell")
        self.problem = QLabel(parent)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setAutoFillBackground(True)
        self.problem.setProperty("role", "danger")
        self.problem.setMargin(5)
        self.problem.setFrameShape(QLabel.Shape.Box)
        self.problem.hide()
        self.textEdited.connect(self._edited)
        self.hide()

    def open(self, place: QRect, name: str, text: str, typed: str = "") -> None:
        """Shows the field over a cell. text: the value it has; typed: what was typed already, in its place."""
        width = max(place.width() + 8, NARROWEST)
        whole = self._over.rect()
        left = min(max(place.center().x() - width // 2, 2), max(whole.width() - width - 2, 2))
        top = place.center().y() - HIGH // 2
        self.setGeometry(left, top, width, HIGH)
        self.setAccessibleName(name)
        self.setText(typed or text)
        self._edited()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if typed:
            self.setCursorPosition(len(typed))
        else:
            self.selectAll()

    def say(self, problem: str) -> None:
        """Says under the field what is wrong with the text."""
        self._dress("invalid")
        self.setAccessibleDescription(problem)
        self.problem.setText(problem)
        whole = self._over.rect()
        width = min(300, whole.width() - 8)
        high = self.problem.heightForWidth(width)
        below = self.geometry().bottom() + 2
        top = below if below + high <= whole.height() else self.geometry().top() - high - 2
        self.problem.setGeometry(min(self.x(), whole.width() - width - 4), top, width, high)
        self.problem.show()
        self.problem.raise_()

    def close_quietly(self) -> None:
        """Goes away without having written; who has gone elsewhere already is left there."""
        if not self.isHidden():
            had_keyboard = self.hasFocus()
            self.hide()
            self.problem.hide()
            if had_keyboard:
                self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_quietly()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit(self.text())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's: who goes elsewhere has given up; a menu of the field is not elsewhere."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.close_quietly()

    def _edited(self) -> None:
        self._dress("")
        self.setAccessibleDescription("Enter writes the value, Escape gives up")
        self.problem.hide()

    def _dress(self, role: str) -> None:
        if (self.property("role") or "") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
