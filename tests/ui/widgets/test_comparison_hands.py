"""A comparison by mouse and keys: the divider, zoom, panning, what is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication

from tests.ui.widgets.compared import (
    AFTER,
    BEFORE,
    NONE,
    Canvas,
    at,
    canvas_of,
    colour,
    drag,
    hover,
    mouse,
    picture,
    press_key,
    turn,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.widgets.comparison import Mode

WIDTH, HEIGHT = 120, 90
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PRESS, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
MIDDLE = Qt.MouseButton.MiddleButton


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = canvas_of(300, 200, picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH, HEIGHT, AFTER))
    qtbot.addWidget(made)
    made.set_labels("before", "after")
    made.set_zoom(1.0)
    return made


def place(canvas: Canvas, x: float, y: float) -> tuple[float, float]:
    """The middle of a pixel on the canvas."""
    left, top = canvas.origin()
    return left + (x + 0.5) * canvas.zoom, top + (y + 0.5) * canvas.zoom


# ----------------------------------------------------------------------------------------------- divider


def test_keys_move_the_divider(canvas: Canvas) -> None:
    told: list[float] = []
    canvas.divider_moved.connect(told.append)
    press_key(canvas, Qt.Key.Key_Right)
    press_key(canvas, Qt.Key.Key_Right, SHIFT)
    press_key(canvas, Qt.Key.Key_Left)
    press_key(canvas, Qt.Key.Key_Home)
    press_key(canvas, Qt.Key.Key_Left)
    press_key(canvas, Qt.Key.Key_End)
    assert told == pytest.approx([0.51, 0.61, 0.60, 0.0, 1.0])
    canvas.set_divider(0.54)
    assert "54 % before, the rest after." in canvas.accessibleDescription()


def test_the_divider_is_dragged_from_anywhere_on_its_line(canvas: Canvas) -> None:
    start = place(canvas, 60, 4)
    drag(canvas, (start[0] + 3, start[1]), (start[0] + 33, start[1] + 50))
    assert canvas.divider == pytest.approx((60 + 30) / WIDTH, abs=0.006), "where it was grabbed counts"
    start = place(canvas, 90, 45)
    drag(canvas, (start[0] + 14, start[1]), (start[0] - 200, start[1]))
    assert canvas.divider == 0


def test_a_click_elsewhere_moves_it_there_and_a_double_click_to_the_middle(canvas: Canvas) -> None:
    mouse(canvas, PRESS, *place(canvas, 29.5, 10))
    assert canvas.divider == pytest.approx(30 / WIDTH, abs=0.005)
    mouse(canvas, RELEASE, *place(canvas, 29.5, 10))
    mouse(canvas, QEvent.Type.MouseButtonDblClick, *place(canvas, 10, 10))
    assert canvas.divider == 0.5


def test_the_divider_is_of_what_is_seen(canvas: Canvas) -> None:
    canvas.set_zoom(10.0)
    canvas.set_divider(0.25)
    pane = canvas.view.panes[0]
    screen = canvas.painted()
    border = pane.left() + pane.width() / 4
    assert [at(screen, round(border) + n, pane.top() + 3)[0] for n in (-5, 5)] == [BEFORE, AFTER]


def test_a_zoomed_picture_is_dragged_and_a_click_still_moves_the_divider(canvas: Canvas) -> None:
    canvas.set_zoom(10.0)
    before = canvas.origin()
    drag(canvas, (60, 40), (90, 25))
    assert canvas.origin() == (before[0] + 30, before[1] - 15)
    assert canvas.divider == 0.5
    drag(canvas, (60, 40), (60, 40))
    assert canvas.divider == pytest.approx((60 - 3) / 294, abs=0.01)


def test_middle_button_and_space_drag_the_picture_from_the_divider_too(canvas: Canvas) -> None:
    canvas.set_zoom(10.0)
    before = canvas.origin()
    drag(canvas, (150, 40), (140, 45), MIDDLE)
    assert canvas.origin() == (before[0] - 10, before[1] + 5)
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, NONE))
    drag(canvas, (150, 40), (160, 40))
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, NONE))
    assert canvas.origin() == (before[0], before[1] + 5)
    assert canvas.divider == 0.5
    drag(canvas, (150, 40), (160, 40))
    assert canvas.divider > 0.5, "space is let go"


def test_the_right_button_is_left_to_others(canvas: Canvas) -> None:
    drag(canvas, place(canvas, 60, 4), place(canvas, 90, 4), Qt.MouseButton.RightButton)
    assert canvas.divider == 0.5


@pytest.mark.parametrize("mode", ["side", "difference", "alone"])
def test_without_a_divider_arrows_are_left_to_others(canvas: Canvas, mode: Mode) -> None:
    canvas.set_difference(bytes(WIDTH * HEIGHT), WIDTH, HEIGHT)
    canvas.set_mode(mode)
    assert not press_key(canvas, Qt.Key.Key_Right)
    assert not press_key(canvas, Qt.Key.Key_Home)
    assert canvas.divider == 0.5


# ----------------------------------------------------------------------------------------------- zoom


def test_the_pixel_under_the_pointer_stays_there_while_zooming(canvas: Canvas) -> None:
    canvas.set_zoom(4.0)
    x, y = place(canvas, 63, 31)
    for notches in (1, 1, 3, 4, -2, 0.5):
        turn(canvas, x, y, notches)
        canvas.lay_out()
        assert canvas.view.pixel_at(canvas.to_screen(QPointF(x, y))) == (63, 31)
    assert canvas.zoom > 10


def test_the_wheel_stops_at_a_hundred_percent(canvas: Canvas) -> None:
    canvas.resize(100, 80)
    canvas.fit()
    zooms = []
    for _ in range(8):
        turn(canvas, 50, 40, 1)
        zooms.append(canvas.zoom)
    assert 1.0 in zooms
    assert zooms == sorted(zooms)


def test_keys_zoom(canvas: Canvas) -> None:
    told: list[tuple[float, bool]] = []
    canvas.zoomed.connect(lambda zoom, fitted: told.append((zoom, fitted)))
    press_key(canvas, Qt.Key.Key_Plus)
    press_key(canvas, Qt.Key.Key_Plus, SHIFT)
    press_key(canvas, Qt.Key.Key_Minus)
    press_key(canvas, Qt.Key.Key_0)
    press_key(canvas, Qt.Key.Key_1)
    fitting = min(294 / WIDTH, 194 / HEIGHT)
    expected = [(1.5, False), (2.0, False), (1.5, False), (fitting, True), (1.0, False)]
    assert [zoom for zoom, _ in told] == pytest.approx([zoom for zoom, _ in expected])
    assert [fitted for _, fitted in told] == [fitted for _, fitted in expected]
    assert "Zoom 100 %." in canvas.text()


def test_a_fitted_picture_follows_the_size_of_the_canvas(canvas: Canvas) -> None:
    told: list[float] = []
    canvas.fit()
    canvas.zoomed.connect(lambda zoom, _: told.append(zoom))
    canvas.resize(600, 400)
    canvas.show()
    assert canvas.zoom == pytest.approx(min(594 / WIDTH, 394 / HEIGHT))
    assert told[-1] == canvas.zoom
    canvas.set_zoom(1.0)
    canvas.resize(300, 200)
    assert canvas.zoom == 1.0


def test_two_fingers_zoom(canvas: Canvas) -> None:
    canvas.set_zoom(4.0)
    pinched = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        QPointF(150, 100),
        QPointF(150, 100),
        QPointF(150, 100),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(canvas, pinched)
    assert canvas.zoom == pytest.approx(5.0)


def test_a_wheel_turned_sideways_pans(canvas: Canvas) -> None:
    canvas.set_zoom(10.0)
    before = canvas.origin()
    turn(canvas, 150, 100, 1, sideways=True)
    assert canvas.origin() == (before[0] + 48, before[1])
    assert canvas.zoom == 10


def test_zoom_ends_somewhere(canvas: Canvas) -> None:
    for _ in range(60):
        canvas.zoom_in()
    assert canvas.zoom == 64
    for _ in range(60):
        canvas.zoom_out()
    assert canvas.zoom == 1.0, "100 % is smaller than fitted here"


def test_zoom_is_kept_for_pictures_of_the_same_size(canvas: Canvas) -> None:
    canvas.set_zoom(3.0)
    canvas.show_pictures(canvas.before, canvas.after)
    assert (canvas.zoom, canvas.fitted) == (3.0, False)
    canvas.show_pictures(picture(20, 20, BEFORE), picture(20, 20, AFTER))
    assert canvas.fitted


def test_control_and_arrows_pan(canvas: Canvas) -> None:
    assert not press_key(canvas, Qt.Key.Key_Right, CONTROL), "there is nothing to see there"
    canvas.set_zoom(10.0)
    before = canvas.origin()
    press_key(canvas, Qt.Key.Key_Right, CONTROL)
    press_key(canvas, Qt.Key.Key_Down, CONTROL)
    assert canvas.origin() == (before[0] - 48, before[1] - 48)
    for _ in range(99):
        press_key(canvas, Qt.Key.Key_Left, CONTROL)
    assert canvas.origin()[0] == canvas.view.panes[0].left(), "not further than to the edge"


# ----------------------------------------------------------------------------------------------- pointing


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_what_is_pointed_at_is_told(qtbot: QtBot, ratio: float) -> None:
    canvas = canvas_of(300, 200, picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH, HEIGHT, AFTER), ratio)
    qtbot.addWidget(canvas)
    canvas.set_zoom(2.0)
    told: list[tuple[int, int]] = []
    canvas.pointed.connect(lambda x, y: told.append((x, y)))
    left, top = canvas.origin()
    for x, y in ((0, 0), (WIDTH - 1, HEIGHT - 1), (50, 40)):
        hover(canvas, (left + 2 * x + 1) / ratio, (top + 2 * y + 1) / ratio)
    hover(canvas, 0, 0)
    assert told == [(0, 0), (WIDTH - 1, HEIGHT - 1), (50, 40), (-1, -1)]


def test_leaving_is_told(canvas: Canvas) -> None:
    told: list[tuple[int, int]] = []
    hover(canvas, *place(canvas, 3, 4))
    canvas.pointed.connect(lambda x, y: told.append((x, y)))
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert told == [(-1, -1)]
    assert canvas.at is None


def test_side_by_side_a_cross_is_at_the_same_pixel_in_both(qtbot: QtBot) -> None:
    canvas = canvas_of(300, 140, picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH, HEIGHT, AFTER))
    qtbot.addWidget(canvas)
    canvas.set_mode("side")
    bare = canvas.painted()
    second = canvas.view.panes[1]
    place_there = canvas.view.place_of(70, 30, second).center()
    hover(canvas, place_there.x(), place_there.y())
    assert canvas.at == (70, 30)
    crossed = canvas.painted()
    for pane in canvas.view.panes:
        middle = canvas.view.place_of(70, 30, pane).center()
        row, column = int(middle.y()), int(middle.x())
        assert at(crossed, pane.left() + 5, row) != at(bare, pane.left() + 5, row)
        assert at(crossed, column, pane.center().y() + 40) != at(bare, column, pane.center().y() + 40)
        assert at(crossed, column, row) == at(bare, column, row), "the pixel itself is free"


def test_the_lens_is_switched_by_key(canvas: Canvas) -> None:
    told: list[bool] = []
    canvas.lens_changed.connect(told.append)
    press_key(canvas, Qt.Key.Key_L)
    press_key(canvas, Qt.Key.Key_L)
    assert told == [True, False]


def test_b_shows_before_while_it_is_held(canvas: Canvas) -> None:
    canvas.set_divider(0.0)
    left, top = canvas.origin()
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_B, NONE))
    assert at(canvas.painted(), left + 80, top + 60) == colour(80, 60, BEFORE)
    assert "before alone." in canvas.text()
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_B, NONE))
    assert at(canvas.painted(), left + 80, top + 60) == colour(80, 60, AFTER)


def test_keys_of_the_canvas_come_before_those_of_the_window(canvas: Canvas) -> None:
    def overrides(key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    assert overrides(Qt.Key.Key_1)
    assert overrides(Qt.Key.Key_Left)
    assert not overrides(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier), "there is no lens"
    assert not overrides(Qt.Key.Key_1, CONTROL)
    canvas.show_pictures(None, None)
    assert not overrides(Qt.Key.Key_1)
    assert not press_key(canvas, Qt.Key.Key_1)


def test_it_has_a_name_and_shows_its_focus(qtbot: QtBot, canvas: Canvas) -> None:
    assert canvas.accessibleName() == "Comparison"
    canvas.set_described("Before and after", "A horse.")
    assert canvas.accessibleName() == "Before and after"
    assert canvas.accessibleDescription().startswith("A horse. ")
    assert canvas.accessibleDescription() == canvas.text()
    without = canvas.painted()
    canvas.show()
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    assert at(canvas.painted(), 1, 100) != at(without, 1, 100)
