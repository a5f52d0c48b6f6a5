"""The worker threads: lanes, newest-wins slots, cancel, and every failure as an event.

Must not know any handler's work, torch or Qt: it runs what it is given and reports through a plain callable.

A handler either does its work and returns, or is a generator: between two steps the lane may run something more
urgent, and go on later. So a picture that somebody waits for overtakes a folder of thousands.
"""

from __future__ import annotations

import itertools
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tensorviz.core.errors import Cancelled, problem_of
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, JobStarted, LaneName, Request
from tensorviz.engine.progress import Progress

Report = Callable[[Event], None]


@dataclass(slots=True)
class Job:
    """One request on its way: what a handler is given, and what the lane knows of it."""

    number: int
    request: Request
    report: Report
    token: CancelToken = field(default_factory=CancelToken)
    failed: int = 0
    progress: Progress = field(init=False)
    steps: Iterator[None] | None = None
    started: bool = False

    def __post_init__(self) -> None:
        self.progress = Progress(self.number, self.report)

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Smaller goes first: cancelled ones (to end them), then urgent ones, then by age."""
        return (not self.token.cancelled, not self.request.urgent, self.number)


Handler = Callable[[Job], Iterator[None] | None]
Handlers = Mapping[type[Request], Handler]


class Lane:
    """One thread and the jobs that wait for it. The jobs of a lane never run at the same time."""

    def __init__(self, name: str, handlers: Handlers) -> None:
        self._handlers = handlers
        self._jobs: list[Job] = []
        self._running: Job | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"tensorviz-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Adds a job; an older one of the same slot is cancelled."""
        slot = job.request.slot
        if slot:
            self._cancel_where(lambda other: other.request.slot == slot)
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def cancel(self, number: int) -> None:
        """Asks a job to end, in whatever state it is."""
        self._cancel_where(lambda job: job.number == number)

    def _cancel_where(self, chosen: Callable[[Job], bool]) -> None:
        """Cancels; a job that never began ends here and now, even when the lane is busy with another."""
        with self._changed:
            hit = [job for job in self._jobs if chosen(job)]
            for job in hit:
                job.token.cancel()
            never_began = [job for job in hit if not job.started and job is not self._running]
            for job in never_began:
                self._jobs.remove(job)
            self._changed.notify()
        for job in never_began:
            job.report(JobCancelled(job.number))

    def stop(self) -> None:
        """Cancels everything and lets the thread end."""
        with self._changed:
            self._stopping = True
            for job in self._jobs:
                job.token.cancel()
            self._changed.notify()

    def join(self, seconds: float) -> bool:
        """Waits for the thread; gives whether it ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        previous = None
        while (job := self._next()) is not None:
            if job is not previous:
                job.progress.restart()
            previous = job
            if not self._advance(job):
                with self._changed:
                    self._jobs.remove(job)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._jobs and not self._stopping:
                self._changed.wait()
            self._running = min(self._jobs, key=lambda job: job.rank) if self._jobs else None
            return self._running

    def _advance(self, job: Job) -> bool:
        """Runs one step; gives whether there is more to do. The last event of a job is sent here and nowhere else."""
        try:
            job.token.check()
            if self._step(job):
                return True
            ending: Event = JobFinished(job.number, job.failed)
        except Cancelled:
            ending = JobCancelled(job.number)
        except Exception as error:  # noqa: BLE001 - the lane must live on, and the person must be told
            ending = JobFailed(job.number, problem_of(error, traceback.format_exc()))
        self._close(job)
        job.progress.flush()
        job.report(ending)
        return False

    def _step(self, job: Job) -> bool:
        if not job.started:
            job.started = True
            job.report(JobStarted(job.number))
            job.steps = self._handlers[type(job.request)](job)
            return job.steps is not None
        assert job.steps is not None
        try:
            next(job.steps)
        except StopIteration:
            return False
        return True

    @staticmethod
    def _close(job: Job) -> None:
        """Lets a suspended handler run its `finally` blocks; what they raise must not hide how the job ended."""
        close = getattr(job.steps, "close", None)
        job.steps = None
        if close is not None:
            try:
                close()
            except Exception:  # noqa: BLE001 - reported with the traceback; the job has ended already
                traceback.print_exc()


class Engine:
    """Takes requests, gives them job numbers, and runs them on the lanes they name."""

    def __init__(self, handlers: Handlers, report: Report) -> None:
        self._numbers = itertools.count(1)
        self._report = report
        names: tuple[LaneName, ...] = ("look", "work", "fetch", "files", "inspect", "tensors")
        self._lanes = {name: Lane(name, handlers) for name in names}

    def submit(self, request: Request) -> int:
        """Queues a request on its lane; gives the number its events will carry."""
        job = Job(next(self._numbers), request, self._report)
        self._lanes[request.lane].submit(job)
        return job.number

    def cancel(self, job: int) -> None:
        """Asks a job to end: waiting, suspended or running. It answers with JobCancelled, or had ended before."""
        for lane in self._lanes.values():
            lane.cancel(job)

    def stop(self, seconds: float = 3.0) -> bool:
        """Cancels everything and waits for the threads; gives whether all ended in time."""
        for lane in self._lanes.values():
            lane.stop()
        ended = [lane.join(seconds) for lane in self._lanes.values()]  # each is waited for, whatever the others did
        return all(ended)
