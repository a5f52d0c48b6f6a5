"""The part of the protocol about files of tensors: opening, looking, inspecting, copying, saving.

Must not know who sends or who answers. What a file holds is read in the lane "files", and all its values are gone
through in the lane "inspect"; looking at its bytes goes by the lane "look" and waits for neither. Each open file has a
number, its `file`, which is used once; 0 is the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tensorviz.core.checkpoint_analysis import Analysis
from tensorviz.core.checkpoint_values import Comparison, Duplicates, TensorValues, Written
from tensorviz.core.family import Family
from tensorviz.core.stored import Contents, RawForm
from tensorviz.core.text import path_text
from tensorviz.engine.messages import Event, LaneName, Request

CopyKind = Literal["compact", "safetensors"]
Ranges = tuple[tuple[int, int], ...]

# --------------------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class OpenFile(Request):
    """Read what a file of tensors holds. raw: how to take the bytes of a file that does not tell.

    Answers: FileOpened, then FileAnalysed. `file` is a number that no open file has; the sender chose it.
    """

    lane: ClassVar[LaneName] = "files"
    file: int
    path: str
    raw: RawForm | None = None


@dataclass(frozen=True, slots=True)
class CloseFile(Request):
    """Forget an open file. Nothing answers."""

    file: int


@dataclass(frozen=True, slots=True)
class LookAtValues(Request):
    """Look at all values of a file. Answers: ValuesSeen in pieces, DuplicatesFound; JobProgress in bytes."""

    lane: ClassVar[LaneName] = "inspect"
    shown: ClassVar[bool] = True
    file: int
    path: str

    @property
    def title(self) -> str:
        """As in "Look at the values of model.pt"."""
        return f"Look at the values of {_name(self.path)}"


@dataclass(frozen=True, slots=True)
class CompareFiles(Request):
    """Compare an open file with the file at another path. Answer: FilesCompared; JobProgress in bytes."""

    lane: ClassVar[LaneName] = "inspect"
    shown: ClassVar[bool] = True
    file: int
    path: str
    other: str

    @property
    def title(self) -> str:
        """As in "Compare model.pt with before.pt"."""
        return f"Compare {_name(self.path)} with {_name(self.other)}"


@dataclass(frozen=True, slots=True)
class WriteCopy(Request):
    """Write a copy of an open file to `out`: without the bytes that no tensor reaches, or as safetensors.

    Answer: CopyWritten; JobProgress in bytes.
    """

    lane: ClassVar[LaneName] = "inspect"
    shown: ClassVar[bool] = True
    file: int
    kind: CopyKind
    out: str

    @property
    def title(self) -> str:
        """As in "Write small.pt"."""
        return f"Write {_name(self.out)}"


@dataclass(frozen=True, slots=True)
class OpenStored(Request):
    """Put tensors of a file, by their places in its Contents, into the session, sharing storages as in the file.

    path, raw: as the file was opened. names: of these tensors when somebody chose them, so that a file that is another
    by now is refused; () is not looked at. Answers: CostAsked above a limit, StepRan, SessionChanged.
    """

    lane: ClassVar[LaneName] = "tensors"
    path: str
    raw: RawForm | None
    tensors: tuple[int, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenPixels(Request):
    """Put a picture file into the session, its samples as they are in the file. Answers: as OpenStored."""

    lane: ClassVar[LaneName] = "tensors"
    path: str


@dataclass(frozen=True, slots=True)
class SavedPart:
    """A tensor of the session, or the part of it between first..stop-1 of each dimension; None is all of it."""

    name: str
    ranges: Ranges | None = None


@dataclass(frozen=True, slots=True)
class SaveTensors(Request):
    """Write tensors of the session to a file, beside and renamed; its suffix says how: .pt, .safetensors, .npy, .csv.

    .npy and .csv hold one. Answer: TensorsSaved; JobProgress in bytes.
    """

    lane: ClassVar[LaneName] = "tensors"
    shown: ClassVar[bool] = True
    parts: tuple[SavedPart, ...]
    path: str

    @property
    def title(self) -> str:
        """As in "Save points.npy"."""
        return f"Save {_name(self.path)}"


def _name(path: str) -> str:
    return path_text(path.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or path)


# ----------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class FileOpened(Event):
    """What a file holds, before a value is read."""

    file: int
    contents: Contents


@dataclass(frozen=True, slots=True)
class FileAnalysed(Event):
    """What its layouts and names tell. family: None where it is none that is known; guess: in one phrase always.

    lost: what a safetensors file of its tensors would not keep, in sentences (core.checkpoint_lost.what_is_lost).
    """

    file: int
    analysis: Analysis
    family: Family | None
    guess: str
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValuesSeen(Event):
    """More tensors that were looked at, in the order of the file."""

    file: int
    rows: tuple[TensorValues, ...]


@dataclass(frozen=True, slots=True)
class DuplicatesFound(Event):
    """Groups of equal tensors, all of them."""

    file: int
    groups: tuple[Duplicates, ...]


@dataclass(frozen=True, slots=True)
class FilesCompared(Event):
    """How another file differs."""

    file: int
    other: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class CopyWritten(Event):
    """A copy was written, read back and found equal."""

    file: int
    kind: CopyKind
    written: Written


@dataclass(frozen=True, slots=True)
class TensorsSaved(Event):
    """Written. notes: what is not as it was in the session, in sentences."""

    path: str
    count: int
    nbytes: int
    notes: tuple[str, ...] = ()
