"""Sections of the report about other files: comparing with one, writing one as safetensors.

Must not know dialogs: buttons run commands, which ask for the other file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from tensorviz.core.checkpoint_found_rows import comparison_rows, comparison_text
from tensorviz.core.checkpoint_lost import hindrance
from tensorviz.core.checkpoint_report import parted
from tensorviz.core.text import path_text, printable
from tensorviz.ui.files.report_model import Columns
from tensorviz.ui.files.report_section import Section, Sentence, Sentences, push_button
from tensorviz.ui.files.report_table import TablePlace
from tensorviz.ui.files.report_work import WorkLine
from tensorviz.ui.files.report_wrong import WrittenBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_rows import PlaceOf
    from tensorviz.core.stored import Contents
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

COMPARED = Columns(
    ("tensor", "here", "there", "relative", "ulp", "differing", "largest at"), frozenset({1, 2, 3, 4, 5})
)  # fmt: skip  # one thought
INVITATION = "Which tensors are missing, extra, of another shape or type, and how far values differ."
LOSES_NOTHING = "Nothing would be lost: names, shapes, element types and values are kept."
LOSES_SOMETHING = "What such a file would not keep:"
OPENED = 5


class CompareSection(Section):
    """Compares with another file."""

    def __init__(
        self, workspace: Workspace, file: TensorFile, place_of: PlaceOf, parent: QWidget | None = None
    ) -> None:
        super().__init__("Compare with another file", parent)
        self._file, self._place_of = file, place_of
        self.invitation, self.path, self.result = Sentence(), Sentence(), Sentence()
        self.button = push_button("Compare with...", "Choose another file of tensors")
        self.work = WorkLine(file, workspace.jobs, "compare", "Comparing two files")
        self.table = TablePlace(COMPARED, "Differences")
        self.button.clicked.connect(lambda: workspace.wishes.run("file.compare"))
        self.table.tensor_wished.connect(self.tensor_wished)
        self.add(self.invitation, self.work, self.path, self.result, self.table)
        self.body.insertWidget(1, self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.invitation.say(INVITATION, "muted")
        file.compared.connect(self.refresh)
        self.work.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what was found."""
        file, found = self._file, self._file.comparison
        self.button.setVisible(not self.work.working)
        self.invitation.setVisible(not file.other)
        self.path.say(f"With {path_text(file.other)}" if file.other else "", "muted")
        name = printable(path_text(PurePath(file.other).name or file.other))
        self.result.say("" if found is None else comparison_text(found, name), "good" if found and found.same else "")
        self.table.set_rows(() if found is None else comparison_rows(found, self._place_of), opened=OPENED)


class ConvertSection(Section):
    """Writes it as safetensors; what would be lost is said before."""

    def __init__(
        self, workspace: Workspace, file: TensorFile, place_of: PlaceOf, parent: QWidget | None = None
    ) -> None:
        super().__init__("Convert to safetensors", parent)
        self._place_of = place_of
        self.before, self.lost, self.hindrance = Sentence(), Sentences(), Sentence()
        self.written = WrittenBox(file, "safetensors")
        self.button = push_button("Convert to safetensors...", "Writes all tensors in the safetensors format")
        self.work = WorkLine(file, workspace.jobs, "safetensors", "Writing as safetensors")
        self.button.clicked.connect(lambda: workspace.wishes.run("file.to_safetensors"))
        self.work.changed.connect(self._refresh)
        self.lost.tensor_wished.connect(self.tensor_wished)
        self.add(self.before, self.lost, self.hindrance, self.work, self.written)
        self.body.insertWidget(3, self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._possible = True

    def show_file(self, contents: Contents, analysis: Analysis, lost: tuple[str, ...]) -> None:
        """Says what would be lost, or why it cannot be written."""
        reason = hindrance(contents, analysis)
        self._possible = not reason
        self.hindrance.say(printable(reason), "warning")
        self.before.say("" if reason else LOSES_SOMETHING if lost else LOSES_NOTHING, "muted")
        told = () if reason else lost
        self.lost.say([(parted(printable(text), self._place_of), "info") for text in told])
        self.show_if(contents.format != "safetensors")
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.button.setVisible(not self.work.working)
        self.button.setEnabled(self._possible)
