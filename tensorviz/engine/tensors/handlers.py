"""What is done for each request of the session: one short function each, and the table of them.

Must not know who asked. torch is imported inside the functions: the window is painted before it is needed.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from tensorviz.core.errors import NameUnknown
from tensorviz.engine.messages import Exported
from tensorviz.engine.messages.files import OpenPixels, OpenStored, SaveTensors, TensorsSaved
from tensorviz.engine.messages.session import (
    AnswerCost,
    CodePreviewed,
    CompleteCode,
    CompletionsFound,
    CostAsked,
    JumpToStep,
    MeasureTensor,
    NewSession,
    OpenParameter,
    OpenPrediction,
    OpenTranslation,
    PagesRead,
    PreviewCode,
    ReadPages,
    RedoStep,
    RestoreSession,
    RunCode,
    SessionChanged,
    SessionRestored,
    StepRan,
    TensorMeasured,
    UndoStep,
    WriteDrawing,
    WriteText,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tensorviz.engine.console.limits import TooCostly
    from tensorviz.engine.tensors.board import Board
    from tensorviz.engine.tensors.desk import Desk, Questions
    from tensorviz.engine.tensors.log import Recorded
    from tensorviz.engine.tensors.opening_terms import Brought, Terms
    from tensorviz.engine.worker import Handler, Handlers, Job

SHARE = 4  # of the time that many steps take, telling of them may take one part in so many
OFTEN = 0.1  # seconds between two tellings at least, while many steps run: each is drawn, and that takes longer


class DeskSource:
    """Makes the desk when it is first needed (it needs torch). folder: where the session is saved, None for nowhere."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._desk: Desk | None = None
        self._parts: tuple[Board, Questions] | None = None

    def parts(self) -> tuple[Board, Questions]:
        """What other lanes than the session's may use."""
        if self._parts is None:
            from tensorviz.engine.tensors.board import Board
            from tensorviz.engine.tensors.desk import Questions

            self._parts = Board(), Questions()
        return self._parts

    def get(self) -> Desk:
        """The desk; loads torch the first time."""
        if self._desk is None:
            from tensorviz.engine.torch_loading import load_torch

            load_torch()
            from tensorviz.engine.tensors.claim import claimed
            from tensorviz.engine.tensors.desk import Desk
            from tensorviz.engine.tensors.opening import bring

            folder = claimed(self._folder) if self._folder is not None else None
            self._desk = Desk(folder, *self.parts(), bring)
        return self._desk

    @property
    def started(self) -> bool:
        """Whether there is a desk."""
        return self._desk is not None


def tensor_handlers(source: DeskSource) -> Handlers:
    """The table for the session of tensors."""

    def at_desk(work: Any) -> Handler:
        return lambda job: work(job, source.get())

    table: dict[type[Any], Handler] = {
        RunCode: at_desk(run_code),
        UndoStep: at_desk(undo_step),
        RedoStep: at_desk(redo_step),
        JumpToStep: at_desk(jump_to_step),
        RestoreSession: at_desk(restore_session),
        NewSession: at_desk(new_session),
        CompleteCode: at_desk(complete_code),
        PreviewCode: at_desk(preview_code),
        OpenPrediction: at_desk(open_from_models),
        OpenParameter: at_desk(open_from_models),
        OpenTranslation: at_desk(open_from_translation),
        OpenStored: at_desk(open_from_file),
        OpenPixels: at_desk(open_from_file),
        SaveTensors: at_desk(save_tensors),
        AnswerCost: partial(answer_cost, source),
        ReadPages: partial(read_pages, source),
        MeasureTensor: partial(measure_tensor, source),
        WriteDrawing: write_drawing,
        WriteText: write_text,
    }
    return table


