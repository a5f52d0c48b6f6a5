"""The strip of blocks: what is in it in each state, what it asks, and how its boxes are opened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import JobCancelled, JobFailed
from tensorviz.engine.messages.files import OpenPixels
from tensorviz.engine.messages.session import OpenTranslation
from tensorviz.engine.messages.translate import DrawBlocks, Translate
from tests.ui.models.room import nameless
from tests.ui.state.translate_room import FETCHED, weights
from tests.ui.translate.block_room import BlockRoom

MIDDLE = [f"block-{block}" for block in range(10)]
ALL = ["original", "input", *MIDDLE, "output"]
LARGE = (4000, 3000)  # not drawn unasked
X = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def room(qtbot: QtBot) -> BlockRoom:
    return BlockRoom(qtbot)


# ---------------------------------------------------------------------------------------------------- states


def test_without_a_picture_it_says_what_to_do(room: BlockRoom) -> None:
    assert room.strip.hint.text() == "Select a picture to see it here."
    assert not any(box.isEnabled() for box in room.strip.boxes.values())
    assert room.spoken("block-3") == "After block 3 of 9: nothing yet."
    assert nameless(room.strip) == []


def test_the_picture_is_there_before_it_is_translated(room: BlockRoom) -> None:
    room.begin()
    assert room.strip.hint.text() == "It fills as the picture is translated."
    assert room.spoken("original") == "Picture: 10 pixels wide, 6 high."
    assert [key for key, box in room.strip.boxes.items() if box.isEnabled()] == ["original"]
    assert room.seen() == ALL
    assert room.strip.card.isHidden()


def test_boxes_fill_one_by_one(room: BlockRoom) -> None:
    room.begin()
    room.translate()
    assert room.strip.hint.text() == ""
    assert room.spoken("block-0") == "Before the blocks: being drawn."
    room.come(0, 1)
    assert room.strip.progress.text() == "2 of 10 drawn"
    assert room.strip.boxes["block-1"].content.figures == ("-2.5..2.25", "changes 50 %")
    assert room.strip.boxes["block-1"].content.caption == (f"1{X}256{X}2{X}3",)
    assert room.spoken("block-2") == "After block 2 of 9: being drawn."
    assert room.spoken("block-3") == "After block 3 of 9: nothing yet."
    assert not room.strip.boxes["block-2"].isEnabled()
    room.come(*range(2, 10))
    room.end()
    assert all(box.isEnabled() for box in room.strip.boxes.values())
    assert room.strip.progress.text() == ""
    assert room.strip.card.isHidden()
    assert room.seen() == ALL


def test_a_generator_of_six_blocks_has_six(room: BlockRoom) -> None:
    room.begin()
    room.translate()
    room.come(*range(7), of=6)
    room.end()
    assert room.seen() == ["original", "input", *MIDDLE[:7], "output"]
    assert room.spoken("block-6").startswith("After block 6 of 6:")
    assert room.strip.boxes["block-6"].content.title == "Block 6 of 6"
    assert room.strip.card.isHidden()


def test_what_takes_long_waits_for_a_wish_with_the_reason(room: BlockRoom) -> None:
    room.begin(LARGE)
    room.translate(LARGE)
    assert room.engine.all(DrawBlocks) == []
    assert room.seen() == ["original", "input", "output"]
    assert "10 times" in room.strip.card.said.plain
    assert f"4000{X}3000" in room.strip.card.said.plain
    assert room.strip.card.button.text() == "Draw the picture after each block"
    room.strip.card.button.setFocus()
    room.strip.card.button.click()
    assert room.engine.last(DrawBlocks).path == "/a"
    assert room.seen() == ALL
    assert room.strip.card.isHidden()
    assert room.strip.boxes["input"].hasFocus()


def test_a_problem_is_said_where_the_boxes_would_be_and_can_be_tried_again(room: BlockRoom) -> None:
    room.begin()
    room.translate()
    problem = Problem("It takes about 3 GB of memory, and 1 GB may be taken.", "--resize 512 or smaller fits.")
    room.engine.answer(JobFailed(room.engine.job(DrawBlocks), problem))
    card = room.strip.card
    assert card.said.plain == f"{problem.message} A shorter side of 512 or smaller fits."
    assert card.said.property("role") == "danger"
    assert room.seen() == ["original", "input", "output"]
    card.button.click()
    assert len(room.engine.all(DrawBlocks)) == 2
    assert card.isHidden()


def test_what_ended_early_says_how_far_it_came(room: BlockRoom) -> None:
    room.begin()
    room.translate()
    room.come(0, 1, 2)
    room.engine.answer(JobCancelled(room.engine.job(DrawBlocks)))
    assert room.strip.card.said.plain == "The drawing ended early: 3 of 10 pictures are there."
    assert room.strip.card.button.text() == "Draw them again"
    assert room.seen() == ["original", "input", *MIDDLE[:3], "output"]


def test_a_long_sentence_widens_the_card_which_comes_into_sight_uncut(room: BlockRoom) -> None:
    room.begin()
    room.translate()
    room.come(*range(9))
    words = "This sentence goes on for a long time, since a path may be long. " * 7
    room.engine.answer(JobFailed(room.engine.job(DrawBlocks), Problem(words.strip(), "Try another one.")))
    card = room.strip.card
    room.qtbot.waitUntil(lambda: card.said.height() >= card.said.heightForWidth(card.said.width()))
    assert card.said.geometry().bottom() < card.button.geometry().top()
    assert card.button.geometry().bottom() < card.height()
    view = room.strip.row.viewport()
    room.qtbot.waitUntil(lambda: view.rect().contains(QRect(card.mapTo(view, QPoint()), card.size())))


def test_another_choice_keeps_what_is_shown_until_the_new_one_is_there(room: BlockRoom) -> None:
    room.done()
    room.workspace.settings.set("there_and_back", False)
    before = len(room.engine.all(Translate))
    room.workspace.generator.set_input_range("book")
    assert len(room.engine.all(Translate)) == before + 1
    room.translate()
    assert room.strip.boxes["input"].content.figures == ("0..1", "as in the book")
    assert room.spoken("block-0") == "Before the blocks: being drawn."


def test_while_it_is_drawn_anew_nothing_is_offered_that_would_be_of_the_old_one(room: BlockRoom) -> None:
    room.begin(LARGE)
    room.translate(LARGE)
    offered = [not room.strip.card.isHidden()]
    room.workspace.generator.set_input_range("book")
    offered.append(not room.strip.card.isHidden())
    room.translate(LARGE)
    offered.append(not room.strip.card.isHidden())
    assert offered == [True, False, True]


def test_what_is_shown_is_opened_with_what_drew_it(room: BlockRoom) -> None:
    room.done()
    drawn_with = room.engine.last(Translate).choice
    room.workspace.settings.set("translate_on_choice", False)
    room.workspace.generator.set_input_range("book")
    assert room.strip.hint.text() == "Of what was chosen before."
    room.strip.open_tensor("block-3")
    assert room.engine.last(OpenTranslation).choice == drawn_with
    assert room.strip.boxes["input"].content.figures == ("-1..1", "as trained")


def test_the_number_of_blocks_is_that_of_what_is_shown(room: BlockRoom) -> None:
    room.strip.hide()  # so that no blocks are drawn
    six = replace(FETCHED, weights=(replace(weights("horse2zebra", "", "/weights/horse2zebra"), blocks=6),))
    room.read(six)
    room.begin()
    room.translate()
    room.workspace.generator.set_model("horse2zebra")
    room.strip.show()
    assert not room.strip.boxes["block-9"].isHidden()
    room.translate()
    assert room.seen() == ["original", "input", *MIDDLE[:7], "output"]


def test_blocks_are_wanted_only_while_they_are_seen(room: BlockRoom) -> None:
    wanted = [room.workspace.blocks.wanted]
    room.strip.hide()
    wanted.append(room.workspace.blocks.wanted)
    assert wanted == [True, False]
    room.begin()
    room.translate()
    assert room.engine.all(DrawBlocks) == []
    room.strip.show()
    assert len(room.engine.all(DrawBlocks)) == 1


# ---------------------------------------------------------------------------------------------------- figures


def test_boxes_say_sizes_and_ranges(room: BlockRoom) -> None:
    room.done()
    boxes = {key: box.content for key, box in room.strip.boxes.items()}
    assert boxes["original"].caption == (f"6{X}10{X}3", "uint8")
    assert boxes["input"].caption == (f"1{X}3{X}8{X}12",)
    assert boxes["input"].figures == ("-1..1", "as trained")
    assert boxes["output"].caption == (f"1{X}3{X}8{X}12",)
    assert boxes["output"].figures == ("-1..1", f"cut to 10{X}6")
    assert boxes["input"].image is not None
    assert (boxes["input"].image.width(), boxes["input"].image.height()) == (12, 8)


def test_no_figure_or_title_is_cut_in_its_box(room: BlockRoom) -> None:
    room.done()
    boxes = room.strip.boxes.values()
    room.qtbot.waitUntil(lambda: all(box.width() >= box.sizeHint().width() for box in boxes))
    for box in boxes:
        content, inner = box.content, box.width() - 12
        figures = box._figures_font()
        bold = QFont(box.font())
        bold.setWeight(QFont.Weight.DemiBold)
        assert QFontMetrics(bold).horizontalAdvance(content.title) <= box.corner.x() - 6
        for line in (*content.caption, *content.figures):
            assert QFontMetrics(figures).horizontalAdvance(line) <= inner, line


def test_the_bar_is_as_long_as_the_change(room: BlockRoom) -> None:
    room.done()
    box = room.strip.boxes["block-1"]  # changes half
    image = box.grab().toImage()
    y = image.height() - 8
    accent = image.pixelColor(20, y)
    assert accent == image.pixelColor(box.width() // 2 - 6, y)
    assert accent != image.pixelColor(box.width() // 2 + 6, y)
    none = room.strip.boxes["block-0"].grab().toImage()
    assert none.pixelColor(20, y) != accent


# ---------------------------------------------------------------------------------------------------- opening


@pytest.mark.parametrize("key", ["input", "block-0", "block-9", "output"])
def test_t_and_the_corner_open_the_stage_of_that_name(room: BlockRoom, key: str) -> None:
    room.done()
    drawn_with = room.engine.last(Translate).choice
    QTest.keyClick(room.strip.boxes[key], Qt.Key.Key_T)
    assert room.engine.last(OpenTranslation) == OpenTranslation("/a", drawn_with, key)
    assert room.wished == ["page.tensors"]
    room.strip.boxes[key].corner.click()
    assert len(room.engine.all(OpenTranslation)) == 2


def test_the_picture_itself_opens_as_its_pixels(room: BlockRoom) -> None:
    room.done()
    room.strip.boxes["original"].corner.click()
    assert room.engine.last(OpenPixels) == OpenPixels("/a")
    assert room.engine.all(OpenTranslation) == []
    assert room.wished == ["page.tensors"]


def test_what_is_not_there_is_not_opened(room: BlockRoom) -> None:
    for key in ALL:
        room.strip.open_tensor(key)
        room.strip.enlarge(key)
    assert room.wished == []
    assert room.strip._window is None


def test_arrow_keys_go_from_box_to_box(room: BlockRoom) -> None:
    room.done()
    room.strip.activateWindow()
    room.strip.boxes["input"].setFocus()
    room.qtbot.waitUntil(room.strip.boxes["input"].hasFocus)
    QTest.keyClick(room.strip.boxes["input"], Qt.Key.Key_Right)
    assert room.strip.boxes["block-0"].hasFocus()
    QTest.keyClick(room.strip.boxes["block-0"], Qt.Key.Key_End)
    assert room.strip.boxes["output"].hasFocus()
