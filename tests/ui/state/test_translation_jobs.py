"""The drawing on its way: progress, cancels and their races, late answers, failures, pictures that are removed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.translate import Translate, TranslationReady
from tests.ui.state.translate_room import FETCHED, TranslateRoom, drawn

BROKEN = Problem("broken.jpg is cut off.", "Copy it again.")


@pytest.fixture
def room(qtbot: QtBot) -> TranslateRoom:
    return TranslateRoom(qtbot)


# ---------------------------------------------------------------------------------------------- progress and cancel


def test_the_job_tells_how_far_it_is(room: TranslateRoom) -> None:
    room.give("/a")
    job = room.engine.job(Translate)
    assert room.state("/a") == "waiting"
    with room.qtbot.waitSignal(room.translations.changed):
        room.engine.answer(JobStarted(job))
    assert room.state("/a") == "running"
    with room.qtbot.waitSignal(room.translations.changed):
        room.engine.answer(JobProgress(job, 3, 9, "block", stage="block 3 of 9"))
    item = room.translations.job
    assert item is not None
    assert (item.done, item.total, item.unit, item.stage) == (3, 9, "block", "block 3 of 9")


def test_cancel_is_shown_at_once_and_leaves_the_picture_as_it_was(room: TranslateRoom) -> None:
    room.give("/a")
    first = room.draw()
    room.workspace.generator.set_resize(128)
    job = room.engine.job(Translate)
    with room.qtbot.waitSignal(room.translations.changed):
        room.translations.cancel()
    item = room.translations.job
    assert item is not None
    assert item.state == "cancelling"
    assert room.engine.cancelled == [job]
    room.engine.answer(JobCancelled(job))
    assert (room.translations.job, room.translations.translation) == (None, first)
    assert (room.state("/a"), room.stale("/a")) == ("done", True)
    room.read(FETCHED)
    assert len(room.asked()) == 2, "nothing begins by itself again"


def test_new_work_may_begin_while_the_old_is_still_being_ended(room: TranslateRoom) -> None:
    room.give("/a")
    old = room.engine.job(Translate)
    room.translations.cancel()
    new = room.translations.translate()
    assert new is not None
    assert new != old
    room.engine.answer(JobCancelled(old))
    item = room.translations.job
    assert item is not None
    assert item.number == new
    assert room.state("/a") == "waiting"
    assert room.draw(new) is room.translations.translation


def test_an_answer_that_came_before_the_cancel_did_is_kept(room: TranslateRoom) -> None:
    room.give("/a")
    room.translations.cancel()
    assert room.draw() is room.translations.translation
    assert room.state("/a") == "done"


def test_late_answers_to_older_wishes_mean_nothing(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    old = room.engine.job(Translate)
    room.workspace.generator.set_resize(128)
    new = room.engine.job(Translate)
    shown = room.draw(new)
    room.engine.answer(JobStarted(old), JobProgress(old, 1, 9))
    room.draw(old)
    assert room.translations.translation is shown
    assert (room.state("/a"), room.problem()) == ("done", None)


def test_answers_to_jobs_of_others_mean_nothing(room: TranslateRoom) -> None:
    room.give("/a")
    room.engine.answer(TranslationReady(999, drawn("/a", GeneratorChoice())))
    assert room.translations.translation is None


def test_a_job_that_ends_without_an_answer_leaves_nothing_behind(room: TranslateRoom) -> None:
    room.give("/a")
    room.engine.answer(JobFinished(room.engine.job(Translate)))
    assert (room.translations.job, room.problem(), room.state("/a")) == (None, None, "new")


# ------------------------------------------------------------------------------------------------------- failures


def test_a_failure_is_told_and_not_tried_again_until_something_changes(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    room.engine.answer(JobFailed(room.engine.job(Translate), BROKEN))
    assert room.problem() == BROKEN
    assert room.state("/a") == "failed"
    room.look("/b")
    assert room.problem() is None
    room.look("/a")
    assert room.problem() == BROKEN
    assert room.asked() == ["/a", "/b"]
    room.translations.translate()
    assert room.problem() is None, "it is being tried"
    room.engine.answer(JobFailed(room.engine.job(Translate), BROKEN))
    room.workspace.generator.set_resize(128)
    assert room.asked() == ["/a", "/b", "/a", "/a"]
    room.draw()
    assert room.problem() is None
    room.workspace.generator.set_resize(256)
    assert room.asked() == ["/a", "/b", "/a", "/a", "/a"], "another choice, another try"


def test_a_late_failure_of_an_older_wish_means_nothing(room: TranslateRoom) -> None:
    room.give("/a")
    old = room.engine.job(Translate)
    room.workspace.generator.set_resize(128)
    room.engine.answer(JobFailed(old, BROKEN))
    assert (room.problem(), room.state("/a")) == (None, "waiting")
    room.draw()
    assert room.problem() is None


def test_a_redrawing_that_fails_keeps_the_picture_and_tells_why(room: TranslateRoom) -> None:
    room.give("/a")
    first = room.draw()
    room.translations.translate()
    room.engine.answer(JobFailed(room.engine.job(Translate), BROKEN))
    assert room.translations.translation is first
    assert room.problem() == BROKEN


def test_with_another_choice_every_picture_is_tried_again(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    room.engine.answer(JobFailed(room.engine.job(Translate), BROKEN))
    room.look("/b")
    room.workspace.generator.set_resize(128)
    room.workspace.generator.set_resize(256)
    asked = len(room.asked())
    room.look("/a")
    assert room.asked()[asked:] == ["/a"]


# ------------------------------------------------------------------------------------------------------- removal


def test_a_drawing_that_was_asked_for_by_hand_ends_with_its_picture(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, translate_on_choice=False)
    room.give("/a", "/b")
    job = room.translations.translate()
    room.look("/b")
    room.workspace.pictures.remove(["/a"])
    assert room.engine.cancelled == [job]


def test_a_removed_picture_takes_its_translation_and_its_job_along(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    room.draw()
    room.look("/b")
    job = room.engine.job(Translate)
    room.workspace.pictures.remove(["/b"])
    assert room.engine.cancelled == [job]
    room.draw(job)
    room.give("/b")
    assert room.asked() == ["/a", "/b", "/b"]
    room.workspace.pictures.clear()
    assert room.translations.translation is None
    room.give("/a")
    assert room.translations.translation is None
    assert room.state("/a") == "waiting"
