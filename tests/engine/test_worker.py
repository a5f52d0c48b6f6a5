"""The lanes: order, interleaving, slots, cancel in every state, failures as events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import WeightsMissing
from tensorviz.engine.messages import (
    Classify,
    Event,
    FindPictures,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    MakeThumbnails,
    Request,
    StartEngine,
)
from tensorviz.engine.progress import Progress
from tensorviz.engine.worker import Engine, Handlers, Job

PATIENCE = 20.0


class Recorder:
    """Collects events and lets a test wait for one of them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, kind: type[Event], job: int) -> Event:
        def found() -> Event | None:
            return next((e for e in self.events if isinstance(e, kind) and e.job == job), None)

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, PATIENCE), f"no {kind.__name__} of job {job}"
            event = found()
        assert event is not None
        return event

    def kinds(self, job: int) -> list[str]:
        return [type(e).__name__ for e in self.events if e.job == job]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def build(recorder: Recorder) -> Iterator[Callable[[Handlers], Engine]]:
    engines: list[Engine] = []

    def make(handlers: Handlers) -> Engine:
        engines.append(Engine(handlers, recorder))
        return engines[-1]

    yield make
    for engine in engines:
        assert engine.stop(PATIENCE)


def batch(*, interactive: bool = False) -> Classify:
    return Classify(("a",), ModelChoice(), interactive=interactive)


def test_a_plain_handler_starts_and_finishes(build: Callable[[Handlers], Engine], recorder: Recorder) -> None:
    threads = []
    engine = build({FindPictures: lambda job: threads.append(threading.current_thread().name)})
    number = engine.submit(FindPictures(()))
    recorder.wait(JobFinished, number)
    assert recorder.kinds(number) == ["JobStarted", "JobFinished"]
    assert threads == ["tensorviz-look"]


def test_an_urgent_job_runs_between_two_steps_of_a_batch(
    build: Callable[[Handlers], Engine], recorder: Recorder
) -> None:
    first_step, go_on, order = threading.Event(), threading.Event(), []

    def classify(job: Job) -> Iterator[None]:
        name = "urgent" if job.request.urgent else "batch"
        for step in range(3):
            order.append(f"{name} {step}")
            if name == "batch" and step == 0:
                first_step.set()
                assert go_on.wait(PATIENCE)
            yield

    engine = build({Classify: classify})
    slow = engine.submit(batch())
    assert first_step.wait(PATIENCE)
    quick = engine.submit(batch(interactive=True))
    go_on.set()
    recorder.wait(JobFinished, slow)
    recorder.wait(JobFinished, quick)
    assert order == ["batch 0", "urgent 0", "urgent 1", "urgent 2", "batch 1", "batch 2"]


def test_a_second_batch_waits_for_the_first(build: Callable[[Handlers], Engine], recorder: Recorder) -> None:
    order = []

    def classify(job: Job) -> Iterator[None]:
        for step in range(2):
            order.append((job.number, step))
            yield

    engine = build({Classify: classify})
    numbers = [engine.submit(batch()) for _ in range(3)]
    recorder.wait(JobFinished, numbers[-1])
    assert order == [(number, step) for number in numbers for step in range(2)]


class Gate:
    """A handler that waits inside its first step until the test lets it go, checking its token."""

    def __init__(self) -> None:
        self.entered, self.closed = threading.Event(), threading.Event()
        self.numbers: list[int] = []

    def __call__(self, job: Job) -> Iterator[None]:
        self.numbers.append(job.number)
        try:
            self.entered.set()
            yield
            while True:
                job.token.wait(PATIENCE)
                job.token.check()
                yield
        finally:
            self.closed.set()


def test_cancel_ends_a_running_job_and_runs_its_finally(
    build: Callable[[Handlers], Engine], recorder: Recorder
) -> None:
    gate = Gate()
    engine = build({Classify: gate})
    number = engine.submit(batch())
    assert gate.entered.wait(PATIENCE)
    engine.cancel(number)
    recorder.wait(JobCancelled, number)
    assert gate.closed.is_set()
    assert "JobFinished" not in recorder.kinds(number)


def test_cancel_ends_a_waiting_job_at_once_though_the_lane_is_busy(
    build: Callable[[Handlers], Engine], recorder: Recorder
) -> None:
    gate = Gate()
    engine = build({Classify: gate})
    running, waiting = engine.submit(batch()), None
    assert gate.entered.wait(PATIENCE)
    waiting = engine.submit(batch())
    engine.cancel(waiting)
    assert recorder.kinds(waiting) == ["JobCancelled"]  # said before cancel returned
    engine.cancel(running)
    recorder.wait(JobCancelled, running)
    assert gate.numbers == [running]


