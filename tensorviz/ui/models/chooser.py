"""The chooser of models that classify: search, filters, orders, the list, the card, own checkpoints, precision.

Must not know how models are fetched or built: it arranges what the catalogue's state says and passes wishes on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from tensorviz.core.settings import setting_of
from tensorviz.ui.models.base_chooser import BaseChooser, Words
from tensorviz.ui.models.choose_file import choose_file
from tensorviz.ui.models.model_order import ORDERS, Wanted, arrange
from tensorviz.ui.models.network_tree import NetworkWindow
from tensorviz.ui.models.own_checkpoint import OwnCheckpointForm
from tensorviz.ui.models.weight_files import WeightFiles
from tensorviz.ui.models.weights_card import WeightsCard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from tensorviz.core.catalogue import ModelRow
    from tensorviz.ui.models.choose_file import ChooseFile
    from tensorviz.ui.models.model_order import Line
    from tensorviz.ui.state.workspace import Workspace


class ModelChooser(BaseChooser):
    """Of the task classify."""

    card: WeightsCard
    words = Words(
        key="model",
        splitter="chooser_splitter",
        one="model",
        own="&Own checkpoint...",
        form="Own checkpoint",
        none="There are no models. Install tensorviz again, or add an own checkpoint below.",
        described="A ring marks a model that is on this computer, a disc the one in use.",
        chips=(("here", "on this computer"), ("small", "fits in 50 MB"), ("own", "own")),
    )

    def __init__(self, workspace: Workspace, choose: ChooseFile = choose_file, parent: QWidget | None = None) -> None:
        super().__init__(workspace, workspace.choice, WeightsCard(workspace, choose), parent)
        self._window: NetworkWindow | None = None
        self._choose, self._answering = choose, workspace.choice
        self.order, self.precision = QComboBox(), QComboBox()
        self._start()

    @cached_property
    def form(self) -> OwnCheckpointForm:
        """The form of own checkpoints, built when it is first asked for."""
        return self._placed(OwnCheckpointForm(self._workspace, self._choose))

    def wanted(self) -> Wanted:
        """What the person wants to see in the list."""
        chips = {key: chip.isChecked() for key, chip in self.chips.items()}
        return Wanted(self.search.text(), ORDERS[self.order.currentIndex()][0], **chips)

    def _models(self) -> tuple[ModelRow, ...]:
        return self._catalogue.models

    def _lines(self) -> tuple[Line, ...]:
        return arrange(self._catalogue.models, self.wanted(), self._answering.weights_row)

    def _narrows(self) -> bool:
        return self.wanted().narrows

    def _make_files(self) -> WeightFiles:
        none = "No published weights are on this computer yet; fetch some from a model's card."
        return WeightFiles(self._workspace, self._catalogue.files, none)

    def _offer(self) -> None:
        self._catalogue.offer()

    # ------------------------------------------------------------------------------------------------- acting

    def _redraw(self) -> None:
        super()._redraw()
        self.precision.setCurrentIndex(self.precision.findData(self._answering.choice.precision))

    def _precision_picked(self, place: int) -> None:
        self._answering.set_precision(str(self.precision.itemData(place)))

    def _show_layers(self) -> None:
        if self._window is None:
            self._window = NetworkWindow(self._workspace, self)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    # ----------------------------------------------------------------------------------------------- building

    def _connect(self) -> None:
        super()._connect()
        self.order.currentIndexChanged.connect(self._redraw)
        self.precision.activated.connect(self._precision_picked)
        self._catalogue.offered.connect(self._show_form)
        self._catalogue.entry_kept.connect(self._kept)
        self._workspace.network.wanted.connect(self._show_layers)

    def _place_count(self, layout: QVBoxLayout, chips: QHBoxLayout) -> None:
        self.order.addItems([text for _, text in ORDERS])
        self.order.setAccessibleName("Order of the models")
        order = QHBoxLayout()
        order.addWidget(self.order, 1)
        order.addWidget(self._count)
        layout.addLayout(order)

    def _build_foot(self, layout: QVBoxLayout) -> None:
        layout.addLayout(self._precision_row())
        super()._build_foot(layout)

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
