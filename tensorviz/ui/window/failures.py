"""Jobs that failed: said once, where the person looks.

Must not know what the jobs did, only which panels show their problems themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tensorviz.engine.messages import (
    Classify,
    DeleteWeights,
    FetchWeights,
    ImportWeights,
    KeepEntry,
    RecogniseCheckpoint,
    RemoveEntry,
)
from tensorviz.engine.messages.files import CompareFiles, LookAtValues, OpenFile
from tensorviz.engine.messages.session import MeasureTensor, ReadPages
from tensorviz.engine.messages.translate import KeepGenerator, RecogniseGenerator

if TYPE_CHECKING:
    from tensorviz.engine.messages import Request
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.jobs import JobItem


class Failures(QObject):
    """Reports what nobody expected; says what failed unseen; leaves to a panel what that panel shows."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._screen = context.workspace, context.screen
        self._workspace.jobs.failed.connect(self._failed)

    def _failed(self, item: JobItem, request: Request) -> None:
        problem = item.problem
        assert problem is not None
        if not problem.expected:
            self._screen.show_problem(problem)
        elif request.slot is None and not self._is_shown(request):
            self._workspace.messages.say(problem.message, problem.hint, "danger")

    def _is_shown(self, request: Request) -> bool:
        """Whether the panel that asked is in sight and says it."""
        looked_at = self._workspace.catalogue.looked_at
        match request:
            case FetchWeights() | ImportWeights() | DeleteWeights():
                return looked_at == (request.model, request.weights)
            case RemoveEntry():
                return looked_at == (request.name,)
            case KeepEntry() | RecogniseCheckpoint() | KeepGenerator() | RecogniseGenerator():
                return True  # their form stays open until it is left on purpose
            case Classify() if self._workspace.task.task == "classify":
                return self._workspace.results.view == "picture" and self._workspace.pictures.current is not None
            case OpenFile() | LookAtValues() | CompareFiles():
                return self._tab_shows(request)
            case ReadPages() | MeasureTensor() if request.file:
                return True  # its tab says so, as long as there is one
            case _:
                return False

    def _tab_shows(self, request: OpenFile | LookAtValues | CompareFiles) -> bool:
        """Whether the tab of the file says it: why it could not be read at any time, all else while it is in sight."""
        files = self._workspace.files
        file = next((one for one in files.files if one.number == request.file), None)
        if file is None:
            return False
        return file.contents is None if isinstance(request, OpenFile) else file is files.current
