"""Using a model by its name alone: at once when its weights are here, else after a question and a download.

Must not know where the wish came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tensorviz.core.generators import GeneratorWeights
from tensorviz.ui.translate_actions import fetch_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.screen import Context


class ModelWish(QObject):
    """The model wished for last; a newer wish takes the place of one whose download is still on its way."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._screen = context.workspace, context.screen
        self._awaited: WeightsRow | None = None
        self._workspace.catalogue.changed.connect(self._look)

    def use(self, model: ModelRow, row: WeightsRow) -> None:
        """Lets these weights answer or draw, fetching them first where they are not here."""
        self._awaited = None
        unchecked = isinstance(row, GeneratorWeights) and row.unchecked
        if row.here:
            self._choose(row, own=model.kind == "own")
        elif unchecked or self._workspace.settings.flag("confirm_fetch"):
            detail = f"{fetch_text(row)} It is used as soon as it is here."
            self._screen.confirm(
                f"Fetch {model.name} {row.name}?", detail, "Fetch", lambda: self._fetch(row, trusted=unchecked)
            )
        else:
            self._fetch(row)

    def _choose(self, row: WeightsRow, own: bool = False) -> None:
        """In the task of the network, which is done from now on."""
        weights, workspace = "" if own else row.name, self._workspace
        if isinstance(row, GeneratorWeights):
            workspace.generator.set_model(row.model, weights)
            workspace.task.set_task("translate")
        else:
            workspace.choice.set_model(row.model, weights)
            workspace.task.set_task("classify")

    def _fetch(self, row: WeightsRow, trusted: bool = False) -> None:
        self._workspace.catalogue.fetch(row.model, row.name, trusted=trusted)
        self._awaited = row

    def _look(self) -> None:
        """Uses the weights once they are here; gives up when their download has ended otherwise."""
        if self._awaited is None:
            return
        catalogue, awaited = self._workspace.catalogue, self._awaited
        find = catalogue.generator_weights if isinstance(awaited, GeneratorWeights) else catalogue.weights
        row, work = find(awaited.model, awaited.name), catalogue.work(awaited.model, awaited.name)
        if row is not None and row.here:
            self._awaited = None
            self._choose(row)
        elif work is None or not work.busy:
            self._awaited = None
