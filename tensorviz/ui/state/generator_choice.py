"""Which generator draws, in which input range and at which size: chosen once, followed by everything that translates.

Must not know widgets or results; what is chosen is kept in the settings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tensorviz.core.errors import TensorvizError, problem_of
from tensorviz.core.generators import GeneratorWeights
from tensorviz.core.translation import GeneratorChoice, InputRange, memory_needed, translation_plan

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow
    from tensorviz.core.errors import Problem
    from tensorviz.core.translation import TranslationPlan
    from tensorviz.ui.state.catalogue import CatalogueState
    from tensorviz.ui.state.settings import SettingsState

REMEMBERED = {
    "model": "chosen_generator",
    "weights": "chosen_generator_weights",
    "input_range": "input_range",
    "resize": "translate_resize",
    "device": "device",
}


class GeneratorChoiceState(QObject):
    """The chosen generator. Signals: changed(), whenever `choice` or what it resolves to is another.

    choice: what is sent to the engine. notice: a sentence when the choice had to be given up, else "".
    """

    changed = Signal()

    def __init__(self, catalogue: CatalogueState, settings: SettingsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue, self._settings = catalogue, settings
        remembered: dict[str, Any] = {field: settings.get(key) for field, key in REMEMBERED.items()}
        self.choice = GeneratorChoice(**remembered)
        self.notice = ""
        self._known = catalogue.was_read
        self._resolved = self._resolve()
        catalogue.changed.connect(self._catalogue_changed)
        settings.changed.connect(self._setting_changed)

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def row(self) -> ModelRow | None:
        """The chosen generator; None until the catalogue is read."""
        return self._resolved[0]

    @property
    def weights_row(self) -> GeneratorWeights | None:
        """The chosen weights; None until the catalogue is read."""
        return self._resolved[1]

    @property
    def known(self) -> bool:
        """Whether the catalogue has been read, so that what is missing is known to be missing."""
        return self._known

    @property
    def ready(self) -> bool:
        """Whether the chosen weights are known and on this computer."""
        return self.weights_row is not None and self.weights_row.here

    @property
    def back(self) -> GeneratorChoice | None:
        """The generator of the way back, for a picture as it was drawn; None when none is known."""
        weights = self.weights_row
        if weights is None or not weights.way_back:
            return None
        back = self.back_row
        named = "" if back is None or back.is_default else back.name
        return replace(self.choice, model=weights.way_back, weights=named, resize=0)

    @property
    def back_row(self) -> GeneratorWeights | None:
        """The weights of the way back, here or not; None when none are known."""
        return self._resolved[2]

    @property
    def meaning(self) -> tuple[object, ...] | None:
        """What makes a translation one of another generator: not the device, nor how the choice is spelled.

        None until the catalogue is read.
        """
        weights = self.weights_row
        return (*_drawer(weights), self.choice.input_range, self.choice.resize) if weights else None

    @property
    def back_meaning(self) -> tuple[object, ...] | None:
        """The same of the way back; None where its weights are not here."""
        back = self.back_row
        return (*_drawer(back), self.choice.input_range) if back is not None and back.here else None

    def plan(self, size: tuple[int, int]) -> TranslationPlan | Problem:
        """The sizes a picture of (width, height) would go through, or why it cannot."""
        try:
            return translation_plan(size, self.choice.input_range, self.choice.resize)
        except TensorvizError as error:
            return problem_of(error)

    def memory(self, size: tuple[int, int]) -> int | None:
        """Bytes that a picture of (width, height) will take beyond the weights; None while that is not known."""
        plan, weights = self.plan(size), self.weights_row
        if weights is None or not hasattr(plan, "network"):
            return None
        return memory_needed(plan.network, weights.width)

    # ----------------------------------------------------------------------------------------------- choosing

    def set_model(self, name: str, weights: str = "") -> None:
        """Chooses a generator and its weights ("" is the default)."""
        self.notice = ""
        self._put(replace(self.choice, model=name, weights=weights))

    def set_input_range(self, input_range: InputRange) -> None:
        """Chooses "trained" or "book"."""
        self._put(replace(self.choice, input_range=input_range))

    def set_resize(self, resize: int) -> None:
        """Chooses the shorter side in pixels; 0 keeps the picture's size."""
        self._put(replace(self.choice, resize=resize))

    # ------------------------------------------------------------------------------------------------ hearing

    def _put(self, choice: GeneratorChoice) -> None:
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

    def _resolve(self) -> tuple[ModelRow | None, GeneratorWeights | None, GeneratorWeights | None]:
        """The generator, its weights, and those of its way back."""
        catalogue, choice = self._catalogue, self.choice
        weights = catalogue.generator_weights(choice.model, choice.weights)
        other = catalogue.generator(weights.way_back) if weights and weights.way_back else None
        at_hand = other.at_hand() if other and other.weights else None
        back = at_hand if isinstance(at_hand, GeneratorWeights) else None
        return catalogue.generator(choice.model), weights, back

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
        self.notice = f"{gone} is not here any more; the pair that comes with tensorviz draws instead."
        self.changed.emit()

    def _setting_changed(self, key: str) -> None:
        for field, name in REMEMBERED.items():
            if name == key:
                change: dict[str, Any] = {field: self._settings.get(key)}
                self._put(replace(self.choice, **change))


def _drawer(weights: GeneratorWeights) -> tuple[object, ...]:
    """Which generator draws. Published weights are told by their name; a file of one's own may become another."""
    return weights.model, weights.name, weights.url or weights.path
