"""The models there are, where their weights are, and what is being done about them: fetch, import, delete, keep.

Must not know widgets, nor which model is in use: only requests out and events in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from tensorviz.core.errors import Problem
from tensorviz.core.generators import GeneratorWeights
from tensorviz.engine.messages import (
    CatalogueRead,
    CheckpointRecognised,
    DeleteWeights,
    Event,
    FetchWeights,
    ImportWeights,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    KeepEntry,
    ReadCatalogue,
    RecogniseCheckpoint,
    RemoveEntry,
)
from tensorviz.engine.messages.translate import GeneratorRecognised, KeepGenerator, RecogniseGenerator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.catalogue import ModelRow, OwnEntry, WeightsRow
    from tensorviz.core.generators import OwnGenerator
    from tensorviz.engine.messages import Request
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState

WorkKind = Literal[
    "read", "fetch", "import", "delete", "keep", "keep_generator", "remove", "recognise", "recognise_generator"
]
WorkState = Literal["running", "cancelling", "cancelled", "failed"]
Subject = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What is being done about one subject. A finished one is forgotten; a failed one stays until the next try.

    subject: (model, weights) of published weights, (name,) of an own entry or generator, (path,) of a checkpoint,
    (path, "generator") of one that is to be a generator, () of everything.
    progress: of a fetch, in bytes.
    """

    kind: WorkKind
    subject: Subject
    job: int
    state: WorkState = "running"
    progress: JobProgress | None = None
    problem: Problem | None = None

    @property
    def busy(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("running", "cancelling")


class CatalogueState(QObject):
    """Every model, as last read.

    Signals: changed(); entry_kept(name); recognised(CheckpointRecognised); offered(path) when a checkpoint is to be
    added (its form opens; path "" when none is chosen yet). generator_kept, generator_recognised (GeneratorRecognised)
    and generator_offered say the same of own generators.
    looked_at: the subject whose card is seen now, with what is being done about it; () when none is.
    """

    changed = Signal()
    offered = Signal(str)
    entry_kept = Signal(str)
    recognised = Signal(object)
    generator_offered = Signal(str)
    generator_kept = Signal(str)
    generator_recognised = Signal(object)

    def __init__(self, bridge: Bridge, jobs: JobsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._works: dict[int, Work] = {}
        self.models: tuple[ModelRow, ...] = ()
        self.generators: tuple[ModelRow, ...] = ()
        self.folder = ""
        self.disk_bytes = 0
        self.notes: tuple[str, ...] = ()
        self.was_read = False
        self.looked_at: Subject = ()
        bridge.event.connect(self._take)

    # ------------------------------------------------------------------------------------------------ looking

    def model(self, name: str) -> ModelRow | None:
        """The model of that name; "" is the one that comes with tensorviz."""
        if not name:
            return next((row for row in self.models if row.kind == "bundled"), None)
        return next((row for row in self.models if row.name == name), None)

    def weights(self, model: str, name: str) -> WeightsRow | None:
        """These weights of that model; "" and "DEFAULT" are its default. None when there are none of that name."""
        row = self.model(model)
        if row is None or not row.weights:
            return None
        if name in ("", "DEFAULT"):
            return row.default()
        return next((weights for weights in row.weights if weights.name == name), None)

    def generator(self, name: str) -> ModelRow | None:
        """The generator of that name; "" is the one that comes with tensorviz."""
        if not name:
            return next((row for row in self.generators if row.kind == "bundled"), None)
        return next((row for row in self.generators if row.name == name), None)

    def generator_weights(self, model: str, name: str) -> GeneratorWeights | None:
        """These weights of that generator; "" and "DEFAULT" are its default. None when there are none of that name."""
        row = self.generator(model)
        if row is None or not row.weights:
            return None
        wanted = row.default().name if name in ("", "DEFAULT") else name
        found = next((weights for weights in row.weights if weights.name == wanted), None)
        return found if isinstance(found, GeneratorWeights) else None

    def files(self) -> tuple[WeightsRow, ...]:
        """Published weights whose file is on this computer, largest first."""
        return _files_here(self.models, "torchvision")

    def generator_files(self) -> tuple[WeightsRow, ...]:
        """The same of published generators."""
        return _files_here(self.generators, "published")

    def architectures(self) -> tuple[str, ...]:
        """The builders that an own checkpoint may belong to, by name."""
        return tuple(sorted({row.architecture for row in self.models if row.kind == "torchvision"}))

    def work(self, *subject: str) -> Work | None:
        """What is being done about the subject, or how the last try failed; None when nothing is to be told."""
        return next((work for work in reversed(self._works.values()) if work.subject == subject), None)

    @property
    def problem(self) -> Problem | None:
        """Why the catalogue could not be read, if so."""
        work = self.work()
        return work.problem if work else None

    # ------------------------------------------------------------------------------------------------- asking

    def read(self) -> int:
        """Asks for the catalogue."""
        return self._begin("read", (), ReadCatalogue())

    def fetch(self, model: str, weights: str, *, trusted: bool = False) -> int:
        """Downloads published weights; gives the job. One that is on its way already is not started twice.

        trusted: the person was told that nothing tells whether the file is the published one, and wants it anyway.
        """
        return self._begin("fetch", (model, weights), FetchWeights(model, weights, trusted))

    def import_file(self, model: str, weights: str, path: str) -> int:
        """Takes published weights from a file that the person has."""
        return self._begin("import", (model, weights), ImportWeights(model, weights, path))

    def delete(self, model: str, weights: str) -> int:
        """Deletes the file of published weights from this computer."""
        return self._begin("delete", (model, weights), DeleteWeights(model, weights))

    def keep_entry(self, entry: OwnEntry) -> int:
        """Keeps an own checkpoint as a row; `entry_kept` follows, or a failed work of (entry.name,)."""
        return self._begin("keep", (entry.name,), KeepEntry(entry))

    def remove_entry(self, name: str) -> int:
        """Forgets an own entry; its file stays."""
        return self._begin("remove", (name,), RemoveEntry(name))

    def offer(self, path: str = "") -> None:
        """Opens the form of own checkpoints for a file; nothing is asked of the engine yet."""
        self.offered.emit(path)

    def recognise(self, path: str) -> int:
        """Asks which architecture a checkpoint fits; `recognised` follows, or a failed work of (path,)."""
        return self._begin("recognise", (path,), RecogniseCheckpoint(path))

    def keep_generator(self, entry: OwnGenerator) -> int:
        """Keeps an own generator as a row; `generator_kept` follows, or a failed work of (entry.name,)."""
        return self._begin("keep_generator", (entry.name,), KeepGenerator(entry))

    def offer_generator(self, path: str = "") -> None:
        """Opens the form of own generators for a file; nothing is asked of the engine yet."""
        self.generator_offered.emit(path)

    def recognise_generator(self, path: str) -> int:
        """Asks which generator a file holds; `generator_recognised` follows, or a failed work of (path, generator)."""
        return self._begin("recognise_generator", (path, "generator"), RecogniseGenerator(path))

    def cancel(self, *subject: str) -> None:
        """Cancels what is being done about the subject; said at once."""
        work = self.work(*subject)
        if work is not None and work.state == "running":
            self._jobs.cancel(work.job)
            self._put(replace(work, state="cancelling"))

    def dismiss(self, *subject: str) -> None:
        """Forgets how the last try failed."""
        work = self.work(*subject)
        if work is not None and not work.busy:
            self._forget(subject)
            self.changed.emit()

    # ------------------------------------------------------------------------------------------------ hearing

    def _begin(self, kind: WorkKind, subject: Subject, request: Request) -> int:
        running = self.work(*subject)
        if running is not None and running.busy and running.kind == kind != "read":
            return running.job
        self._forget(subject)
        job = self._jobs.send(request)
        self._put(Work(kind, subject, job))
        return job

    def _forget(self, subject: Subject) -> None:
        """Drops ended works of the subject; busy ones go on and are forgotten when they end."""
        self._works = {job: work for job, work in self._works.items() if work.subject != subject or work.busy}

    def _put(self, work: Work) -> None:
        self._works[work.job] = work
        self.changed.emit()

    def _take(self, event: Event) -> None:
        work = self._works.get(event.job)
        if work is None or not work.busy:
            return
        match event:
            case CatalogueRead():
                self._read(event)
            case JobProgress():
                self._put(replace(work, progress=event))
            case CheckpointRecognised():
                self.recognised.emit(event)
            case GeneratorRecognised():
                self.generator_recognised.emit(event)
            case JobFinished():
                self._finish(work)
            case JobCancelled():
                self._put(replace(work, state="cancelled"))
            case JobFailed():
                self._put(replace(work, state="failed", problem=event.problem))
            case _:
                pass

    def _read(self, event: CatalogueRead) -> None:
        self.models, self.folder, self.disk_bytes = event.models, event.folder, event.disk_bytes
        self.generators = event.generators
        self.notes, self.was_read = event.notes, True
        self.changed.emit()

    def _finish(self, work: Work) -> None:
        del self._works[work.job]
        self.changed.emit()
        if work.kind == "keep":
            self.entry_kept.emit(work.subject[0])
        elif work.kind == "keep_generator":
            self.generator_kept.emit(work.subject[0])


def _files_here(models: Sequence[ModelRow], kind: str) -> tuple[WeightsRow, ...]:
    here = [weights for row in models if row.kind == kind for weights in row.weights if weights.here]
    return tuple(sorted(here, key=lambda weights: (-weights.file_bytes, weights.model, weights.name)))
