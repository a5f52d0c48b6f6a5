"""Which network answers, with which recipe, on which device: chosen once, followed by everything that computes.

Must not know widgets or results; what is chosen is kept in the settings, except the recipe: it is of the moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.recipe import differences

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.core.recipe import Recipe
    from tensorviz.ui.state.catalogue import CatalogueState
    from tensorviz.ui.state.settings import SettingsState

REMEMBERED = {"model": "chosen_model", "weights": "chosen_weights", "device": "device", "precision": "precision"}
FOLLOWED = {"device": "device", "precision": "precision", "batch_size": "batch"}


class ChoiceState(QObject):
    """The chosen network. Signals: changed(), whenever `choice` or what it resolves to is another.

    choice: what is sent to the engine. notice: a sentence when the choice had to be given up, else "".
    """

    changed = Signal()

    def __init__(self, catalogue: CatalogueState, settings: SettingsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue, self._settings = catalogue, settings
        remembered: dict[str, Any] = {field: settings.text(key) for field, key in REMEMBERED.items()}
        self.choice = ModelChoice(**remembered, batch=settings.whole("batch_size"))
        self.notice = ""
        self._known = catalogue.was_read
        self._resolved = self._resolve()
        catalogue.changed.connect(self._catalogue_changed)
        settings.changed.connect(self._setting_changed)

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def row(self) -> ModelRow | None:
        """The chosen model; None until the catalogue is read."""
        return self._resolved[0]

    @property
    def weights_row(self) -> WeightsRow | None:
        """The chosen weights; None until the catalogue is read."""
        return self._resolved[1]

    @property
    def ready(self) -> bool:
        """Whether the chosen weights are known and on this computer."""
        return self.weights_row is not None and self.weights_row.here

    def own_recipe(self) -> Recipe | None:
        """The recipe that the chosen weights were trained for; None until the catalogue is read."""
        return self.weights_row.recipe if self.weights_row else None

    def recipe(self) -> Recipe | None:
        """The recipe in use: the override, else the weights' own."""
        return self.choice.recipe or self.own_recipe()

    def differing(self) -> tuple[str, ...]:
        """The names of the parameters in which the recipe in use differs from the weights' own."""
        own, used = self.own_recipe(), self.recipe()
        return differences(used, own) if own and used else ()

    # ----------------------------------------------------------------------------------------------- choosing

    def set_model(self, name: str, weights: str = "") -> None:
        """Chooses a model and its weights ("" is the default); the recipe becomes their own again."""
        self.notice = ""
        self._put(replace(self.choice, model=name, weights=weights, labels=None, recipe=None))

    def set_recipe(self, recipe: Recipe | None) -> None:
        """Overrides the recipe; None, or one equal to it, is the weights' own."""
        own = self.own_recipe()
        self._put(replace(self.choice, recipe=None if recipe == own else recipe))

    def set_device(self, device: str) -> None:
        """Chooses where to compute: "auto", "cpu", "cuda", "cuda:N" or "mps"."""
        self._put(replace(self.choice, device=device))

    def set_precision(self, precision: str) -> None:
        """Chooses "fp32", "bf16" or "fp16"."""
        self._put(replace(self.choice, precision=precision))

    # ------------------------------------------------------------------------------------------------ hearing

    def _put(self, choice: ModelChoice) -> None:
        if choice == self.choice:
            return
        self.choice = choice
        self._resolved = self._resolve()
        self.changed.emit()
        self._remember()

    def _remember(self) -> None:
        """Written after the announcement, so that what the settings announce finds the choice made."""
        for field, key in REMEMBERED.items():
            value = getattr(self.choice, field)
            if self._settings.get(key) != value:
                self._settings.set(key, value)

    def _resolve(self) -> tuple[ModelRow | None, WeightsRow | None]:
        catalogue, choice = self._catalogue, self.choice
        return catalogue.model(choice.model), catalogue.weights(choice.model, choice.weights)

    def _catalogue_changed(self) -> None:
        first, self._known = self._catalogue.was_read and not self._known, self._catalogue.was_read
        if self._resolve() == self._resolved and not first:
            return
        self._resolved = self._resolve()
        if self.choice.model and self._known and not self.ready:
            self._give_up()
        else:
            self.changed.emit()

    def _give_up(self) -> None:
        """The chosen weights are gone: back to what is always here, and say so."""
        gone = " ".join(filter(None, (self.choice.model, self.choice.weights)))
        self.set_model("")
        self.notice = f"{gone} is not here any more; the model that comes with tensorviz answers instead."
        self.changed.emit()

    def _setting_changed(self, key: str) -> None:
        if key in FOLLOWED:
            change: dict[str, Any] = {FOLLOWED[key]: self._settings.get(key)}
            self._put(replace(self.choice, **change))
