"""Jobs: listed from the wish to the end, cancelled at once in every state, and no failure lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import (
    Classify,
    Event,
    ExportRows,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    ReadCatalogue,
)
from tensorviz.engine.messages.translate import Translate
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.jobs import ENDED_KEPT, JobItem, JobsState
from tests.ui.fake_engine import FakeEngine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

BATCH = Classify(("a.png", "b.png"), ModelChoice())
BROKEN = Problem("It broke.", "Mend it.")


@pytest.fixture
def bridge(qapp: object) -> Bridge:
    return Bridge()


@pytest.fixture
def engine(bridge: Bridge) -> FakeEngine:
    return FakeEngine(bridge)


@pytest.fixture
def jobs(bridge: Bridge, engine: FakeEngine) -> JobsState:
    return JobsState(bridge)


def only(jobs: JobsState) -> JobItem:
    (item,) = jobs.items
    return item


def test_a_shown_request_is_listed_until_it_ends(jobs: JobsState, engine: FakeEngine) -> None:
    job = jobs.send(BATCH)
    assert only(jobs) == JobItem(job, "Classify 2 pictures", "queued")
    engine.answer(JobStarted(job), JobProgress(job, 1, 2, "picture", 4.0, 0.25, "computing"))
    assert only(jobs) == JobItem(job, BATCH.title, "running", 1, 2, "picture", 4.0, 0.25, "computing")
    assert only(jobs).share == 0.5
    engine.answer(JobFinished(job, failed=1))
    assert (only(jobs).state, only(jobs).failed, only(jobs).share) == ("done", 1, 1.0)
    assert jobs.active == ()


def test_other_requests_are_not_listed(jobs: JobsState, engine: FakeEngine) -> None:
    jobs.send(ReadCatalogue())
    assert jobs.items == ()
    assert engine.all(ReadCatalogue) == [ReadCatalogue()]


@pytest.mark.parametrize("before", [(), (JobStarted(1),), (JobStarted(1), JobProgress(1, 1, 2))])
def test_cancel_is_shown_at_once_in_every_state(
    jobs: JobsState, engine: FakeEngine, before: tuple[Event, ...], qtbot: QtBot
) -> None:
    job = jobs.send(BATCH)
    engine.answer(*before)
    with qtbot.waitSignal(jobs.changed, timeout=0):
        jobs.cancel(job)
    assert only(jobs).state == "cancelling"
    assert engine.cancelled == [job]
    engine.answer(JobCancelled(job))
    assert only(jobs).state == "cancelled"


def test_progress_that_was_on_its_way_does_not_undo_a_cancel(jobs: JobsState, engine: FakeEngine) -> None:
    job = jobs.send(BATCH)
    engine.answer(JobStarted(job))
    jobs.cancel(job)
    engine.answer(JobProgress(job, 2, 2, seconds_left=9.0))
    assert (only(jobs).state, only(jobs).done, only(jobs).seconds_left) == ("cancelling", 2, None)


def test_a_job_that_was_faster_than_its_cancel_is_done(jobs: JobsState, engine: FakeEngine) -> None:
    job = jobs.send(BATCH)
    jobs.cancel(job)
    engine.answer(JobFinished(job))
    assert only(jobs).state == "done"


def test_an_ended_job_cannot_be_cancelled(jobs: JobsState, engine: FakeEngine) -> None:
    job = jobs.send(BATCH)
    engine.answer(JobFinished(job))
    jobs.cancel(job)
    jobs.cancel(99)
    assert engine.cancelled == []
    assert only(jobs).state == "done"


def test_a_job_that_is_not_listed_can_be_cancelled(jobs: JobsState, engine: FakeEngine) -> None:
    job = jobs.send(ReadCatalogue())
    jobs.cancel(job)
    assert engine.cancelled == [job]


def test_cancel_all_ends_what_has_not_ended(jobs: JobsState, engine: FakeEngine) -> None:
    numbers = [jobs.send(BATCH) for _ in range(3)]
    engine.answer(JobFinished(numbers[0]))
    jobs.cancel_all()
    assert engine.cancelled == numbers[1:]


@pytest.mark.parametrize("request_", [BATCH, ExportRows((), "out.csv")])
def test_every_failure_is_announced_with_its_request(
    jobs: JobsState, engine: FakeEngine, qtbot: QtBot, request_: Classify | ExportRows
) -> None:
    job = jobs.send(request_)
    with qtbot.waitSignal(jobs.failed, timeout=0) as heard:
        engine.answer(JobFailed(job, BROKEN))
    item, request = heard.args
    assert (item.number, item.state, item.problem, request) == (job, "failed", BROKEN, request_)


def test_only_so_many_ended_jobs_are_kept_and_they_can_be_cleared(jobs: JobsState, engine: FakeEngine) -> None:
    for _ in range(ENDED_KEPT + 5):
        engine.answer(JobFinished(jobs.send(BATCH)))
    running = jobs.send(BATCH)
    assert len(jobs.items) == ENDED_KEPT + 1
    assert jobs.items[0].number == 6
    jobs.clear_ended()
    assert [item.number for item in jobs.items] == [running]


def test_a_job_that_a_newer_wish_replaced_is_not_told_of(jobs: JobsState, engine: FakeEngine) -> None:
    choice = GeneratorChoice()
    first = jobs.send(Translate("a.jpg", choice))
    second = jobs.send(Translate("b.jpg", choice))
    engine.answer(JobCancelled(first))
    assert [item.number for item in jobs.items] == [second]
    jobs.cancel(second)
    engine.answer(JobCancelled(second))
    assert [(item.number, item.state) for item in jobs.items] == [(second, "cancelled")], "the person ended this one"
