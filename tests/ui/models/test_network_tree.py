"""The network layer by layer: a lazy tree, a search in it, its text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.core.structure import Layer
from tensorviz.engine.messages import DescribeNetwork, JobFailed, NetworkDescribed
from tensorviz.ui.models.network_tree import NetworkModel, NetworkWindow, find_layers
from tests.ui.models.room import Room, nameless


def conv(name: str) -> Layer:
    return Layer(name, "Conv2d", "3, 64, kernel_size=(7, 7)", 9408, 0)


ROOT = Layer(
    "",
    "ResNet",
    "",
    11_689_512,
    9_620,
    (conv("conv1"), Layer("layer1", "Sequential", "", 18_816, 0, (conv("0"), conv("1")))),
)


def shown(model: NetworkModel, parent: QModelIndex | None = None) -> list[str]:
    above = parent or QModelIndex()
    texts = []
    for row in range(model.rowCount(above)):
        texts.append(" ".join(str(model.index(row, column, above).data()) for column in range(model.columnCount())))
        texts += shown(model, model.index(row, 0, above))
    return texts


def test_the_tree_is_a_model_qt_accepts_and_shows_every_layer(qapp: object) -> None:
    model = NetworkModel(ROOT)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert shown(model) == [
        "network ResNet 11,689,512 ",
        "conv1 Conv2d 9,408 3, 64, kernel_size=(7, 7)",
        "layer1 Sequential 18,816 ",
        "0 Conv2d 9,408 3, 64, kernel_size=(7, 7)",
        "1 Conv2d 9,408 3, 64, kernel_size=(7, 7)",
    ]
    model.show(None)
    assert shown(model) == []
    assert tester.model() is model


def test_nodes_are_made_when_somebody_looks(qapp: object) -> None:
    model = NetworkModel(ROOT)
    top = model.node(model.index(0, 0))
    assert top is not None
    assert model.rowCount(model.index(0, 0)) == 2
    assert top.below == []
    model.index(0, 0, model.index(0, 0))
    assert len(top.below) == 2


def test_a_deep_network_goes_to_the_bottom(qapp: object) -> None:
    layer = conv("bottom")
    for depth in range(200):
        layer = Layer(str(depth), "Sequential", "", 1, 0, (layer,))
    assert NetworkModel(layer).index_of((0,) * 200).data() == "bottom"
    assert find_layers(layer, "bottom") == ((0,) * 200,)


def test_search_finds_names_kinds_and_details_in_order() -> None:
    assert find_layers(ROOT, "CONV2D") == ((0,), (1, 0), (1, 1))
    assert find_layers(ROOT, "kernel_size=(7") == ((0,), (1, 0), (1, 1))
    assert find_layers(ROOT, " ") == ()


class Here(Room):
    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.window = NetworkWindow(self.workspace)
        qtbot.addWidget(self.window)
        self.workspace.network.show(ModelChoice("resnet18", "IMAGENET1K_V1"))

    def answer(self) -> None:
        job = self.engine.job(DescribeNetwork)
        self.engine.answer(NetworkDescribed(job, ModelChoice("resnet18", "IMAGENET1K_V1"), ROOT))


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    return Here(qtbot)


def test_the_window_says_what_it_waits_for_and_then_what_it_shows(here: Here) -> None:
    assert here.window._said.plain == "The network is being built..."
    assert not here.window.copy.isEnabled()
    here.answer()
    assert here.window._said.plain == "11,689,512 parameters"
    assert here.window._title.plain == "resnet18 IMAGENET1K_V1"


def test_enter_goes_round_the_layers_found(here: Here) -> None:
    here.answer()
    here.window.search.setText("conv2d")
    seen = [here.window._said.plain]
    for _ in range(3):
        here.window.search.returnPressed.emit()
        seen.append(here.window._said.plain)
    assert seen == ["1 of 3 layers", "2 of 3 layers", "3 of 3 layers", "1 of 3 layers"]
    assert here.window.tree.currentIndex().data() == "conv1"
    here.window.search.setText("lstm")
    assert here.window._said.plain == 'No layer has "lstm" in it.'


def test_the_tree_is_copied_as_text(here: Here) -> None:
    here.answer()
    here.window.copy.click()
    assert QGuiApplication.clipboard().text().splitlines() == ROOT.lines()


def test_a_network_that_cannot_be_built_says_why(here: Here) -> None:
    here.engine.answer(JobFailed(here.engine.job(DescribeNetwork), Problem("No such network.", "Choose another.")))
    assert here.window._said.plain == "No such network. Choose another."


def test_layers_are_spoken_as_sentences(here: Here) -> None:
    here.answer()
    index = here.window.model.index_of((1,))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "layer1: Sequential(), 18,816 parameters, 2 layers in it"
    assert nameless(here.window) == []


def test_the_model_that_comes_along_has_its_name_over_its_layers(qtbot: QtBot) -> None:
    room = Room()
    room.read()
    window = NetworkWindow(room.workspace)
    qtbot.addWidget(window)
    room.workspace.network.show(ModelChoice())
    assert window._title.plain == "cifar10_small"
