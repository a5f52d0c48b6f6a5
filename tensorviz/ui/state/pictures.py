"""The pictures a person gave: their order, thumbnails, states, the selected ones and the current one.

Must not know widgets, or how answers are made: the states of the tasks tell it what to show on a thumbnail.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tensorviz.core.errors import Problem
from tensorviz.core.results import Label
from tensorviz.engine.messages import (
    Event,
    FindPictures,
    JobCancelled,
    JobFailed,
    JobFinished,
    KeepPasted,
    PicturesFound,
    PicturesRefused,
    ThumbnailFailed,
    ThumbnailMade,
)
from tensorviz.ui.state.arrivals import Arrivals
from tensorviz.ui.state.pixels import rgb_bytes
from tensorviz.ui.state.previews import Previews
from tensorviz.ui.state.ranges import ranges_of
from tensorviz.ui.state.standings import PictureState, Standing, Standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QImage

    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.settings import SettingsState

TASK_KEY = "chosen_task"
PIECE = 2000  # pictures taken in at once, so that the window's thread is never held for long
RANGES_REMOVED_ONE_BY_ONE = 32  # beyond, the views are told to start anew, which is faster

ENDINGS = (JobFinished, JobCancelled, JobFailed)


@dataclass(frozen=True, slots=True)
class PictureItem:
    """What is known of one picture now, and how it stands in the task that is done now.

    state: "new" until somebody asks for an answer. size: width and height, upright, in pixels. problem: of the answer,
    or of the file itself. best: the winner of the latest answer, of tasks that have one. stale: that answer is of
    something else than what is chosen now. task: the one that is done now.
    """

    path: str
    state: PictureState = "new"
    size: tuple[int, int] | None = None
    format: str = ""
    problem: Problem | None = None
    best: Label | None = None
    stale: bool = False
    task: str = "classify"


class PicturesState(QObject):
    """All pictures of the well, in the order in which they came; a path is there once.

    Signals: inserted(first, last), removing(first, last) before and removed(first, last) after, reset(),
    item_changed(row), items_changed() for very many, current_changed(), selection_changed(), large_changed(),
    added(paths) when everything that was given at once has been found, refused(path, problem).
    """

    inserted = Signal(int, int)
    removing = Signal(int, int)
    removed = Signal(int, int)
    reset = Signal()
    item_changed = Signal(int)
    items_changed = Signal()
    current_changed = Signal()
    selection_changed = Signal()
    large_changed = Signal()
    added = Signal(object)
    refused = Signal(str, object)

    def __init__(self, bridge: Bridge, jobs: JobsState, settings: SettingsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._settings = jobs, settings
        self._paths: list[str] = []
        self._rows: dict[str, int] = {}
        self._looks: dict[str, tuple[tuple[int, int], str]] = {}  # size and format, of those that were read
        self._faults: dict[str, Problem] = {}  # of the files themselves
        self._standings, self._task = Standings(), settings.text(TASK_KEY)
        self._current: str | None = None
        self._ranges: tuple[tuple[int, int], ...] = ()
        self._arrivals = Arrivals()
        self._previews = Previews()
        self._taking = QTimer(self)
        self._taking.setSingleShot(True)
        self._taking.timeout.connect(self._take_piece)
        bridge.event.connect(self._on_event)
        settings.changed.connect(self._setting_changed)

    # ------------------------------------------------------------------------------------------------ reading

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._paths)

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths, in order."""
        return tuple(self._paths)

    def path_at(self, row: int) -> str:
        """The path in a row."""
        return self._paths[row]

    def paths_between(self, first: int, last: int) -> list[str]:
        """The paths of rows `first` to `last`, both included."""
        return self._paths[first : last + 1]

    def row_of(self, path: str) -> int | None:
        """The row of a path, or None when it is not (or no longer) here."""
        return self._rows.get(path)

    def item(self, path: str) -> PictureItem | None:
        """What is known of a picture, and how it stands in the task that is done now."""
        if path not in self._rows:
            return None
        standing, stale = self._standings.get(self._task, path), self._standings.is_stale(self._task, path)
        size, kind = self._looks.get(path, (None, ""))
        problem = standing.problem or self._faults.get(path)
        return PictureItem(path, standing.state, size, kind, problem, standing.best, stale, self._task)

    def state_in(self, task: str, path: str) -> PictureState:
        """How a picture stands in a task, be it done now or not."""
        return self._standings.get(task, path).state

    def thumbnail(self, path: str) -> Preview | None:
        """The thumbnail, when it has been made and not been dropped since."""
        return self._previews.thumbnails.get(path)

    @property
    def large(self) -> Preview | None:
        """The current picture, large; None while it is being read."""
        return self._previews.large if self._previews.large_path == self._current else None

    @property
    def current(self) -> str | None:
        """The picture that is looked at."""
        return self._current

    @property
    def selection(self) -> tuple[str, ...]:
        """The selected pictures, in order."""
        return tuple(path for first, last in self._ranges for path in self._paths[first : last + 1])

    @property
    def selected_count(self) -> int:
        """How many pictures are selected."""
        return sum(last - first + 1 for first, last in self._ranges)

    @property
    def finding(self) -> bool:
        """Whether pictures are still being looked for or taken in."""
        return self._arrivals.busy

    # ------------------------------------------------------------------------------------------------ wishes

    def add(self, paths: Iterable[str]) -> None:
        """Adds files and folders, as dropped or opened."""
        given = tuple(paths)
        if given:
            self._arrivals.expect(self._jobs.send(FindPictures(given)))

    def add_pasted(self, image: QImage) -> None:
        """Adds a picture from the clipboard; transparency is laid on white."""
        if not image.isNull():
            request = KeepPasted(image.width(), image.height(), rgb_bytes(image))
            self._arrivals.expect(self._jobs.send(request))

    def remove(self, paths: Iterable[str]) -> None:
        """Takes pictures out of the well (their files stay)."""
        rows = sorted({row for path in paths if (row := self._rows.get(path)) is not None})
        ranges = ranges_of(rows)
        if not ranges:
            return
        place = ranges[0][0]
        self._set_ranges(())
        if len(ranges) > RANGES_REMOVED_ONE_BY_ONE:
            self._drop_many(rows)
        else:
            for first, last in reversed(ranges):
                self._drop(first, last)
        self._settle_current(place)

    def clear(self) -> None:
        """Takes all pictures out, and those that are still being looked for."""
        for job in self._arrivals.forget():
            self._jobs.cancel(job)
        self._set_ranges(())
        self._paths, self._rows = [], {}
        self._looks.clear()
        self._faults.clear()
        self._standings.forget_all()
        self._previews.forget_all()
        self.reset.emit()
        self.set_current(None)

    def set_current(self, path: str | None) -> None:
        """Looks at a picture."""
        if path == self._current or (path is not None and path not in self._rows):
            return
        self._current = path
        self.current_changed.emit()
        self._ask_for_previews()

    def step(self, rows: int) -> None:
        """Looks at the picture that many rows further, stopping at the ends."""
        if self._paths:
            at = self._rows.get(self._current or "", 0)
            self.set_current(self._paths[max(0, min(self.count - 1, at + rows))])

    def set_selection(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Selects rows, given as ranges (first, last), both included."""
        self._set_ranges(tuple(sorted(ranges)))

    def want_thumbnails(self, paths: Sequence[str], side: int) -> None:
        """Names the pictures in sight; those without a thumbnail get one of at most `side` pixels."""
        self._previews.in_sight, self._previews.side = tuple(paths), side
        self._ask_for_previews()

    # -------------------------------------------------------------------------------------- told by the tasks

    def mark(self, task: str, paths: Iterable[str], state: PictureState) -> None:
        """Says that pictures wait, run, or are as they were before anybody asked."""
        known = [path for path in paths if path in self._rows]
        self._standings.mark(task, known, state)
        self._announce(task, known)

    def settle(self, task: str, path: str, standing: Standing, stale: bool = False) -> None:
        """Says how a picture was answered. What was answered could be read: its file is not at fault."""
        if path in self._rows:
            self._standings.settle(task, path, standing, stale)
            if standing.state == "done":
                self._faults.pop(path, None)
            self._announce(task, (path,))

    def mark_stale(self, task: str, stale: Iterable[str]) -> None:
        """Says which pictures have an answer of something else than what is chosen now; no others have."""
        self._standings.mark_stale(task, stale)
        if task == self._task:
            self.items_changed.emit()

    def _announce(self, task: str, paths: Sequence[str]) -> None:
        if task != self._task:
            return
        if len(paths) > RANGES_REMOVED_ONE_BY_ONE:
            self.items_changed.emit()
        else:
            for path in paths:
                self.item_changed.emit(self._rows[path])

    def _setting_changed(self, key: str) -> None:
        if key == TASK_KEY:
            self._task = self._settings.text(TASK_KEY)
            self.items_changed.emit()

    # ------------------------------------------------------------------------------------------------ events

    def _on_event(self, event: Event) -> None:
        if self._arrivals.expects(event.job):
            self._on_arrival(event)
        elif event.job == self._previews.job:
            self._on_preview(event)

    def _on_arrival(self, event: Event) -> None:
        if isinstance(event, PicturesFound):
            self._arrivals.put(event.job, event.paths)
        elif isinstance(event, PicturesRefused):
            self.refused.emit(event.path, event.problem)
        elif isinstance(event, JobFailed):
            self.refused.emit("", event.problem)
        if isinstance(event, ENDINGS):
            self._arrivals.end(event.job)
        if not self._taking.isActive():
            self._taking.start(0)

    def _take_piece(self) -> None:
        """Takes in a piece of what was found, and comes back for the rest when the window had its turn."""
        paths, first_of_job = self._arrivals.take(PIECE)
        self._append([path for path in dict.fromkeys(paths) if path not in self._rows])
        if paths and first_of_job:
            self.set_current(paths[0])
        for given in self._arrivals.complete():
            self.added.emit(given)
        if self._arrivals.waiting:
            self._taking.start(0)

    def _append(self, paths: list[str]) -> None:
        if not paths:
            return
        first = self.count
        self._paths.extend(paths)
        for row, path in enumerate(paths, first):
            self._rows[path] = row
        self.inserted.emit(first, self.count - 1)

    def _on_preview(self, event: Event) -> None:
        if isinstance(event, ThumbnailMade):
            self._take_preview(event)
        elif isinstance(event, ThumbnailFailed):
            self._refuse_preview(event)
        elif isinstance(event, ENDINGS):
            self._previews.end()
            if isinstance(event, JobFinished):
                self._ask_for_previews()

    def _take_preview(self, event: ThumbnailMade) -> None:
        if event.path not in self._rows:
            return
        self._looks[event.path] = (event.size, sys.intern(event.format))
        self._previews.keep(event.path, event.preview)
        if self._previews.for_large:
            self.large_changed.emit()
        self.item_changed.emit(self._rows[event.path])

    def _refuse_preview(self, event: ThumbnailFailed) -> None:
        self._previews.refuse(event.path)
        if event.path not in self._rows:
            return
        self._faults[event.path] = event.problem
        self.item_changed.emit(self._rows[event.path])
        if event.path == self._current:
            self.large_changed.emit()

    def _ask_for_previews(self) -> None:
        """The current picture first, large; then the thumbnails in sight. One request at a time shares the slot."""
        request = self._previews.next_request(self._current, self._rows)
        if request is not None:
            self._previews.begin(self._jobs.send(request), request)

    # ------------------------------------------------------------------------------------------------ inside

    def _set_ranges(self, ranges: tuple[tuple[int, int], ...]) -> None:
        if ranges != self._ranges:
            self._ranges = ranges
            self.selection_changed.emit()

    def _drop(self, first: int, last: int) -> None:
        self.removing.emit(first, last)
        for path in self._paths[first : last + 1]:
            self._forget(path)
        del self._paths[first : last + 1]
        for row, path in enumerate(islice(self._paths, first, None), first):
            self._rows[path] = row
        self.removed.emit(first, last)

    def _drop_many(self, rows: list[int]) -> None:
        gone = set(rows)
        for row in rows:
            self._forget(self._paths[row])
        self._paths = [path for row, path in enumerate(self._paths) if row not in gone]
        self._rows = {path: row for row, path in enumerate(self._paths)}
        self.reset.emit()

    def _forget(self, path: str) -> None:
        del self._rows[path]
        self._looks.pop(path, None)
        self._faults.pop(path, None)
        self._standings.forget(path)
        self._previews.forget(path)

    def _settle_current(self, place: int) -> None:
        if self._current is not None and self._current not in self._rows:
            self.set_current(self._paths[min(place, self.count - 1)] if self._paths else None)
