"""Each chosen tensor as a grid, side by side, and the bar for what is selected.

Must not know the other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tensorviz.ui.tensors.grid_card import GridCard
from tensorviz.ui.tensors.grid_selection_bar import SelectionBar
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.drawing import Drawing
    from tensorviz.ui.state.workspace import Workspace

NOTHING = (
    "No tensor is shown as a grid yet. Make one in the console, such as x = torch.arange(6.).view(2, 3), "
    "or choose one in the list of storages."
)


class GridsPanel(QWidget):
    """Each chosen tensor as a grid. cards: by the name of the tensor."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.cards: dict[str, GridCard] = {}
        self._row = QWidget(self)
        self._line = QHBoxLayout(self._row)
        self._line.setContentsMargins(6, 6, 6, 6)
        self._line.setSpacing(8)
        self._line.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._row)
        self.nothing = WrappedLabel("muted", self)
        self.nothing.say(NOTHING)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.selection_bar = SelectionBar(workspace, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.area, 1)
        column.addWidget(self.selection_bar)
        self.setMinimumHeight(190)
        workspace.showing.changed.connect(self._follow)
        self._follow()

    @property
    def current_card(self) -> GridCard | None:
        """The card of the current tensor."""
        return self.cards.get(self._workspace.showing.current or "")

    def drawing(self) -> Drawing | None:
        """The current grid as a drawing: what is in sight, with what is left out said; None when there is none."""
        return None if self.current_card is None else self.current_card.drawing()

    @Slot()
    def _follow(self) -> None:
        """Cards as the tensors that are shown, in their order; those that stay keep their scroll and their focus."""
        shown = self._workspace.showing.tensors
        names = [one.name for one in shown]
        for name in [name for name in self.cards if name not in names]:
            card = self.cards.pop(name)
            self._line.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, tensor in enumerate(shown):
            card = self.cards.get(tensor.name) or self._new_card(tensor.name)
            if self._line.indexOf(card) != at:
                self._line.insertWidget(at, card)
            if card.tensor != tensor:
                card.show_tensor(tensor)
            card.set_current(tensor.name == self._workspace.showing.current)
        self.nothing.setVisible(not shown)
        self.area.setVisible(bool(shown))
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _new_card(self, name: str) -> GridCard:
        tensor = self._workspace.session.facts.tensor(name)
        assert tensor is not None
        card = GridCard(self._workspace, tensor, self._row)
        self.cards[name] = card
        card.show()
        return card

    @Slot()
    def _bring_into_sight(self) -> None:
        if self.current_card is not None:
            height = self.area.verticalScrollBar().value()
            self.area.ensureWidgetVisible(self.current_card, 8, 0)
            self.area.verticalScrollBar().setValue(height)
