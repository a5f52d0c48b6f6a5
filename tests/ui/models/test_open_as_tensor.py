"""From the Models page to the Tensors page: every step of the strip, the scores, and the parameters of the layers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.results import Classified, Label, Seconds
from tensorviz.core.structure import Layer, OwnTensor
from tensorviz.engine.messages import (
    Classify,
    DescribeNetwork,
    DescribePipeline,
    EngineReady,
    NetworkDescribed,
    PipelineDescribed,
    RowsReady,
)
from tensorviz.engine.messages.session import OpenParameter, OpenPrediction
from tensorviz.ui.models.network_tree import NetworkModel, NetworkWindow
from tensorviz.ui.models.pipeline_strip import KEYS, PipelineStrip
from tests.ui.models import room, rows
from tests.ui.models.room import Room, nameless

WEIGHT, COUNT = OwnTensor("weight", (64, 3, 7, 7)), OwnTensor("num_batches_tracked", (), learned=False)
CONV = Layer("0", "Conv2d", "3, 64", 9408, 0, (), (WEIGHT,))
ROOT = Layer("", "ResNet", "", 9408, 1, (Layer("layer1", "Sequential", "", 9408, 1, (CONV,), (COUNT,)),))


class Here(Room):
    """A strip over one picture whose steps are known."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.wished: list[str] = []
        self.workspace.wishes.wished.connect(self.wished.append)
        self.strip = PipelineStrip(self.workspace)
        self.strip.resize(712, 300)
        qtbot.addWidget(self.strip)
        self.read(rows.models(resnet18_here=True))
        self.engine.answer(EngineReady(0, "2.15", ()))
        self.look_at("a.jpg", qtbot)
        self.engine.answer(PipelineDescribed(self.engine.job(DescribePipeline), room.pipeline()))

    def answered(self) -> None:
        row = Classified("a.jpg", "m", "V", "cpu", "fp32", Seconds(0, 0, 0, 0), (Label(5, "dog", 0.9),))
        self.engine.answer(RowsReady(self.engine.job(Classify), (row,)))


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    return Here(qtbot)


@pytest.mark.parametrize("key", ["original", "resized", "cropped", "normalised"])
def test_the_corner_of_each_step_opens_it_and_shows_the_tensors_page(here: Here, key: str) -> None:
    here.strip.boxes[key].corner.click()
    assert here.engine.last(OpenPrediction) == OpenPrediction("a.jpg", here.workspace.choice.choice, key)
    assert here.wished == ["page.tensors"]


def test_the_key_opens_what_has_the_keyboard_and_says_so(here: Here) -> None:
    box = here.strip.boxes["cropped"]
    QTest.keyClick(box, Qt.Key.Key_T)
    assert here.engine.last(OpenPrediction).stage == "cropped"
    assert box.accessibleDescription() == "Press to enlarge. T opens it as a tensor."
    assert nameless(here.strip) == []


def test_the_menu_offers_both_by_name(here: Here, qapp: QApplication) -> None:
    box = here.strip.boxes["normalised"]
    here.strip.show()
    qapp.sendEvent(
        box, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(4, 4), box.mapToGlobal(QPoint(4, 4)))
    )
    (menu,) = box.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["&Enlarge", "Open as &tensor\tT"]
    menu.actions()[1].trigger()
    menu.close()
    assert here.engine.last(OpenPrediction).stage == "normalised"


def test_the_enlarged_step_opens_too_and_makes_way(here: Here) -> None:
    here.strip.show()
    here.strip.enlarge("resized")
    window = here.strip._window
    assert window is not None
    window.tensor.click()
    assert here.engine.last(OpenPrediction).stage == "resized"
    assert not window.isVisible()


def test_scores_are_opened_with_what_the_answer_was_computed_with(here: Here) -> None:
    here.strip.open_tensor("scores")  # no answer yet
    assert here.engine.all(OpenPrediction) == []
    here.answered()
    answered_with = here.workspace.choice.choice
    here.workspace.choice.set_model("resnet18")  # the answer on the screen is of the model before
    here.strip.boxes["scores"].corner.click()
    assert here.engine.last(OpenPrediction) == OpenPrediction("a.jpg", answered_with, "scores")


def test_without_a_picture_there_is_nothing_to_open_and_the_network_never_is_a_tensor(qtbot: QtBot) -> None:
    empty = Room()
    strip = PipelineStrip(empty.workspace)
    qtbot.addWidget(strip)
    for key in KEYS:
        strip.open_tensor(key)
    assert empty.engine.all(OpenPrediction) == []
    assert empty.workspace.session._waiting == []
    assert not strip.boxes["original"].corner.isEnabled()
    assert strip.boxes["network"].corner.isHidden()


class Layers(Room):
    """The window of layers of a network with two tensors."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.wished: list[str] = []
        self.workspace.wishes.wished.connect(self.wished.append)
        self.engine.answer(EngineReady(0, "2.15", ()))
        self.choice = ModelChoice("resnet18", "IMAGENET1K_V1")
        self.window = NetworkWindow(self.workspace)
        qtbot.addWidget(self.window)
        self.workspace.network.show(self.choice)
        self.engine.answer(NetworkDescribed(self.engine.job(DescribeNetwork), self.choice, ROOT))

    def choose(self, *path: int) -> QModelIndex:
        index = self.window.model.index_of(path)
        self.window.tree.setCurrentIndex(index)
        return index


@pytest.fixture
def layers(qtbot: QtBot) -> Layers:
    return Layers(qtbot)


def test_tensors_stand_under_the_layer_that_keeps_them_after_its_layers(qapp: object) -> None:
    model = NetworkModel(ROOT)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    weight, count = model.index_of((0, 0, 0)), model.index_of((0, 1))
    cells = [[model.index(at.row(), column, at.parent()).data() for column in range(4)] for at in (weight, count)]
    assert cells == [
        ["weight", "parameter", "9,408", "64x3x7x7"],
        ["num_batches_tracked", "buffer", "1", "one number"],
    ]
    spoken = weight.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "weight: parameter, 64x3x7x7, 9,408 numbers; Enter opens it"
    assert not model.hasChildren(weight)
    assert tester.model() is model


def test_enter_on_a_parameter_opens_it_by_its_full_name(layers: Layers) -> None:
    layers.choose(0, 0, 0)
    QTest.keyClick(layers.window.tree, Qt.Key.Key_Return)
    assert layers.engine.last(OpenParameter) == OpenParameter(layers.choice, "layer1.0.weight")
    assert layers.wished == ["page.tensors"]
    assert layers.window._said.plain == "layer1.0.weight is opened on the Tensors page."


def test_the_button_is_there_for_tensors_only(layers: Layers) -> None:
    assert not layers.window.tensor.isEnabled()
    layers.choose(0, 0)
    assert not layers.window.tensor.isEnabled()
    QTest.keyClick(layers.window.tree, Qt.Key.Key_Return)
    assert layers.engine.all(OpenParameter) == []
    layers.choose(0, 1)
    layers.window.tensor.click()
    assert layers.engine.last(OpenParameter).name == "layer1.num_batches_tracked"
    assert nameless(layers.window) == []
