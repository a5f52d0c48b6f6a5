"""The form that keeps a checkpoint of the person's own as a row of the chooser; not modal, errors in place.

Must not know what is in a checkpoint: the engine recognises it, the form asks and shows.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.text import count_text
from tensorviz.ui.models.base_form import BaseForm
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.models.recipe_fields import RecipeFields

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.errors import Problem
    from tensorviz.core.recipe import Recipe
    from tensorviz.engine.messages import CheckpointRecognised
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.workspace import Workspace

CHECKPOINTS = "Checkpoints (*.pth *.pt *.safetensors);;All files (*)"
LABEL_FILES = "Labels, one class per line (*.txt *.csv);;All files (*)"


class OwnCheckpointForm(BaseForm):
    """Signals: closed() when it is done or given up. A kept entry is announced by the catalogue's state."""

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__("Own checkpoint", parent)
        self._catalogue, self._choose = workspace.catalogue, choose
        self._recognised_path = self._answer = ""
        self.path, self.labels, self.name = QLineEdit(), QLineEdit(), QLineEdit()
        self.architecture, self.other_recipe = QComboBox(), QCheckBox("A &recipe of its own")
        self.recipe = RecipeFields(wide=False)
        self._build()
        self._connect()
        self._redraw()

    def start(self, path: str = "") -> None:
        """Empties the form and, with a path, asks which architecture the file fits."""
        for field in (self.path, self.labels, self.name):
            field.clear()
        self.architecture.setCurrentIndex(-1)
        self.other_recipe.setChecked(False)
        self.question.withdraw()
        self._recognised_path = self._answer = ""
        if path:
            self._take_path(path)
        self._redraw()

    def take_keyboard(self) -> None:
        """Gives the keyboard to the first field that is to be filled."""
        (self.name if self.path.text() else self.path).setFocus()

    def entry(self) -> OwnEntry | None:
        """What would be kept; None while something is missing or wrong."""
        path, name = self.path.text().strip(), self.name.text().strip()
        architecture = self.architecture.currentText()
        if not path or not architecture or not name or self._taken(name) or self.recipe.problem:
            return None
        recipe = self.recipe.recipe if self.other_recipe.isChecked() else None
        return OwnEntry(name, architecture, path, self.labels.text().strip() or None, recipe)

    # -------------------------------------------------------------------------------------------------- acting

    def _take_path(self, path: str) -> None:
        self.path.setText(path)
        if not self.name.text():
            self.name.setText(self._free_name(PurePath(path).stem))
        self._recognise()

    def _recognise(self) -> None:
        path = self.path.text().strip()
        if path and path != self._recognised_path:
            self._recognised_path = path
            self._answer = ""
            self._catalogue.recognise(path)
        self._redraw()

    def _recognised(self, event: CheckpointRecognised) -> None:
        if event.path != self.path.text().strip():
            return  # the answer to a file that was chosen before
        self.architecture.setCurrentIndex(self.architecture.findText(event.architecture))
        said = [f"This is a {event.architecture} with {_classes(event.classes)}."]
        self._answer = " ".join([*said, *event.notes])
        self._redraw()

    def _keep(self) -> None:
        entry = self.entry()
        if entry is None:
            return
        known = self._catalogue.model(entry.name)
        if known is not None:
            question = f"{entry.name} is kept already, for {known.architecture}. Replace it?"
            self.question.ask(question, "Replace", lambda: self._send(entry), careful=True)
        else:
            self._send(entry)

    def _send(self, entry: OwnEntry) -> None:
        self._catalogue.keep_entry(entry)

    def _kept(self, name: str) -> None:
        if name == self.name.text().strip():
            self.closed.emit()

    def _choose_path(self) -> None:
        path = self._choose(self, "Choose a checkpoint", CHECKPOINTS)
        if path:
            self._take_path(path)

    def _choose_labels(self) -> None:
        path = self._choose(self, "Choose a labels file", LABEL_FILES)
        if path:
            self.labels.setText(path)

    # ------------------------------------------------------------------------------------------------- drawing

    def _redraw(self) -> None:
        self._fill_architectures()
        self.recipe.setVisible(self.other_recipe.isChecked())
        own = self._own_recipe()
        if own is not None and not self.other_recipe.isChecked():
            self.recipe.show_recipe(own)
        name = self.name.text().strip()
        self._name_problem.say_or_hide(self._taken(name))
        problem = self._trouble()
        self._problem.say_or_hide("" if problem is None else f"{problem.message} {problem.hint}".strip())
        self._draw_waiting()
        self.keep.setEnabled(self.entry() is not None)

    def _draw_waiting(self) -> None:
        work = self._catalogue.work(self.path.text().strip())
        waiting = "The file is being looked at, nothing in it is run..." if work is not None and work.busy else ""
        self._said.say_or_hide(self._answer or waiting)

    def _trouble(self) -> Problem | None:
        """Why the file was not recognised, or the entry not kept."""
        for subject in (self.path.text().strip(), self.name.text().strip()):
            work = self._catalogue.work(subject) if subject else None
            if work is not None and work.problem is not None:
                return work.problem
        return None

    def _fill_architectures(self) -> None:
        names = self._catalogue.architectures()
        if names != tuple(self.architecture.itemText(place) for place in range(self.architecture.count())):
            chosen = self.architecture.currentText()
            self.architecture.clear()
            self.architecture.addItems(list(names))
            self.architecture.setCurrentIndex(self.architecture.findText(chosen))

    def _own_recipe(self) -> Recipe | None:
        """The recipe of the architecture's first published weights, from which a checkpoint starts."""
        model = self._catalogue.model(self.architecture.currentText() or "?")
        weights = None if model is None else self._catalogue.weights(model.name, model.first)
        return weights.recipe if weights is not None else None

    def _taken(self, name: str) -> str:
        """Why an entry cannot have that name; an own entry of that name may be replaced."""
        folded = name.casefold()
        clash = next((row.name for row in self._catalogue.models if row.name.casefold() == folded), None)
        known = self._catalogue.model(clash) if clash else None
        if known is None or known.kind == "own":
            return ""
        return f'{known.name} is the name of a model of the catalogue. Use another, e.g. "my {name}".'

    def _free_name(self, wanted: str) -> str:
        names = {row.name.casefold() for row in self._catalogue.models}
        candidates = [wanted, f"my {wanted}", *(f"{wanted} {number}" for number in range(2, 1000))]
        return next((name for name in candidates if name.casefold() not in names), wanted)

    # ------------------------------------------------------------------------------------------------ building

    def _connect(self) -> None:
        self._catalogue.changed.connect(self._redraw)
        self._catalogue.recognised.connect(self._recognised)
        self._catalogue.entry_kept.connect(self._kept)
        self.path.editingFinished.connect(self._recognise)
        for field in (self.path, self.name, self.labels):
            field.textEdited.connect(self._redraw)
        self.architecture.currentIndexChanged.connect(self._redraw)
        self.other_recipe.toggled.connect(self._redraw)
        self.recipe.edited.connect(self._redraw)
        self.keep.clicked.connect(self._keep)

    def _build(self) -> None:
        self.path.setPlaceholderText("a .pth, .pt or .safetensors file; or drop it here")
        self.labels.setPlaceholderText("optional: one class per line")
        self.name.setPlaceholderText("as it is to be listed")
        self._row("&File", self.path, self._choose_path)
        self._column.addWidget(self._said)
        self._column.addWidget(self._problem)
        self._row("&Architecture", self.architecture)
        self._row("&Labels", self.labels, self._choose_labels)
        self._row("&Name", self.name)
        for widget in (self._name_problem, self.other_recipe, self.recipe, self.question):
            self._column.addWidget(widget)
        self._buttons()


def _classes(count: int) -> str:
    return f"{count_text(count)} {'class' if count == 1 else 'classes'}"
