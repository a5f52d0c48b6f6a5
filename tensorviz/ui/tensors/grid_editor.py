"""A field over one cell of a grid, in which its new value is typed.

Must not know where the cell is in the grid; it is placed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit

from tensorviz.core.errors import ValueRefused
from tensorviz.core.number_format import value_code
from tensorviz.ui.tensors import grid_code
from tensorviz.ui.theme import number_font

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from tensorviz.core.grid_map import Index
    from tensorviz.ui.tensors.grid_view import GridView

NARROWEST, LOWEST = 90, 26


class CellEditor(QLineEdit):
    """Enter writes the value by a step of code; Escape and a click elsewhere leave it. Signals: closed()."""

    closed = Signal()

    def __init__(self, view: GridView, index: Index, text: str, begun: bool) -> None:
        super().__init__(text, view.viewport())
        self._view, self._index, self._over = view, index, False
        self.setFont(number_font())
        self.setAccessibleName(f"New value of {grid_code.element(view.tensor, index)}, {view.tensor.dtype}")
        self.textEdited.connect(lambda: self._judge(""))
        self.returnPressed.connect(self._write)
        self.show()
        self.setFocus()
        if not begun:
            self.selectAll()

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Over the cell, and large enough to type in."""
        room = self._view.viewport()
        width, height = max(width, NARROWEST), max(height, LOWEST)
        self.setGeometry(
            max(0, min(x, room.width() - width)), max(0, min(y - 2, room.height() - height)), width, height
        )

    def _write(self) -> None:
        tensor = self._view.tensor
        try:
            code = value_code(self.text(), tensor.kind)
        except ValueRefused as error:
            self._judge(f"{error.message} {error.hint}")
            return
        self._view.workspace.session.run(f"{grid_code.element(tensor, self._index)} = {code}")
        self.leave()

    def _judge(self, trouble: str) -> None:
        self.setProperty("role", "invalid" if trouble else "")
        self.style().polish(self)
        self.setToolTip(trouble)
        self.setAccessibleDescription(trouble)
        if trouble:
            self._view.workspace.messages.say(trouble, "", "warning")

    def leave(self) -> None:
        """Closes; what was typed is dropped."""
        if not self._over:
            self._over = True
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves. No key goes on to the grid, where Enter would open the cell again."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Half a value is not written by accident."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.leave()
