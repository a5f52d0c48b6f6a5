"""One open file of tensors: what it holds, what was found in it, and what is being done with it.

Must not know widgets, or how a file is read.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.errors import Problem
from tensorviz.core.text import path_text
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
from tensorviz.engine.messages.session import MeasureTensor
from tensorviz.ui.state.file_tensors import FileTensors

if TYPE_CHECKING:
    from typing import Literal

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_values import Comparison, Duplicates, TensorValues, Written
    from tensorviz.core.family import Family
    from tensorviz.core.stored import Contents, RawForm
    from tensorviz.engine.messages import Request
    from tensorviz.engine.messages.files import CopyKind
    from tensorviz.ui.state.file_tensors import FileStates
    from tensorviz.ui.state.jobs import JobItem
    from tensorviz.ui.state.looking import Looking

    Work = Literal["open", "values", "compare", "compact", "safetensors"]


class TensorFile(QObject):
    """A file. Signals: read_to_end() when `contents` is there or `problem` says why not; analysed(); values_changed();
    compared(); copied(kind, Written); working_changed() when a job of it began or ended; failed(work, Problem) when
    one of them (not the reading) did; selection_changed(); troubled() when bytes of it could not be read any more;
    reload_wished().

    number: its number in the protocol. looking: states for looking at its tensors, None until it is read. values: what
    was seen so far, in the order of the file; duplicates: None before all were seen. asks_raw: it is not read before
    somebody says how to take its bytes. selection: places of the tensors that were selected. trouble: why bytes of it
    could not be read, although it was opened; mostly it is another file by now.
    """

    read_to_end = Signal()
    analysed = Signal()
    values_changed = Signal()
    compared = Signal()
    copied = Signal(str, object)
    working_changed = Signal()
    failed = Signal(str, object)
    selection_changed = Signal()
    troubled = Signal()
    reload_wished = Signal()

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
        self.lost: tuple[str, ...] = ()
        self.values: tuple[TensorValues, ...] = ()
        self.duplicates: tuple[Duplicates, ...] | None = None
        self.comparison: Comparison | None = None
        self.other = ""
        self.copies: dict[str, Written] = {}
        self.asks_raw = False
        self.selection: tuple[int, ...] = ()
        self.trouble: Problem | None = None
        states.bridge.event.connect(self._take)
        states.jobs.failed.connect(self._look_failed)

    # ------------------------------------------------------------------------------------------------- wishes

    def read(self) -> None:
        """Reads what the file holds."""
        self._send("open", OpenFile(self.number, self.path, self.raw))

    def reload(self) -> None:
        """Reads the file anew, as it is by now: another TensorFile takes the place of this one."""
        self.reload_wished.emit()

    def select(self, places: tuple[int, ...]) -> None:
        """Notes which tensors are selected, by their places in the file."""
        if places != self.selection:
            self.selection = places
            self.selection_changed.emit()

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
        self._states.jobs.failed.disconnect(self._look_failed)
        for job in self._jobs:
            self._states.jobs.cancel(job)
        self._jobs.clear()

    def show(self, place: int) -> bool:
        """Looks at a tensor, by its place in the file; gives whether it can be shown."""
        if self.tensors is None or self.looking is None or not self.tensors.can_be_shown(place):
            return False
        self.tensors.choose(place)  # what is asked for is shown
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
            case FileAnalysed(analysis=analysis, family=family, guess=guess, lost=lost):
                self.analysis, self.family, self.guess, self.lost = analysis, family, guess, lost
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
                work = self._jobs.pop(event.job)
                if work == "open" and self.contents is None:
                    self._failed(work, Problem(f"Reading {_name(self.path)} was cancelled."))
                else:
                    self.working_changed.emit()

    def _opened(self, contents: Contents) -> None:
        self.contents = contents
        self.tensors = FileTensors(self.number, contents, self._states.messages, self)
        self.looking = self._states.looking(self.tensors)
        self.looking.memory.lost.connect(self._bytes_lost)
        self.read_to_end.emit()

    def _failed(self, work: Work, problem: Problem) -> None:
        self.working_changed.emit()
        if work == "open" and self.contents is None:
            self.problem = problem
            self.read_to_end.emit()
        else:
            self.failed.emit(work, problem)

    @Slot(object, object)
    def _look_failed(self, item: JobItem, request: Request) -> None:
        if isinstance(request, MeasureTensor) and request.file == self.number:
            self._trouble(item.problem)

    @Slot()
    def _bytes_lost(self) -> None:
        if self.looking is not None:
            self._trouble(self.looking.memory.problem)

    def _trouble(self, problem: Problem | None) -> None:
        if self.trouble is None:
            self.trouble = problem
            self.troubled.emit()


def _name(path: str) -> str:
    return path_text(PurePath(path).name or path)
