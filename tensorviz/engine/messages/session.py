"""The session's part of the protocol: steps, looking at memory, and what the session answers.

Must not know who sends or who answers. Steps change the session in the lane "tensors", one after the other; looking at
memory goes by the lane "look" and does not wait for a step that is running.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.drawing import Drawing
from tensorviz.core.session_data import Completion, Preview, SessionFacts, Statistics, StepRow
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import Event, LaneName, Request

# --------------------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class RunCode(Request):
    """Run steps in the session. Answers: StepRan for each, SessionChanged, CostAsked before a costly operation."""

    lane: ClassVar[LaneName] = "tensors"
    code: str


@dataclass(frozen=True, slots=True)
class UndoStep(Request):
    """Take back the last step. Answer: SessionChanged."""

    lane: ClassVar[LaneName] = "tensors"


@dataclass(frozen=True, slots=True)
class RedoStep(Request):
    """Do an undone step again, the newest branch first. Answer: SessionChanged."""

    lane: ClassVar[LaneName] = "tensors"
    branch: int = -1


@dataclass(frozen=True, slots=True)
class JumpToStep(Request):
    """Go to the state after a step, 0 for the beginning. Answer: SessionChanged."""

    lane: ClassVar[LaneName] = "tensors"
    number: int


@dataclass(frozen=True, slots=True)
class RestoreSession(Request):
    """Bring back the session that was there when the program ended. Answers: StepRan, SessionChanged, SessionRestored.

    forced: also when bringing it back ended the program last time.
    """

    lane: ClassVar[LaneName] = "tensors"
    forced: bool = False


@dataclass(frozen=True, slots=True)
class NewSession(Request):
    """Begin anew, with nothing; the steps so far are kept aside in a file. Answer: SessionChanged."""

    lane: ClassVar[LaneName] = "tensors"


@dataclass(frozen=True, slots=True)
class AnswerCost(Request):
    """The answer to CostAsked."""

    question: int
    allowed: bool


@dataclass(frozen=True, slots=True)
class CompleteCode(Request):
    """How the code before a position may go on. Answer: CompletionsFound."""

    lane: ClassVar[LaneName] = "tensors"
    slot: ClassVar[str | None] = "completion"
    code: str
    position: int

    @property
    def urgent(self) -> bool:
        """Somebody is typing."""
        return True


@dataclass(frozen=True, slots=True)
class PreviewCode(Request):
    """What a step would do, without doing it. Answer: CodePreviewed."""

    lane: ClassVar[LaneName] = "tensors"
    slot: ClassVar[str | None] = "preview"
    code: str

    @property
    def urgent(self) -> bool:
        """A form waits for it."""
        return True


@dataclass(frozen=True, slots=True)
class ReadPages(Request):
    """Bytes of a storage, in pages of PAGE bytes, by number. file: the open file it lies in, 0 for the session.

    Answer: PagesRead.
    """

    storage: str
    pages: tuple[int, ...]
    file: int = 0

    @property
    def urgent(self) -> bool:
        """Somebody looks at empty cells."""
        return True


@dataclass(frozen=True, slots=True)
class MeasureTensor(Request):
    """Statistics of all elements of a tensor. file: the open file it is in, at the place `tensor`; 0 for the session.

    Answer: TensorMeasured.
    """

    slot: ClassVar[str | None] = "measure"
    name: str
    file: int = 0
    tensor: int = 0


@dataclass(frozen=True, slots=True)
class WriteDrawing(Request):
    """Write a drawing to a .svg or .png file, beside and renamed. Answer: Exported."""

    drawing: Drawing
    path: str


@dataclass(frozen=True, slots=True)
class WriteText(Request):
    """Write a text of the person's to a file, beside and renamed. Answer: Exported."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class OpenPrediction(Request):
    """Put a stage of what happens to a picture into the session: "original", "resized", "cropped", "normalised",
    "scores". Answers: StepRan, SessionChanged.
    """

    lane: ClassVar[LaneName] = "tensors"
    path: str
    choice: ModelChoice
    stage: str


@dataclass(frozen=True, slots=True)
class OpenParameter(Request):
    """Put a parameter or buffer of a network ("layer1.0.conv1.weight") into the session. Answers: as OpenPrediction."""

    lane: ClassVar[LaneName] = "tensors"
    choice: ModelChoice
    name: str


@dataclass(frozen=True, slots=True)
class OpenTranslation(Request):
    """Put a stage of a picture's translation into the session. Answers: as OpenPrediction.

    stage: "input" (1, 3, H, W) as the generator sees it, "block-0" (before the first residual block) to "block-9"
    (1, C, H/4, W/4), "output" (1, 3, H', W').
    """

    lane: ClassVar[LaneName] = "tensors"
    path: str
    choice: GeneratorChoice
    stage: str


# ----------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class StepRan(Event):
    """A step of the session ran, was refused, or was run again."""

    step: StepRow


@dataclass(frozen=True, slots=True)
class SessionChanged(Event):
    """The session as it is now."""

    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class SessionRestored(Event):
    """The last session is back. steps: how many there are. note: what could not be brought back, if anything.

    refused: bringing it back ended the program last time, and was not tried again.
    """

    steps: int
    note: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class CostAsked(Event):
    """A step would take much; it waits for AnswerCost with this number. nbytes: of memory, 0 when it is about time.

    opens: tensors are to be opened, no code is to run.
    """

    question: int
    message: str
    nbytes: int
    opens: bool = False


@dataclass(frozen=True, slots=True)
class CompletionsFound(Event):
    """The ways to go on; the word that is being typed begins at `start`."""

    code: str
    position: int
    start: int
    completions: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class CodePreviewed(Event):
    """What the step would do."""

    code: str
    preview: Preview


@dataclass(frozen=True, slots=True)
class PagesRead(Event):
    """Bytes of a storage at the state `memory` of the session, by page; pages that are not there are left out."""

    storage: str
    memory: int
    pages: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class TensorMeasured(Event):
    """Statistics at the state `memory` of the session, of a tensor of that name there, or in the open file `file`."""

    memory: int
    statistics: Statistics
    file: int = 0
