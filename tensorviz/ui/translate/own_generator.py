"""The form that keeps a generator of the person's own as a row of the chooser; not modal, errors in place.

Must not know what is in a file: the engine recognises it, the form asks and shows.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from tensorviz.core.generators import OwnGenerator
from tensorviz.ui.models.base_form import BaseForm
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.translate.generator_text import recognised_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.catalogue import ModelRow
    from tensorviz.core.errors import Problem
    from tensorviz.engine.messages.translate import GeneratorRecognised
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.catalogue import Work
    from tensorviz.ui.state.workspace import Workspace

GENERATORS = "Generators (*.pth *.pt *.safetensors);;All files (*)"
NO_WAY_BACK = "none"
FILE_ENDINGS = (".pth", ".pt", ".safetensors")
FORBIDDEN = ":/\\"  # in names: a colon separates model and weights, the others parts of a path


class OwnGeneratorForm(BaseForm):
    """Signals: closed() when it is done or given up. A kept generator is announced by the catalogue's state."""

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__("Own generator", parent)
        self._catalogue, self._choose = workspace.catalogue, choose
        self._found: GeneratorRecognised | None = None
        self._asked = ""
        self.path, self.name, self.way_back = QLineEdit(), QLineEdit(), QComboBox()
        self._build()
        self._connect()
        self._redraw()

    def start(self, path: str = "") -> None:
        """Empties the form and, with a path, asks which generator the file holds."""
        self.path.clear()
        self.name.clear()
        self.way_back.setCurrentIndex(0)
        self.question.withdraw()
        self._found, self._asked = None, ""
        if path:
            self._take_path(path)
        self._redraw()

    def take_keyboard(self) -> None:
        """Gives the keyboard to the first field that is to be filled."""
        (self.name if self.path.text() else self.path).setFocus()

    def entry(self) -> OwnGenerator | None:
        """What would be kept; None while something is missing or wrong."""
        path, name, found = self.path.text().strip(), self.name.text().strip(), self._found
        if found is None or found.path != path or not name or self._refused(name):
            return None
        back = str(self.way_back.currentData() or "")
        return OwnGenerator(name, path, back, found.width, found.blocks, found.parameters)

    # -------------------------------------------------------------------------------------------------- acting

    def _take_path(self, path: str) -> None:
        self.path.setText(path)
        if not self.name.text():
            self.name.setText(self._free_name(PurePath(path).stem.replace(":", " ")))
        self._recognise()

    def _recognise(self) -> None:
        path = self.path.text().strip()
        if path and path != self._asked:
            self._found, self._asked = None, path
            self._catalogue.recognise_generator(path)
        self._redraw()

    def _recognised(self, event: GeneratorRecognised) -> None:
        if event.path == self.path.text().strip():  # else the answer to a file that was chosen before
            self._found = event
            self._redraw()

    def _keep(self) -> None:
        entry = self.entry()
        if entry is None:
            return
        if self._catalogue.generator(entry.name) is not None:
            question = f"{entry.name} is kept already. Replace it?"
            self.question.ask(question, "Replace", lambda: self._send(entry), careful=True)
        else:
            self._send(entry)

    def _send(self, entry: OwnGenerator) -> None:
        self._catalogue.keep_generator(entry)

    def _kept(self, name: str) -> None:
        if name == self.name.text().strip():
            self.closed.emit()

    def _choose_path(self) -> None:
        path = self._choose(self, "Choose a generator", GENERATORS)
        if path:
            self._take_path(path)

    # ------------------------------------------------------------------------------------------------- drawing

    def _redraw(self) -> None:
        name, path = self.name.text().strip(), self.path.text().strip()
        self._fill_ways_back(name)
        self._name_problem.say_or_hide(self._refused(name) if name else "")
        problem = self._trouble()
        self._problem.say_or_hide("" if problem is None else f"{problem.message} {problem.hint}".strip())
        work = self._work_on(path)
        waiting = "The file is being looked at, nothing in it is run..." if work is not None and work.busy else ""
        found = self._found if self._found is not None and self._found.path == path else None
        self._said.say_or_hide(recognised_text(found) if found is not None else waiting)
        self.keep.setEnabled(self.entry() is not None)

    def _work_on(self, path: str) -> Work | None:
        return self._catalogue.work(path, "generator") if path else None

    def _trouble(self) -> Problem | None:
        """Why the file was not recognised, or the generator not kept."""
        name = self.name.text().strip()
        kept = self._catalogue.work(name) if name else None
        for work in (self._work_on(self.path.text().strip()), kept):
            if work is not None and work.problem is not None:
                return work.problem
        return None

    def _fill_ways_back(self, name: str) -> None:
        """Every generator but the one that is kept; what was chosen stays chosen while it is there."""
        rows = [row.name for row in self._catalogue.generators if row.name.casefold() != name.casefold()]
        if [NO_WAY_BACK, *rows] == [self.way_back.itemText(place) for place in range(self.way_back.count())]:
            return
        chosen = self.way_back.currentData()
        self.way_back.blockSignals(True)
        self.way_back.clear()
        self.way_back.addItem(NO_WAY_BACK, "")
        for row in rows:
            self.way_back.addItem(row, row)
        self.way_back.setCurrentIndex(max(0, self.way_back.findData(chosen)))
        self.way_back.blockSignals(False)

    def _refused(self, name: str) -> str:
        """Why a generator cannot have that name, "" when it can; an own one of that name may be replaced."""
        if any(letter in name for letter in FORBIDDEN):
            return f"A name has none of {' '.join(FORBIDDEN)} in it."
        ending = next((ending for ending in FILE_ENDINGS if name.casefold().endswith(ending)), "")
        if ending:
            return f"A name that ends in {ending} would be taken for a file."
        folded, catalogue = name.casefold(), self._catalogue
        own = any(row.kind == "own" and row.name == name for row in catalogue.generators)
        taken = next((row.name for row in self._rows() if row.name.casefold() == folded), "")
        return f'{taken} is the name of another model. Use another, e.g. "my {name}".' if taken and not own else ""

    def _rows(self) -> tuple[ModelRow, ...]:
        """Of every task: one name means one model."""
        return (*self._catalogue.generators, *self._catalogue.models)

    def _free_name(self, wanted: str) -> str:
        names = {row.name.casefold() for row in self._rows()}
        candidates = [wanted, f"my {wanted}", *(f"{wanted} {number}" for number in range(2, 1000))]
        return next((name for name in candidates if name.casefold() not in names), wanted)

    # ------------------------------------------------------------------------------------------------ building

    def _connect(self) -> None:
        self._catalogue.changed.connect(self._redraw)
        self._catalogue.generator_recognised.connect(self._recognised)
        self._catalogue.generator_kept.connect(self._kept)
        self.path.editingFinished.connect(self._recognise)
        for field in (self.path, self.name):
            field.textEdited.connect(self._redraw)
        self.keep.clicked.connect(self._keep)

    def _build(self) -> None:
        self.path.setPlaceholderText("a .pth, .pt or .safetensors file")
        self.name.setPlaceholderText("as it is to be listed")
        self.way_back.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.way_back.setToolTip("The generator that draws in the other direction")
        self._row("&File", self.path, self._choose_path)
        self._column.addWidget(self._said)
        self._column.addWidget(self._problem)
        self._row("&Name", self.name)
        self._column.addWidget(self._name_problem)
        self._row("&Way back", self.way_back)
        self._column.addWidget(self.question)
        self._buttons()
