"""What was found and is not taken into the well yet, per request.

Must not know Qt or what a picture is: paths and job numbers only.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Arrivals:
    """Requests for pictures that are open, and the paths they found that wait to be taken in."""

    def __init__(self) -> None:
        self._open: dict[int, list[str]] = {}  # job -> everything it found, duplicates included
        self._ended: list[int] = []
        self._queue: deque[tuple[int, deque[str]]] = deque()
        self._begun: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether anything is looked for or waits."""
        return bool(self._open)

    @property
    def waiting(self) -> bool:
        """Whether paths wait to be taken in."""
        return bool(self._queue)

    def expect(self, job: int) -> None:
        """A request went out."""
        self._open[job] = []

    def expects(self, job: int) -> bool:
        """Whether the request is one of ours and open."""
        return job in self._open

    def put(self, job: int, paths: Sequence[str]) -> None:
        """A request found these."""
        self._open[job].extend(paths)
        self._queue.append((job, deque(paths)))

    def end(self, job: int) -> None:
        """A request will find no more."""
        self._ended.append(job)

    def take(self, most: int) -> tuple[list[str], bool]:
        """Up to `most` paths of the oldest piece, and whether they are the first of their request."""
        if not self._queue:
            return [], False
        job, piece = self._queue[0]
        taken = [piece.popleft() for _ in range(min(most, len(piece)))]
        if not piece:
            self._queue.popleft()
        first = bool(taken) and job not in self._begun
        self._begun.add(job)
        return taken, first

    def complete(self) -> list[tuple[str, ...]]:
        """What ended requests gave, each path once, when their last path has been taken in; told once."""
        pending = {job for job, _ in self._queue}
        done = [job for job in self._ended if job not in pending]
        self._ended = [job for job in self._ended if job in pending]
        self._begun.difference_update(done)
        return [tuple(dict.fromkeys(found)) for job in done if (found := self._open.pop(job))]

    def forget(self) -> list[int]:
        """Drops everything; gives the requests that had not ended."""
        jobs = [job for job in self._open if job not in self._ended]
        self._open, self._ended, self._begun = {}, [], set()
        self._queue.clear()
        return jobs
