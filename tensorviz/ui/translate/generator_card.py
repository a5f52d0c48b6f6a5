"""The card of one generator: what it draws, what its weights are, what can be done with them, and its way back.

Must not know the list it was picked from: it is told a generator's name, and follows the catalogue and the choice.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from tensorviz.core.generators import GeneratorWeights
from tensorviz.ui.icons import icon
from tensorviz.ui.models.base_card import BaseCard
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.translate.generator_order import best_of
from tensorviz.ui.translate.generator_text import (
    LABELS,
    consent_question,
    facts,
    fetch_question,
    gone_text,
    size_text,
    weights_title,
)
from tensorviz.ui.widgets.elided_button import ElidedButton
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QBoxLayout, QWidget

    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.models.base_card import Facts
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.workspace import Workspace

SWAP = "S&wap direction"
SWAPS = "Draw with the generator of the other direction"
LACKS = "The generator of the other direction is not on this computer: its card says how to get it"


class GeneratorCard(BaseCard):
    """Of weights that draw. Signals: wished(generator) when another one's card is to be shown."""

    wished = Signal(str)
    labels = LABELS
    empty = "Select a generator to see what it draws and what it costs."

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__(workspace, workspace.generator, choose, parent)
        self._swap, self._back = QPushButton(SWAP), ElidedButton()
        self._alone, self._gone = WrappedLabel("muted"), WrappedLabel("warning")
        self._start()

    @property
    def model(self) -> ModelRow | None:
        """The generator that is shown."""
        return self._catalogue.generator(self._name) if self._name else None

    @property
    def weights(self) -> GeneratorWeights | None:
        """The weights that are shown."""
        return self._catalogue.generator_weights(self._name, self._weights) if self._name else None

    @property
    def way_back(self) -> GeneratorWeights | None:
        """The weights to take for the other direction, here or not; None when none are known."""
        weights = self.weights
        row = self._catalogue.generator(weights.way_back) if weights is not None and weights.way_back else None
        return best_of(row) if row is not None and row.weights else None

    # ------------------------------------------------------------------------------------------------ drawing

    def _redraw(self) -> None:
        super()._redraw()
        weights, back = self.weights, self.way_back
        if weights is None:
            return
        self._gone.say_or_hide(gone_text(weights))
        self._back.setVisible(back is not None)
        self._alone.say_or_hide("" if back is not None else "No generator of the other direction is known.")
        self._swap.setVisible(back is not None and self._in_use(weights))
        if back is not None:
            self._back.say(f"The way back: {back.model}")
            self._swap.setText(SWAP if back.here else f"{SWAP}...")
            self._swap.setToolTip(SWAPS if back.here else LACKS)

    def _facts_of(self, model: ModelRow, weights: WeightsRow) -> Facts:
        assert isinstance(weights, GeneratorWeights)
        return facts(model, weights)

    def _weights_title(self, weights: WeightsRow, *, alone: bool) -> str:
        return weights_title(weights, alone=alone)

    def _fetch_text(self, weights: WeightsRow) -> str:
        return f"&Fetch {size_text(weights)}"

    # ------------------------------------------------------------------------------------------------- acting

    def fetch(self) -> None:
        """Downloads these weights: always after a question where nothing tells what comes, else as the settings say."""
        weights = self.weights
        if weights is None or not weights.url:
            return
        begin = partial(self._catalogue.fetch, weights.model, weights.name)
        if weights.unchecked:
            trusting = partial(begin, trusted=True)
            self._question.ask(consent_question(weights), "Fetch all the same", trusting, careful=True)
        elif self._settings.flag("confirm_fetch"):
            self._question.ask(fetch_question(weights), "Fetch", begin)
        else:
            begin()

    def swap(self) -> None:
        """Draws in the other direction from now on; where that generator is not here, its card asks to fetch it."""
        back = self.way_back
        if back is None:
            return
        if back.here:
            again = self._swap.hasFocus()
            self.show_model(back.model, back.name)
            self.use()
            if again:  # it was hidden for a moment
                self._swap.setFocus()
        else:
            self._show_back()
            self.fetch()

    def _show_back(self) -> None:
        back = self.way_back
        if back is not None:
            self.wished.emit(back.model)
            self.show_model(back.model, back.name)

    # ----------------------------------------------------------------------------------------------- building

    def _build_more(self, body: QBoxLayout) -> None:
        self._import.setText("Import a file...")
        self._swap.setIcon(icon("swap"))
        self._back.setIcon(icon("back", "muted"))
        self._back.setAccessibleDescription("Shows its card")
        self._first.insertWidget(0, self._swap, 1)
        for widget in (self._gone, self._back, self._alone):
            body.addWidget(widget)
        self._swap.clicked.connect(self.swap)
        self._back.clicked.connect(self._show_back)
