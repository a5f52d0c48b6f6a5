"""The card of one model that classifies: what its weights cost and score, and what can be done with them.

Must not know the list it was picked from: it is told a model's name, and follows the catalogue and the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.text import bytes_text
from tensorviz.ui.models.base_card import BaseCard
from tensorviz.ui.models.card_text import LABELS, facts, fetch_question, weights_title
from tensorviz.ui.models.choose_file import choose_file

if TYPE_CHECKING:
    from PySide6.QtWidgets import QBoxLayout, QWidget

    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.models.base_card import Facts
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.workspace import Workspace


class WeightsCard(BaseCard):
    """Of weights that classify: accuracy, recipe, layers."""

    labels = LABELS
    empty = "Select a model to see what it costs and how well it does."

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__(workspace, workspace.choice, choose, parent)
        self._network, self._layers = workspace.network, QPushButton("&Layers")
        self._start()

    @property
    def model(self) -> ModelRow | None:
        """The model that is shown."""
        return self._catalogue.model(self._name) if self._name else None

    @property
    def weights(self) -> WeightsRow | None:
        """The weights that are shown."""
        return self._catalogue.weights(self._name, self._weights) if self._name else None

    def fetch(self) -> None:
        """Downloads these weights, after a question that says how much from where."""
        weights = self.weights
        if weights is None:
            return
        if self._settings.flag("confirm_fetch"):
            self._question.ask(fetch_question(weights), "Fetch", lambda: self._begin_fetch(weights))
        else:
            self._begin_fetch(weights)

    def _begin_fetch(self, weights: WeightsRow) -> None:
        self._catalogue.fetch(weights.model, weights.name)

    def _facts_of(self, model: ModelRow, weights: WeightsRow) -> Facts:
        return facts(model, weights)

    def _weights_title(self, weights: WeightsRow, *, alone: bool) -> str:
        return weights_title(weights, alone=alone)

    def _fetch_text(self, weights: WeightsRow) -> str:
        return f"&Fetch {bytes_text(weights.file_bytes)}"

    def _show_layers(self) -> None:
        weights = self.weights
        if weights is not None:
            self._network.show(ModelChoice(weights.model, self._asked_as(weights)))

    def _build_more(self, body: QBoxLayout) -> None:
        self._layers.clicked.connect(self._show_layers)
        self._second.insertWidget(0, self._layers)
