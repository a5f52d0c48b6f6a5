"""The generators at the right of the page: the list in pairs, the card of the one that is selected, own files.

Must not know how weights are fetched or networks built: it arranges what the catalogue's state says and passes wishes
on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.ui.models.base_chooser import BaseChooser, Words
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.models.weight_files import WeightFiles
from tensorviz.ui.translate.generator_card import GeneratorCard
from tensorviz.ui.translate.generator_order import arrange
from tensorviz.ui.translate.own_generator import OwnGeneratorForm

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.catalogue import ModelRow
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.models.model_order import Line
    from tensorviz.ui.state.workspace import Workspace

NO_PAIR = (
    "The pair of generators that should come with tensorviz is not in this installation. Fetch another one below, or"
    " add a file of your own."
)


class GeneratorChooser(BaseChooser):
    """Of the task translate."""

    card: GeneratorCard
    words = Words(
        key="generator",
        splitter="generator_splitter",
        one="generator",
        own="&Own generator...",
        form="Own generator",
        none="There are no generators. Install tensorviz again, or add an own generator below.",
        described="A ring marks a generator that is on this computer, a disc the one in use; a bracket joins a pair.",
        chips=(("here", "on this computer"),),
    )

    def __init__(self, workspace: Workspace, parent: QWidget | None = None, choose: ChooseFile = choose_file) -> None:
        super().__init__(workspace, workspace.generator, GeneratorCard(workspace, choose), parent)
        self._choose, self._drawing = choose, workspace.generator
        self._start()

    @cached_property
    def form(self) -> OwnGeneratorForm:
        """The form of own generators, built when it is first asked for."""
        return self._placed(OwnGeneratorForm(self._workspace, self._choose))

    def _models(self) -> tuple[ModelRow, ...]:
        return self._catalogue.generators

    def _lines(self) -> tuple[Line, ...]:
        here, used = self.chips["here"].isChecked(), self._drawing.weights_row
        return arrange(self._catalogue.generators, self.search.text(), here=here, used=used)

    def _narrows(self) -> bool:
        return bool(self.search.text().strip()) or self.chips["here"].isChecked()

    def _make_files(self) -> WeightFiles:
        none = "No published generators are on this computer yet; fetch one from its card."
        return WeightFiles(self._workspace, self._catalogue.generator_files, none)

    def _offer(self) -> None:
        self._catalogue.offer_generator()

    def _sentences(self) -> tuple[str, ...]:
        """The pair that is missing is said before all else."""
        catalogue = self._catalogue
        lacks = catalogue.was_read and not any(row.kind == "bundled" for row in catalogue.generators)
        return (NO_PAIR if lacks else "", *super()._sentences())

    def _connect(self) -> None:
        super()._connect()
        self.card.wished.connect(self.select)
        self._catalogue.generator_offered.connect(self._show_form)
        self._catalogue.generator_kept.connect(self._kept)
