"""Every error a person can meet, as a sentence and a hint.

Must not know files, torch or Qt: who raises them knows what was asked and what was met.
"""

from __future__ import annotations

from dataclasses import dataclass


class TensorvizError(Exception):
    """Something asked for could not be done.

    `message` is one sentence: what was asked and what was met. `hint` says what to try; it may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class PictureUnreadable(TensorvizError):
    """A file that was given as a picture cannot be shown to a network."""


class NothingFound(TensorvizError):
    """A folder without a picture, or a path that does not exist."""


class NameUnknown(TensorvizError):
    """A model, weights, device or option of that name does not exist."""


class ValueRefused(TensorvizError):
    """A value of an option, setting or recipe is outside what makes sense."""


class WeightsMissing(TensorvizError):
    """Weights that were asked for are not on this computer, and nobody asked to fetch them."""


class WeightsDamaged(TensorvizError):
    """A weight file's bytes are not the published ones."""


class FetchFailed(TensorvizError):
    """A download ended without a file that can be used."""


class CheckpointUnreadable(TensorvizError):
    """A file given as a checkpoint holds no tensors that can be read without running anything."""


class CheckpointMismatch(TensorvizError):
    """A checkpoint was read, and it belongs to another network."""


class LabelsInvalid(TensorvizError):
    """A labels file cannot be read, or does not fit the number of classes."""


class DeviceUnavailable(TensorvizError):
    """The device asked for is not on this computer, or not usable by this torch."""


class MemoryExhausted(TensorvizError):
    """There is not enough memory, even for the smallest batch on the processor."""


class InstallationBroken(TensorvizError):
    """A library that tensorviz needs is missing, or two do not fit together."""


class Cancelled(Exception):
    """The person cancelled the job (a wish fulfilled, not an error); raised wherever the work happens to be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it travels and is shown: sentence, hint, and details only when the cause is unknown to us."""

    message: str
    hint: str = ""
    details: str = ""

    @property
    def expected(self) -> bool:
        """Whether this is one of our own sentences (no problem report is offered)."""
        return not self.details

    def as_dict(self) -> dict[str, str]:
        """The contract's form: message and hint."""
        return {"message": self.message, "hint": self.hint}


def problem_of(error: BaseException, details: str = "") -> Problem:
    """The problem that tells of `error`; `details` (a traceback) is kept only for errors that are not ours."""
    if isinstance(error, TensorvizError):
        return Problem(error.message, error.hint)
    kind = type(error).__name__
    said = str(error).strip().splitlines()
    return Problem(
        f"Something unexpected happened: {said[0] if said else kind}.".replace("..", "."),
        "Please report it with the details (on the command line: --debug).",
        details or kind,
    )
