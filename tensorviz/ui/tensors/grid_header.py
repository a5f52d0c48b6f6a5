"""The first line of a card: the tensor's name, its layout, what it is, how it is shown, and closing it.

Must not know the cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.grid_menus import view_menu
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.workspace import Workspace


class GridHeader(QWidget):
    """Asks for the tensor whenever it is needed."""

    def __init__(self, workspace: Workspace, tensor: Callable[[], TensorFacts], parent: QWidget) -> None:
        super().__init__(parent)
        self._tensor = tensor
        self.name = QLabel(self)
        self.name.setProperty("role", "heading")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.title = ElidedLabel("", Qt.TextElideMode.ElideRight, self)
        self.title.setProperty("role", "muted")
        self.chip = QLabel(self)
        self.chip.setProperty("role", "chip")
        self.operations = self._button("operations", "What can be done with this tensor, or with its selected part")
        self.operations.clicked.connect(lambda: self._ask(workspace))
        self.options = self._button("table", "How numbers and colours are shown")
        self.options.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.options.setMenu(view_menu(workspace, tensor, self))
        self.close_button = self._button("close", "Closes the grid; the tensor stays")
        self.close_button.clicked.connect(lambda: workspace.showing.hide(tensor().name))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget in (self.name, self.title, self.chip, self.operations, self.options, self.close_button):
            line.addWidget(widget, 1 if widget is self.title else 0, Qt.AlignmentFlag.AlignVCenter)

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "muted"))
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _ask(self, workspace: Workspace) -> None:
        below = self.operations.mapToGlobal(self.operations.rect().bottomLeft())
        workspace.showing.operations_wished.emit(self._tensor().name, below)

    def refresh(self) -> None:
        """The tensor as it is now."""
        tensor = self._tensor()
        self.name.setText(tensor.name)
        self.title.setText(tensor.title)
        self.title.setAccessibleName(f"{tensor.name}: {tensor.title}")
        self.chip.setText(kind_text(tensor))
        self.chip.setVisible(bool(self.chip.text()))
        self.operations.setAccessibleName(f"Operations on {tensor.name}")
        self.options.setAccessibleName(f"How {tensor.name} is shown")
        self.close_button.setAccessibleName(f"Close the grid of {tensor.name}")

    def wanted(self) -> int:
        """The width at which nothing is cut, in pixels, with the card's edges."""
        wide = self.name.sizeHint().width() + self.title.fontMetrics().horizontalAdvance(self.title.text())
        chip = self.chip.sizeHint().width() + 6 if self.chip.text() else 0
        return wide + chip + 3 * self.options.sizeHint().width() + 56


def kind_text(tensor: TensorFacts) -> str:
    """What is to be known of a tensor besides its layout, in a few words."""
    said = ["view"] if tensor.is_view else []
    said += ["requires grad"] if tensor.requires_grad else []
    said += ["conjugated"] if tensor.conjugated else []
    said += ["negated"] if tensor.negated else []
    said += [tensor.device] if tensor.device != "cpu" else []
    return ", ".join(said)
