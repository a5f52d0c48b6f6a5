"""The film of a translation: stepped through by keys and slider, lying on one another, opened as tensors."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.engine.messages.session import OpenTranslation
from tensorviz.ui.translate.block_window import BlockWindow
from tests.ui.models.room import nameless
from tests.ui.translate.block_room import BlockRoom


class Film(BlockRoom):
    """Everything is drawn, and block 3 is enlarged."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.done()
        QTest.keyClick(self.strip.boxes["block-3"], Qt.Key.Key_Return)
        assert self.strip._window is not None
        self.window: BlockWindow = self.strip._window
        qtbot.waitUntil(self.window.isActiveWindow)

    def press(self, *keys: Qt.Key) -> str:
        for key in keys:
            QTest.keyClick(self.window.slider, key)
        return self.window.key


@pytest.fixture
def film(qtbot: QtBot) -> Film:
    return Film(qtbot)


def test_it_opens_at_the_box_with_its_figures(film: Film) -> None:
    assert not film.window.isModal()
    assert film.window.slider.hasFocus()
    assert film.window.windowTitle() == "After block 3 of 9 - /a"
    assert film.window.place.text() == "6 of 13"
    assert film.window.figures.text() == (
        "1\N{MULTIPLICATION SIGN}256\N{MULTIPLICATION SIGN}2\N{MULTIPLICATION SIGN}3 float32\n"
        "smallest -4.5   largest 2.25   mean 0.125   changes 12 %"
    )
    assert film.window.view.accessibleDescription().startswith("After block 3 of 9:")
    assert nameless(film.window) == []


def test_keys_step_through_all_and_stop_at_the_ends(film: Film) -> None:
    assert film.press(Qt.Key.Key_Right) == "block-4"
    assert film.press(Qt.Key.Key_Left, Qt.Key.Key_Left) == "block-2"
    assert film.press(Qt.Key.Key_End) == "output"
    assert not film.window.forth.isEnabled()
    assert film.press(Qt.Key.Key_Right) == "output"
    assert film.press(Qt.Key.Key_Home) == "original"
    assert not film.window.back.isEnabled()
    assert film.window.slider.value() == 0


def test_keys_step_wherever_the_keyboard_is_in_the_window(film: Film) -> None:
    for widget in (film.window.view, film.window.tensor, film.window.back):
        widget.setFocus()
        before = film.window.slider.value()
        QTest.keyClick(widget, Qt.Key.Key_Right)
        assert film.window.slider.value() == before + 1


def test_the_slider_and_the_buttons_step_too(film: Film) -> None:
    film.window.slider.setValue(2)
    assert film.window.key == "block-0"
    film.window.forth.click()
    assert film.window.key == "block-1"
    film.window.back.click()
    film.window.back.click()
    assert film.window.key == "input"


def test_pictures_lie_on_one_another_and_the_zoom_stays(film: Film) -> None:
    view = film.window.view
    assert view.sceneRect().size().toSize().toTuple() == (12, 8)  # of the input; the others have 10 x 6
    view.zoom(2)
    zoom, place = view.transform().m11(), view.mapToScene(view.viewport().rect().center())
    film.press(Qt.Key.Key_Right)
    film.window.go("input")
    film.window.go("output")
    assert view.transform().m11() == zoom
    assert view.mapToScene(view.viewport().rect().center()) == place
    film.window.go("original")
    assert view.sceneRect().size().toSize().toTuple() == (10, 6)


def test_nothing_moves_in_the_window_while_it_steps(film: Film) -> None:
    film.window.resize(1, 560)  # as narrow as can be
    places = set()
    for key in ("original", "input", "block-0", "block-5", "block-9", "output"):
        film.window.go(key)
        for note in (film.window.note.plain, "word " * 30):  # two lines
            film.window.note.say(note)
            film.window.column.activate()
            places.add(film.window.view.geometry().getRect())
    assert len(places) == 1


def test_t_opens_what_is_shown_and_makes_way(film: Film) -> None:
    film.press(Qt.Key.Key_Right)
    QTest.keyClick(film.window, Qt.Key.Key_T)
    assert film.engine.last(OpenTranslation).stage == "block-4"
    assert film.wished == ["page.tensors"]
    assert not film.window.isVisible()


def test_escape_closes_and_enter_opens_elsewhere(film: Film) -> None:
    QTest.keyClick(film.window, Qt.Key.Key_Escape)
    assert not film.window.isVisible()
    film.strip.boxes["output"].click()
    assert film.window.isVisible()
    assert film.window.key == "output"


def test_it_follows_what_comes_and_goes(film: Film) -> None:
    film.workspace.generator.set_input_range("book")
    film.translate()
    assert film.window.key == "output"  # the blocks of the new one are not there yet
    assert film.window.place.text() == "3 of 3"
    film.come(0)
    assert film.window.place.text() == "4 of 4"
    film.workspace.pictures.clear()
    assert not film.window.isVisible()
