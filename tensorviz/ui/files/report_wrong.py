"""The section of the report about what is wrong: code in the file, waste, sentences, what safetensors would refuse.

Must not know how it was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tensorviz.core.checkpoint_report import globals_text, parted, refused_text, troubles, waste, written_text
from tensorviz.core.checkpoint_rows import global_rows, refusal_rows
from tensorviz.core.text import path_text, printable
from tensorviz.ui.files.report_model import Columns
from tensorviz.ui.files.report_section import PartBar, Section, Sentence, Sentences, push_button
from tensorviz.ui.files.report_table import TablePlace
from tensorviz.ui.files.report_work import WorkLine
from tensorviz.ui.widgets.flow_row import FlowRow

if TYPE_CHECKING:
    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_report import Waste
    from tensorviz.core.checkpoint_rows import PlaceOf
    from tensorviz.core.checkpoint_values import Written
    from tensorviz.core.stored import Contents
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

NOTHING = "Nothing: no byte is wasted, nothing in it would run, all is contiguous. Values were not looked at for this."
WRONG, ALL_RIGHT = "What is wrong with it", "What to know of it"  # the latter: nothing is, but there is more to say
NOTHING_BUT = "Nothing that names and layouts tell. Values were not looked at for this."


class WrongSection(Section):
    """What is wrong with it, or what to know of it when nothing is."""

    def __init__(
        self, workspace: Workspace, file: TensorFile, place_of: PlaceOf, parent: QWidget | None = None
    ) -> None:
        super().__init__(WRONG, parent)
        self._workspace, self._file, self._place_of = workspace, file, place_of
        self.quiet = Sentence()
        self.globals_text, self.globals = Sentence(mark=True, tone="danger"), TablePlace(Columns(("",)), "Names in it")
        self.waste, self.sentences = WasteBox(workspace, file), Sentences()
        self.refused_text = Sentence(mark=True, tone="info")
        self.refused = TablePlace(Columns(("tensor", "why"), wide=(1,)), "What safetensors would refuse")
        for part in (self.refused, self.sentences):
            part.tensor_wished.connect(self.tensor_wished)
        self.add(
            self.quiet, self.globals_text, self.globals, self.waste, self.sentences, self.refused_text, self.refused
        )  # fmt: skip  # from above

    def show_file(self, contents: Contents, analysis: Analysis) -> None:
        """Says it."""
        self._globals(contents)
        found, wasted = troubles(contents, analysis), waste(contents, analysis)
        self.waste.show_waste(wasted)
        self.sentences.say([(parted(trouble.text, self._place_of), trouble.tone) for trouble in found])
        text = refused_text(analysis)
        self.refused_text.say(text, "info")
        self.refused.set_rows(refusal_rows(analysis, self._place_of))
        quiet = not (found or wasted or text or contents.unsafe_globals)
        grave = wasted or contents.unsafe_globals or any(trouble.tone != "info" for trouble in found)
        self.say_title(WRONG if quiet or grave else ALL_RIGHT)
        self.quiet.say((NOTHING if contents.format.startswith("pt") else NOTHING_BUT) if quiet else "", "muted")

    def _globals(self, contents: Contents) -> None:
        self.globals_text.say(globals_text(contents), "danger")
        self.globals.set_rows(global_rows(contents))


class WasteBox(QWidget):
    """How much is wasted, as a bar, and a button that writes a copy without it."""

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file
        self.text, self.exact, self.bar, self.written = QLabel(), QLabel(), PartBar(), WrittenBox(file, "compact")
        self.work = WorkLine(file, workspace.jobs, "compact", "Writing a copy without the wasted bytes")
        self.button = push_button("Write a copy without them...", "A copy without the bytes that no tensor reaches")
        self.button.clicked.connect(lambda: workspace.wishes.run("file.compact"))
        self.work.changed.connect(self._refresh)
        self._build()

    def show_waste(self, found: Waste | None) -> None:
        """Shows it; None hides it."""
        self.setVisible(found is not None)
        if found is not None:
            self.text.setText(found.text())
            self.exact.setText(found.exact())
            self.bar.show_share(found.share, f"{found.text()}: {found.exact()}")

    @Slot()
    def _refresh(self) -> None:
        self.button.setEnabled(not self.work.working)

    def _build(self) -> None:
        self.text.setProperty("role", "warning")
        font = self.text.font()
        font.setBold(True)
        self.text.setFont(font)
        self.exact.setProperty("role", "muted")
        words = QWidget()
        row = FlowRow(words, spacing=10)
        row.addWidget(self.text)
        row.addWidget(self.exact)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(words)
        column.addLayout(line)
        column.addWidget(self.work)
        column.addWidget(self.written)


class WrittenBox(QWidget):
    """What was written: path, bytes, what was spared, what is lost. Hidden before."""

    def __init__(self, file: TensorFile, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.text, self.lost = Sentence(mark=True), Sentences()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addWidget(self.lost)
        file.copied.connect(self._copied)
        self.hide()

    @Slot(str, object)
    def _copied(self, kind: str, written: Written) -> None:
        if kind == self._kind:
            self.text.say(written_text(path_text(written.path), written.nbytes, written.spared), "good")
            self.lost.say([(((printable(text), None),), "info") for text in written.lost])
            self.show()
