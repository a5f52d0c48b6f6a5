"""The model chooser at the right of the page: search, filters, the list, the card of what is selected, disk use.

Must not know how models are fetched or built: it arranges what the catalogue's state says and passes wishes on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QComboBox,
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

from tensorviz.core.settings import setting_of
from tensorviz.core.text import bytes_text, count_text, plural
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.models.model_list import ModelDelegate, ModelListModel
from tensorviz.ui.models.model_order import ORDERS, Wanted, arrange
from tensorviz.ui.models.network_tree import NetworkWindow
from tensorviz.ui.models.own_checkpoint import OwnCheckpointForm
from tensorviz.ui.models.weight_files import WeightFiles
from tensorviz.ui.models.weights_card import WeightsCard
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.state.workspace import Workspace


class ModelChooser(QWidget):
    """The panel. What is dropped on it is the window's, as everywhere."""

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_chooser")
        self._workspace, self._catalogue, self._choice = workspace, workspace.catalogue, workspace.choice
        self._window: NetworkWindow | None = None
        self._used = ""
        self.search, self.list, self.model = QLineEdit(), QListView(), ModelListModel(self)
        self.order, self.precision, self.card = QComboBox(), QComboBox(), WeightsCard(workspace, choose)
        self._choose = choose
        self.chips = {key: QToolButton() for key in ("here", "small", "own")}
        self._build()
        self._connect()
        self._redraw()

    @cached_property
    def form(self) -> OwnCheckpointForm:
        """The form of own checkpoints, built when it is first asked for."""
        form = OwnCheckpointForm(self._workspace, self._choose)
        self._form_page = _scrolled(form, "Own checkpoint")
        self._pages.addWidget(self._form_page)
        form.closed.connect(self._show_list)
        return form

    @cached_property
    def files(self) -> WeightFiles:
        """The files of published weights, built when they are first looked at."""
        files = WeightFiles(self._workspace)
        self._pages.addWidget(files)
        files.closed.connect(self._show_list)
        files.picked.connect(self.select)
        return files

    def wanted(self) -> Wanted:
        """What the person wants to see in the list."""
        chips = {key: chip.isChecked() for key, chip in self.chips.items()}
        return Wanted(self.search.text(), ORDERS[self.order.currentIndex()][0], **chips)

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
        lines = arrange(self._catalogue.models, self.wanted(), self._choice.weights_row)
        self.list.selectionModel().blockSignals(True)
        self.model.show(lines, used)
        index = self.model.index_of(selected)
        if index != self.list.currentIndex():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
        self.list.selectionModel().blockSignals(False)
        self._show_card()
        self.precision.setCurrentIndex(self.precision.findData(self._choice.choice.precision))
        self._draw_sentences(sum(1 for line in lines if line.model))

    def _draw_sentences(self, shown: int) -> None:
        catalogue, notice = self._catalogue, self._choice.notice
        self._count.setText(f"{count_text(shown)} of {plural(len(catalogue.models), 'model')}")
        self._nothing.say_or_hide(self._why_nothing(shown))
        self.list.setVisible(bool(shown))
        self._notes.say_or_hide("\n".join(filter(None, (notice, *catalogue.notes))))
        self._disk.setText(f"{bytes_text(catalogue.disk_bytes)} on disk")

    def _why_nothing(self, shown: int) -> str:
        problem = self._catalogue.problem
        if shown:
            return ""
        if problem is not None:
            return f"{problem.message} {problem.hint}".strip()
        if not self._catalogue.was_read:
            return "The list of models is being read..."
        if self.wanted().narrows:
            return "No model fits the search and the filters."
        return "There are no models. Install tensorviz again, or add an own checkpoint below."

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

    def _precision_picked(self, place: int) -> None:
        self._choice.set_precision(str(self.precision.itemData(place)))

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

    def _show_layers(self) -> None:
        if self._window is None:
            self._window = NetworkWindow(self._workspace, self)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _kept(self, name: str) -> None:
        self.select(name)
        self.card.use()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what was selected before there was a place for it is brought into sight."""
        super().showEvent(event)
        self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    # ------------------------------------------------------------------------------------------------ building

    def _connect(self) -> None:
        self.search.textChanged.connect(self._redraw)
        self.search.returnPressed.connect(self._enter_list)
        self.order.currentIndexChanged.connect(self._redraw)
        for chip in self.chips.values():
            chip.toggled.connect(self._redraw)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self.list.activated.connect(self._activated)
        self.precision.activated.connect(self._precision_picked)
        self._catalogue.changed.connect(self._redraw)
        self._choice.changed.connect(self._redraw)
        self._catalogue.offered.connect(self._show_form)
        self._catalogue.entry_kept.connect(self._kept)
        self._workspace.network.wanted.connect(self._show_layers)

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
        split.setObjectName("chooser_splitter")
        split.addWidget(lists)
        split.addWidget(_scrolled(self.card, "Selected model"))
        split.setSizes([300, 380])
        split.setChildrenCollapsible(False)
        layout.addWidget(split, 1)
        self._build_foot(layout)
        return page

    def _build_search(self, layout: QVBoxLayout) -> None:
        self.search.setObjectName("model_search")
        self.search.setPlaceholderText("Search models")
        self.search.setAccessibleName("Search models")
        self.search.setClearButtonEnabled(True)
        self.order.addItems([text for _, text in ORDERS])
        self.order.setAccessibleName("Order of the models")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        texts = {"here": "on this computer", "small": "fits in 50 MB", "own": "own"}
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for key, chip in self.chips.items():
            chip.setText(texts[key])
            chip.setCheckable(True)
            chip.setAccessibleName(f"Only models: {texts[key]}")
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setProperty("role", "chip")
            chips.addWidget(chip)
        chips.addStretch()
        order = QHBoxLayout()
        order.addWidget(self.order, 1)
        order.addWidget(self._count)
        self._notes = WrappedLabel("warning")
        layout.addWidget(self.search)
        layout.addLayout(chips)
        layout.addLayout(order)
        layout.addWidget(self._notes)

    def _build_list(self) -> None:
        self.list.setObjectName("model_list")
        self.list.setAccessibleName("Models")
        self.list.setAccessibleDescription("A ring marks a model that is on this computer, a disc the one in use.")
        self.list.setModel(self.model)
        self.list.setItemDelegate(ModelDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(96)
        self._nothing = WrappedLabel("muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _build_foot(self, layout: QVBoxLayout) -> None:
        self._disk = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._disk.setProperty("role", "muted")
        files, own = QPushButton("F&iles"), QPushButton("&Own checkpoint...")
        files.clicked.connect(self._show_files)
        own.clicked.connect(lambda: self._catalogue.offer())
        layout.addLayout(self._precision_row())
        foot = QHBoxLayout()
        foot.addWidget(self._disk, 1)
        foot.addWidget(files)
        foot.addWidget(own)
        layout.addLayout(foot)

    def _precision_row(self) -> QHBoxLayout:
        setting = setting_of("precision")
        for value, text in setting.choices:
            self.precision.addItem(text, value)
        self.precision.setAccessibleName("Precision")
        self.precision.setToolTip(setting.note)
        label = QLabel("&Precision")
        label.setProperty("role", "muted")
        label.setBuddy(self.precision)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self.precision, 1)
        return line


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
