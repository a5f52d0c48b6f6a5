"""The section of the report about values: looking at all of them, what is odd, what is equal.

Must not know how values are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot

from tensorviz.core.checkpoint_found_rows import duplicate_rows, duplicates_text, healthy_text, value_row
from tensorviz.core.text import count_text, plural
from tensorviz.ui.files.report_model import Columns
from tensorviz.ui.files.report_section import Section, Sentence, push_button
from tensorviz.ui.files.report_table import TablePlace
from tensorviz.ui.files.report_work import WorkLine

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.checkpoint_rows import PlaceOf
    from tensorviz.core.checkpoint_values import Duplicates
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

INVITATION = "NaN, infinities, all-zero and constant tensors and channels, tensors with the same bytes: {} are read."
TOGETHER = 120  # milliseconds between two looks at what came in
AT_ONCE = 250  # rows looked at in one turn
ODD = Columns(("tensor", "what is odd"), wide=(0, 1))
EQUAL = Columns(("equal tensors", "how many", "one copy spares, bytes"), frozenset({1, 2}))


class ValuesSection(Section):
    """Results appear while it runs."""

    def __init__(
        self, workspace: Workspace, file: TensorFile, place_of: PlaceOf, parent: QWidget | None = None
    ) -> None:
        super().__init__("Values", parent)
        self._file, self._place_of = file, place_of
        self._seen = self._odd = 0
        self._asked = False
        self._groups: tuple[Duplicates, ...] | None = None
        self.invitation, self.healthy, self.equal_text = Sentence(), Sentence(), Sentence()
        self.button = push_button("Look at all values", "Reads every element once, in the background")
        self.work = WorkLine(file, workspace.jobs, "values", "Looking at all values")
        self.odd, self.equal = TablePlace(ODD, "Tensors with odd values"), TablePlace(EQUAL, "Equal tensors")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self._build()
        file.values_changed.connect(self._later)
        self.work.changed.connect(self._later)
        self.refresh()

    @Slot()
    def _later(self) -> None:
        if not self._timer.isActive():
            self._timer.start(TOGETHER)

    @Slot()
    def refresh(self) -> None:
        """Takes what came in since, not all at once where it is much."""
        values = self._file.values
        if len(values) < self._seen or not values:
            self._seen = self._odd = 0
            self.odd.set_rows([])
        fresh = values[self._seen : self._seen + AT_ONCE]
        rows = [value_row(row, self._place_of) for row in fresh if not row.healthy]
        self._seen, self._odd = self._seen + len(fresh), self._odd + len(rows)
        self.odd.append(rows)
        if self._seen < len(values):
            self._timer.start(0)
        self._say()

    def _say(self) -> None:
        file, working = self._file, self.work.working
        self._asked = self._asked or working or bool(file.values)
        self.button.setText("Look again" if self._asked else "Look at all values")
        self.button.setVisible(not working)
        self.invitation.setVisible(not self._asked)
        tensors = len(file.contents.tensors) if file.contents is not None else 0
        self.beside.setText(_beside(self._seen, tensors, working) if self._asked else "")
        self.healthy.say(healthy_text(self._seen, self._odd), "muted")
        self._equal()

    def _equal(self) -> None:
        groups = self._file.duplicates
        if groups is self._groups:
            return
        self._groups = groups
        self.equal_text.say("" if groups is None else duplicates_text(groups), "muted")
        self.equal.set_rows(() if groups is None else duplicate_rows(groups, self._place_of))

    def show_file(self) -> None:
        """Invites, once the file is read."""
        contents = self._file.contents
        if contents is not None:
            held = sum(tensor.nbytes for tensor in contents.tensors)
            self.invitation.say(INVITATION.format(plural(held, "byte")), "muted")
            self.show_if(bool(contents.tensors))
        self._say()

    def _build(self) -> None:
        self.button.clicked.connect(self._file.look_at_values)
        for table in (self.odd, self.equal):
            table.tensor_wished.connect(self.tensor_wished)
        self.add(self.invitation, self.work, self.odd, self.healthy, self.equal_text, self.equal)
        self.body.insertWidget(1, self.button, 0, Qt.AlignmentFlag.AlignLeft)


def _beside(seen: int, tensors: int, working: bool) -> str:
    if seen == tensors and not working:
        return f"all {count_text(tensors)} looked at" if tensors != 1 else "looked at"
    state = "looked at so far" if working else "looked at before it ended"
    return f"{count_text(seen)} of {plural(tensors, 'tensor')} {state}"
