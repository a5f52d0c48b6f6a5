"""The answers on the screen: one picture in full, the table, the running batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tensorviz.core.pipeline import Preview
from tensorviz.core.recipe import Recipe, crop_plan
from tensorviz.core.results import Failed
from tensorviz.engine.messages import (
    Classify,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    MakeThumbnails,
    ThumbnailMade,
)
from tensorviz.ui.commands import command
from tensorviz.ui.models.page import ModelsPage
from tensorviz.ui.models.results_panel import ResultsPanel
from tests.ui.models.answers import CUT_OFF, MISSING, Gallery, answered
from tests.ui.models.room import nameless

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

FIVE = ("/1.jpg", "/2.jpg", "/3.jpg", "/4.jpg", "/5.jpg")


@pytest.fixture
def gallery(qapp: object) -> Gallery:
    room = Gallery()
    room.read()
    return room


@pytest.fixture
def panel(gallery: Gallery, qtbot: QtBot) -> ResultsPanel:
    panel = ResultsPanel(gallery.workspace)
    qtbot.addWidget(panel)
    panel.resize(720, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_an_answer_is_shown_in_full(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/dog.jpg")
    gallery.rows(answered("/dog.jpg"))
    shown = panel.picture.answer
    assert shown.bars.text() == "dog 90.0 %\ncat 10.0 %"
    assert shown.bars.accessibleDescription() == shown.bars.text()
    facts = {name: label.text() for name, label in shown.facts.values.items()}
    assert facts == {"Model": "m", "Weights": "V1", "Computed on": "cpu, fp32"}
    assert shown.times.text() == "decode 10 ms, preprocess 20 ms, forward 30 ms"
    assert "60 ms" in shown.times_title.text()
    assert "16 bits reduced." in shown.notes.text()


def test_the_time_that_no_stage_accounts_for_is_told(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/dog.jpg")
    gallery.rows(answered("/dog.jpg", seconds=0.1))
    assert panel.picture.answer.times.text().endswith("other 40 ms")


def test_before_torch_is_loaded_the_wait_is_explained(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/dog.jpg")
    assert panel.picture.answer.headline.text() == "Loading torch..."
    gallery.ready()
    assert panel.picture.answer.headline.text() == "Waiting..."
    gallery.answer(JobStarted(gallery.engine.job(Classify)))
    assert panel.picture.answer.headline.text() == "Being classified..."


def test_a_failed_picture_says_why_in_place(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/broken.jpg")
    gallery.rows(Failed("/broken.jpg", CUT_OFF))
    shown = panel.picture.answer
    assert (shown.headline.text(), shown.words.text()) == (CUT_OFF.message, CUT_OFF.hint)
    assert not shown.bars.isVisible()


def test_the_model_that_comes_along_says_what_it_does_not_know(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/dog.jpg")
    gallery.rows(answered("/dog.jpg"))
    assert "called the nearest" in panel.picture.answer.about.text()
    gallery.workspace.choice.set_model("resnet101")
    gallery.rows(answered("/dog.jpg", model="resnet101"))
    assert not panel.picture.answer.about.isVisible()


def test_the_recipe_is_marked_when_it_is_not_the_weights_own(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.workspace.choice.set_model("resnet101", "IMAGENET1K_V2")
    gallery.give("/dog.jpg")
    gallery.rows(answered("/dog.jpg"))
    facts = panel.picture.answer.facts
    assert facts.recipe.text().startswith("resize 232")
    assert not facts.mark.isVisible()
    gallery.workspace.choice.set_recipe(Recipe(300, 224))
    gallery.rows(answered("/dog.jpg"))
    assert facts.recipe.text().startswith("resize 300")
    assert facts.mark.text().endswith("not the weights' own: resize")


def test_an_answer_of_another_model_is_marked_and_can_be_asked_again(
    gallery: Gallery, panel: ResultsPanel, qtbot: QtBot
) -> None:
    gallery.give("/a.jpg", "/b.jpg")
    gallery.answer(JobFinished(gallery.rows(answered("/a.jpg"), answered("/b.jpg"))))
    gallery.workspace.choice.set_model("alexnet", "IMAGENET1K_V1")
    gallery.answer(JobFinished(gallery.rows(answered("/a.jpg"))))
    assert not panel.picture.answer.banner.isVisible()
    gallery.workspace.pictures.set_current("/b.jpg")
    assert "alexnet" in panel.picture.answer.banner.message
    assert panel.again.isVisible()
    assert panel.again.text() == "Classify the rest"
    wishes: list[str] = []
    gallery.workspace.wishes.wished.connect(wishes.append)
    qtbot.mouseClick(panel.picture.answer.banner.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    assert wishes == ["results.run", "results.run_rest"]


def test_what_a_cancelled_batch_left_is_classified_on_request(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give(*FIVE)
    gallery.rows(answered(FIVE[0]), answered(FIVE[1]))
    assert not panel.again.isVisible()
    gallery.answer(JobCancelled(gallery.engine.job(Classify)))
    assert panel.again.isVisible()
    assert panel.again.text() == "Classify the rest"
    assert command("results.run_rest").when(gallery.workspace)
    gallery.workspace.results.classify(gallery.workspace.results.rest())
    assert gallery.engine.last(Classify).paths == FIVE[2:]
    assert not panel.again.isVisible()


def test_pictures_that_are_not_classified_on_arrival_can_be_classified_together(
    gallery: Gallery, panel: ResultsPanel
) -> None:
    gallery.workspace.settings.set("classify_on_drop", False)
    assert not panel.again.isVisible()
    gallery.give(*FIVE)
    assert panel.again.isVisible()
    assert panel.again.text() == "Classify all"


def test_a_failed_job_is_told_over_the_older_answer(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/a.jpg")
    gallery.answer(JobFinished(gallery.rows(answered("/a.jpg"))))
    gallery.workspace.choice.set_model("alexnet")
    gallery.answer(JobFailed(gallery.engine.job(Classify), MISSING))
    assert panel.picture.answer.banner.message == MISSING.message
    assert panel.picture.answer.bars.isVisible()


def test_the_crop_box_is_where_the_network_looks(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.workspace.choice.set_model("resnet18", "IMAGENET1K_V1")
    gallery.give("/wide.jpg")
    assert not panel.picture.crop_box.isEnabled()
    preview = Preview(4, 2, bytes(24))
    gallery.answer(ThumbnailMade(gallery.engine.job(MakeThumbnails), "/wide.jpg", preview, (400, 200), "PNG"))
    assert panel.picture.canvas.box is None
    panel.picture.crop_box.setChecked(True)
    left, top, right, bottom = crop_plan(Recipe(256, 224), (400, 200)).box_in((400, 200))
    assert panel.picture.canvas.box == pytest.approx((left / 400, top / 200, right / 400, bottom / 200))
    assert panel.picture.canvas.image.width() == 4


def test_the_thumbnail_stands_in_while_the_picture_is_read(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give("/a.jpg", "/b.jpg")
    large, small = Preview(6, 3, bytes(54)), Preview(4, 2, bytes(24))
    job = gallery.engine.job(MakeThumbnails)
    gallery.answer(ThumbnailMade(job, "/a.jpg", large, (600, 300), "PNG"), JobFinished(job))
    gallery.workspace.pictures.want_thumbnails(["/b.jpg"], 96)
    job = gallery.engine.job(MakeThumbnails)
    gallery.answer(ThumbnailMade(job, "/b.jpg", small, (600, 300), "PNG"), JobFinished(job))
    place = panel.picture.canvas.picture_rect()
    gallery.workspace.pictures.set_current("/b.jpg")
    assert panel.picture.canvas.image.width() == 4
    assert panel.picture.canvas.picture_rect() == place, "as large as the picture will be"


def test_the_batch_is_followed_and_cancelled_at_once(gallery: Gallery, panel: ResultsPanel, qtbot: QtBot) -> None:
    assert not panel.batch.isVisible()
    gallery.give(*FIVE)
    job = gallery.engine.job(Classify)
    gallery.answer(JobStarted(job), JobProgress(job, 2, 5, rate=4.0, seconds_left=0.75))
    assert panel.batch.text.text() == "2 of 5 pictures, 4.0 a second, 750 ms left"
    gallery.workspace.results.classify(interactive=False)
    assert panel.batch.text.text().endswith("; 1 more batch queued")
    qtbot.mouseClick(panel.batch.cancel, Qt.MouseButton.LeftButton)
    assert gallery.engine.cancelled == [job]
    assert panel.batch.text.text().startswith("Cancelling: 2 of 5 pictures")
    assert not panel.batch.cancel.isEnabled()
    gallery.answer(JobCancelled(job))
    assert "queued" in panel.batch.text.text()
    assert panel.batch.cancel.isEnabled()


def test_double_click_in_the_table_goes_to_the_picture(gallery: Gallery, panel: ResultsPanel, qtbot: QtBot) -> None:
    gallery.give(*FIVE)
    gallery.workspace.results.set_view("table")
    assert panel.table is not None
    view = panel.table.table
    place = view.visualRect(panel.table.rows.index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert gallery.workspace.pictures.current == "/3.jpg"
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert gallery.workspace.results.view == "picture"
    assert panel.picture.isVisible()


def test_choosing_a_picture_shows_its_row(gallery: Gallery, panel: ResultsPanel) -> None:
    gallery.give(*FIVE)
    gallery.workspace.results.set_view("table")
    assert panel.table is not None
    gallery.workspace.pictures.set_current("/4.jpg")
    assert panel.table.table.selected_rows() == [3]


def test_selected_rows_are_copied(gallery: Gallery, panel: ResultsPanel, qtbot: QtBot) -> None:
    gallery.give(*FIVE)
    gallery.workspace.results.set_view("table")
    assert panel.table is not None
    panel.table.table.selectAll()
    qtbot.keyClick(panel.table.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == panel.table.rows.tsv(range(5))


def test_the_switch_and_the_state_agree(gallery: Gallery, panel: ResultsPanel) -> None:
    assert panel.switch.current == "picture"
    gallery.workspace.results.set_view("table")
    assert panel.switch.current == "table"
    panel.switch.chosen.emit("picture")
    assert gallery.workspace.results.view == "picture"


def test_everything_that_takes_the_keyboard_has_a_name(gallery: Gallery, qtbot: QtBot) -> None:
    page = ModelsPage(gallery.workspace)
    qtbot.addWidget(page)
    gallery.give(*FIVE)
    gallery.rows(answered("/1.jpg"))
    gallery.workspace.results.set_view("table")
    assert nameless(page) == []


def test_the_filter_waits_for_a_pause_in_typing(gallery: Gallery, panel: ResultsPanel, qtbot: QtBot) -> None:
    gallery.give(*FIVE)
    gallery.workspace.results.set_view("table")
    table = panel.table
    assert table is not None
    qtbot.keyClicks(table.filter, "3.jpg")
    qtbot.waitUntil(lambda: table.rows.rowCount() == 1)
    assert table.rows.path_at(0) == "/3.jpg"


def test_nothing_of_an_answer_is_cut_where_the_window_is_small(
    gallery: Gallery, panel: ResultsPanel, qtbot: QtBot
) -> None:
    gallery.give("/dog.jpg")
    gallery.rows(answered("/dog.jpg"))
    panel.resize(480, 400)
    answer = panel.picture.answer
    viewport = answer.parentWidget()
    assert viewport is not None
    qtbot.waitUntil(lambda: 0 < answer.width() < 300)
    for button in answer.copies.buttons.values():
        assert button.width() >= button.sizeHint().width()
        assert button.mapTo(answer, button.rect().bottomRight()).x() < viewport.width()
