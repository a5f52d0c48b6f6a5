"""The comparison of two pictures, pixel by pixel: what is painted is what the pictures hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPalette

from tensorviz.ui.widgets.comparison_marks import HANDLE, corner_plate, nearness
from tests.ui.widgets.compared import AFTER, BEFORE, Canvas, at, canvas_of, colour, picture

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.widgets.comparison import Mode, Which

WIDTH, HEIGHT = 120, 90
MODES: tuple[Mode, ...] = ("slider", "side", "difference", "alone")


def pair(qtbot: QtBot, ratio: float = 1.0, size: tuple[int, int] = (200, 140), more: int = 0) -> Canvas:
    canvas = canvas_of(*size, picture(WIDTH, HEIGHT, BEFORE), picture(WIDTH + more, HEIGHT, AFTER), ratio)
    qtbot.addWidget(canvas)
    return canvas


def clear_of_divider(x: int, y: int, divider: int, middle: int, ratio: float) -> bool:
    reach = (HANDLE + 1) * ratio
    return abs(x + 0.5 - divider) > 3 * ratio and (x - divider) ** 2 + (y - middle) ** 2 > reach**2


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.7, 1.0])
@pytest.mark.parametrize("zoom", [1, 3])
def test_left_of_the_divider_is_before_right_of_it_after(qtbot: QtBot, ratio: float, share: float, zoom: int) -> None:
    canvas = pair(qtbot, ratio, (400, 300) if zoom > 1 or ratio > 1 else (200, 140))
    canvas.set_zoom(float(zoom))
    canvas.set_divider(share)
    screen = canvas.painted()
    left, top = canvas.origin()
    divider, middle = left + round(share * WIDTH * zoom), top + HEIGHT * zoom / 2
    compared = 0
    for y in range(top, top + HEIGHT * zoom, 2):
        for x in range(left, left + WIDTH * zoom, 3):
            if clear_of_divider(x, y, divider, int(middle), ratio):
                red = BEFORE if x < divider else AFTER
                assert at(screen, x, y) == colour((x - left) // zoom, (y - top) // zoom, red), (x, y)
                compared += 1
    assert compared > WIDTH * HEIGHT // 20


def test_pictures_of_unequal_size_meet_at_the_upper_left_and_the_rest_is_hatched(qtbot: QtBot) -> None:
    canvas = pair(qtbot, more=2, size=(300, 140))
    canvas.set_zoom(1.0)
    canvas.set_mode("side")
    screen, (left, top) = canvas.painted(), canvas.origin()
    assert at(screen, left + WIDTH - 1, top + 9) == colour(WIDTH - 1, 9, BEFORE)
    beyond = {at(screen, left + WIDTH + n, top + y) for y in range(20) for n in (0, 1)}
    colours = [canvas.palette().color(role) for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Dark)]
    assert beyond == {(found.red(), found.green(), found.blue()) for found in colours}
    canvas.set_mode("slider")
    canvas.set_divider(0.0)
    screen, (left, top) = canvas.painted(), canvas.origin()
    assert [at(screen, left + WIDTH + n, top + 9) for n in (0, 1)] == [colour(WIDTH + n, 9, AFTER) for n in (0, 1)]
    assert f" is {WIDTH} x {HEIGHT}" in canvas.text()
    assert f" {WIDTH + 2} x {HEIGHT}" in canvas.text()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_side_by_side_shows_the_same_pixels(qtbot: QtBot, ratio: float) -> None:
    canvas = pair(qtbot, ratio, (300, 140))
    canvas.set_mode("side")
    canvas.set_zoom(5.0)
    canvas.pan(17, 9)
    screen = canvas.painted()
    first, second = canvas.view.panes
    assert (first.top(), first.width()) == (second.top(), second.width())
    for x in range(0, first.width(), 7):
        for y in range(0, first.height(), 5):
            one, other = at(screen, first.left() + x, first.top() + y), at(screen, second.left() + x, second.top() + y)
            assert (one[0], other[0]) == (BEFORE, AFTER)
            assert one[1:] == other[1:]


def test_wide_pictures_lie_one_above_the_other(qtbot: QtBot) -> None:
    canvas = canvas_of(300, 300, picture(150, 20, BEFORE), picture(150, 20, AFTER))
    qtbot.addWidget(canvas)
    canvas.set_mode("side")
    canvas.lay_out()
    first, second = canvas.view.panes
    assert first.left() == second.left()
    assert first.bottom() < second.top()


def test_alone_shows_one_picture(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    canvas.set_mode("alone")
    canvas.set_zoom(1.0)
    shown: dict[Which, int] = {"before": BEFORE, "after": AFTER}
    for which, red in shown.items():
        canvas.set_shown(which)
        left, top = canvas.origin()
        screen = canvas.painted()
        for x, y in ((0, 0), (WIDTH - 1, HEIGHT - 1), (60, 45)):
            assert at(screen, left + x, top + y) == colour(x, y, red)


def test_before_is_seen_in_place_while_it_is_held(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    canvas.set_zoom(1.0)
    canvas.set_divider(0.0)
    left, top = canvas.origin()
    assert at(canvas.painted(), left + 100, top + 5)[0] == AFTER
    canvas.hold_before(True)
    assert at(canvas.painted(), left + 100, top + 5) == colour(100, 5, BEFORE)
    canvas.hold_before(False)
    assert at(canvas.painted(), left + 100, top + 5)[0] == AFTER


# ----------------------------------------------------------------------------------------------- difference

TABLE = [QColor(level, 255 - level, (level * 5) % 256).name() for level in range(256)]


def rgb(name: str) -> tuple[int, int, int]:
    return int(name[1:3], 16), int(name[3:5], 16), int(name[5:], 16)


def mapped(qtbot: QtBot, levels: bytes, width: int, height: int) -> Canvas:
    canvas = canvas_of(500, 400, picture(width, height, BEFORE), picture(width, height, AFTER))
    qtbot.addWidget(canvas)
    canvas.set_mode("difference")
    canvas.set_difference(levels, width, height)
    canvas.set_colours(TABLE)
    return canvas


@pytest.mark.parametrize("zoom", [1, 4])
def test_a_level_takes_the_colour_of_the_table(qtbot: QtBot, zoom: int) -> None:
    width, height = 51, 5
    levels = bytes(range(255))
    canvas = mapped(qtbot, levels, width, height)
    canvas.set_zoom(float(zoom))
    screen, (left, top) = canvas.painted(), canvas.origin()
    for level in levels:
        y, x = divmod(level, width)
        assert at(screen, left + x * zoom, top + y * zoom) == rgb(TABLE[level])
    assert canvas.scale_note() == "Scale 0 to 255; the largest difference is 254."


def test_a_stretched_scale_ends_at_the_largest(qtbot: QtBot) -> None:
    canvas = mapped(qtbot, bytes([0, 60, 120, 143]), 2, 2)
    canvas.set_zoom(1.0)
    canvas.set_stretched(True)
    screen, (left, top) = canvas.painted(), canvas.origin()
    found = [at(screen, left + x, top + y) for y in (0, 1) for x in (0, 1)]
    assert found == [rgb(TABLE[level * 255 // 143]) for level in (0, 60, 120, 143)]
    assert canvas.scale_note() == "Scale 0 to 143, the largest difference."
    assert canvas.scale.ticks()[-1] == 143


def test_equal_pictures_and_shrunk_maps_say_so(qtbot: QtBot) -> None:
    canvas = mapped(qtbot, bytes(20 * 30), 20, 30)
    canvas.set_stretched(True)
    assert canvas.scale_note() == "The pictures are equal."
    assert at(canvas.painted(), canvas.origin()[0] + 5, canvas.origin()[1] + 5) == rgb(TABLE[0])
    canvas.show_pictures(picture(900, 700, BEFORE), picture(900, 700, AFTER))
    assert canvas.scale_note() == "", "another pair has another difference"
    canvas.set_difference(bytes(range(250)) * 2520, 900, 700, largest=249)
    assert canvas.scale_note().endswith("Shrunk: shown are means of several pixels.")
    assert canvas.scale.short_note() == "0 to 249; means of several pixels"
    canvas.set_stretched(False)
    assert canvas.scale.short_note() == "0 to 255, largest 249; means of several pixels"


def test_what_was_not_compared_is_told(qtbot: QtBot) -> None:
    canvas = canvas_of(300, 200, picture(22, 20, BEFORE), picture(20, 20, AFTER))
    qtbot.addWidget(canvas)
    canvas.set_mode("difference")
    canvas.set_difference(bytes([7]) * 400, 20, 20)
    assert "Compared where both have pixels: 20 x 20." in canvas.text()


def test_a_shrunk_map_stays_on_its_scale(qtbot: QtBot) -> None:
    # The mean of two colours is not on the scale; the colour of the mean is.
    levels = np.zeros((600, 800), np.uint8)
    levels[::2] = 200
    canvas = mapped(qtbot, levels.tobytes(), 800, 600)
    canvas.resize(380, 400)
    canvas.set_zoom(0.5)
    screen, (left, top) = canvas.painted(), canvas.origin()
    assert at(screen, left + 100, top + 100) == rgb(TABLE[100])


def test_wrong_lengths_are_refused(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    with pytest.raises(ValueError, match="4 x 3"):
        canvas.set_difference(b"123", 4, 3)
    with pytest.raises(ValueError, match="256"):
        canvas.set_colours(["#000000"])


# ----------------------------------------------------------------------------------------------- states


def test_without_pictures_there_is_a_text(qtbot: QtBot) -> None:
    canvas = canvas_of(200, 100, None, None)
    qtbot.addWidget(canvas)
    assert canvas.text() == "Nothing yet."
    screen = canvas.painted()
    ground = at(screen, 1, 1)
    assert any(at(screen, x, y) != ground for x in range(200) for y in range(100))
    for mode in MODES:
        canvas.set_mode(mode)
        canvas.fit()
        canvas.zoom_in()
        assert not canvas.painted().isNull()


def test_one_picture_is_shown_alone_in_any_mode(qtbot: QtBot) -> None:
    canvas = canvas_of(200, 140, picture(WIDTH, HEIGHT, BEFORE), None)
    qtbot.addWidget(canvas)
    canvas.set_zoom(1.0)
    for mode in MODES:
        canvas.set_mode(mode)
        left, top = canvas.origin()
        assert at(canvas.painted(), left + 60, top + 45) == colour(60, 45, BEFORE)


def test_stale_is_dimmed_and_says_so(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    canvas.set_zoom(1.0)
    left, top = canvas.origin()
    clear = at(canvas.painted(), left + 5, top + 5)
    canvas.set_stale(True, "Drawn with another generator.")
    assert at(canvas.painted(), left + 5, top + 5) != clear
    assert "Drawn with another generator." in canvas.text()
    assert canvas.stale
    canvas.set_stale(False)
    assert at(canvas.painted(), left + 5, top + 5) == clear
    assert "another generator" not in canvas.text()


@pytest.mark.parametrize("size", [(1, 1), (5, 1200), (1200, 5), (1, 3)])
@pytest.mark.parametrize("mode", MODES)
def test_pictures_of_any_shape_are_painted(qtbot: QtBot, size: tuple[int, int], mode: Mode) -> None:
    canvas = canvas_of(160, 120, picture(*size, BEFORE), picture(*size, AFTER))
    qtbot.addWidget(canvas)
    canvas.set_difference(bytes(size[0] * size[1]), *size)
    canvas.set_mode(mode)
    canvas.set_lens(True)
    canvas.point_at(size[0] - 1, size[1] - 1)
    for _ in range(3):
        screen = canvas.painted()
        canvas.zoom_in()
    canvas.set_lens(False)
    canvas.fit()
    screen, shown = canvas.painted(), canvas.view.shown(canvas.view.panes[0])
    assert shown.width() >= 1
    assert shown.height() >= 1
    if mode == "alone":
        assert at(screen, shown.center().x(), shown.center().y())[0] == AFTER


@pytest.mark.parametrize("size", [(1, 1), (10, 10), (30, 200), (400, 20)])
def test_a_canvas_of_any_size_is_painted(qtbot: QtBot, size: tuple[int, int]) -> None:
    canvas = pair(qtbot, size=size)
    canvas.set_labels("before", "after")
    canvas.set_difference(bytes(WIDTH * HEIGHT), WIDTH, HEIGHT)
    canvas.set_lens(True)
    canvas.point_at(3, 3)
    for mode in MODES:
        canvas.set_mode(mode)
        assert not canvas.painted().isNull()


def test_the_theme_may_change(qtbot: QtBot) -> None:
    canvas = mapped(qtbot, bytes([0, 255] * 200), 20, 20)
    canvas.set_zoom(2.0)
    left, top = canvas.origin()
    assert at(canvas.painted(), left, top) == rgb(TABLE[0])
    canvas.set_colours(TABLE[::-1])
    palette = canvas.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#101010"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#f0f0f0"))
    canvas.setPalette(palette)
    screen = canvas.painted()
    assert at(screen, left, top) == rgb(TABLE[255])
    legend = canvas.legend_place()
    light = [at(screen, x, y) for x in range(320, 495) for y in range(int(legend.top()), int(legend.bottom()))]
    assert max(min(found) for found in light) > 180, "the note is in the colour of the theme"


def test_right_to_left_changes_nothing(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    canvas.set_labels("before", "after")
    canvas.set_lens(True)
    canvas.set_divider(0.3)
    canvas.point_at(60, 20)
    usual = canvas.painted()
    canvas.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert canvas.painted() == usual


# ----------------------------------------------------------------------------------------------- labels


def test_labels_are_in_their_corners_and_fade_at_the_divider(qtbot: QtBot) -> None:
    canvas = pair(qtbot)
    canvas.set_zoom(1.0)
    canvas.set_divider(0.5)
    bare = canvas.painted()
    canvas.set_labels("in", "out")
    named = canvas.painted()
    left, top = canvas.origin()
    changed = [
        x for x in range(left, left + WIDTH) if any(at(bare, x, y) != at(named, x, y) for y in range(top, top + 40))
    ]
    assert min(changed) < left + 15
    assert max(changed) > left + WIDTH - 15
    canvas.set_divider(0.05)
    gone = canvas.painted()
    assert at(gone, left + 20, top + 14) == colour(20, 14, AFTER), "where the plate of before was"


def test_a_plate_is_painted_strongly_away_from_the_divider_only() -> None:
    plate = QRectF(10, 10, 50, 20)
    assert nearness(plate, 200, right=False) == 1
    assert nearness(plate, 60, right=False) == 0
    assert 0 < nearness(plate, 78, right=False) < 1
    assert nearness(plate, 0, right=True) < 1
    assert nearness(plate, -80, right=True) == 1


def test_a_label_without_room_is_left_out(qtbot: QtBot) -> None:
    font = pair(qtbot).font()
    assert corner_plate(font, "a long label", QRectF(0, 0, 40, 100)).isNull()
    assert corner_plate(font, "", QRectF(0, 0, 400, 100)).isNull()
    inside = QRectF(20, 30, 400, 100)
    assert inside.contains(corner_plate(font, "a long label", inside, right=True))


def test_colours_of_the_pictures_are_not_touched_by_transparency(qtbot: QtBot) -> None:
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 20, 30, 255))
    canvas = canvas_of(100, 100, None, image)
    qtbot.addWidget(canvas)
    canvas.set_zoom(1.0)
    assert at(canvas.painted(), 50, 50) == (10, 20, 30)