def test_a_newer_wish_of_a_slot_replaces_the_older_ones(
    build: Callable[[Handlers], Engine], recorder: Recorder
) -> None:
    gate = Gate()
    engine = build({MakeThumbnails: gate})
    first = engine.submit(MakeThumbnails(("a",), 8))
    assert gate.entered.wait(PATIENCE)
    second = engine.submit(MakeThumbnails(("b",), 8))
    third = engine.submit(MakeThumbnails(("c",), 8))
    recorder.wait(JobCancelled, first)
    recorder.wait(JobCancelled, second)
    engine.cancel(third)
    recorder.wait(JobCancelled, third)
    assert second not in gate.numbers


def test_looking_does_not_wait_for_work(build: Callable[[Handlers], Engine], recorder: Recorder) -> None:
    gate = Gate()
    engine = build({Classify: gate, FindPictures: lambda job: None})
    working = engine.submit(batch())
    assert gate.entered.wait(PATIENCE)
    recorder.wait(JobFinished, engine.submit(FindPictures(())))
    engine.cancel(working)


def test_our_errors_arrive_as_sentence_and_hint_and_unknown_ones_with_details(
    build: Callable[[Handlers], Engine], recorder: Recorder
) -> None:
    def known(job: Job) -> None:
        raise WeightsMissing("They are not here.", "Fetch them.")

    def unknown(job: Job) -> None:
        raise ZeroDivisionError("by naught")

    engine = build({StartEngine: known, FindPictures: unknown})
    failed = recorder.wait(JobFailed, engine.submit(StartEngine()))
    assert isinstance(failed, JobFailed)
    assert (failed.problem.message, failed.problem.hint) == ("They are not here.", "Fetch them.")
    assert failed.problem.expected
    failed = recorder.wait(JobFailed, engine.submit(FindPictures(())))
    assert isinstance(failed, JobFailed)
    assert "by naught" in failed.problem.message
    assert "ZeroDivisionError" in failed.problem.details


def test_a_lane_lives_on_after_a_failure(build: Callable[[Handlers], Engine], recorder: Recorder) -> None:
    class Unknown(Request):
        lane: ClassVar = "look"

    engine = build({FindPictures: lambda job: None})
    recorder.wait(JobFailed, engine.submit(Unknown()))
    recorder.wait(JobFinished, engine.submit(FindPictures(())))


def test_the_last_progress_comes_before_the_end(build: Callable[[Handlers], Engine], recorder: Recorder) -> None:
    def work(job: Job) -> None:
        for done in range(1, 1001):
            job.progress(done, 1000)

    engine = build({FindPictures: work})
    number = engine.submit(FindPictures(()))
    recorder.wait(JobFinished, number)
    said = [e for e in recorder.events if isinstance(e, JobProgress)]
    assert said[-1].done == 1000
    assert len(said) < 500
    assert recorder.kinds(number)[-2:] == ["JobProgress", "JobFinished"]
    assert isinstance(recorder.events[0], JobStarted)


def test_stop_ends_waiting_and_running_jobs(recorder: Recorder) -> None:
    gate = Gate()
    engine = Engine({Classify: gate}, recorder)
    numbers = [engine.submit(batch()) for _ in range(3)]
    assert gate.entered.wait(PATIENCE)
    assert engine.stop(PATIENCE)
    assert [recorder.kinds(number)[-1] for number in numbers] == ["JobCancelled"] * 3


def test_progress_says_at_most_twenty_a_second_with_rate_and_time_left() -> None:
    said: list[JobProgress] = []
    now = [0.0]
    progress = Progress(1, said.append, clock=lambda: now[0])
    for done in range(1, 401):
        now[0] += 0.01
        progress(done, 1000)
    assert len(said) <= 4.0 * 20 + 1
    progress.flush()
    assert said[-1].done == 400
    assert said[-1].rate == pytest.approx(100, rel=0.05)
    assert said[-1].seconds_left == pytest.approx(6, rel=0.05)


def test_time_set_aside_does_not_count_in_the_rate() -> None:
    said: list[JobProgress] = []
    now = [0.0]
    progress = Progress(1, said.append, clock=lambda: now[0])
    for done in range(1, 11):
        now[0] += 0.1
        progress(done, 100)
    now[0] += 60
    progress.restart()
    now[0] += 0.1
    progress(11, 100)
    assert said[-1].rate == pytest.approx(10, rel=0.05)
