"""The answers: the latest of each picture, which network gave it, and the jobs that are to give more.

Must not know how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.results import Classified, Failed, Row
from tensorviz.engine.messages import (
    Classify,
    Event,
    Exported,
    ExportRows,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobStarted,
    RowsReady,
)
from tensorviz.ui.state.standings import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.errors import Problem
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.choice import ChoiceState
    from tensorviz.ui.state.jobs import JobItem, JobsState
    from tensorviz.ui.state.pictures import PicturesState
    from tensorviz.ui.state.settings import SettingsState
    from tensorviz.ui.state.task import TaskState

TASK = "classify"
View = Literal["picture", "table"]
ENDINGS = (JobFinished, JobCancelled, JobFailed)


@dataclass(frozen=True, slots=True)
class Answer:
    """A row, the job that brought it, and what was chosen when it was asked for."""

    row: Row
    job: int
    choice: ModelChoice


@dataclass(slots=True)
class _Ask:
    """A job on its way; answers come in the order of `paths`, `received` of them so far."""

    job: int
    paths: tuple[str, ...]
    choice: ModelChoice
    interactive: bool
    received: int = 0

    @property
    def pending(self) -> tuple[str, ...]:
        return self.paths[self.received :]


class ResultsState(QObject):
    """The latest answer of each picture. Nothing is asked unasked while another task is done.

    Signals: changed(paths) with the pictures whose answer changed, () when it may be any; jobs_changed() when a batch
    began, went on or ended; problem_changed(); exported(path, count); view_changed().
    problem: why the latest job ended without answers, until the next one is asked for. view: how answers are shown.
    """

    changed = Signal(object)
    jobs_changed = Signal()
    problem_changed = Signal()
    exported = Signal(str, int)
    view_changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        settings: SettingsState,
        pictures: PicturesState,
        choice: ChoiceState,
        task: TaskState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._settings, self._pictures, self._choice = jobs, settings, pictures, choice
        self._task = task
        self._put_off = False  # an answer that was due while another task was done
        self._answers: dict[str, Answer] = {}
        self._asks: dict[int, _Ask] = {}
        self._exports: set[int] = set()
        self._asked_with, self._was_ready = _computing(choice.choice), choice.ready
        self.problem: Problem | None = None
        self.view: View = "picture"
        self._stale: set[str] = set()
        bridge.event.connect(self._take)
        jobs.changed.connect(self.jobs_changed)
        pictures.added.connect(self._pictures_added)
        pictures.removed.connect(self._pictures_gone)
        pictures.reset.connect(self._pictures_gone)
        choice.changed.connect(self._choice_changed)
        settings.changed.connect(self._setting_changed)
        task.changed.connect(self._task_changed)

    # ------------------------------------------------------------------------------------------------ looking

    def answer(self, path: str) -> Answer | None:
        """The latest answer of a picture, and where it came from."""
        return self._answers.get(path)

    def row(self, path: str) -> Row | None:
        """The latest answer of a picture."""
        answer = self._answers.get(path)
        return answer.row if answer else None

    @property
    def count(self) -> int:
        """How many pictures have an answer."""
        return len(self._answers)

    def rows(self, paths: Iterable[str] | None = None) -> tuple[Row, ...]:
        """The latest answers of those pictures (all when None), in order; pictures without one are left out."""
        wanted = self._pictures.paths if paths is None else paths
        return tuple(answer.row for path in wanted if (answer := self._answers.get(path)))

    def is_stale(self, path: str) -> bool:
        """Whether the answer is of another network or recipe than the one chosen now."""
        answer = self._answers.get(path)
        return answer is not None and _meaning(answer.choice) != _meaning(self._choice.choice)

    @property
    def stale_count(self) -> int:
        """How many answers are of another network or recipe than the one chosen now."""
        return len(self._stale)

    @property
    def batches(self) -> tuple[JobItem, ...]:
        """The batches that have not ended, oldest first: the first one runs, the others wait."""
        items = (self._jobs.item(ask.job) for ask in self._asks.values() if not ask.interactive)
        return tuple(item for item in items if item is not None and not item.ended)

    @property
    def busy(self) -> bool:
        """Whether any answer is on its way."""
        return bool(self._asks)

    @property
    def rest_count(self) -> int:
        """How many pictures have no answer of what is chosen now."""
        return self._pictures.count - self.count + self.stale_count

    def rest(self) -> tuple[str, ...]:
        """The pictures that have no answer of what is chosen now."""
        return tuple(path for path in self._pictures.paths if path not in self._answers or self.is_stale(path))

    # ------------------------------------------------------------------------------------------------- wishes

    def classify(self, paths: Sequence[str] | None = None, interactive: bool | None = None) -> int | None:
        """Asks for answers with what is chosen now; gives the job number, None when there is nothing to ask.

        paths: None is all pictures. interactive: None decides by the setting `interactive_limit`. A newer wish for
        the same pictures ends an older interactive one.
        """
        wanted = self._pictures.paths if paths is None else paths
        known = tuple(path for path in wanted if self._pictures.row_of(path) is not None)
        if not known:
            return None
        if interactive is None:
            interactive = len(known) <= self._settings.whole("interactive_limit")
        self._end_superseded(set(known))
        self._set_problem(None)
        choice = self._choice.choice
        job = self._jobs.send(Classify(known, choice, self._settings.whole("top_n"), interactive))
        self._asks[job] = _Ask(job, known, choice, interactive)
        self._pictures.mark(TASK, known, "waiting")
        self.jobs_changed.emit()
        return job

    def cancel(self, job: int | None = None) -> None:
        """Ends one job, or all of them; shown at once."""
        for number in [job] if job is not None else list(self._asks):
            self._jobs.cancel(number)

    def export(self, path: str, paths: Sequence[str] | None = None) -> int | None:
        """Writes the answers of those pictures (all when None) to a .csv, .json or .jsonl file."""
        rows = self.rows(paths)
        if not rows:
            return None
        job = self._jobs.send(ExportRows(rows, path))
        self._exports.add(job)
        return job

    def set_view(self, view: View) -> None:
        """Shows the current picture's answer, or the table of all."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()

    # ------------------------------------------------------------------------------------------------- events

    @Slot(object)
    def _take(self, event: Event) -> None:
        if event.job in self._exports:
            self._take_export(event)
        ask = self._asks.get(event.job)
        if ask is None:
            return
        if isinstance(event, RowsReady):
            self._take_rows(ask, event.rows)
        elif isinstance(event, JobStarted):
            self._mark_running(ask)
        elif isinstance(event, ENDINGS):
            self._end(ask, event)

    def _take_rows(self, ask: _Ask, rows: tuple[Row, ...]) -> None:
        """A picture that was removed has no answer, and an older wish never replaces the answer to a newer one."""
        ask.received += len(rows)
        fresh = [row for row in rows if self._pictures.row_of(row.path) is not None and self._is_newest(ask, row.path)]
        for row in fresh:
            self._keep(ask, row)
            self._show(row.path)
        self._mark_running(ask)
        if fresh:
            self.changed.emit(tuple(row.path for row in fresh))

    def _keep(self, ask: _Ask, row: Row) -> None:
        """Stale answers are counted as they come: counting all of them at each event would be noticed."""
        self._answers[row.path] = Answer(row, ask.job, ask.choice)
        (self._stale.add if self.is_stale(row.path) else self._stale.discard)(row.path)

    def _is_newest(self, ask: _Ask, path: str) -> bool:
        known = self._answers.get(path)
        return known is None or known.job <= ask.job

    def _mark_running(self, ask: _Ask) -> None:
        """Answers come in order, so the one after those received is being worked on."""
        following = ask.paths[ask.received : ask.received + 1]
        self._pictures.mark(TASK, [path for path in following if self._is_newest(ask, path)], "running")

    def _end(self, ask: _Ask, event: Event) -> None:
        del self._asks[ask.job]
        left = tuple(path for path in ask.pending if self._pictures.row_of(path) is not None)
        if isinstance(event, JobFailed):
            self._fail(ask, left, event.problem)
        self._put_back(left)
        self.jobs_changed.emit()

    def _fail(self, ask: _Ask, left: tuple[str, ...], problem: Problem) -> None:
        """A job's problem is every unanswered picture's; an answer that is there already is not thrown away."""
        for path in left:
            if path not in self._answers:
                self._keep(ask, Failed(path, problem))
        self._set_problem(problem)
        self.changed.emit(left)

    def _put_back(self, paths: Sequence[str]) -> None:
        """Pictures that a job leaves behind: as they were before, unless another job will come to them."""
        still = {path for ask in self._asks.values() for path in ask.pending} if self._asks and paths else set()
        unanswered = [path for path in paths if path not in still and path not in self._answers]
        for path in paths:
            if path not in still and path in self._answers:
                self._show(path)
        self._pictures.mark(TASK, unanswered, "new")

    def _show(self, path: str) -> None:
        row, stale = self._answers[path].row, self.is_stale(path)
        if isinstance(row, Classified):
            self._pictures.settle(TASK, path, Standing("done", row.top[0] if row.top else None), stale)
        else:
            self._pictures.settle(TASK, path, Standing("failed", problem=row.problem), stale)

    def _take_export(self, event: Event) -> None:
        if isinstance(event, Exported):
            self.exported.emit(event.path, event.count)
        if isinstance(event, ENDINGS):
            self._exports.discard(event.job)

    # ----------------------------------------------------------------------------------------------- following

    @Slot(object)
    def _pictures_added(self, paths: tuple[str, ...]) -> None:
        """New pictures are answered at once when so set; those that have an answer already are not asked again."""
        if self._settings.flag("classify_on_drop") and self._task.task == TASK:
            self.classify([path for path in paths if self._is_new(path)])

    def _is_new(self, path: str) -> bool:
        return self._pictures.state_in(TASK, path) == "new"

    @Slot()
    def _task_changed(self) -> None:
        """Back from another task: the current picture is answered if it has no answer of what is chosen now."""
        current, put_off = self._pictures.current, self._put_off
        if self._task.task != TASK or current is None or not self._settings.flag("classify_on_drop"):
            return
        self._put_off = False
        asked = self._pictures.state_in(TASK, current) in ("waiting", "running")
        if put_off or (not asked and (self._is_new(current) or self.is_stale(current))):
            self.classify([current], interactive=True)

    @Slot()
    def _pictures_gone(self) -> None:
        """Answers of removed pictures go with them, and jobs for nothing but removed pictures end."""
        self._answers = {p: answer for p, answer in self._answers.items() if self._pictures.row_of(p) is not None}
        self._stale &= self._answers.keys()
        for ask in list(self._asks.values()):
            if all(self._pictures.row_of(path) is None for path in ask.pending):
                self._jobs.cancel(ask.job)
        self.changed.emit(())

    @Slot()
    def _choice_changed(self) -> None:
        asked_with, was_ready = self._asked_with, self._was_ready
        self._asked_with, self._was_ready = _computing(self._choice.choice), self._choice.ready
        if asked_with != self._asked_with:
            self._choice_is_another()
        elif self._choice.ready and not was_ready and self.problem is not None:
            self._answer_again()  # the weights that were missing have come

    def _choice_is_another(self) -> None:
        self._stale = {path for path in self._answers if self.is_stale(path)}
        self._pictures.mark_stale(TASK, self._stale)
        self.changed.emit(())
        self._answer_again()

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key == "top_n":
            self._answer_again()

    def _answer_again(self) -> None:
        """The current picture, and those somebody was waiting for, are answered with what is chosen now."""
        if self._task.task != TASK:
            self._put_off = True
            return
        waited_for = [path for ask in self._asks.values() if ask.interactive for path in ask.pending]
        current = self._pictures.current
        if current is not None and not self._is_new(current):
            waited_for.insert(0, current)
        self.classify(tuple(dict.fromkeys(waited_for)), interactive=True)

    def _end_superseded(self, paths: set[str]) -> None:
        """Older interactive jobs for the same pictures are ended and forgotten: their late answers mean nothing."""
        for ask in [ask for ask in self._asks.values() if ask.interactive and paths.issuperset(ask.pending)]:
            del self._asks[ask.job]
            self._jobs.cancel(ask.job)

    def _set_problem(self, problem: Problem | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit()


def _computing(choice: ModelChoice) -> ModelChoice:
    """What has a say in the figures: everything but how many pictures go at a time."""
    return replace(choice, batch=1)


def _meaning(choice: ModelChoice) -> tuple[object, ...]:
    """What makes an answer one of another model: the network and what it is shown, not where it is computed."""
    return choice.model, choice.weights, choice.labels, choice.recipe
