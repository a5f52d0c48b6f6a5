"""What the network receives of the current picture, step by step; follows the picture and the choice.

Must not know widgets; newest wins, and an answer to an older question is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tensorviz.engine.messages import DescribePipeline, Event, JobCancelled, JobFailed, PipelineDescribed

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.core.pipeline import Pipeline
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.choice import ChoiceState
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.pictures import PicturesState
    from tensorviz.ui.state.task import TaskState

STRIP_SIDE = 320
LARGE_SIDE = 1024
CLASSIFY = "classify"


class PipelineState(QObject):
    """The steps of the current picture. Signals: changed().

    path: the picture they are of, None when none is current. pipeline: the newest answer for that picture; while a
    changed recipe is on its way it is the answer to the recipe before, and `busy` says so.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        pictures: PicturesState,
        choice: ChoiceState,
        task: TaskState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._pictures, self._choice, self._task = jobs, pictures, choice, task
        self._job: int | None = None
        self._asked: tuple[object, ...] = ()
        self._side = STRIP_SIDE
        self.path: str | None = None
        self.pipeline: Pipeline | None = None
        self.problem: Problem | None = None
        bridge.event.connect(self._take)
        pictures.current_changed.connect(self.refresh)
        choice.changed.connect(self.refresh)
        task.changed.connect(self.refresh)

    @property
    def busy(self) -> bool:
        """Whether a newer answer is on its way."""
        return self._job is not None

    def set_large(self, large: bool) -> None:
        """Asks for larger previews while somebody looks closely."""
        self._side = LARGE_SIDE if large else STRIP_SIDE
        self.refresh()

    def refresh(self) -> None:
        """Asks again if the picture, the weights or the recipe are others than those asked for.

        Nothing is asked while another task is shown, whose networks see pictures otherwise.
        """
        if self._task.task != CLASSIFY:
            return
        path, choice = self._pictures.current, self._choice.choice
        wanted = (path, choice.model, choice.weights, self._choice.recipe(), self._side)
        if wanted == self._asked:
            return
        self._asked = wanted
        if path != self.path:
            self.path, self.pipeline = path, None
        self.problem = None
        self._job = None if path is None else self._jobs.send(DescribePipeline(path, choice, self._side))
        self.changed.emit()

    def _take(self, event: Event) -> None:
        if self._job is None or event.job != self._job:
            return
        if isinstance(event, PipelineDescribed):
            self.pipeline = event.pipeline
        elif isinstance(event, JobFailed):
            self.pipeline, self.problem = None, event.problem
        elif not isinstance(event, JobCancelled):
            return
        self._job = None
        self.changed.emit()
