"""The tensors of a file as the panels see them, and the states of looking at them: nothing is copied, nothing changes.

Must not know widgets, or how a file is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.file_facts import FileFacts
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.drawings import DrawingsState
from tensorviz.ui.state.grids import GridsState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.looking import Looking
from tensorviz.ui.state.memory import MemoryState
from tensorviz.ui.state.messages import MessagesState
from tensorviz.ui.state.open_tensors import OpenTensors
from tensorviz.ui.state.pointing import PointingState
from tensorviz.ui.state.settings import SettingsState
from tensorviz.ui.state.showing import MOST_GRIDS, ShowingState
from tensorviz.ui.state.statistics import StatisticsState
from tensorviz.ui.state.wishes import WishesState

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from tensorviz.core.stored import Contents

MOST_PAGES = 4096  # kept of one file; 16 MB


@dataclass(frozen=True, slots=True)
class FileStates:
    """What the states of every file are built from."""

    bridge: Bridge
    settings: SettingsState
    jobs: JobsState
    messages: MessagesState
    wishes: WishesState
    assets: Path

    def looking(self, tensors: FileTensors) -> Looking:
        """States of their own for looking at one file."""
        showing = ShowingState(tensors, tensors)  # they go with their tensors
        return Looking(
            bridge=self.bridge,
            settings=self.settings,
            jobs=self.jobs,
            session=tensors,
            memory=MemoryState(self.bridge, self.jobs, tensors, MOST_PAGES, tensors),
            showing=showing,
            pointing=PointingState(tensors, tensors),
            grids=GridsState(self.bridge, tensors, tensors),
            statistics=StatisticsState(self.bridge, self.jobs, tensors, showing, tensors),
            drawings=DrawingsState(self.bridge, self.jobs, self.messages, tensors),
            messages=self.messages,
            wishes=self.wishes,
            assets=self.assets,
        )


class FileTensors(OpenTensors):
    """Those of a file that somebody chose to look at, with what lies on the same storages."""

    writable = False

    def __init__(self, file: int, contents: Contents, messages: MessagesState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self._facts = FileFacts(contents)
        self._messages = messages
        self._chosen: list[int] = []

    @property
    def names(self) -> tuple[str, ...]:
        """What each tensor of the file is called, in its order; no two alike."""
        return self._facts.names

    def place(self, name: str) -> int:
        """Where the tensor of that name stands in the file."""
        return self._facts.places[name]

    def can_be_shown(self, place: int) -> bool:
        """Whether its elements can be drawn: those of quantised tensors cannot."""
        return self._facts.can_be_shown(place)

    def choose(self, place: int) -> None:
        """Adds a tensor to those that are looked at; the oldest go."""
        kept = [one for one in self._chosen if one != place]
        self._chosen = [*kept, place][-MOST_GRIDS:]
        self.facts = self._facts.facts(self._chosen)
        self.looked_for = self.names[place]
        self.changed.emit()

    def run(self, code: str) -> None:
        """Nothing can be run on a file: says so."""
        self.explain()

    def explain(self) -> None:
        """Says that a file is only looked at."""
        self._messages.say("A file is looked at, not changed.", "Open the tensor in the session to work with it.")
