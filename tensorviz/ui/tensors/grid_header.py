"""The head of a card: the tensor's name with what can be done; under it its layout and what it is.

Must not know the cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.grid_menus import view_menu
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking

BUTTON, EDGES = 22, 24
OPERATIONS = ("operations", "What can be done with this tensor, or with its selected part")
IN_SESSION = ("import", "Open in session: a copy there, to work with it")


class GridHeader(QWidget):
    """Asks for the tensor whenever it is needed."""

    def __init__(self, workspace: Looking, tensor: Callable[[], TensorFacts], parent: QWidget) -> None:
        super().__init__(parent)
        self._tensor = tensor
        self.name = ElidedLabel("", Qt.TextElideMode.ElideRight, self)
        self.name.setProperty("role", "heading")
        self.title = ElidedLabel("", Qt.TextElideMode.ElideRight, self)
        self.title.setProperty("role", "muted")
        self.chip = QLabel(self)
        self.chip.setProperty("role", "chip")
        self._writable = workspace.session.writable
        sign, tip = OPERATIONS if self._writable else IN_SESSION
        self.operations = self._button(sign, tip)
        self.operations.clicked.connect(lambda: self._ask(workspace))
        self.options = self._button("table", "How numbers and colours are shown")
        self.options.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.options.setMenu(view_menu(workspace, tensor, self))
        self.close_button = self._button("close", "Closes the grid; the tensor stays")
        self.close_button.clicked.connect(lambda: workspace.showing.hide(tensor().name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_line(self.name, self.chip, self.operations, self.options, self.close_button, spacing=0))
        column.addLayout(_line(self.title, spacing=0))

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "muted"))
        button.setToolTip(tip)
        button.setFixedSize(BUTTON, BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _ask(self, workspace: Looking) -> None:
        name = self._tensor().name
        if self._writable:
            below = self.operations.mapToGlobal(self.operations.rect().bottomLeft())
            workspace.showing.operations_wished.emit(name, below)
        else:
            workspace.session.open_in_session(name)

    def refresh(self) -> None:
        """The tensor as it is now."""
        tensor = self._tensor()
        self.name.setText(tensor.name)
        self.title.setText(tensor.title)
        self.title.setAccessibleName(f"{tensor.name}: {tensor.title}")
        self.chip.setText(kind_text(tensor))
        self.chip.setVisible(bool(self.chip.text()))
        name = f"Operations on {tensor.name}" if self._writable else f"Open {tensor.name} in the session"
        self.operations.setAccessibleName(name)
        self.options.setAccessibleName(f"How {tensor.name} is shown")
        self.close_button.setAccessibleName(f"Close the grid of {tensor.name}")

    def wanted(self) -> int:
        """The width at which nothing is cut, in pixels, with the card's edges."""
        name = self.name.fontMetrics().horizontalAdvance(self.name.text()) + 3 * BUTTON
        chip = self.chip.sizeHint().width() + 8 if self.chip.text() else 0
        title = self.title.fontMetrics().horizontalAdvance(self.title.text())
        return max(name + chip, title) + EDGES


def _line(first: QWidget, *others: QWidget, spacing: int) -> QHBoxLayout:
    """One line of the head: what is cut first where there is no room, then the rest."""
    line = QHBoxLayout()
    line.setSpacing(spacing)
    line.addWidget(first, 1, Qt.AlignmentFlag.AlignVCenter)
    for widget in others:
        line.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    return line


def kind_text(tensor: TensorFacts) -> str:
    """What is to be known of a tensor besides its layout, in a few words."""
    said = ["view"] if tensor.is_view else []
    said += ["requires grad"] if tensor.requires_grad else []
    said += ["conjugated"] if tensor.conjugated else []
    said += ["negated"] if tensor.negated else []
    said += [tensor.device] if tensor.device != "cpu" else []
    return ", ".join(said)
