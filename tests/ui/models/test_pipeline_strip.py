"""The pipeline strip: boxes, crop, figures, marks, and what is said when there is nothing to show."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.core.results import Classified, Label, Seconds
from tensorviz.engine.messages import (
    Classify,
    DescribeNetwork,
    DescribePipeline,
    JobFailed,
    PipelineDescribed,
    RowsReady,
)
from tensorviz.ui.models.pipeline_strip import PipelineStrip
from tensorviz.ui.models.stage_box import crop_place, fitted, paint_crop
from tensorviz.ui.models.stage_text import HEADER, channel_line, lost_share, short_number
from tensorviz.ui.theme import LIGHT
from tests.ui.models import room, rows
from tests.ui.models.room import Room, nameless


class Here(Room):
    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.strip = PipelineStrip(self.workspace)
        self.strip.resize(712, 300)
        qtbot.addWidget(self.strip)

    def spoken(self, key: str) -> str:
        return self.strip.boxes[key].accessibleName()

    def look(self) -> None:
        self.look_at("a.jpg", self.qtbot)

    def described(self) -> None:
        self.look()
        self.engine.answer(PipelineDescribed(self.engine.job(DescribePipeline), room.pipeline()))


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    found = Here(qtbot)
    found.read(rows.models(resnet18_here=True))
    return found


def test_without_a_picture_it_says_what_to_do(here: Here) -> None:
    assert here.strip.hint.text() == "Select a picture to see it here."
    assert not here.strip.boxes["original"].isEnabled()


def test_boxes_say_shape_type_statistics_and_what_is_cut_away(here: Here) -> None:
    here.described()
    assert here.spoken("original") == (
        "Original: 200\N{MULTIPLICATION SIGN}400\N{MULTIPLICATION SIGN}3, uint8."
        " R: smallest -2.118, largest 2.249, mean 0.0312. G: smallest 0, largest 255, mean 128."
        " As it was. The network sees columns 100 to 300 and rows 0 to 200; 50.0 % is cut away."
        " Drawn at 4\N{MULTIPLICATION SIGN}2 pixels."
    )
    assert here.strip.said.isHidden()
    assert here.strip.boxes["normalised"].content.caption[1] == "float32"


def test_the_crop_is_drawn_as_shares_of_the_picture(here: Here) -> None:
    here.described()
    assert here.strip.boxes["original"].content.crop == (0.25, 0.0, 0.75, 1.0)
    assert here.strip.boxes["resized"].content.crop is None
    assert lost_share(room.pipeline()) == pytest.approx(0.5)


def test_a_crop_leaves_its_inside_and_dims_the_rest(qapp: object) -> None:
    image = QImage(100, 50, QImage.Format.Format_RGB888)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_crop(painter, QRectF(0, 0, 100, 50), (0.25, 0.0, 0.75, 1.0), LIGHT)
    painter.end()
    assert image.pixelColor(50, 25) == QColor("white")
    assert image.pixelColor(10, 25).lightness() < 180
    assert image.pixelColor(90, 25).lightness() < 180


def test_a_picture_of_any_proportion_finds_its_place() -> None:
    assert fitted(30_000, 4, QRectF(0, 0, 100, 90)) == QRectF(0, 44.5, 100, 1)
    assert crop_place(QRectF(10, 0, 100, 50), (0.5, 0.0, 1.0, 1.0)) == QRectF(60, 0, 50, 50)


@pytest.mark.parametrize(
    ("value", "text"),
    [(243, " 243"), (0, "   0"), (17.64, "17.6"), (-2.118, "-2.1"), (-0.034, "-.03"), (0.45, "0.45"), (1234.5, "1234")],
)
def test_short_numbers_keep_their_column(value: float, text: str) -> None:
    assert short_number(value) == text


def test_figures_stand_under_their_headings() -> None:
    lines = [channel_line(channel) for channel in room.pipeline().stages[0].channels]
    assert {len(line) for line in lines} == {len(HEADER)}


def test_the_last_boxes_say_model_and_best_answer(here: Here) -> None:
    here.described()
    assert "cifar10_small" in here.spoken("network")
    assert here.spoken("scores") == "Scores: no answer yet."
    seconds = Seconds(0.01, 0.01, 0.07, 0.09)
    best = (Label(5, "dog", 0.963), Label(3, "cat", 0.02))
    answer = Classified("a.jpg", "cifar10_small", "CIFAR10_V1", "cpu", "fp32", seconds, best)
    here.engine.answer(RowsReady(here.engine.job(Classify), (answer,)))
    assert here.spoken("scores") == "Scores: dog, 96.3 %, 2.0 % cat, 70 ms, cpu."


def test_an_answer_of_the_model_before_says_whose_it_is(here: Here) -> None:
    here.described()
    answer = Classified(
        "a.jpg", "cifar10_small", "CIFAR10_V1", "cpu", "fp32", Seconds(0, 0, 0, 0), (Label(5, "dog", 0.9),)
    )
    here.engine.answer(RowsReady(here.engine.job(Classify), (answer,)))
    here.workspace.choice.set_model("resnet18")
    assert here.spoken("scores").endswith("by cifar10_small, before.")


def test_a_picture_that_cannot_be_read_says_so(here: Here) -> None:
    here.look()
    here.engine.answer(JobFailed(here.engine.job(DescribePipeline), Problem("a.jpg is truncated.", "Copy it again.")))
    assert here.strip.said.plain == "a.jpg is truncated. Copy it again."
    assert here.strip.row.isHidden()  # empty boxes would push the sentence's end out of a small window
    assert here.spoken("original") == "Original: nothing yet."


def test_the_answer_to_an_old_recipe_is_not_shown(here: Here) -> None:
    here.look()
    old = here.engine.job(DescribePipeline)
    here.workspace.choice.set_model("resnet18")
    here.engine.answer(PipelineDescribed(old, room.pipeline()))
    assert here.spoken("original") == "Original: nothing yet."
    assert here.strip.hint.text() == "being made..."


def test_a_recipe_that_is_not_the_weights_own_is_marked(here: Here) -> None:
    assert here.strip.mark.isHidden()
    here.strip.toggle.setChecked(True)
    here.strip.editor.imagenet.click()
    here.strip.toggle.setChecked(False)
    assert here.strip.mark.text() == "differs from the weights' own recipe: mean, std"
    assert not here.strip.mark.isHidden()


def test_enter_enlarges_a_box_and_closing_goes_back_to_small_previews(here: Here) -> None:
    here.described()
    here.strip.show()
    QTest.keyClick(here.strip.boxes["cropped"], Qt.Key.Key_Return)
    window = here.strip._window
    assert window is not None
    assert window.isVisible()
    assert not window.isModal()
    assert here.engine.last(DescribePipeline).preview_side == 1024
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert here.engine.last(DescribePipeline).preview_side == 320


def test_the_enlarged_picture_zooms_within_bounds(here: Here) -> None:
    here.described()
    here.strip.show()
    here.strip.boxes["original"].click()
    window = here.strip._window
    assert window is not None
    before = window.view.transform().m11()
    window.view.zoom(0.5)
    assert window.view.transform().m11() == pytest.approx(before / 2)
    for _ in range(60):
        window.view.zoom(0.5)
    assert window.view.transform().m11() >= 0.05
    window.view.fit()
    assert window.view.transform().m11() == pytest.approx(before)


def test_the_network_box_opens_the_layers(here: Here) -> None:
    wanted: list[int] = []
    here.workspace.network.wanted.connect(lambda: wanted.append(1))
    here.strip.boxes["network"].click()
    assert here.engine.last(DescribeNetwork) == DescribeNetwork(ModelChoice("", ""))
    assert wanted == [1]


def test_it_paints_at_any_state_and_everything_has_a_name(here: Here) -> None:
    before = here.strip.grab().toImage()
    here.described()
    after = here.strip.grab().toImage()
    assert before != after
    assert nameless(here.strip) == []