def run_code(job: Job, desk: Desk) -> Iterator[None]:
    """Steps one after the other; between two of them the lane may do something more urgent."""
    request = cast("RunCode", job.request)
    telling = _Telling(job, desk)

    def asked(number: int, error: TooCostly) -> None:
        telling.tell()
        job.report(CostAsked(job.number, number, error.message, error.bytes))

    try:
        for row in desk.run(request.code, job.token, asked):
            job.failed += row.trouble is not None
            job.report(StepRan(job.number, row))
            telling.tell_if_quick()
            yield
    finally:
        telling.tell_the_rest()


class _Telling:
    """Tells how the session stands after each step, unless steps are many and telling takes longer than doing."""

    def __init__(self, job: Job, desk: Desk) -> None:
        self._job, self._desk = job, desk
        self._ended = 0.0
        self._took = 0.0
        self._told = False

    def tell(self) -> None:
        """Now."""
        started = time.perf_counter()
        self._job.report(SessionChanged(self._job.number, self._desk.facts()))
        self._ended = time.perf_counter()
        self._took, self._told = self._ended - started, True

    def tell_if_quick(self) -> None:
        """Unless it was told just now."""
        self._told = False
        if time.perf_counter() - self._ended > max(SHARE * self._took, OFTEN):
            self.tell()

    def tell_the_rest(self) -> None:
        """Unless it was told since the last step ended; a step that was cancelled may have left something too."""
        if not self._told or self._job.token.cancelled:
            self.tell()


def undo_step(job: Job, desk: Desk) -> None:
    """The last step taken back."""
    desk.undo()
    job.report(SessionChanged(job.number, desk.facts()))


def redo_step(job: Job, desk: Desk) -> None:
    """An undone step done again."""
    desk.redo(cast("RedoStep", job.request).branch)
    job.report(SessionChanged(job.number, desk.facts()))


def jump_to_step(job: Job, desk: Desk) -> None:
    """Another place in the history."""
    try:
        desk.jump(cast("JumpToStep", job.request).number)
    finally:
        job.report(SessionChanged(job.number, desk.facts()))


def new_session(job: Job, desk: Desk) -> None:
    """Nothing, to begin with."""
    desk.begin_anew()
    job.report(SessionChanged(job.number, desk.facts()))


def restore_session(job: Job, desk: Desk) -> Iterator[None]:
    """What was done before the program ended, done again."""
    saved = desk.saved()
    if saved is None or not saved.actions:
        job.report(SessionRestored(job.number, 0, _unfinished(saved)))
        return
    if saved.tried and not cast("RestoreSession", job.request).forced:
        job.report(SessionRestored(job.number, len(saved.actions), refused=True))
        return
    notes, steps = [], 0
    try:
        for done in desk.restore(saved, job.token):
            if isinstance(done, str):
                notes.append(done)
            else:
                steps += 1
                job.report(StepRan(job.number, done))
            yield
    finally:
        job.report(SessionChanged(job.number, desk.facts()))
    job.report(SessionRestored(job.number, steps, " ".join([*notes, _unfinished(saved)]).strip()))


def _unfinished(saved: Recorded | None) -> str:
    """Which step was running when the program ended, as a sentence; empty when none was."""
    code = "" if saved is None or saved.broken is None else str(saved.broken.get("code", "")).strip()
    return f"`{code.splitlines()[0][:60]}` was running when the program ended, and was not run again." if code else ""


def complete_code(job: Job, desk: Desk) -> None:
    """How the code may go on."""
    from tensorviz.engine.tensors.complete import completions

    request = cast("CompleteCode", job.request)
    start, found = completions(desk.session, request.code, request.position)
    job.report(CompletionsFound(job.number, request.code, request.position, start, found))


def preview_code(job: Job, desk: Desk) -> None:
    """What a step would do."""
    from tensorviz.engine.tensors.preview import preview

    code = cast("PreviewCode", job.request).code
    job.report(CodePreviewed(job.number, code, preview(desk.session, code)))


