"""The picture well: what is shown, lazily asked for, chosen and removed, with a hundred thousand pictures too."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage
from PySide6.QtWidgets import QLabel, QPushButton

from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Failed
from tensorviz.engine.messages import JobFinished, MakeThumbnails, ThumbnailMade
from tensorviz.ui.models.picture_delegate import fitting
from tensorviz.ui.models.picture_well import PictureWell
from tests.ui.models.answers import CUT_OFF, Gallery, answered
from tests.ui.models.room import nameless

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

BROKEN = "broken.jpg is cut off. Copy it again."


@pytest.fixture
def gallery(qapp: object) -> Gallery:
    return Gallery()


def show(gallery: Gallery, qtbot: QtBot) -> PictureWell:
    well = PictureWell(gallery.workspace)
    qtbot.addWidget(well)
    well.resize(244, 600)
    well.show()
    qtbot.waitExposed(well)
    return well


def test_an_empty_well_says_what_to_do(gallery: Gallery, qtbot: QtBot) -> None:
    well = show(gallery, qtbot)
    wishes: list[str] = []
    gallery.workspace.wishes.wished.connect(wishes.append)
    for button in [button for button in well.findChildren(QPushButton) if button.isVisible()]:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wishes[:3] == ["pictures.open", "pictures.open_folder", "edit.paste"]
    assert not well.view.isVisible()
    gallery.give("/a.jpg")
    assert well.view.isVisible()
    gallery.workspace.pictures.clear()
    assert not well.view.isVisible()


@pytest.mark.parametrize("selected", [1, 2])
def test_the_title_is_whole_or_gone(gallery: Gallery, qtbot: QtBot, selected: int) -> None:
    gallery.give("/a.jpg", "/b.jpg")
    gallery.workspace.pictures.set_selection([(0, selected)])
    well = show(gallery, qtbot)
    layout = well.layout()
    assert layout is not None
    [title] = [label for label in well.findChildren(QLabel) if label.text() == "Pictures"]
    assert title.isVisible()
    for width in range(well.minimumWidth(), 260, 8):
        well.resize(width, 600)
        layout.activate()
        assert not title.isVisible() or title.width() >= title.sizeHint().width()
    well.resize(well.minimumWidth(), 600)
    assert not title.isVisible()


def test_everything_that_takes_the_keyboard_has_a_name(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.give("/a.jpg")
    assert nameless(show(gallery, qtbot)) == []


def test_only_pictures_in_sight_get_thumbnails(gallery: Gallery, qtbot: QtBot) -> None:
    well = show(gallery, qtbot)
    names = tuple(f"/{number:05d}.jpg" for number in range(5000))
    gallery.give(*names)
    well.view.ask_for_thumbnails()
    read_large(gallery, names[0])
    asked = gallery.engine.last(MakeThumbnails).paths
    assert 8 <= len(asked) <= 40
    assert asked[0] == names[0]
    well.view.scrollToBottom()
    well.view.ask_for_thumbnails()
    assert gallery.engine.last(MakeThumbnails).paths[-1] == names[-1]


def test_the_current_picture_and_the_selection_are_the_states(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.give("/a", "/b", "/c", "/d")
    well, pictures = show(gallery, qtbot), gallery.workspace.pictures
    qtbot.keyClick(well.view, Qt.Key.Key_Right)
    assert pictures.current == "/b"
    qtbot.keyClick(well.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pictures.selection == ("/b", "/c")
    pictures.set_current("/d")
    assert well.view.currentIndex().row() == 3
    assert list(pictures.selection) == ["/d"]


def test_keys_ask_for_commands(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.give("/a")
    well = show(gallery, qtbot)
    wishes: list[str] = []
    gallery.workspace.wishes.wished.connect(wishes.append)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Return):
        qtbot.keyClick(well.view, key)
    assert wishes == ["pictures.remove", "results.run"]


def test_the_menu_is_made_of_commands_and_those_that_make_no_sense_are_grey(gallery: Gallery, qtbot: QtBot) -> None:
    well = show(gallery, qtbot)
    menu = well.view.menu()
    assert [action.isEnabled() for action in menu.actions() if not action.isSeparator()] == [False] * 6
    gallery.give("/a")
    menu = well.view.menu()
    wishes: list[str] = []
    gallery.workspace.wishes.wished.connect(wishes.append)
    for action in menu.actions():
        action.trigger()
    assert wishes[-2:] == ["pictures.remove", "pictures.clear"]


@pytest.mark.parametrize("gone", [["/0"], ["/3", "/4"], ["/0", "/2", "/4"], ["/0", "/1", "/2", "/3", "/4"]])
def test_view_and_state_agree_after_removing(gallery: Gallery, qtbot: QtBot, gone: list[str]) -> None:
    names = [f"/{number}" for number in range(5)]
    gallery.give(*names)
    well, pictures = show(gallery, qtbot), gallery.workspace.pictures
    pictures.set_current("/3")
    pictures.remove(gone)
    assert well.view.model().rowCount() == pictures.count == 5 - len(gone)
    if pictures.count:
        assert pictures.current is not None
        assert well.view.currentIndex().row() == pictures.row_of(pictures.current)


def test_a_picture_tells_its_state_in_words(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.give("/x/good.jpg", "/x/broken.jpg", "/x/late.jpg")
    gallery.rows(answered("/x/good.jpg"), Failed("/x/broken.jpg", CUT_OFF))
    model = show(gallery, qtbot).view.model()
    said = [model.data(model.index(row, 0), Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert said == ["good.jpg, dog 90.0 %", "broken.jpg, " + BROKEN, "late.jpg, being classified"]
    assert "cut off" in model.data(model.index(1, 0), Qt.ItemDataRole.ToolTipRole)


def test_names_that_are_not_utf_8_are_shown_escaped(gallery: Gallery, qtbot: QtBot) -> None:
    path = os.fsdecode(b"/x/caf\xe9.jpg")
    gallery.give(path)
    model = show(gallery, qtbot).view.model()
    assert model.data(model.index(0, 0)) == "caf\\xe9.jpg"
    assert gallery.workspace.pictures.current == path


def test_thumbnail_label_and_badge_are_painted(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.workspace.settings.set("classify_on_drop", False)
    gallery.give("/good", "/broken")
    well = show(gallery, qtbot)
    red = Preview(40, 40, b"\xff\x00\x00" * 1600)
    well.view.ask_for_thumbnails()
    read_large(gallery, "/good")
    gallery.answer(ThumbnailMade(gallery.engine.job(MakeThumbnails), "/good", red, (40, 40), "PNG"))
    assert gallery.workspace.pictures.thumbnail("/good") == red
    before = painted(well)
    centre = well.view.visible_rect_of("/good").center()
    at = well.view.viewport().mapTo(well, centre)
    colour = before.pixelColor(at)
    assert (colour.red() > 200, colour.green() < 60) == (True, True)
    gallery.workspace.results.classify()
    gallery.rows(answered("/good"), Failed("/broken", CUT_OFF))
    after = painted(well)
    for path in ("/good", "/broken"):
        place = well.view.visible_rect_of(path)
        place.moveTopLeft(well.view.viewport().mapTo(well, place.topLeft()))
        assert before.copy(place) != after.copy(place), path


def read_large(gallery: Gallery, path: str) -> None:
    """Lets the current picture be read, which goes before the thumbnails."""
    job = gallery.engine.job(MakeThumbnails)
    gallery.answer(ThumbnailMade(job, path, Preview(1, 1, b"abc"), (1, 1), "PNG"), JobFinished(job))


def painted(well: PictureWell) -> QImage:
    return well.grab().toImage()


def test_many_pictures_are_laid_out_quickly(gallery: Gallery, qtbot: QtBot) -> None:
    well = show(gallery, qtbot)
    names = tuple(f"/many/{number:06d}.jpg" for number in range(100_000))
    gallery.workspace.settings.set("classify_on_drop", False)
    begin = time.process_time()
    gallery.give(*names)
    well.view.ask_for_thumbnails()
    well.grab()
    spent = time.process_time() - begin
    assert well.view.model().rowCount() == 100_000
    assert spent < 2.0


def test_the_decimals_go_before_the_label_is_cut(qapp: object) -> None:
    metrics = QFontMetricsF(QFont())
    label, long, short = (metrics.horizontalAdvance(text) for text in ("automobile", "73.9 %", "74 %"))
    assert long > short + 1
    assert fitting("automobile", 0.739, metrics, label + long + 5) == ("automobile", "73.9 %")
    assert fitting("automobile", 0.739, metrics, label + short + 5) == ("automobile", "74 %")
    cut, figure = fitting("automobile", 0.739, metrics, label + short - 5)
    assert cut.endswith("\u2026")
    assert figure == "74 %"


def test_only_what_is_certain_is_called_a_hundred_percent(qapp: object) -> None:
    metrics = QFontMetricsF(QFont())
    assert fitting("x" * 99, 0.9999, metrics, 90)[1] == "99 %"
    assert fitting("x" * 99, 1.0, metrics, 90)[1] == "100 %"


def test_an_answer_does_not_lay_out_all_the_others_again(gallery: Gallery, qtbot: QtBot) -> None:
    names = tuple(f"/many/{number:06d}.jpg" for number in range(20_000))
    gallery.workspace.settings.set("classify_on_drop", False)
    gallery.give(*names)
    well = show(gallery, qtbot)
    well.grab()
    gallery.workspace.results.classify(names[:9])
    asked: list[int] = []

    def count(*_: object) -> int:
        asked.append(1)
        return len(names)

    well.view.model().rowCount = count  # type: ignore[method-assign, assignment]
    gallery.rows(answered(names[0]))
    well.grab()
    assert well.view.visible_rect_of(names[0]).isValid()
    assert len(asked) < 2_000
