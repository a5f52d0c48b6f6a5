"""Batches of pictures that are translated into folders: how far each is, and what became of its pictures.

Must not know how batches are shown, or the picture that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.results import Failed, Translated
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, JobStarted
from tensorviz.engine.messages.translate import PicturesKept, TranslateToFolder
from tensorviz.ui.state.outcomes import TASK
from tensorviz.ui.state.translation_cache import Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.errors import Problem
    from tensorviz.engine.messages.translate import PictureFormat
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.jobs import JobItem, JobsState
    from tensorviz.ui.state.outcomes import Outcomes
    from tensorviz.ui.state.pictures import PicturesState

ENDINGS = (JobFinished, JobCancelled, JobFailed)


@dataclass(slots=True)
class _Batch:
    """A batch on its way; rows come in the order of `paths`."""

    job: int
    paths: tuple[str, ...]
    folder: str
    meaning: Meaning
    rows: list[Translated | Failed] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def pending(self) -> tuple[str, ...]:
        return self.paths[len(self.rows) :]

    @property
    def following(self) -> tuple[str, ...]:
        """The picture that is being drawn, if any is left."""
        return self.paths[len(self.rows) : len(self.rows) + 1]

    def waits(self, path: str) -> bool:
        return self.places.get(path, -1) >= len(self.rows)


class FolderBatches(QObject):
    """The batches on their way, oldest first.

    Signals: changed() when one began, went on or ended; kept(folder, done, failed) when one has ended.
    rows: what became of the pictures of the batch that ended last, in order.
    """

    changed = Signal()
    kept = Signal(str, int, int)

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        pictures: PicturesState,
        choice: GeneratorChoiceState,
        outcomes: Outcomes,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._pictures, self._choice, self._outcomes = jobs, pictures, choice, outcomes
        self._batches: dict[int, _Batch] = {}
        self._told: tuple[JobItem, ...] = ()
        self.rows: tuple[Translated | Failed, ...] = ()
        bridge.event.connect(self._take)
        jobs.changed.connect(self._tell)
        pictures.removed.connect(self._pictures_gone)
        pictures.reset.connect(self._pictures_gone)

    @property
    def items(self) -> tuple[JobItem, ...]:
        """Their jobs."""
        items = (self._jobs.item(job) for job in self._batches)
        return tuple(item for item in items if item is not None and not item.ended)

    def waits(self, path: str) -> bool:
        """Whether a batch will come to the picture."""
        return any(batch.waits(path) for batch in self._batches.values())

    def begin(self, folder: str, form: PictureFormat, paths: Sequence[str] | None) -> int | None:
        """Translates those pictures (all when None) into a folder; None when there are none, or no weights here."""
        wanted = self._pictures.paths if paths is None else paths
        known = tuple(dict.fromkeys(path for path in wanted if self._pictures.row_of(path) is not None))
        meaning = self._choice.meaning
        if not known or meaning is None or not self._choice.ready:
            return None
        job = self._jobs.send(TranslateToFolder(known, self._choice.choice, folder, form))
        places = {path: place for place, path in enumerate(known)}
        self._batches[job] = _Batch(job, known, folder, meaning, places=places)
        self._outcomes.mark_waiting(known)
        self._tell()
        return job

    def cancel(self, job: int) -> None:
        """Ends one; what is kept stays."""
        if job in self._batches:
            self._jobs.cancel(job)

    @Slot()
    def _pictures_gone(self) -> None:
        """Batches for nothing but removed pictures end."""
        for batch in list(self._batches.values()):
            if all(self._pictures.row_of(path) is None for path in batch.pending):
                self._jobs.cancel(batch.job)

    @Slot()
    def _tell(self) -> None:
        items = self.items
        if items != self._told:
            self._told = items
            self.changed.emit()

    @Slot(object)
    def _take(self, event: Event) -> None:
        batch = self._batches.get(event.job)
        if batch is None:
            return
        if isinstance(event, PicturesKept):
            batch.rows += event.rows
            for row in event.rows:
                self._settle(batch, row)
        elif isinstance(event, ENDINGS):
            self._end(batch, event.problem if isinstance(event, JobFailed) else None)
            return
        if isinstance(event, PicturesKept | JobStarted):
            self._outcomes.mark_running(batch.job, batch.following)

    def _settle(self, batch: _Batch, row: Translated | Failed) -> None:
        problem = row.problem if isinstance(row, Failed) else None
        self._outcomes.settle(batch.job, row.path, batch.meaning, problem)

    def _end(self, batch: _Batch, problem: Problem | None) -> None:
        """A job's problem is that of every picture it left out; one that was drawn before stays drawn."""
        del self._batches[batch.job]
        left = batch.pending
        if problem is not None:
            batch.rows += [Failed(path, problem, TASK) for path in left]
            for path in left:
                if not self._outcomes.is_done(path):
                    self._outcomes.settle(batch.job, path, batch.meaning, problem)
        coming = {path for path in left if self.waits(path)} | {self._outcomes.drawn_now}
        self._outcomes.put_back(path for path in left if path not in coming)
        self.rows = tuple(batch.rows)
        self._tell()
        failed = sum(isinstance(row, Failed) for row in batch.rows)
        self.kept.emit(batch.folder, len(batch.rows) - failed, failed)
