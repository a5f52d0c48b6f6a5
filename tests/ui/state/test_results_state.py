"""Answers: which wish wins, what is kept, what is marked as another model's, and what a cancelled job leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.results import Classified, Failed, Label, Seconds
from tensorviz.engine.messages import (
    Classify,
    Exported,
    ExportRows,
    FindPictures,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    PicturesFound,
    RowsReady,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore

MISSING = Problem("The weights are not on this computer.", "Fetch them.")


def answered(path: str, label: str = "dog", probability: float = 0.9, model: str = "resnet18") -> Classified:
    top = (Label(1, label, probability), Label(2, "cat", 1 - probability))
    return Classified(path, model, "V1", "cpu", "fp32", Seconds(0.01, 0.02, 0.03, 0.06), top)


@dataclass
class Room:
    engine: FakeEngine
    workspace: Workspace
    qtbot: QtBot

    def give(self, *paths: str) -> None:
        self.workspace.pictures.add(paths)
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, paths), JobFinished(job))
        self.qtbot.waitUntil(lambda: not self.workspace.pictures.finding)

    def state(self, path: str) -> str:
        item = self.workspace.pictures.item(path)
        assert item is not None
        return item.state

    def asked(self) -> list[tuple[tuple[str, ...], bool]]:
        return [(request.paths, request.interactive) for request in self.engine.all(Classify)]

    def label(self, path: str) -> str | None:
        row = self.workspace.results.row(path)
        return row.top[0].label if isinstance(row, Classified) else None


def make_room(qtbot: QtBot, **settings: object) -> Room:
    bridge = Bridge()
    engine = FakeEngine(bridge)
    return Room(engine, build_workspace(bridge, MemoryStore(**settings), Path("assets")), qtbot)


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return make_room(qtbot)


FIVE = ("/1", "/2", "/3", "/4", "/5")


def test_few_pictures_are_answered_interactively_and_many_as_a_batch(room: Room) -> None:
    room.give("/a", "/b", "/c", "/d")
    room.give(*FIVE)
    assert room.asked() == [(("/a", "/b", "/c", "/d"), True), (FIVE, False)]


def test_nothing_is_asked_when_the_setting_says_so(qtbot: QtBot) -> None:
    room = make_room(qtbot, classify_on_drop=False)
    room.give("/a")
    assert room.asked() == []
    assert room.state("/a") == "new"
    room.workspace.results.classify()
    assert room.asked() == [(("/a",), True)]


def test_pictures_given_again_are_not_asked_again(room: Room) -> None:
    room.give("/a")
    room.give("/a", "/b")
    assert room.asked() == [(("/a",), True), (("/b",), True)]


def test_states_follow_the_job_in_order(room: Room) -> None:
    room.give(*FIVE)
    job = room.engine.job(Classify)
    assert {room.state(path) for path in FIVE} == {"waiting"}
    room.engine.answer(JobStarted(job))
    assert [room.state(path) for path in FIVE[:2]] == ["running", "waiting"]
    room.engine.answer(RowsReady(job, (answered("/1"), Failed("/2", MISSING))))
    assert [room.state(path) for path in FIVE] == ["done", "failed", "running", "waiting", "waiting"]
    item = room.workspace.pictures.item("/1")
    assert item is not None
    assert item.best == Label(1, "dog", 0.9)


def test_changed_is_told_once_per_event_with_the_paths(room: Room) -> None:
    room.give(*FIVE)
    told: list[object] = []
    room.workspace.results.changed.connect(told.append)
    room.engine.answer(RowsReady(room.engine.job(Classify), (answered("/1"), answered("/2"))))
    assert told == [("/1", "/2")]


def test_cancel_before_the_start_is_shown_at_once_and_puts_the_pictures_back(room: Room) -> None:
    room.give(*FIVE)
    job = room.engine.job(Classify)
    room.workspace.results.cancel()
    assert [item.state for item in room.workspace.results.batches] == ["cancelling"]
    assert room.engine.cancelled == [job]
    room.engine.answer(JobCancelled(job))
    assert room.workspace.results.batches == ()
    assert {room.state(path) for path in FIVE} == {"new"}


def test_cancel_in_the_middle_keeps_what_was_answered(room: Room) -> None:
    room.give(*FIVE)
    job = room.engine.job(Classify)
    room.engine.answer(JobStarted(job), RowsReady(job, (answered("/1"),)))
    room.workspace.results.cancel(job)
    room.engine.answer(RowsReady(job, (answered("/2"),)), JobCancelled(job))
    assert [room.state(path) for path in FIVE] == ["done", "done", "new", "new", "new"]


def test_late_events_of_an_ended_job_are_ignored(room: Room) -> None:
    room.give("/a")
    job = room.engine.job(Classify)
    room.engine.answer(JobCancelled(job), RowsReady(job, (answered("/a"),)), JobStarted(job))
    assert room.workspace.results.row("/a") is None
    assert room.state("/a") == "new"


def test_rows_of_jobs_of_others_are_ignored(room: Room) -> None:
    room.give("/a")
    room.engine.answer(RowsReady(999, (answered("/a"),)))
    assert room.workspace.results.row("/a") is None


def test_a_picture_removed_while_running_gets_no_answer(room: Room) -> None:
    room.give(*FIVE)
    job = room.engine.job(Classify)
    room.engine.answer(JobStarted(job))
    room.workspace.pictures.remove(["/1"])
    room.engine.answer(RowsReady(job, (answered("/1"), answered("/2"))))
    assert room.workspace.results.row("/1") is None
    assert room.label("/2") == "dog"
    room.engine.answer(JobFinished(job))
    assert room.workspace.results.count == 1


def test_clearing_the_well_cancels_its_jobs_and_forgets_the_answers(room: Room) -> None:
    room.give(*FIVE)
    job = room.engine.job(Classify)
    room.engine.answer(RowsReady(job, (answered("/1"),)))
    room.workspace.pictures.clear()
    assert room.engine.cancelled == [job]
    assert room.workspace.results.count == 0


def test_a_changed_choice_answers_the_current_picture_and_marks_the_others(room: Room) -> None:
    room.give("/a", "/b")
    first = room.engine.job(Classify)
    room.engine.answer(RowsReady(first, (answered("/a"), answered("/b"))), JobFinished(first))
    room.workspace.choice.set_model("alexnet", "IMAGENET1K_V1")
    assert room.asked()[-1] == (("/a",), True)
    assert room.engine.last(Classify).choice.model == "alexnet"
    assert room.workspace.results.is_stale("/b")
    room.engine.answer(RowsReady(room.engine.job(Classify), (answered("/a", "fox", model="alexnet"),)))
    assert not room.workspace.results.is_stale("/a")
    assert room.workspace.results.stale_count == 1
    item = room.workspace.pictures.item("/b")
    assert item is not None
    assert item.stale
    room.workspace.choice.set_model("")
    assert not room.workspace.results.is_stale("/b"), "back to the model that answered it"


def test_the_newest_choice_wins_over_older_interactive_ones(room: Room) -> None:
    room.give("/a")
    old = room.engine.job(Classify)
    room.workspace.choice.set_model("alexnet")
    middle = room.engine.job(Classify)
    room.workspace.choice.set_model("resnet18")
    new = room.engine.job(Classify)
    assert room.engine.cancelled == [old, middle]
    room.engine.answer(
        RowsReady(new, (answered("/a", "new"),)), JobFinished(new), RowsReady(old, (answered("/a", "old"),))
    )
    room.engine.answer(JobCancelled(old), JobCancelled(middle))
    assert room.label("/a") == "new"
    assert room.state("/a") == "done"


def test_a_running_batch_does_not_overwrite_a_newer_interactive_answer(room: Room) -> None:
    room.give(*FIVE)
    batch = room.engine.job(Classify)
    room.engine.answer(JobStarted(batch))
    room.workspace.choice.set_model("alexnet")
    urgent = room.engine.job(Classify)
    room.engine.answer(RowsReady(urgent, (answered("/1", "new"),)), JobFinished(urgent))
    room.engine.answer(RowsReady(batch, (answered("/1", "old"), answered("/2", "old"))))
    assert room.label("/1") == "new"
    assert room.state("/1") == "done"
    assert room.workspace.results.is_stale("/2")
    assert not room.workspace.results.is_stale("/1")


def test_pictures_waited_for_are_asked_again_with_the_new_choice(room: Room) -> None:
    room.give("/a", "/b", "/c")
    room.workspace.choice.set_precision("bf16")
    assert room.asked()[-1] == (("/a", "/b", "/c"), True)
    assert room.engine.last(Classify).choice.precision == "bf16"


def test_how_many_go_at_a_time_is_no_reason_to_answer_again(room: Room) -> None:
    room.give("/a")
    room.workspace.settings.set("batch_size", 16)
    assert len(room.asked()) == 1


def test_more_answers_per_picture_are_asked_for_at_once(room: Room) -> None:
    room.give("/a")
    room.workspace.settings.set("top_n", 7)
    assert room.engine.last(Classify).top == 7


def test_a_failed_job_tells_its_pictures_and_keeps_older_answers(room: Room) -> None:
    room.give(*FIVE)
    first = room.engine.job(Classify)
    room.engine.answer(RowsReady(first, (answered("/1"),)), JobFailed(first, MISSING))
    assert room.workspace.results.problem == MISSING
    assert room.label("/1") == "dog"
    assert room.workspace.results.row("/2") == Failed("/2", MISSING)
    assert [room.state(path) for path in FIVE[:2]] == ["done", "failed"]
    room.workspace.results.classify()
    assert room.workspace.results.problem is None


def test_two_batches_queue_and_say_so(room: Room) -> None:
    room.give(*FIVE)
    first = room.engine.job(Classify)
    room.give("/6", "/7", "/8", "/9", "/10")
    room.engine.answer(JobStarted(first), JobProgress(first, 2, 5, rate=4.0, seconds_left=0.75))
    running, waiting = room.workspace.results.batches
    assert (running.state, running.done, running.total, running.rate) == ("running", 2, 5, 4.0)
    assert waiting.state == "queued"
    room.engine.answer(JobFinished(first))
    assert [item.state for item in room.workspace.results.batches] == ["queued"]


def test_export_writes_the_answers_in_the_order_of_the_well(room: Room) -> None:
    assert room.workspace.results.export("/tmp/none.csv") is None
    room.give("/b", "/a", "/c")
    job = room.engine.job(Classify)
    room.engine.answer(RowsReady(job, (answered("/b"), answered("/a"))))
    room.workspace.results.export("/out.csv")
    assert room.engine.last(ExportRows) == ExportRows((answered("/b"), answered("/a")), "/out.csv")
    with room.qtbot.waitSignal(room.workspace.results.exported) as told:
        room.engine.answer(Exported(room.engine.job(ExportRows), "/out.csv", 2))
    assert told.args == ["/out.csv", 2]


def test_classifying_unknown_paths_asks_nothing(room: Room) -> None:
    assert room.workspace.results.classify(["/nowhere"]) is None
    assert room.asked() == []


def test_answers_of_another_model_are_counted_as_they_come_and_go(room: Room) -> None:
    results, choice = room.workspace.results, room.workspace.choice
    room.give(*FIVE)
    first = room.engine.job(Classify)
    room.engine.answer(RowsReady(first, (answered("/1"), answered("/2"))))
    assert (results.stale_count, results.rest_count, results.rest()) == (0, 3, FIVE[2:])
    choice.set_model("resnet18", "IMAGENET1K_V1")
    room.engine.answer(RowsReady(first, (answered("/3"),)), JobFailed(first, MISSING))  # asked for with the old one
    assert (results.stale_count, results.rest_count) == (5, 5)
    results.classify(["/2"])
    room.engine.answer(RowsReady(room.engine.job(Classify), (answered("/2"),)))
    assert (results.stale_count, results.rest()) == (4, ("/1", "/3", "/4", "/5"))
    room.workspace.pictures.remove(["/1"])
    assert (results.stale_count, results.rest_count) == (3, 3)
    choice.set_model("")
    assert (results.stale_count, results.rest()) == (1, ("/2",))
