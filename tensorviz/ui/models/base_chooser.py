"""The chooser of whatever task at the right of the page: search, filters, list, the card of what is selected, disk use.

Must not know tasks, nor how models are fetched or built: each task's chooser says which lines, which card, which form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import bytes_text, count_text, plural
from tensorviz.ui.models.model_list import ModelDelegate, ModelListModel
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tensorviz.core.catalogue import ModelRow
    from tensorviz.ui.models.base_card import BaseCard
    from tensorviz.ui.models.base_form import BaseForm
    from tensorviz.ui.models.model_order import Line
    from tensorviz.ui.models.weight_files import WeightFiles
    from tensorviz.ui.state.choice import ChoiceState
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.workspace import Workspace


F = TypeVar("F", bound="BaseForm")


@dataclass(frozen=True, slots=True)
class Words:
    """What a chooser calls things. key, splitter: of object names. one: "model". own: the button of own files.

    form: what their form is called. none: said where nothing is listed. described: what the marks of the list mean.
    chips: key and text of each filter.
    """

    key: str
    splitter: str
    one: str
    own: str
    form: str
    none: str
    described: str
    chips: tuple[tuple[str, str], ...]


class BaseChooser(QWidget):
    """The panel. What is dropped on it is the window's, as everywhere."""

    words: Words

    def __init__(
        self,
        workspace: Workspace,
        choice: ChoiceState | GeneratorChoiceState,
        card: BaseCard,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{self.words.key}_chooser")
        self._workspace, self._catalogue, self._choice = workspace, workspace.catalogue, choice
        self._used = ""
        self.search, self.list, self.model, self.card = QLineEdit(), QListView(), ModelListModel(self), card
        self.chips = {key: QToolButton() for key, _ in self.words.chips}
        self._asked = QTimer(self, singleShot=True, interval=0)

    def _start(self) -> None:
        """What follows once a task's chooser has what is its own."""
        self._build()
        self._connect()
        self._redraw()

    # ------------------------------------------------------------------------------------- what a task says

    def _models(self) -> tuple[ModelRow, ...]:
        """All models of the task."""
        raise NotImplementedError

    def _lines(self) -> tuple[Line, ...]:
        """Those of them that are wanted, in order."""
        raise NotImplementedError

    def _narrows(self) -> bool:
        """Whether the search and the filters may leave anything out."""
        raise NotImplementedError

    @property
    def form(self) -> BaseForm:
        """The form of own files, built when it is first asked for."""
        raise NotImplementedError

    def _make_files(self) -> WeightFiles:
        """The list of the files of published weights."""
        raise NotImplementedError

    def _offer(self) -> None:
        """Opens the form, as somebody else might."""
        raise NotImplementedError

    def _sentences(self) -> tuple[str, ...]:
        """What has to be known, above the list."""
        return (self._choice.notice, *self._catalogue.notes)

    # ------------------------------------------------------------------------------------------- its pages

    def _placed(self, form: F) -> F:
        """The form, on a page of its own."""
        self._form_page = _scrolled(form, self.words.form)
        self._pages.addWidget(self._form_page)
        form.closed.connect(self._show_list)
        return form

    @cached_property
    def files(self) -> WeightFiles:
        """The files of published weights, built when they are first looked at."""
        files = self._make_files()
        self._pages.addWidget(files)
        files.closed.connect(self._show_list)
        files.picked.connect(self.select)
        return files

    def select(self, model: str) -> None:
        """Selects a model and shows its card; filters that hide it are taken off."""
        if not self.model.index_of(model).isValid():
            self._show_all()
        index = self.model.index_of(model)
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
        self._pages.setCurrentIndex(0)

    # ------------------------------------------------------------------------------------------------ drawing

    def _redraw(self) -> None:
        used = self._choice.row.name if self._choice.row else ""
        shown = self.card.model.name if self.card.model is not None else used
        selected = used if used != self._used else self._selected() or shown
        self._used = used  # what is chosen anew is selected; else the selection stays
        lines = self._lines()
        self.list.selectionModel().blockSignals(True)
        self.model.show(lines, used)
        index = self.model.index_of(selected)
        if index != self.list.currentIndex():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
        self.list.selectionModel().blockSignals(False)
        self._show_card()
        self._draw_sentences(sum(1 for line in lines if line.model))

    def _draw_sentences(self, shown: int) -> None:
        self._count.setText(f"{count_text(shown)} of {plural(len(self._models()), self.words.one)}")
        self._nothing.say_or_hide(self._why_nothing(shown))
        self.list.setVisible(bool(shown))
        self._notes.say_or_hide("\n".join(filter(None, self._sentences())))
        nbytes = self._catalogue.disk_bytes
        self._disk.setText(f"{bytes_text(nbytes)} on disk" if nbytes else "Nothing fetched")

    def _why_nothing(self, shown: int) -> str:
        problem = self._catalogue.problem
        if shown:
            return ""
        if problem is not None:
            return f"{problem.message} {problem.hint}".strip()
        if not self._catalogue.was_read:
            return f"The list of {self.words.one}s is being read..."
        if self._narrows():
            return f"No {self.words.one} fits the search and the filters."
        return self.words.none

    def _show_card(self) -> None:
        """A search that hides the model leaves its card; the weights picked there stay while it is the same model."""
        selected, shown = self._selected(), self.card.model
        if selected and (shown is None or shown.name != selected):
            self.card.show_model(selected, self._weights_for(selected))
        elif not selected and shown is None:
            self.card.show_model("")

    def _weights_for(self, model: str) -> str:
        """Of the model in use the weights in use; of others those that the line's figures are of."""
        used = self._choice.weights_row
        if used is not None and used.model == model:
            return used.name
        line = self.model.line(self.list.currentIndex())
        return line.weights.name if line is not None and line.weights is not None else ""

    def _selected(self) -> str:
        line = self.model.line(self.list.currentIndex())
        return line.model.name if line is not None and line.model is not None else ""

    # -------------------------------------------------------------------------------------------------- acting

    def _picked(self, index: QModelIndex) -> None:
        self._show_card()

    def _activated(self, index: QModelIndex) -> None:
        """Enter or a double click: use it when it is here, else ask to fetch it."""
        self._show_card()
        weights = self.card.weights
        if weights is not None and weights.here:
            self.card.use()
        elif weights is not None and weights.url:
            self.card.fetch()

    def _enter_list(self) -> None:
        """From the search to the list: what was found first is selected, so that another Enter takes it."""
        if not self._selected():
            self.list.setCurrentIndex(self.model.first())
        self.list.setFocus()

    def _show_all(self) -> None:
        self.search.clear()
        for chip in self.chips.values():
            chip.setChecked(False)

    def _show_form(self, path: str) -> None:
        self.form.start(path)
        self._pages.setCurrentWidget(self._form_page)
        self.form.take_keyboard()

    def _show_files(self) -> None:
        self._pages.setCurrentWidget(self.files)
        self.files.list.setFocus()

    def _show_list(self) -> None:
        self._pages.setCurrentIndex(0)
        self.list.setFocus()

    def _kept(self, name: str) -> None:
        self.select(name)
        self.card.use()

    def _show_question(self) -> None:
        """Scrolls to what is asked, once it has its place."""
        self._card_area.ensureWidgetVisible(self.card.question, 0, 8)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what was selected before there was a place for it is brought into sight."""
        super().showEvent(event)
        self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    # ------------------------------------------------------------------------------------------------ building

    def _connect(self) -> None:
        self.search.textChanged.connect(self._redraw)
        self.search.returnPressed.connect(self._enter_list)
        for chip in self.chips.values():
            chip.toggled.connect(self._redraw)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self.list.activated.connect(self._activated)
        self._asked.timeout.connect(self._show_question)
        self.card.asked.connect(self._asked.start)
        self._catalogue.changed.connect(self._redraw)
        self._choice.changed.connect(self._redraw)

    def _build(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _list_page(self) -> QWidget:
        page, layout = _page()
        self._build_search(layout)
        self._build_list()
        lists = QWidget()
        inner = QVBoxLayout(lists)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.list, 1)
        inner.addWidget(self._nothing, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName(self.words.splitter)
        split.addWidget(lists)
        self._card_area = _scrolled(self.card, f"Selected {self.words.one}")
        split.addWidget(self._card_area)
        split.setSizes([300, 380])
        split.setChildrenCollapsible(False)
        layout.addWidget(split, 1)
        self._build_foot(layout)
        return page

    def _named(self, part: str) -> str:
        return f"{self.words.key}_{part}"

    def _build_search(self, layout: QVBoxLayout) -> None:
        self.search.setObjectName(self._named("search"))
        self.search.setPlaceholderText(f"Search {self.words.one}s")
        self.search.setAccessibleName(f"Search {self.words.one}s")
        self.search.setClearButtonEnabled(True)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._notes = WrappedLabel("warning")
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for key, text in self.words.chips:
            self._dress_chip(self.chips[key], text)
            chips.addWidget(self.chips[key])
        chips.addStretch()
        layout.addWidget(self.search)
        layout.addLayout(chips)
        self._place_count(layout, chips)
        layout.addWidget(self._notes)

    def _dress_chip(self, chip: QToolButton, text: str) -> None:
        chip.setText(text)
        chip.setCheckable(True)
        chip.setAccessibleName(f"Only {self.words.one}s: {text}")
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        chip.setProperty("role", "chip")

    def _place_count(self, layout: QVBoxLayout, chips: QHBoxLayout) -> None:
        """Puts the number of lines where there is room: behind the filters, or below them."""
        chips.addWidget(self._count)

    def _build_list(self) -> None:
        self.list.setObjectName(self._named("list"))
        self.list.setAccessibleName(f"{self.words.one.capitalize()}s")
        self.list.setAccessibleDescription(self.words.described)
        self.list.setModel(self.model)
        self.list.setItemDelegate(ModelDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(96)
        self._nothing = WrappedLabel("muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _build_foot(self, layout: QVBoxLayout) -> None:
        self._disk = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._disk.setProperty("role", "muted")
        files, own = QPushButton("F&iles"), QPushButton(self.words.own)
        files.clicked.connect(self._show_files)
        own.clicked.connect(self._offer)
        foot = QHBoxLayout()
        foot.addWidget(self._disk, 1)
        foot.addWidget(files)
        foot.addWidget(own)
        layout.addLayout(foot)


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.setSpacing(6)
    return page, layout


def _scrolled(widget: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
