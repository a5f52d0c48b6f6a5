"""How far a job is: coalesced where it is made, with rate and time left.

Must not know what the job does or who listens.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tensorviz.engine.messages import JobProgress

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_GAP = 0.05  # seconds; at most twenty a second
SMOOTHING_SECONDS = 3.0  # the rate is that of about the last three seconds


class Progress:
    """Takes every step and passes on at most twenty a second; `flush` passes on the last one.

    The rate is an exponential mean over time, so that a slow first picture does not spoil the estimate.
    """

    def __init__(
        self, job: int, emit: Callable[[JobProgress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job, self._emit, self._clock = job, emit, clock
        self._said = float("-inf")
        self._pending: JobProgress | None = None
        self._at, self._done = clock(), 0
        self._rate: float | None = None

    def __call__(self, done: int, total: int | None, unit: str = "picture", stage: str = "") -> None:
        """Says that `done` of `total` units are done."""
        now = self._clock()
        self._learn_rate(done, now)
        left = None
        if self._rate and total is not None and done:
            left = max(0.0, (total - done) / self._rate)
        self._pending = JobProgress(self._job, done, total, unit, self._rate if done else None, left, stage)
        if now - self._said >= SHORTEST_GAP:
            self._said = now
            self.flush()

    def flush(self) -> None:
        """Passes on what was held back."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._emit(pending)

    def restart(self) -> None:
        """Forgets the time that went by while the job was set aside."""
        self._at = self._clock()

    def _learn_rate(self, done: int, now: float) -> None:
        gap = now - self._at
        if done <= self._done or gap < SHORTEST_GAP:
            return
        current = (done - self._done) / gap
        weight = min(1.0, gap / SMOOTHING_SECONDS)
        self._rate = current if self._rate is None else self._rate + weight * (current - self._rate)
        self._at, self._done = now, done
