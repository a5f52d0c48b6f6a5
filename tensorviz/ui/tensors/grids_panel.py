"""Each chosen tensor as a grid, side by side, and the bar for what is selected.

Must not know the other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tensorviz.core.grid_room import card_widths
from tensorviz.ui.tensors.grid_card import GridCard
from tensorviz.ui.tensors.grid_selection_bar import SelectionBar
from tensorviz.ui.widgets.tab_order import tab_through
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.drawing import Drawing
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking

EDGE, BETWEEN = 6, 8
LOWEST = 180  # pixels: a card with two rows of cells
LEAST = 300  # what a large card keeps
AT_ONCE = 2  # cards that are built in one go; one takes some 5 ms
NOTHING = (
    "No tensor is shown as a grid yet. Make one in the console, such as x = torch.arange(6.).view(2, 3), "
    "or choose one in the list of storages."
)
NONE_OF_FILE = "No tensor is shown as a grid. Choose one in the list on the left."


class GridsPanel(QWidget):
    """Each chosen tensor as a grid. cards: by the name of the tensor."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.cards: dict[str, GridCard] = {}
        self._seen: GridCard | None = None
        self._row = QWidget(self)
        self._line = QHBoxLayout(self._row)
        self._line.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._line.setSpacing(BETWEEN)
        self._line.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._row)
        self.nothing = WrappedLabel("muted", self)
        self.nothing.say(NOTHING if workspace.session.writable else NONE_OF_FILE)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.selection_bar = SelectionBar(workspace, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.area, 1)
        column.addWidget(self.selection_bar)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._give_room)
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self.build_more)
        self.area.viewport().installEventFilter(self)
        self._building = AT_ONCE
        workspace.showing.changed.connect(self._follow)
        self._follow()
        self._building = 0

    @property
    def current_card(self) -> GridCard | None:
        """The card of the current tensor."""
        return self.cards.get(self._workspace.showing.current or "")

    def drawing(self) -> Drawing | None:
        """The current grid as a drawing: what is in sight, with what is left out said; None when there is none."""
        return None if self.current_card is None else self.current_card.drawing()

    @property
    def waiting(self) -> bool:
        """Whether some tensor that is shown has no card yet."""
        return self._more.isActive()

    @Slot()
    def build_more(self) -> None:
        """Builds the next cards that are missing; it happens by itself, in a turn of the event loop of its own."""
        self._more.stop()
        self._building = AT_ONCE
        self._follow()
        self._building = 0

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
        for at, tensor in enumerate(self._ready(shown)):
            card = self.cards.get(tensor.name) or self._new_card(tensor.name)
            if self._line.indexOf(card) != at:
                self._line.insertWidget(at, card)
            if card.tensor != tensor:
                card.show_tensor(tensor)
            card.set_current(tensor.name == self._workspace.showing.current)
        cards = [self.cards[one.name] for one in shown if one.name in self.cards]
        tab_through(self.area, *(part for card in cards for part in card.reached()))
        self.setMinimumHeight(LOWEST if shown else 0)
        self.nothing.setVisible(not shown)
        self.area.setVisible(bool(shown))
        self._give_room()

    def _ready(self, shown: Sequence[TensorFacts]) -> list[TensorFacts]:
        """Those that have a card or get one now, the current one first.

        A card takes milliseconds to build, and all panels hear of a change in one go: new ones wait for the next turn.
        """
        new = [one.name for one in shown if one.name not in self.cards]
        if len(new) > self._building:
            self._more.start()
        new.sort(key=lambda name: name != self._workspace.showing.current)
        return [one for one in shown if one.name in self.cards or one.name in new[: self._building]]

    def _new_card(self, name: str) -> GridCard:
        tensor = self._workspace.session.facts.tensor(name)
        assert tensor is not None
        card = GridCard(self._workspace, tensor, self._row)
        self.cards[name] = card
        card.resized.connect(self._soon.start)
        card.show()
        return card

    @Slot()
    def _give_room(self) -> None:
        """Each card as wide as it asks for, as far as there is room; the current one stays in sight."""
        cards = [self.cards[one.name] for one in self._workspace.showing.tensors if one.name in self.cards]
        room = self.area.viewport().width() - 2 * EDGE - (len(cards) - 1) * BETWEEN
        current = next((at for at, card in enumerate(cards) if card.current), None)
        asked, liked = [card.asked for card in cards], [card.liked for card in cards]
        least = [min(card.asked, max(LEAST, card.chips_across())) for card in cards]
        # Whoever scrolled away from the current one is left there.
        follow = self._seen is not self.current_card or self._in_sight()
        for card, width in zip(cards, card_widths(least, asked, liked, room, current), strict=True):
            card.setFixedWidth(width)
        self._seen = self.current_card
        if follow:
            # The layout has its say first: at once, and again when it was asked to by others.
            self._row.resize(max(self._row.minimumSizeHint().width(), self.area.viewport().width()), self._row.height())
            self._bring_into_sight()
            QTimer.singleShot(0, self, self._bring_into_sight)

    def _in_sight(self) -> bool:
        card = self.current_card
        return card is not None and not card.visibleRegion().isEmpty()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: another width is shared out anew."""
        if event.type() == QEvent.Type.Resize:
            self._give_room()
        return super().eventFilter(watched, event)

    @Slot()
    def _bring_into_sight(self) -> None:
        if self.current_card is not None:
            height = self.area.verticalScrollBar().value()
            self.area.ensureWidgetVisible(self.current_card, 8, 0)
            self.area.verticalScrollBar().setValue(height)
