"""The picture after each block: asked for when somebody looks and it is easy, and of one translation only."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.drawn import BlockPicture
from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.translate import BlockDrawn, DrawBlocks
from tensorviz.ui.state.blocks import BlocksState
from tests.ui.state.translate_room import TranslateRoom, picture

BROKEN = Problem("broken.jpg is cut off.", "Copy it again.")


class BlockRoom(TranslateRoom):
    """A room in which somebody looks at the blocks of the first of two pictures, which is drawn."""

    def __init__(self, qtbot: QtBot, **settings: Any) -> None:
        super().__init__(qtbot, **settings)
        self.blocks: BlocksState = self.workspace.blocks
        self.give("/a", "/b")
        self.draw()

    @property
    def wishes(self) -> list[str]:
        """The pictures whose blocks were asked for."""
        return [request.path for request in self.engine.all(DrawBlocks)]

    def come(self, *numbers: int, job: int | None = None) -> None:
        """Pictures after those blocks come."""
        number, path = job or self.engine.job(DrawBlocks), self.engine.last(DrawBlocks).path
        for block in numbers:
            made = BlockPicture(block, 9, picture(), (1, 256, 64, 64), -1.0, 1.0, 0.0)
            self.engine.answer(BlockDrawn(number, path, made))

    def easy(self) -> bool:
        return self.blocks.easy

    @property
    def numbers(self) -> list[int]:
        return [made.block for made in self.blocks.pictures]


@pytest.fixture
def room(qtbot: QtBot) -> BlockRoom:
    made = BlockRoom(qtbot)
    made.blocks.set_wanted(True)
    return made


def test_nothing_is_drawn_unless_somebody_looks(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot)
    assert room.wishes == []
    room.blocks.set_wanted(True)
    assert room.engine.last(DrawBlocks) == DrawBlocks("/a", GeneratorChoice())
    assert room.blocks.busy


def test_pictures_come_in_order_and_end_complete(room: BlockRoom) -> None:
    room.come(0, 1)
    assert room.numbers == [0, 1]
    room.come(3, 2, 2)
    assert room.numbers == [0, 1, 2, 3]
    assert not room.blocks.complete
    room.come(*range(4, 10))
    room.engine.answer(JobFinished(room.engine.job(DrawBlocks)))
    assert (room.blocks.busy, room.blocks.complete, room.numbers) == (False, True, list(range(10)))


def test_another_picture_has_none_of_them_and_gets_its_own_when_it_is_drawn(room: BlockRoom) -> None:
    room.come(0, 1)
    old = room.engine.job(DrawBlocks)
    room.look("/b")
    assert (room.numbers, room.blocks.busy) == ([], False)
    assert old in room.engine.cancelled
    room.come(2, job=old)
    assert room.numbers == []
    assert room.wishes == ["/a"], "the other picture is not drawn yet"
    room.draw()
    assert room.wishes == ["/a", "/b"]
    room.look("/a")
    assert room.wishes == ["/a", "/b", "/a"]


def test_another_choice_ends_the_drawing_and_begins_with_the_new_translation(room: BlockRoom) -> None:
    room.come(0)
    room.workspace.generator.set_resize(128)
    assert room.translations.stale
    assert not room.blocks.busy
    room.draw()
    assert room.engine.last(DrawBlocks) == DrawBlocks("/a", GeneratorChoice(resize=128))


def test_complete_pictures_stay_as_long_as_their_translation_is_shown(room: BlockRoom) -> None:
    room.come(*range(10))
    room.engine.answer(JobFinished(room.engine.job(DrawBlocks)))
    room.workspace.generator.set_resize(128)
    assert room.numbers == list(range(10))
    room.draw()
    assert room.numbers == []


def test_progress_of_the_translation_asks_nothing_twice(room: BlockRoom) -> None:
    room.translations.changed.emit()
    room.blocks.set_wanted(True)
    assert room.wishes == ["/a"]


def test_what_is_half_done_is_given_up_when_nobody_looks_and_begun_anew(room: BlockRoom) -> None:
    room.come(0, 1)
    job = room.engine.job(DrawBlocks)
    room.blocks.set_wanted(False)
    assert room.engine.cancelled[-1] == job
    room.engine.answer(JobCancelled(job))
    assert not room.blocks.busy
    room.blocks.set_wanted(True)
    assert room.wishes == ["/a", "/a"]
    room.come(*range(10))
    room.engine.answer(JobFinished(room.engine.job(DrawBlocks)))
    room.blocks.set_wanted(False)
    room.blocks.set_wanted(True)
    assert room.wishes == ["/a", "/a"], "they are complete"


def test_a_failure_is_told_and_tried_again_only_by_hand(room: BlockRoom) -> None:
    room.come(0)
    room.engine.answer(JobFailed(room.engine.job(DrawBlocks), BROKEN))
    assert (room.blocks.problem, room.blocks.busy, room.numbers) == (BROKEN, False, [0])
    room.translations.changed.emit()
    assert room.wishes == ["/a"]
    room.blocks.draw()
    assert (room.blocks.problem, room.blocks.busy, room.numbers) == (None, True, [])


def test_what_takes_long_is_drawn_only_when_asked_for(qtbot: QtBot) -> None:
    room = BlockRoom(qtbot, translate_resize=0)
    assert room.easy()
    room.look("/b")
    room.draw(side=400)  # more than the 37 thousand million of 316 x 256: 9 * 64 * 64 + 147 * 64 a pixel, ten times
    room.blocks.set_wanted(True)
    assert not room.easy()
    assert room.wishes == []
    room.blocks.draw()
    assert room.wishes == ["/b"]


def test_nothing_is_drawn_while_another_task_is_done(room: BlockRoom) -> None:
    room.come(0)
    room.workspace.task.set_task("classify")
    assert not room.blocks.busy
    room.look("/b")
    room.look("/a")
    assert room.wishes == ["/a"]
    room.workspace.task.set_task("translate")
    assert room.wishes == ["/a", "/a"]


def test_without_a_translation_there_is_nothing_to_draw(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot)
    blocks = room.workspace.blocks
    blocks.set_wanted(True)
    blocks.draw()
    assert (room.engine.all(DrawBlocks), blocks.busy, blocks.complete) == ([], False, False)
