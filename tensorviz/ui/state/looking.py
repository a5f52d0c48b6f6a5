"""What the panels are given that look at tensors over storages: those of the session, or of a file.

Must not hold behaviour: each state does its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.drawings import DrawingsState
from tensorviz.ui.state.grids import GridsState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.memory import MemoryState
from tensorviz.ui.state.messages import MessagesState
from tensorviz.ui.state.open_tensors import OpenTensors
from tensorviz.ui.state.pointing import PointingState
from tensorviz.ui.state.settings import SettingsState
from tensorviz.ui.state.showing import ShowingState
from tensorviz.ui.state.statistics import StatisticsState
from tensorviz.ui.state.wishes import WishesState


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """The states, and `assets`: the folder with icons/ and samples/.

    session: the tensors that are looked at; where they lie in a file it is not `writable`. A panel says a sentence with
    `messages.say(text, hint, tone)` and runs a command with `wishes.run(id)`.
    """

    bridge: Bridge
    settings: SettingsState
    jobs: JobsState
    session: OpenTensors
    memory: MemoryState
    showing: ShowingState
    pointing: PointingState
    grids: GridsState
    statistics: StatisticsState
    drawings: DrawingsState
    messages: MessagesState
    wishes: WishesState
    assets: Path
