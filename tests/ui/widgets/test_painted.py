"""Painted widgets: their text twins, their geometry, what they cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage, QPalette

from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.picture_canvas import PictureCanvas
from tensorviz.ui.widgets.share_bars import Bar, ShareBars
from tensorviz.ui.widgets.stacked_bar import Part, StackedBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ACCENT = QColor(0, 0, 255)


def accented(colour: QColor) -> bool:
    return colour.blue() - colour.red() > 60


def test_bars_fill_their_share_of_the_width(qtbot: QtBot) -> None:
    bars = ShareBars()
    qtbot.addWidget(bars)
    palette = bars.palette()
    palette.setColor(QPalette.ColorRole.Accent, ACCENT)
    palette.setColor(QPalette.ColorRole.Mid, QColor(200, 200, 200))
    bars.setPalette(palette)
    bars.set_bars([Bar("dog", 0.75, "75.0 %"), Bar("cat", 0.25, "25.0 %"), Bar("ant", 0.0, "0.0 %")])
    bars.resize(200, bars.sizeHint().height())
    image = bars.grab().toImage()
    lengths = [sum(accented(image.pixelColor(x, y)) for x in range(200)) for y in range(image.height())]
    whole = max(lengths[: image.height() // 2])
    assert whole == pytest.approx(150, abs=4)
    assert max(lengths[image.height() // 2 : image.height() * 4 // 5]) == pytest.approx(50, abs=4)
    assert bars.text() == "dog 75.0 %\ncat 25.0 %\nant 0.0 %"


def test_long_labels_are_cut_so_that_the_figure_fits(qtbot: QtBot) -> None:
    bars = ShareBars()
    qtbot.addWidget(bars)
    bars.set_bars([Bar("a very long label that goes on and on and on", 0.5, "50.0 %"), Bar("cat", 0.5, "50.0 %")])
    assert bars.elided(0, 200) != "a very long label that goes on and on and on"
    assert bars.elided(1, 200) == "cat"
    assert bars.elided(0, 2000) == "a very long label that goes on and on and on"


def test_rows_are_found_by_height(qtbot: QtBot) -> None:
    bars = ShareBars()
    qtbot.addWidget(bars)
    bars.set_bars([Bar(str(number), 0.1, "10.0 %") for number in range(20)])
    found = [bars.row_at(y) for y in range(bars.sizeHint().height())]
    assert found == sorted(found)
    assert set(found) == set(range(20))


def test_segments_fill_the_bar_in_proportion(qtbot: QtBot) -> None:
    bar = StackedBar()
    qtbot.addWidget(bar)
    bar.set_parts([Part("decode", 1, "1 ms"), Part("preprocess", 3, "3 ms"), Part("forward", 4, "4 ms")])
    assert bar.segments(80) == [(0, 10), (10, 30), (40, 40)]
    assert bar.accessibleDescription() == "decode 1 ms, preprocess 3 ms, forward 4 ms"
    assert bar.heightForWidth(60) > bar.heightForWidth(600), "the legend wraps"


def test_nothing_measured_gives_no_segment(qtbot: QtBot) -> None:
    bar = StackedBar()
    qtbot.addWidget(bar)
    bar.set_parts([Part("decode", 0, "0 ms"), Part("forward", 0, "0 ms")])
    assert bar.segments(80) == [(0, 0), (0, 0)]
    assert not bar.grab().isNull()


SIZES = [((100, 50), (200, 100)), ((4000, 1000), (300, 75)), ((10, 3000), (1, 200))]


@pytest.mark.parametrize(("size", "shown"), SIZES)
def test_a_picture_keeps_its_proportions_and_is_not_blown_up(
    qtbot: QtBot, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    canvas = PictureCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(ACCENT)
    canvas.set_image(image)
    place = canvas.picture_rect()
    assert (place.width(), place.height()) == pytest.approx(shown, abs=1)
    assert place.center().x() == pytest.approx(150)
    canvas.set_box((0.25, 0.0, 0.75, 1.0))
    assert not canvas.grab().isNull()


def test_outside_the_box_is_dimmed(qtbot: QtBot) -> None:
    canvas = PictureCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(200, 100)
    image = QImage(200, 100, QImage.Format.Format_RGB888)
    image.fill(QColor(200, 200, 200))
    canvas.set_image(image)
    canvas.set_box((0.5, 0.0, 1.0, 1.0))
    painted = canvas.grab().toImage()
    assert painted.pixelColor(150, 50).red() == 200
    assert painted.pixelColor(40, 50).red() < 150


def test_a_label_without_room_is_cut_in_the_middle_and_told_in_full(qtbot: QtBot) -> None:
    label = ElidedLabel("/a/very/long/path/to/some/picture.jpg")
    qtbot.addWidget(label)
    label.resize(90, 20)
    label.grab()
    assert label.shown() != label.text()
    assert label.shown().endswith("g")
    assert label.toolTip() == label.text()
    label.resize(900, 20)
    label.grab()
    assert label.toolTip() == ""
