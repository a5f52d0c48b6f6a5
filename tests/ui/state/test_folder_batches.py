"""Batches into folders: rows in order, failures, cancels, removed pictures, what thumbnails say."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.results import Failed, Seconds, Translated
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.translate import PicturesKept, Translate, TranslateToFolder
from tests.ui.state.translate_room import MISSING, TranslateRoom

FIVE = ("/1", "/2", "/3", "/4", "/5")
BROKEN = Problem("broken.jpg is cut off.", "Copy it again.")
FULL = Problem("The disk is full.", "Free some space.")


def kept(path: str) -> Translated:
    """The row of a picture that is in the folder now."""
    seconds = Seconds(0.01, 0.01, 0.5, 0.6)
    return Translated(path, "one", "V1", "cpu", "fp32", seconds, f"/out{path}.png", (2, 2))


@pytest.fixture
def room(qtbot: QtBot) -> TranslateRoom:
    made = TranslateRoom(qtbot, translate_on_choice=False)
    made.give(*FIVE)
    return made


def states(room: TranslateRoom) -> list[str]:
    return [room.state(path) for path in FIVE]


def test_a_batch_names_the_pictures_the_choice_and_the_folder(room: TranslateRoom) -> None:
    job = room.translations.to_folder("/out", "jpeg")
    assert room.engine.last(TranslateToFolder) == TranslateToFolder(FIVE, GeneratorChoice(), "/out", "jpeg")
    assert [item.number for item in room.translations.batches] == [job]
    room.translations.to_folder("/out", "png", ["/3", "/nowhere", "/1", "/3"])
    assert room.engine.last(TranslateToFolder).paths == ("/3", "/1"), "each once, and only those that are here"
    assert room.translations.to_folder("/out", "png", ["/nowhere"]) is None


def test_nothing_is_begun_without_weights(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, read=False)
    room.give(*FIVE)
    assert room.translations.to_folder("/out", "png") is None
    room.read(MISSING)
    room.workspace.generator.set_model("horse2zebra")
    assert room.translations.to_folder("/out", "png") is None


def test_states_follow_the_batch_in_order_and_rows_are_told_at_the_end(room: TranslateRoom) -> None:
    job = room.translations.to_folder("/out", "png")
    assert job is not None
    assert states(room) == ["waiting"] * 5
    room.engine.answer(JobStarted(job))
    assert states(room) == ["running", "waiting", "waiting", "waiting", "waiting"]
    room.engine.answer(PicturesKept(job, (kept("/1"), Failed("/2", BROKEN, "translate"))))
    assert states(room) == ["done", "failed", "running", "waiting", "waiting"]
    item = room.workspace.pictures.item("/2")
    assert item is not None
    assert item.problem == BROKEN
    room.engine.answer(PicturesKept(job, tuple(kept(path) for path in FIVE[2:])))
    assert room.translations.rows == (), "of batches that have ended only"
    with room.qtbot.waitSignal(room.translations.kept) as told:
        room.engine.answer(JobFinished(job, 1))
    assert told.args == ["/out", 4, 1]
    assert room.translations.rows == (kept("/1"), Failed("/2", BROKEN, "translate"), *map(kept, FIVE[2:]))
    assert room.translations.batches == ()


def test_progress_is_told(room: TranslateRoom) -> None:
    job = room.translations.to_folder("/out", "png")
    assert job is not None
    with room.qtbot.waitSignal(room.translations.batches_changed):
        room.engine.answer(JobStarted(job), JobProgress(job, 2, 5, rate=1.5, seconds_left=2.0))
    (item,) = room.translations.batches
    assert (item.done, item.total, item.rate, item.seconds_left) == (2, 5, 1.5, 2.0)


def test_a_cancelled_batch_keeps_what_is_kept(room: TranslateRoom) -> None:
    job = room.translations.to_folder("/out", "png")
    assert job is not None
    room.engine.answer(JobStarted(job), PicturesKept(job, (kept("/1"),)))
    room.translations.cancel_batch(job)
    assert [item.state for item in room.translations.batches] == ["cancelling"]
    assert room.engine.cancelled == [job]
    with room.qtbot.waitSignal(room.translations.kept) as told:
        room.engine.answer(PicturesKept(job, (kept("/2"),)), JobCancelled(job))
    assert told.args == ["/out", 2, 0]
    assert states(room) == ["done", "done", "new", "new", "new"]
    assert room.translations.rows == (kept("/1"), kept("/2"))
    room.translations.cancel_batch(job)  # it has ended
    assert room.engine.cancelled == [job]


def test_a_failed_batch_is_the_problem_of_every_picture_it_left_out(room: TranslateRoom) -> None:
    first = room.translations.to_folder("/out", "png", ["/3"])
    assert first is not None
    room.engine.answer(PicturesKept(first, (kept("/3"),)), JobFinished(first))
    job = room.translations.to_folder("/out", "png")
    assert job is not None
    room.engine.answer(PicturesKept(job, (kept("/1"),)))
    with room.qtbot.waitSignal(room.translations.kept) as told:
        room.engine.answer(JobFailed(job, FULL))
    assert told.args == ["/out", 1, 4]
    assert states(room) == ["done", "failed", "done", "failed", "failed"], "the third was drawn before"
    assert room.translations.rows[1] == Failed("/2", FULL, "translate")


def test_two_batches_wait_for_each_other_and_their_pictures_too(room: TranslateRoom) -> None:
    first = room.translations.to_folder("/out", "png", ["/1", "/2"])
    second = room.translations.to_folder("/out", "png", ["/2", "/3"])
    assert first is not None
    room.engine.answer(JobStarted(first))
    room.engine.answer(JobCancelled(first))
    assert [item.number for item in room.translations.batches] == [second]
    assert states(room) == ["new", "waiting", "waiting", "new", "new"]


def test_the_picture_that_is_looked_at_waits_for_its_batch_again_after_a_cancel(room: TranslateRoom) -> None:
    batch = room.translations.to_folder("/out", "png")
    urgent = room.translations.translate()
    assert batch is not None
    assert urgent is not None
    room.engine.answer(JobStarted(urgent))
    assert room.state("/1") == "running"
    room.translations.cancel()
    room.engine.answer(JobCancelled(urgent))
    assert room.state("/1") == "waiting"
    room.translations.translate()
    room.engine.answer(JobStarted(room.engine.job(Translate)), JobCancelled(batch))
    assert states(room) == ["running", "new", "new", "new", "new"]


def test_an_older_batch_does_not_say_otherwise_than_a_newer_drawing(room: TranslateRoom) -> None:
    batch = room.translations.to_folder("/out", "png")
    assert batch is not None
    room.workspace.generator.set_resize(128)
    room.translations.translate()
    room.draw()
    room.engine.answer(JobStarted(batch))
    assert (room.state("/1"), room.stale("/1")) == ("done", False)
    room.engine.answer(PicturesKept(batch, (Failed("/1", BROKEN, "translate"), kept("/2"))))
    assert (room.state("/1"), room.stale("/1")) == ("done", False)
    assert (room.state("/2"), room.stale("/2")) == ("done", True), "it was drawn with the earlier choice"
    room.workspace.generator.set_resize(256)
    assert [room.stale(path) for path in FIVE] == [True, False, False, False, False]


def test_a_picture_that_failed_in_a_batch_tells_why_when_it_is_looked_at(room: TranslateRoom) -> None:
    batch = room.translations.to_folder("/out", "png")
    assert batch is not None
    room.engine.answer(PicturesKept(batch, (Failed("/1", BROKEN, "translate"),)))
    assert room.translations.problem == BROKEN
    room.workspace.generator.set_resize(128)
    assert room.translations.problem is None


def test_a_batch_for_nothing_but_removed_pictures_ends(room: TranslateRoom) -> None:
    job = room.translations.to_folder("/out", "png", ["/1", "/2", "/3"])
    assert job is not None
    room.engine.answer(JobStarted(job), PicturesKept(job, (kept("/1"),)))
    room.workspace.pictures.remove(["/2"])
    assert room.engine.cancelled == []
    room.workspace.pictures.remove(["/3"])
    assert room.engine.cancelled == [job]
    room.engine.answer(PicturesKept(job, (kept("/2"),)), JobCancelled(job))
    assert room.workspace.pictures.item("/2") is None
    assert room.translations.rows == (kept("/1"), kept("/2")), "its file is there"


def test_a_batch_of_ten_thousand_pictures_holds_the_window_for_moments_only(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, translate_on_choice=False)
    paths = tuple(f"/{number}" for number in range(10_000))
    room.give(*paths)
    slowest = 0.0
    started = time.perf_counter()
    job = room.translations.to_folder("/out", "png")
    assert job is not None
    begun = time.perf_counter() - started
    for path in paths[:500]:
        started = time.perf_counter()
        room.engine.answer(PicturesKept(job, (kept(path),)), JobProgress(job, 1, 10_000))
        slowest = max(slowest, time.perf_counter() - started)
    started = time.perf_counter()
    room.engine.answer(JobCancelled(job))
    ended = time.perf_counter() - started
    assert begun < 0.2
    assert slowest < 0.1
    assert ended < 0.2
    assert sum(room.state(path) == "done" for path in paths) == 500
