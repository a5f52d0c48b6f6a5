"""How the translations of pictures went, and what their thumbnails say of it.

Must not know jobs, or the pictures that were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import Problem
from tensorviz.ui.state.standings import PLAIN, Standing
from tensorviz.ui.state.translation_cache import Meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.ui.state.pictures import PicturesState

TASK = "translate"


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: int
    meaning: Meaning
    problem: Problem | None


class Outcomes:
    """The latest outcome of each picture.

    meaning: of what is chosen now; outcomes of anything else are stale. drawn_now: the picture that is being drawn
    because somebody looks at it.
    """

    def __init__(self, pictures: PicturesState) -> None:
        self._pictures = pictures
        self._known: dict[str, _Outcome] = {}
        self.meaning: Meaning | None = None
        self.drawn_now: str | None = None

    def problem(self, path: str) -> Problem | None:
        """Why the picture could not be drawn with what is chosen now."""
        outcome = self._known.get(path)
        return outcome.problem if outcome and outcome.meaning == self.meaning else None

    def is_done(self, path: str) -> bool:
        """Whether the picture was drawn, with whatever was chosen."""
        outcome = self._known.get(path)
        return outcome is not None and outcome.problem is None

    def choose(self, meaning: Meaning | None) -> None:
        """Something else is chosen now."""
        if meaning != self.meaning:
            self.meaning = meaning
            self._pictures.mark_stale(TASK, {path for path, known in self._known.items() if known.meaning != meaning})

    def settle(self, job: int, path: str, meaning: Meaning, problem: Problem | None) -> None:
        """The job is through with a picture; what a newer job said of it stays."""
        known = self._known.get(path)
        if self._pictures.row_of(path) is not None and (known is None or known.job <= job):
            self._known[path] = _Outcome(job, meaning, problem)
            self._show(path)

    def recall(self, path: str, meaning: Meaning) -> None:
        """A translation that was drawn before is looked at again, and is as good as a new one."""
        known = self._known.get(path)
        if known is not None and known.meaning != meaning:
            self._known[path] = _Outcome(known.job, meaning, None)
            self._show(path)

    def mark_waiting(self, paths: Iterable[str]) -> None:
        """Jobs will come to the pictures."""
        self._pictures.mark(TASK, paths, "waiting")

    def mark_running(self, job: int, paths: Iterable[str]) -> None:
        """The job is at the pictures, unless a newer one is through with them."""
        known = self._known
        self._pictures.mark(TASK, [p for p in paths if p not in known or known[p].job <= job], "running")

    def put_back(self, paths: Iterable[str]) -> None:
        """The pictures are as they were before a job was to come."""
        paths = tuple(paths)
        self._pictures.mark(TASK, [path for path in paths if path not in self._known], "new")
        for path in paths:
            if path in self._known:
                self._show(path)

    def keep(self, known: Callable[[str], bool]) -> None:
        """Forgets the pictures that are not known any more."""
        self._known = {path: outcome for path, outcome in self._known.items() if known(path)}

    def _show(self, path: str) -> None:
        outcome = self._known[path]
        standing = PLAIN["done"] if outcome.problem is None else Standing("failed", problem=outcome.problem)
        self._pictures.settle(TASK, path, standing, outcome.meaning != self.meaning)
