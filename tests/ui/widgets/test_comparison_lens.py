"""The lens of a comparison: the right pixels, enlarged, and their numbers on a plate that stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QImage

from tensorviz.ui.widgets.comparison_lens import RADIUS, Plate, Reading, magnified, readings
from tests.ui.widgets.compared import AFTER, BEFORE, Canvas, at, canvas_of, colour, picture, press_key, turn

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.widgets.comparison import Mode


WIDTH, HEIGHT = 120, 90

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def looked_through(
    qtbot: QtBot, ratio: float = 1.0, mode: Mode = "slider", size: tuple[int, int] = (420, 320)
) -> Canvas:
    canvas = canvas_of(*size, picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH, HEIGHT, AFTER), ratio)
    qtbot.addWidget(canvas)
    canvas.set_mode(mode)
    canvas.set_zoom(1.0)
    canvas.set_lens(True)
    return canvas


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_left_half_is_before_the_right_half_after_at_eight_times(qtbot: QtBot, ratio: float) -> None:
    canvas = looked_through(qtbot, ratio)
    canvas.point_at(60, 40)
    times = round(8 * ratio)
    screen = canvas.painted()
    middle = canvas.lens_place(canvas.view.panes[0]) * ratio
    left, top = round(middle.x()) - times // 2, round(middle.y()) - times // 2
    compared = 0
    for dx in range(-6, 7):
        for dy in range(-6, 7):
            if abs(dx) < 2 and abs(dy) < 2:
                continue  # the mark of the middle
            for inner in (1, times - 2):
                x, y = left + dx * times + inner, top + dy * times + inner
                if dx == 0 and abs(x - round(middle.x())) < 2:
                    continue  # the line
                red = BEFORE if x < round(middle.x()) else AFTER
                assert at(screen, x, y) == colour(60 + dx, 40 + dy, red), (dx, dy, inner)
                compared += 1
    assert compared > 200


def test_a_piece_is_exact_up_to_its_edge(qtbot: QtBot) -> None:
    image = picture(WIDTH, HEIGHT, BEFORE)
    for times in (1, 3, 8, 64):
        piece = magnified(image, (2, 88), times, 176)
        start = 88 - times // 2
        for x in range(0, 176, 5):
            for y in range(0, 176, 5):
                column, row = 2 + (x - start) // times, 88 + (y - start) // times
                if image.valid(column, row):
                    assert at(piece, x, y) == colour(column, row, BEFORE)
                else:
                    assert at(piece, x, y)[0] not in (BEFORE, AFTER)
    assert not magnified(QImage(), (0, 0), 8, 176).isNull()


def test_side_by_side_each_lens_shows_its_own_picture(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot, mode="side")
    canvas.point_at(60, 40)
    pieces = canvas.lens_pieces()
    for share in (0.2, 0.8):
        found = [at(piece, round(share * piece.width()), piece.height() // 2)[0] for piece in pieces]
        assert found == [BEFORE, AFTER]


def test_alone_the_lens_shows_that_picture(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot, mode="alone")
    canvas.point_at(60, 40)
    (piece,) = canvas.lens_pieces()
    assert {at(piece, x, 88)[0] for x in (20, 150)} == {AFTER}
    assert [row.name for row in canvas.readings()] == [""]


def test_numbers_are_those_of_both_pixels_and_of_their_difference() -> None:
    before, after = picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH, HEIGHT, AFTER)
    rows = readings(before, after, ("in", "out"), (7, 9))
    first, second = colour(7, 9, BEFORE), colour(7, 9, AFTER)
    apart = tuple(abs(a - b) for a, b in zip(first, second, strict=True))
    assert [tuple(map(int, row.numbers.split())) for row in rows] == [first, second, apart]
    assert [row.name for row in rows] == ["in", "out", "difference"]
    beside = readings(before, picture(WIDTH + 2, HEIGHT, AFTER), ("in", "out"), (WIDTH + 1, 9))
    assert beside[0].numbers == "no pixel"
    assert len(beside) == 2, "no difference from a pixel that is not there"


def test_the_pixel_is_told_in_words(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    canvas.set_labels("in", "out")
    canvas.point_at(7, 9)
    first, second = (" ".join(map(str, colour(7, 9, red))) for red in (BEFORE, AFTER))
    assert f"x 7, y 9: in {first}, out {second}, difference 160 0 0." in canvas.accessibleDescription()
    canvas.set_lens(False)
    assert "x 7" not in canvas.accessibleDescription()


@pytest.mark.parametrize("size", [(420, 320), (300, 240), (260, 500)])
def test_the_plate_never_leaves_the_canvas_nor_covers_the_middle(qtbot: QtBot, size: tuple[int, int]) -> None:
    canvas = looked_through(qtbot, size=size)
    canvas.set_labels("before", "after")
    canvas.fit()
    whole = QRectF(canvas.rect())
    for x in range(0, WIDTH, 7):
        for y in range(0, HEIGHT, 7):
            canvas.point_at(x, y)
            assert whole.contains(canvas.plate_place())
            if size[1] >= 320:
                assert not canvas.plate_place().contains(canvas.lens_place(canvas.view.panes[0]))


@pytest.mark.parametrize("size", [(220, 180), (420, 320)])
def test_a_lens_leaves_the_picture_around_it_to_be_seen(qtbot: QtBot, size: tuple[int, int]) -> None:
    canvas = looked_through(qtbot, size=size)
    canvas.point_at(60, 40)
    [piece] = canvas.lens_pieces()
    assert piece.width() <= 0.62 * min(size)
    assert piece.width() >= 72


def test_a_plate_goes_where_there_is_room() -> None:
    plate, room = Plate(QFont(), "x 1  y 2", [Reading("before", None, "  1   2   3")]), QRectF(0, 0, 800, 600)
    assert plate.place(QPointF(400, 200), room).top() > 200 + RADIUS
    assert plate.place(QPointF(400, 550), room).bottom() < 550 - RADIUS
    assert plate.place(QPointF(10, 200), room).left() > 0
    low = QRectF(0, 0, 800, 150)
    assert plate.place(QPointF(300, 75), low).left() > 300 + RADIUS
    assert plate.place(QPointF(790, 75), low).right() < 790 - RADIUS


def test_the_lens_follows_pixels_by_key(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    told = []
    canvas.pointed.connect(lambda x, y: told.append((x, y)))
    canvas.point_at(5, 5)
    assert press_key(canvas, Qt.Key.Key_Right, ALT)
    assert press_key(canvas, Qt.Key.Key_Up, ALT)
    assert canvas.at == (6, 4)
    canvas.leave()
    press_key(canvas, Qt.Key.Key_Left, ALT)
    assert canvas.at == (6, 4), "it comes back to where it was"
    for _ in range(9):
        press_key(canvas, Qt.Key.Key_Left, ALT)
    assert canvas.at == (0, 4)
    assert told[:4] == [(5, 5), (6, 5), (6, 4), (-1, -1)]
    canvas.set_lens(False)
    assert not press_key(canvas, Qt.Key.Key_Left, ALT)


def test_the_picture_follows_the_lens_that_would_leave(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    canvas.set_zoom(20.0)
    canvas.point_at(0, 0)
    for _ in range(WIDTH):
        press_key(canvas, Qt.Key.Key_Right, ALT)
    pane = canvas.view.panes[0]
    assert canvas.at == (WIDTH - 1, 0)
    assert QRectF(pane).contains(canvas.view.place_of(WIDTH - 1, 0, pane).center())


def test_wished_by_key_the_lens_is_in_the_middle(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    canvas.set_lens(False)
    canvas.show()
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    canvas.leave()
    press_key(canvas, Qt.Key.Key_L)
    assert canvas.at is not None
    assert abs(canvas.at[0] - WIDTH / 2) <= 1
    assert abs(canvas.at[1] - HEIGHT / 2) <= 1


def test_another_picture_has_its_own_middle(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    told = []
    canvas.point_at(100, 80)
    canvas.pointed.connect(lambda x, y: told.append((x, y)))
    canvas.show_pictures(picture(4, 4, BEFORE), picture(4, 4, AFTER))
    press_key(canvas, Qt.Key.Key_Left, ALT)
    assert told[0] == (-1, -1)
    assert told[1] in {(x, y) for x in (1, 2) for y in (1, 2)}


def test_control_and_wheel_make_it_stronger(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    zoom = canvas.zoom
    turn(canvas, 210, 160, 1, CONTROL)
    assert (canvas.lens_factor, canvas.zoom) == (10, zoom)
    turn(canvas, 210, 160, -99, CONTROL)
    assert canvas.lens_factor == 2
    canvas.set_lens_factor(999)
    assert canvas.lens_factor == 32


def test_a_lens_enlarges_more_than_the_picture_is(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    canvas.set_zoom(12.0)
    assert canvas.magnification == 24


def test_no_lens_while_the_divider_is_dragged(qtbot: QtBot) -> None:
    canvas = looked_through(qtbot)
    canvas.point_at(60, 40)
    assert canvas.lens_seen
    canvas.set_dragging(True)
    assert not canvas.lens_seen
