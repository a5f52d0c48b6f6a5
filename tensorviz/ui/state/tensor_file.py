"""One open file of tensors: what it holds, what was found in it, and what is being done with it.

Must not know widgets, or how a file is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.files import (
    CompareFiles,
    CopyWritten,
    DuplicatesFound,
    FileAnalysed,
    FileOpened,
    FilesCompared,
    LookAtValues,
    OpenFile,
    ValuesSeen,
    WriteCopy,
)
from tensorviz.ui.state.file_tensors import FileTensors

if TYPE_CHECKING:
    from typing import Literal

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_values import Comparison, Duplicates, TensorValues, Written
    from tensorviz.core.errors import Problem
    from tensorviz.core.family import Family
    from tensorviz.core.stored import Contents, RawForm
    from tensorviz.engine.messages.files import CopyKind
    from tensorviz.ui.state.file_tensors import FileStates
    from tensorviz.ui.state.looking import Looking

    Work = Literal["open", "values", "compare", "compact", "safetensors"]


class TensorFile(QObject):
    """A file. Signals: read_to_end() when `contents` is there or `problem` says why not; analysed(); values_changed();
    compared(); copied(kind, Written); working_changed() when a job of it began or ended; failed(work, Problem) when
    one of them (not the reading) did.

    number: its number in the protocol. looking: states for looking at its tensors, None until it is read. values: what
    was seen so far, in the order of the file; duplicates: None before all were seen.
    """

    read_to_end = Signal()
    analysed = Signal()
    values_changed = Signal()
    compared = Signal()
    copied = Signal(str, object)
    working_changed = Signal()
    failed = Signal(str, object)

    def __init__(
        self, number: int, path: str, raw: RawForm | None, states: FileStates, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.number, self.path, self.raw = number, path, raw
        self._states = states
        self._jobs: dict[int, Work] = {}
        self.contents: Contents | None = None
        self.problem: Problem | None = None
        self.tensors: FileTensors | None = None
        self.looking: Looking | None = None
        self.analysis: Analysis | None = None
        self.family: Family | None = None
        self.guess = ""
        self.values: tuple[TensorValues, ...] = ()
        self.duplicates: tuple[Duplicates, ...] | None = None
        self.comparison: Comparison | None = None
        self.other = ""
        self.copies: dict[str, Written] = {}
        states.bridge.event.connect(self._take)

    # ------------------------------------------------------------------------------------------------- wishes

    def read(self) -> None:
        """Reads what the file holds."""
        self._send("open", OpenFile(self.number, self.path, self.raw))

    def look_at_values(self) -> None:
        """Looks at all values, in the background."""
        if not self.is_working("values"):
            self.values, self.duplicates = (), None
            self._send("values", LookAtValues(self.number, self.path))
            self.values_changed.emit()

    def compare_with(self, other: str) -> None:
        """Compares it with the file at another path, in the background; a comparison that runs is ended."""
        self.cancel("compare")
        self.comparison, self.other = None, other
        self._send("compare", CompareFiles(self.number, self.path, other))
        self.compared.emit()

    def write_copy(self, kind: CopyKind, out: str) -> None:
        """Writes a copy, in the background."""
        self._send(kind, WriteCopy(self.number, kind, out))

    def cancel(self, work: Work) -> None:
        """Ends what is being done."""
        for job, one in self._jobs.items():
            if one == work:
                self._states.jobs.cancel(job)

    def is_working(self, work: Work) -> bool:
        """Whether that is being done."""
        return work in self._jobs.values()

    def job_of(self, work: Work) -> int | None:
        """The number of the job that does it."""
        return next((job for job, one in self._jobs.items() if one == work), None)

    def close(self) -> None:
        """Ends all work and hears no more."""
        self._states.bridge.event.disconnect(self._take)
        for job in self._jobs:
            self._states.jobs.cancel(job)
        self._jobs.clear()

    def show(self, place: int) -> bool:
        """Looks at a tensor, by its place in the file; gives whether it can be shown."""
        if self.tensors is None or self.looking is None or not self.tensors.can_be_shown(place):
            return False
        self.tensors.choose(place)
        self.looking.showing.show(self.tensors.names[place])
        return True

    def _send(self, work: Work, request: OpenFile | LookAtValues | CompareFiles | WriteCopy) -> None:
        self._jobs[self._states.jobs.send(request)] = work
        self.working_changed.emit()

    # ------------------------------------------------------------------------------------------------- answers

    @Slot(object)
    def _take(self, event: Event) -> None:
        if event.job not in self._jobs:
            return
        match event:
            case FileOpened(contents=contents):
                self._opened(contents)
            case FileAnalysed(analysis=analysis, family=family, guess=guess):
                self.analysis, self.family, self.guess = analysis, family, guess
                self.analysed.emit()
            case ValuesSeen(rows=rows):
                self.values = (*self.values, *rows)
                self.values_changed.emit()
            case DuplicatesFound(groups=groups):
                self.duplicates = groups
                self.values_changed.emit()
            case FilesCompared(comparison=comparison):
                self.comparison = comparison
                self.compared.emit()
            case CopyWritten(kind=kind, written=written):
                self.copies[kind] = written
                self.copied.emit(kind, written)
            case JobFailed(problem=problem):
                self._failed(self._jobs.pop(event.job), problem)
            case JobFinished() | JobCancelled():
                del self._jobs[event.job]
                self.working_changed.emit()

    def _opened(self, contents: Contents) -> None:
        self.contents = contents
        self.tensors = FileTensors(self.number, contents, self._states.messages, self)
        self.looking = self._states.looking(self.tensors)
        self.read_to_end.emit()

    def _failed(self, work: Work, problem: Problem) -> None:
        self.working_changed.emit()
        if work == "open" and self.contents is None:
            self.problem = problem
            self.read_to_end.emit()
        else:
            self.failed.emit(work, problem)
