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
            case KeepEntry() | RecogniseCheckpoint():
                return True  # their form stays open until it is left on purpose
            case Classify():
                return self._workspace.results.view == "picture" and self._workspace.pictures.current is not None
            case _:
                return False
