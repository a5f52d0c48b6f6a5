"""An engine with the lanes of open files, and what it answered.

Must not know what any test expects.
"""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TypeVar

from tensorviz.core.session_data import PAGE, Statistics
from tensorviz.core.stored import Contents, RawForm
from tensorviz.engine.files.handlers import file_handlers
from tensorviz.engine.files.open_files import OpenFiles
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, Request
from tensorviz.engine.messages.files import FileOpened, OpenFile
from tensorviz.engine.messages.session import MeasureTensor, PagesRead, ReadPages, TensorMeasured
from tensorviz.engine.worker import Engine

E = TypeVar("E", bound=Event)
SECONDS = 60.0
ENDS = (JobFinished, JobFailed, JobCancelled)


class Files:
    """Runs requests one after the other."""

    def __init__(self) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.open_files = OpenFiles()
        self.engine = Engine(file_handlers(self.open_files, {}), self.events.put)
        self.count = 0

    def stop(self) -> None:
        """Ends its threads."""
        assert self.engine.stop()

    def answers(self, request: Request) -> list[Event]:
        """All events of the job, the one that ended it at the end."""
        return self.rest(self.engine.submit(request))

    def rest(self, job: int) -> list[Event]:
        """What is still to come of a job."""
        found: list[Event] = []
        while not found or not isinstance(found[-1], ENDS):
            event = self.events.get(timeout=SECONDS)
            if event.job == job:
                found.append(event)
        return found

    def next(self, kind: type[E]) -> E:
        """The next event of a kind, whosoever it is."""
        while not isinstance(event := self.events.get(timeout=SECONDS), kind):
            pass
        return event

    def open(self, path: Path | str, raw: RawForm | None = None) -> tuple[int, Contents]:
        """Opens a file that can be read."""
        self.count += 1
        events = self.answers(OpenFile(self.count, str(path), raw))
        assert isinstance(events[-1], JobFinished), events[-1]
        return self.count, one(events, FileOpened).contents

    def pages(self, file: int, storage: str, *pages: int) -> dict[int, bytes]:
        """Pages of a storage."""
        events = self.answers(ReadPages(storage, pages, file))
        assert isinstance(events[-1], JobFinished), events[-1]
        read = one(events, PagesRead)
        assert (read.storage, read.memory) == (storage, 0)
        return dict(read.pages)

    def storage(self, file: int, contents: Contents, name: str) -> bytes:
        """All bytes of a storage, from its pages in requests of a few."""
        (nbytes,) = (storage.nbytes for storage in contents.storages if storage.id == name)
        count = -(-nbytes // PAGE)
        found: dict[int, bytes] = {}
        for first in range(0, count, 100):
            found |= self.pages(file, name, *reversed(range(first, min(first + 100, count))))
        assert sorted(found) == list(range(count))
        assert all(len(page) == PAGE for number, page in found.items() if number < count - 1)
        return b"".join(found[number] for number in range(count))

    def measured(self, file: int, name: str, tensor: int) -> Statistics:
        """Statistics of a tensor."""
        events = self.answers(MeasureTensor(name, file, tensor))
        assert isinstance(events[-1], JobFinished), events[-1]
        return one(events, TensorMeasured).statistics

    def problem(self, request: Request) -> JobFailed:
        """The sentence that a job ends with; one of ours, with what was met."""
        end = self.answers(request)[-1]
        assert isinstance(end, JobFailed), end
        assert end.problem.expected, end.problem.details
        assert end.problem.message.endswith(".")
        return end


def one(events: list[Event], kind: type[E]) -> E:
    """The only event of a kind."""
    (found,) = (event for event in events if isinstance(event, kind))
    return found


def ended(events: list[Event]) -> type[Event]:
    """How a job ended."""
    return type(events[-1])
