"""The session of tensors as the screen knows it: what is open, the steps, where in the history it stands.

Must not know widgets, or the bytes in memory.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, Request
from tensorviz.engine.messages.session import (
    AnswerCost,
    CodePreviewed,
    CompleteCode,
    CompletionsFound,
    CostAsked,
    JumpToStep,
    NewSession,
    OpenParameter,
    OpenPrediction,
    OpenTranslation,
    PreviewCode,
    RedoStep,
    RestoreSession,
    RunCode,
    SessionChanged,
    SessionRestored,
    StepRan,
    UndoStep,
)
from tensorviz.ui.state.open_tensors import OpenTensors

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.core.session_data import SessionFacts, StepRow
    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.engine import EngineState
    from tensorviz.ui.state.jobs import JobsState

QUICK = 0.02  # seconds that taking a change may need in all panels; below, each change is told as it comes
SHARE = 4  # of the time while many steps run, slower changes may take one part in so many


class SessionState(OpenTensors):
    """The session.

    Signals: changed() when `facts` did; stepped(StepRow) for each step that ran or was refused; began_anew() when all
    is gone; running_changed(); asked(CostAsked) when a step waits for an answer; restored(SessionRestored);
    previewed(code, Preview); completed(CompletionsFound).

    facts: tensors, storages, where it stands. steps: every step by its number, in the order of running.
    """

    stepped = Signal(object)
    running_changed = Signal()
    asked = Signal(object)
    restored = Signal(object)
    previewed = Signal(str, object)
    completed = Signal(object)

    def __init__(self, bridge: Bridge, jobs: JobsState, engine: EngineState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._engine = jobs, engine
        self._running: dict[int, Request] = {}
        self._waiting: list[Request] = []
        self.steps: dict[int, StepRow] = {}
        self.question: CostAsked | None = None
        self._next: SessionFacts | None = None
        self._told, self._took = 0.0, 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._tell_now)
        bridge.event.connect(self._take)
        engine.changed.connect(self._flush)

    # ------------------------------------------------------------------------------------------------- wishes

    def run(self, code: str) -> None:
        """Runs steps; they wait until torch is loaded."""
        if code.strip():
            self.send(RunCode(code))

    def undo(self) -> None:
        """Takes the last step back."""
        self.send(UndoStep())

    def redo(self, branch: int = -1) -> None:
        """Does an undone step again, the newest branch first."""
        self.send(RedoStep(branch))

    def jump(self, number: int) -> None:
        """Goes to the state after a step, 0 for the beginning."""
        if number != self.facts.here:
            self.send(JumpToStep(number))

    def begin_anew(self) -> None:
        """Forgets everything; the steps so far are kept in a file."""
        self.send(NewSession())

    def restore(self, forced: bool = False) -> None:
        """Brings back the session that was there when the program ended."""
        self.send(RestoreSession(forced))

    def open_stage(self, path: str, choice: ModelChoice, stage: str) -> None:
        """Opens a stage of a prediction as a tensor."""
        self.send(OpenPrediction(path, choice, stage))

    def open_parameter(self, choice: ModelChoice, name: str) -> None:
        """Opens a parameter of a network as a tensor."""
        self.send(OpenParameter(choice, name))

    def open_translation(self, path: str, choice: GeneratorChoice, stage: str) -> None:
        """Opens a stage of a translation ("input", "block-3", "output") as a tensor."""
        self.send(OpenTranslation(path, choice, stage))

    def preview(self, code: str) -> None:
        """Asks what a step would do; `previewed` tells. Nothing is asked while torch is not there."""
        if self._engine.ready:
            self._jobs.send(PreviewCode(code))

    def complete(self, code: str, position: int) -> None:
        """Asks how code may go on; `completed` tells."""
        if self._engine.ready:
            self._jobs.send(CompleteCode(code, position))

    def cancel(self) -> None:
        """Ends what is running and what waits."""
        self._waiting.clear()
        for number in self._running:
            self._jobs.cancel(number)
        self.running_changed.emit()

    def answer(self, allowed: bool) -> None:
        """Answers the open question."""
        if self.question is not None:
            question, self.question = self.question, None
            self._jobs.send(AnswerCost(question.question, allowed))

    def send(self, request: Request) -> None:
        """Sends a request that changes the session; it waits until torch is loaded."""
        if self._engine.ready:
            self._running[self._jobs.send(request)] = request
        else:
            self._waiting.append(request)
        self.running_changed.emit()

    @Slot()
    def _flush(self) -> None:
        if self._engine.ready and self._waiting:
            waiting, self._waiting = self._waiting, []
            for request in waiting:
                self.send(request)

    # ------------------------------------------------------------------------------------------------- facts

    @property
    def running(self) -> bool:
        """Whether something is being done, or waits for torch."""
        return bool(self._running or self._waiting)

    def path(self) -> tuple[StepRow, ...]:
        """The steps that led to where the session stands, first one first."""
        found, number = [], self.facts.here
        while number in self.steps:
            found.append(self.steps[number])
            number = self.steps[number].parent
        return tuple(reversed(found))

    def branches(self, number: int) -> tuple[StepRow, ...]:
        """The steps that were run after a step: more than one where the history branches."""
        return tuple(row for row in self.steps.values() if row.parent == number)

    # ------------------------------------------------------------------------------------------------- answers

    @Slot(object)
    def _take(self, event: Event) -> None:
        match event:
            case StepRan(step=step):
                self.steps[step.number] = step
                self.stepped.emit(step)
            case SessionChanged(facts=facts):
                if isinstance(self._running.get(event.job), NewSession):
                    self.steps.clear()
                    self.began_anew.emit()
                self._next = facts
                self._tell()
            case CostAsked():
                self.question = event
                self.asked.emit(event)
            case SessionRestored():
                self.restored.emit(event)
            case CodePreviewed(code=code, preview=preview):
                self.previewed.emit(code, preview)
            case CompletionsFound():
                self.completed.emit(event)
            case JobFinished() | JobCancelled() | JobFailed() if event.job in self._running:
                self._tell_now()
                self._ended(event.job)

    def _tell(self) -> None:
        """Now, or soon: a change that takes long in all panels must not be followed by the next at once."""
        wait = SHARE * self._took - (time.perf_counter() - self._told) if self._took > QUICK else 0.0
        if wait <= 0:
            self._tell_now()
        elif not self._later.isActive():
            self._later.start(int(wait * 1000) + 1)

    @Slot()
    def _tell_now(self) -> None:
        self._later.stop()
        if self._next is None:
            return
        self.facts, self._next = self._next, None
        started = time.perf_counter()
        self.changed.emit()
        self._told = time.perf_counter()
        self._took = self._told - started

    def _ended(self, job: int) -> None:
        del self._running[job]
        self.question = None if not self._running else self.question
        self.running_changed.emit()
