"""Using a model by its name alone: at once when its weights are here, else after a question and a download.

Must not know where the wish came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject

from tensorviz.core.text import bytes_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.screen import Context


class ModelWish(QObject):
    """The model wished for last; a newer wish takes the place of one whose download is still on its way."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._screen = context.workspace, context.screen
        self._awaited: tuple[str, str] | None = None
        self._workspace.catalogue.changed.connect(self._look)

    def use(self, model: ModelRow, row: WeightsRow) -> None:
        """Lets these weights answer, fetching them first where they are not here."""
        self._awaited = None
        if row.here:
            self._workspace.choice.set_model(model.name, "" if model.kind == "own" else row.name)
        elif self._workspace.settings.flag("confirm_fetch"):
            source = urlsplit(row.url).hostname or "its publisher"
            detail = f"{bytes_text(row.file_bytes)} from {source}. It answers as soon as it is here."
            self._screen.confirm(f"Fetch {model.name} {row.name}?", detail, "Fetch", lambda: self._fetch(row))
        else:
            self._fetch(row)

    def _fetch(self, row: WeightsRow) -> None:
        self._workspace.catalogue.fetch(row.model, row.name)
        self._awaited = (row.model, row.name)

    def _look(self) -> None:
        """Uses the weights once they are here; gives up when their download has ended otherwise."""
        if self._awaited is None:
            return
        catalogue, awaited = self._workspace.catalogue, self._awaited
        row, work = catalogue.weights(*awaited), catalogue.work(*awaited)
        if row is not None and row.here:
            self._awaited = None
            self._workspace.choice.set_model(*awaited)
        elif work is None or not work.busy:
            self._awaited = None