def open_from_models(job: Job, desk: Desk) -> None:
    """Something of a prediction, put into the session."""
    from tensorviz.engine.tensors.opening import action_of

    request = cast("OpenPrediction | OpenParameter", job.request)
    row = desk.put(action_of(request, desk.session.known_names))
    job.report(StepRan(job.number, row))
    job.report(SessionChanged(job.number, desk.facts()))


def open_from_translation(job: Job, desk: Desk) -> None:
    """A stage of a translation, put into the session; the person is asked when it is much."""
    from tensorviz.engine.tensors.opening_translation import open_translation

    request, taken = cast("OpenTranslation", job.request), desk.session.known_names
    _take(job, desk, lambda terms: open_translation(request, taken, terms))


def open_from_file(job: Job, desk: Desk) -> None:
    """Tensors of a file, or the samples of a picture, put into the session; the person is asked when it is much."""
    from tensorviz.engine.tensors.opening_file import open_stored
    from tensorviz.engine.tensors.opening_pixels import open_pixels

    request = cast("OpenStored | OpenPixels", job.request)
    taken = desk.session.known_names

    def make(terms: Terms) -> tuple[dict[str, Any], Brought]:
        if isinstance(request, OpenPixels):
            return open_pixels(request.path, taken, terms)
        return open_stored(request, taken, terms)

    _take(job, desk, make)


def _take(job: Job, desk: Desk, make: Callable[[Terms], tuple[dict[str, Any], Brought]]) -> None:
    """What `make` brings on terms, put into the session and told."""

    def asked(number: int, error: TooCostly) -> None:
        job.report(CostAsked(job.number, number, error.message, error.bytes, opens=True))

    row = desk.take(make, job.token, asked)
    job.report(StepRan(job.number, row))
    job.report(SessionChanged(job.number, desk.facts()))


def save_tensors(job: Job, desk: Desk) -> None:
    """Tensors written to a file, whole or not at all."""
    from tensorviz.engine.tensors.saving import save

    request = cast("SaveTensors", job.request)
    saved = save(desk.session.variables, request, partial(job.progress, unit="byte"), job.token)
    job.report(TensorsSaved(job.number, request.path, len(request.parts), saved.nbytes, saved.notes))


def answer_cost(source: DeskSource, job: Job) -> None:
    """The person's answer to a question."""
    request = cast("AnswerCost", job.request)
    source.parts()[1].answer(request.question, request.allowed)


def read_pages(source: DeskSource, job: Job) -> None:
    """Bytes of a storage; empty where there is no session yet."""
    request = cast("ReadPages", job.request)
    if not source.started:
        job.report(PagesRead(job.number, request.storage, 0, ()))
        return
    memory, pages = source.parts()[0].read(request.storage, request.pages)
    job.report(PagesRead(job.number, request.storage, memory, pages))


def measure_tensor(source: DeskSource, job: Job) -> Iterator[None]:
    """Statistics of a whole tensor, block by block; between two blocks somebody may look at memory."""
    name = cast("MeasureTensor", job.request).name
    board = source.parts()[0] if source.started else None
    tensor = board.tensor(name) if board is not None else None
    if board is None or tensor is None:
        raise NameUnknown(f"There is no tensor {name} by now.")
    from tensorviz.engine.tensors.measure import measure

    memory = board.memory
    for found in measure(name, tensor, board.lock):
        job.token.check()
        if found is not None:
            job.report(TensorMeasured(job.number, memory, found))
        yield


def write_drawing(job: Job) -> None:
    """A drawing as SVG or PNG, by the suffix."""
    from tensorviz.engine import storage_image

    request = cast("WriteDrawing", job.request)
    storage_image.write_drawing(request.drawing, request.path)
    job.report(Exported(job.number, request.path, 1))


def write_text(job: Job) -> None:
    """A text, whole or not at all."""
    from tensorviz.engine.writing import replacing

    request = cast("WriteText", job.request)
    with replacing(request.path) as file:
        file.write(request.text)
    job.report(Exported(job.number, request.path, 1))
