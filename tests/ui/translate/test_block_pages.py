"""What the boxes show: mirrored as numpy mirrors, made small once, and of the generator that drew it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tensorviz.ui.state.pixels import rgb_bytes
from tensorviz.ui.translate.block_pages import SMALL, BlockPages, mirrored_up, thinned, titles_of
from tests.ui.translate.block_room import BlockRoom


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((314, 256), (316, 256)), ((9, 6), (12, 8)), ((1, 1), (8, 8)), ((2, 3), (8, 8)), ((8, 8), (8, 8))],
)
def test_mirrored_as_the_engine_does(size: tuple[int, int], wanted: tuple[int, int], qapp: object) -> None:
    width, height = size
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    image = QImage(pixels.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888)
    seen = rgb_bytes(mirrored_up(image, QSize(*wanted)))
    expected = np.pad(pixels, ((0, wanted[1] - height), (0, wanted[0] - width), (0, 0)), mode="reflect")
    assert seen == expected.tobytes()


@pytest.mark.parametrize("size", [(10, 6), (320, 208), (4000, 3000), (9000, 2)])
def test_pictures_are_made_as_small_as_a_box_needs(size: tuple[int, int], qapp: object) -> None:
    image = QImage(QSize(*size), QImage.Format.Format_RGB888)
    image.fill(0x336699)
    small = thinned(image)
    assert small.width() <= SMALL.width()
    assert small.height() <= SMALL.height()
    assert small.pixelColor(0, 0) == image.pixelColor(0, 0)
    if size[0] <= SMALL.width():
        assert small == image
        assert small.cacheKey() != image.cacheKey()  # of its own


def test_a_box_is_made_once_while_what_it_shows_stays(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot)
    room.done()
    pages = BlockPages(room.workspace)
    first, again = pages.build(), pages.build()
    assert list(first) == ["original", "input", *(f"block-{block}" for block in range(10)), "output"]
    assert all(first[key] is again[key] for key in first)


def test_boxes_of_another_translation_are_made_anew(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot)
    room.done()
    pages = BlockPages(room.workspace)
    before = pages.build()
    room.workspace.generator.set_input_range("book")
    room.translate()
    after = pages.build()
    assert list(after) == ["original", "input", "output"]
    assert after["original"] is before["original"]
    assert before["input"].whole.figures == ("-1..1", "as trained")
    assert after["input"].whole.figures == ("0..1", "as in the book")


def test_titles_are_short_in_the_box_and_whole_in_the_window(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot)
    room.done()
    page = BlockPages(room.workspace).build()["block-3"]
    assert (page.small.title, page.whole.title) == ("Block 3 of 9", "After block 3 of 9")
    assert titles_of("block-0", 6) == ("Before", "Before the blocks")
    assert page.change == 0.125


def test_the_number_of_blocks_is_that_of_the_pictures_else_of_the_weights(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot)
    pages = BlockPages(room.workspace)
    assert pages.blocks() == 9
    room.begin()
    room.translate()
    room.come(0, of=6)
    assert pages.blocks() == 6
