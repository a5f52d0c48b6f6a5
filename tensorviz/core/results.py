"""The kinds of answer, as data, and the form they have in JSON.

Must not know torch, files or Qt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tensorviz.core.captions import Beam, WordPlace
from tensorviz.core.errors import Problem, ValueRefused
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    from tensorviz.core.captions import SaidWord, Weights


@dataclass(frozen=True, slots=True)
class Label:
    """One class and how probable it is (0 to 1)."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Seconds(Mapping[str, float]):
    """How long each stage took, in seconds; of a batch, the picture's share. Readable as attributes or as a mapping."""

    decode: float
    preprocess: float
    forward: float
    total: float

    def __getitem__(self, key: str) -> float:
        if key not in self:
            raise KeyError(key)
        value: float = getattr(self, key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in ("decode", "preprocess", "forward", "total")

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in fields(self))

    def __len__(self) -> int:
        return 4


@dataclass(frozen=True, slots=True)
class Classified:
    """The answer for one picture. `path` is as given; `notes` are honest remarks ("16 bits reduced to 8")."""

    path: str
    model: str
    weights: str
    device: str
    precision: str
    seconds: Seconds
    top: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    task: str = "classify"

    def as_dict(self) -> dict[str, Any]:
        """The row of `tensorviz classify --format json`."""
        row: dict[str, Any] = {
            "path": path_text(self.path),
            "task": self.task,
            "model": self.model,
            "weights": self.weights,
            "device": self.device,
            "precision": self.precision,
            "seconds": dict(self.seconds),
            "top": [{"index": t.index, "label": t.label, "probability": t.probability} for t in self.top],
        }
        if self.notes:
            row["notes"] = list(self.notes)
        return row


@dataclass(frozen=True, slots=True)
class DrawnBack:
    """The way back of a translated picture. model, weights: what drew it; output: the file it was written to.

    mean, largest: of the differences from the picture that the first generator was shown, in levels of 255.
    """

    model: str
    weights: str
    output: str
    mean: float
    largest: int

    def as_dict(self) -> dict[str, Any]:
        """What stands under "back" in the row."""
        error = {"mean": self.mean, "largest": self.largest}
        return {"model": self.model, "weights": self.weights, "output": path_text(self.output), "error": error}


@dataclass(frozen=True, slots=True)
class Translated:
    """A picture that was drawn anew. `output` is the file it was written to; size: its (width, height).

    seconds: the total has the writing of the files in it, the way back and the blocks. back, blocks: the way back and
    the files of the pictures after each residual block, where they were asked for.
    """

    path: str
    model: str
    weights: str
    device: str
    precision: str
    seconds: Seconds
    output: str
    size: tuple[int, int]
    notes: tuple[str, ...] = ()
    task: str = "translate"
    back: DrawnBack | None = None
    blocks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The row of `tensorviz translate --format json`."""
        row: dict[str, Any] = {
            "path": path_text(self.path),
            "task": self.task,
            "model": self.model,
            "weights": self.weights,
            "device": self.device,
            "precision": self.precision,
            "seconds": dict(self.seconds),
            "output": path_text(self.output),
            "size": list(self.size),
        }
        if self.back is not None:
            row["back"] = self.back.as_dict()
        if self.blocks:
            row["blocks"] = [path_text(path) for path in self.blocks]
        if self.notes:
            row["notes"] = list(self.notes)
        return row


@dataclass(frozen=True, slots=True)
class Captioned:
    """What was said of a picture. `path` is as given, "" for an image or features that came from Python.

    beams: the sentences that were followed to their end, best first. seconds: forward has the network that sees and
    the words in it; total is the sum. places: for each word of the best sentence and its ending, when it was to be
    explained.
    """

    path: str
    model: str
    weights: str
    device: str
    precision: str
    seconds: Seconds
    beams: tuple[Beam, ...]
    notes: tuple[str, ...] = ()
    task: str = "caption"
    places: tuple[WordPlace, ...] = ()

    @property
    def text(self) -> str:
        """The best sentence."""
        return self.beams[0].caption

    @property
    def words(self) -> list[SaidWord]:
        """Its words, each a str with its `probability` (0 to 1) and `token`."""
        return self.beams[0].said()

    @property
    def tokens(self) -> list[int]:
        """The indices of its words in the vocabulary, 1 and up: the 0 that ends it is not among them."""
        return list(self.beams[0].tokens)

    @property
    def token_log_probabilities(self) -> list[float]:
        """The natural logarithm of each word's probability."""
        return list(self.beams[0].token_log_probabilities)

    @property
    def log_probability(self) -> float:
        """The sum by which it won: with that of the ending when the beam was above 1, as in the book's repository."""
        return self.beams[0].log_probability

    @property
    def alternatives(self) -> list[tuple[SaidWord, ...]]:
        """The most probable words at the place of each word, and at that of the ending ("" is the ending).

        Raises ValueRefused when it was not to be explained.
        """
        return [place.alternatives for place in self._explained()]

    @property
    def attention(self) -> list[Weights]:
        """Where the network looked for each word, and for the ending: numpy float32 (H, W), each summing to 1.

        Empty where the network does not look at places; with a sentinel (adaatt) what is left of 1 is its share. Raises
        ValueRefused when it was not to be explained.
        """
        return [place.attention for place in self._explained() if place.attention is not None]

    def _explained(self) -> tuple[WordPlace, ...]:
        if not self.places:
            raise ValueRefused("How this sentence came about was not kept.", "Ask with explain=True.")
        return self.places

    def as_dict(self) -> dict[str, Any]:
        """The row of `tensorviz caption --format json`."""
        row: dict[str, Any] = {
            "path": path_text(self.path),
            "task": self.task,
            "model": self.model,
            "weights": self.weights,
            "device": self.device,
            "precision": self.precision,
            "seconds": dict(self.seconds),
            "caption": self.text,
            "log_probability": self.log_probability,
            "words": [word.as_dict() for word in self.words],
            "beams": [beam.as_dict() for beam in self.beams],
        }
        if self.notes:
            row["notes"] = list(self.notes)
        return row


@dataclass(frozen=True, slots=True)
class Failed:
    """A picture that has no answer, and why."""

    path: str
    problem: Problem
    task: str = "classify"

    def as_dict(self) -> dict[str, Any]:
        """The row of a failure: path, task and error, nothing else."""
        return {"path": path_text(self.path), "task": self.task, "error": self.problem.as_dict()}


Row = Classified | Failed
AnyRow = Classified | Translated | Captioned | Failed
