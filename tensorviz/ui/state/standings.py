"""How pictures stand in each task: waiting, running, answered or failed, and whether that is of what is chosen now.

Must not know Qt, or how answers are made. Nothing is kept for a picture that nobody asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from tensorviz.core.errors import Problem
from tensorviz.core.results import Label

if TYPE_CHECKING:
    from collections.abc import Iterable

PictureState = Literal["new", "waiting", "running", "done", "failed"]
STATES: tuple[PictureState, ...] = get_args(PictureState)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one picture stands in one task. best: the winner of the latest answer, of tasks that have one."""

    state: PictureState = "new"
    best: Label | None = None
    problem: Problem | None = None


NEW = Standing()
PLAIN = {state: Standing(state) for state in STATES}  # shared: most pictures have one of these


@dataclass(slots=True)
class _Task:
    standings: dict[str, Standing] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)


class Standings:
    """The standings of all pictures in all tasks."""

    def __init__(self) -> None:
        self._tasks: dict[str, _Task] = {}

    def get(self, task: str, path: str) -> Standing:
        """How the picture stands in that task."""
        known = self._tasks.get(task)
        return known.standings.get(path, NEW) if known else NEW

    def is_stale(self, task: str, path: str) -> bool:
        """Whether its answer in that task is of something else than what is chosen now."""
        known = self._tasks.get(task)
        return known is not None and path in known.stale

    def mark(self, task: str, paths: Iterable[str], state: PictureState) -> None:
        """Changes the state and nothing else."""
        standings, plain = self._of(task).standings, None if state == "new" else PLAIN[state]
        for path in paths:
            known = standings.get(path, NEW)
            if known.best is not None or known.problem is not None:
                standings[path] = Standing(state, known.best, known.problem)
            elif plain is not None:
                standings[path] = plain
            else:
                standings.pop(path, None)

    def settle(self, task: str, path: str, standing: Standing, stale: bool) -> None:
        """The picture was answered; pass one of PLAIN where nothing is to be told but the state."""
        known = self._of(task)
        known.standings[path] = standing
        (known.stale.add if stale else known.stale.discard)(path)

    def mark_stale(self, task: str, stale: Iterable[str]) -> None:
        """Those, and no others, are of something else than what is chosen now."""
        self._of(task).stale = set(stale)

    def forget(self, path: str) -> None:
        """The picture was removed."""
        for known in self._tasks.values():
            known.standings.pop(path, None)
            known.stale.discard(path)

    def forget_all(self) -> None:
        """All pictures were removed."""
        self._tasks.clear()

    def _of(self, task: str) -> _Task:
        return self._tasks.setdefault(task, _Task())
