"""Where the boxes of the blocks would stand: why they are not drawn, and the button that draws them.

Must not know how they are drawn.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

WIDTHS = range(230, 560, 30)  # points, at least: the first in which the sentence has room
ACROSS, AROUND = 12, 8  # points around what stands in it


class UndrawnCard(QFrame):
    """Signals: wanted() when they are to be drawn."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "well")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.said, self.button = WrappedLabel("muted"), QPushButton(icon("step"), "Draw")
        self.button.clicked.connect(self.wanted)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(ACROSS, AROUND, ACROSS, AROUND)
        column.addStretch()
        column.addWidget(self.said)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()

    def tell(self, said: str, role: str, button: str) -> None:
        """A sentence (role: of the stylesheet), and what the button is called."""
        self.said.set_role(role)
        self.said.say(said)
        self.button.setText(button)
        self.button.setAccessibleDescription(said)
        self._widen()

    def _widen(self) -> None:
        """As wide as the sentence needs it in this height."""
        room = self.height() - 2 * AROUND - self.button.sizeHint().height() - 3 * self._column.spacing()
        fits = (width for width in WIDTHS if self.said.heightForWidth(width - 2 * ACROSS) <= room)
        self.setMinimumWidth(next(fits, WIDTHS[-1]))
