"""The card of one model of whatever task: what its weights are, and what can be done with them.

Must not know tasks, nor the list it was picked from: each task's card says which models, which facts, which questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tensorviz.ui.models.card_text import delete_question, file_of, progress_text
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.widgets.inline_question import InlineQuestion
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QBoxLayout

    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.catalogue import Subject, Work
    from tensorviz.ui.state.choice import ChoiceState
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.workspace import Workspace

    Facts = tuple[tuple[str, str, str], ...]

WEIGHT_FILES = "Weights (*.pth *.pt *.safetensors);;All files (*)"
STEPS = 1000
PUBLISHED = ("torchvision", "published")  # kinds of models whose weights are fetched


class BaseCard(QWidget):
    """Follows the catalogue and the choice; a failed job's sentence stays in the card until the next try.

    labels: of the facts, in their order. empty: what is said while no model is shown. Signals: asked() when `question`
    is to be brought into sight.
    """

    asked = Signal()
    labels: tuple[str, ...] = ()
    empty = ""

    def __init__(
        self,
        workspace: Workspace,
        choice: ChoiceState | GeneratorChoiceState,
        choose: ChooseFile = choose_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._choice, self._messages = workspace.catalogue, choice, workspace.messages
        self._settings, self._choose = workspace.settings, choose
        self._name = ""
        self._weights = ""
        self._told: Subject = ()

    def _start(self) -> None:
        """What follows once a task's card has what is its own."""
        self._build()
        self._catalogue.changed.connect(self._redraw)
        self._choice.changed.connect(self._redraw)
        self._redraw()

    @property
    def model(self) -> ModelRow | None:
        """The model that is shown."""
        raise NotImplementedError

    @property
    def weights(self) -> WeightsRow | None:
        """The weights that are shown."""
        raise NotImplementedError

    @property
    def question(self) -> InlineQuestion:
        """What is asked before something is done; hidden while nothing is."""
        return self._question

    def _facts_of(self, model: ModelRow, weights: WeightsRow) -> Facts:
        """Label, text, and what stands behind the text, for each of `labels`."""
        raise NotImplementedError

    def _weights_title(self, weights: WeightsRow, *, alone: bool) -> str:
        """How weights are named where they are chosen; alone: there are no others of the model."""
        raise NotImplementedError

    def _fetch_text(self, weights: WeightsRow) -> str:
        """What the button says that fetches."""
        raise NotImplementedError

    def fetch(self) -> None:
        """Downloads these weights, after what has to be asked."""
        raise NotImplementedError

    def show_model(self, name: str, weights: str = "") -> None:
        """Shows the card of a model; weights "" are its default."""
        if (name, weights) != (self._name, self._weights):
            self._name, self._weights = name, weights
            self._question.withdraw()
            self._redraw()
            self._tell_looked_at()

    def _tell_looked_at(self) -> None:
        """What is said in a card that is seen need not be said elsewhere too."""
        model, weights = self.model, self.weights if self.isVisible() else None
        if model is not None and weights is not None:
            self._told = (model.name,) if model.kind == "own" else (model.name, weights.name)
            self._catalogue.looked_at = self._told
        elif self._catalogue.looked_at == self._told:  # else the card of another task is seen
            self._catalogue.looked_at = ()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self._tell_looked_at()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._tell_looked_at()

    # ------------------------------------------------------------------------------------------------- drawing

    def _redraw(self) -> None:
        model, weights = self.model, self.weights
        self._body.setVisible(model is not None and weights is not None)
        self._empty.setVisible(not self._body.isVisibleTo(self))
        if model is None or weights is None:
            return
        used = self._in_use(weights)
        self._title.say(model.name)
        self._used.setVisible(used)
        self._summary.say_or_hide(model.summary)
        self._draw_weights(model, weights)
        self._draw_facts(model, weights)
        self._draw_buttons(model, weights, used=used)
        self._draw_work(self._work(model, weights))

    def _draw_weights(self, model: ModelRow, weights: WeightsRow) -> None:
        alone = len(model.weights) == 1
        titles = [self._weights_title(row, alone=alone) for row in model.weights]
        self._names.blockSignals(True)
        if titles != [self._names.itemText(place) for place in range(self._names.count())]:
            self._names.clear()
            self._names.addItems(titles)
        self._names.setCurrentIndex(model.weights.index(weights))
        self._names.blockSignals(False)
        self._names.setEnabled(not alone)

    def _draw_facts(self, model: ModelRow, weights: WeightsRow) -> None:
        for label, text, behind in self._facts_of(model, weights):
            field = self._facts[label]
            field.say(text)
            field.setToolTip(behind or text)
            field.setAccessibleName(f"{label}: {text}")

    def _draw_buttons(self, model: ModelRow, weights: WeightsRow, *, used: bool) -> None:
        published, work = model.kind in PUBLISHED, self._work(model, weights)
        busy = work is not None and work.busy
        self._use.setVisible(weights.here and not used)
        self._fetch.setVisible(published and not weights.here)
        self._fetch.setEnabled(not busy)
        self._fetch.setText(self._fetch_text(weights))
        self._import.setVisible(published and not weights.here)
        self._import.setEnabled(not busy)
        self._address.setVisible(bool(weights.url))
        self._delete.setVisible(model.kind == "own" or (published and weights.here))
        self._delete.setText("Remove..." if model.kind == "own" else "Delete...")
        self._delete.setEnabled(not busy)

    def _draw_work(self, work: Work | None) -> None:
        shown = work is not None and work.busy and work.kind in ("fetch", "import")
        for widget in (self._bar, self._progress, self._cancel):
            widget.setVisible(shown)
        problem = work.problem if work is not None else None
        self._problem.say_or_hide(problem.message if problem else "")
        self._hint.say_or_hide(problem.hint if problem else "")
        if work is not None:
            self._draw_progress(work)

    def _draw_progress(self, work: Work) -> None:
        progress = work.progress
        known = progress is not None and bool(progress.total)
        self._bar.setMaximum(STEPS if known else 0)
        if known and progress is not None and progress.total:
            self._bar.setValue(round(STEPS * progress.done / progress.total))
        cancelling = work.state == "cancelling"
        self._progress.say("cancelling" if cancelling else progress_text(progress))
        self._cancel.setEnabled(not cancelling)

    def _in_use(self, weights: WeightsRow) -> bool:
        return weights == self._choice.weights_row

    def _work(self, model: ModelRow, weights: WeightsRow) -> Work | None:
        catalogue = self._catalogue
        return catalogue.work(model.name) if model.kind == "own" else catalogue.work(model.name, weights.name)

    # -------------------------------------------------------------------------------------------------- acting

    def use(self) -> None:
        """Lets these weights answer from now on."""
        weights = self.weights
        if weights is not None and weights.here:
            self._choice.set_model(weights.model, self._asked_as(weights))

    def _asked_as(self, weights: WeightsRow) -> str:
        """The name to ask for weights by: an own entry has one file only, and its name would be read as a path."""
        return "" if self.model is not None and self.model.kind == "own" else weights.name

    def import_file(self) -> None:
        """Takes these weights from a file that the person has."""
        weights = self.weights
        if weights is None:
            return
        path = self._choose(self, f"Import {file_of(weights)}", WEIGHT_FILES)
        if path:
            self._catalogue.import_file(weights.model, weights.name, path)

    def delete(self) -> None:
        """Deletes the file, or forgets the own entry, after a question."""
        model, weights = self.model, self.weights
        if model is None or weights is None:
            return
        if model.kind == "own":
            question = f"Remove {model.name} from the list? Its file stays where it is."
            self._question.ask(question, "Remove", lambda: self._remove(model.name), careful=True)
        else:
            self._question.ask(delete_question(weights), "Delete", lambda: self._delete_file(weights), careful=True)

    def _remove(self, name: str) -> None:
        self._catalogue.remove_entry(name)

    def _delete_file(self, weights: WeightsRow) -> None:
        self._catalogue.delete(weights.model, weights.name)

    def _cancel_work(self) -> None:
        if self.weights is not None:
            self._catalogue.cancel(self._name, self.weights.name)

    def _copy_address(self) -> None:
        if self.weights is not None:
            QGuiApplication.clipboard().setText(self.weights.url)
            self._messages.say(f"Copied: {self.weights.url}")

    def _pick_weights(self, place: int) -> None:
        model = self.model
        if model is not None and 0 <= place < len(model.weights):
            self.show_model(model.name, model.weights[place].name)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        self._empty = WrappedLabel("muted")
        self._empty.say(self.empty)
        self._body = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 6, 2, 2)
        layout.addWidget(self._empty)
        layout.addWidget(self._body)
        layout.addStretch()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(6)
        self._build_head(body)
        self._build_buttons(body)
        self._build_more(body)
        self._build_work(body)
        self._build_facts(body)

    def _build_head(self, body: QVBoxLayout) -> None:
        self._title, self._used = WrappedLabel("title"), QLabel("in use")
        self._used.setProperty("role", "chip")
        line = QHBoxLayout()
        line.addWidget(self._title, 1)
        line.addWidget(self._used)
        self._summary = WrappedLabel("muted")
        self._names = QComboBox()
        self._names.setAccessibleName("Weights")
        self._names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._names.activated.connect(self._pick_weights)
        body.addLayout(line)
        body.addWidget(self._summary)
        body.addWidget(self._names)

    def _build_work(self, body: QVBoxLayout) -> None:
        self._question = InlineQuestion()
        self._question.asked.connect(self.asked)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName("Progress")
        self._progress = WrappedLabel("muted")
        self._cancel = QPushButton("&Cancel")
        self._problem, self._hint = WrappedLabel("danger"), WrappedLabel("muted")
        line = QHBoxLayout()
        line.addWidget(self._progress, 1)
        line.addWidget(self._cancel)
        self._cancel.clicked.connect(self._cancel_work)
        for widget in (self._problem, self._hint, self._question, self._bar):
            body.addWidget(widget)
        body.addLayout(line)

    def _build_buttons(self, body: QVBoxLayout) -> None:
        self._use, self._fetch = QPushButton("&Use"), QPushButton()
        self._import = QPushButton("Import from a file...")
        self._address, self._delete = QPushButton("Copy address"), QPushButton("Delete...")
        for button in (self._use, self._fetch):
            button.setProperty("role", "primary")
        self._delete.setProperty("role", "danger")
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        for button in (self._use, self._fetch, self._import):
            self._first.addWidget(button, 1)
        for button in (self._address, self._delete):
            self._second.addWidget(button)
        self._second.addStretch()
        for line in (self._first, self._second):
            line.setSpacing(6)
            body.addLayout(line)
        self._use.clicked.connect(self.use)
        self._fetch.clicked.connect(self.fetch)
        self._import.clicked.connect(self.import_file)
        self._address.clicked.connect(self._copy_address)
        self._delete.clicked.connect(self.delete)

    def _build_more(self, body: QBoxLayout) -> None:
        """What a task's card has besides."""

    def _build_facts(self, body: QVBoxLayout) -> None:
        line = QFrame()
        line.setProperty("role", "line")
        body.addWidget(line)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._facts: dict[str, WrappedLabel] = {}
        for row, label in enumerate(self.labels):
            name = QLabel(label)
            name.setProperty("role", "muted")
            value = WrappedLabel()
            self._facts[label] = value
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        body.addLayout(grid)
