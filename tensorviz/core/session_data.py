"""What the screen knows of a session of tensors, as plain data: its tensors, storages, steps and their effects.

Must not know torch, how steps are run, or how anything is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tensorviz.core.dtypes import dtype_named
from tensorviz.core.layout import Layout, shape_text
from tensorviz.core.reasons import Obstacle, Reason
from tensorviz.core.text import bytes_text, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.core.dtypes import DType

Effect = Literal["view", "inplace", "copy", "same", "new"]
PAGE = 4096  # bytes of a storage that are read together
EFFECT_WORDS: Mapping[str, str] = {
    "view": "view",
    "inplace": "in place",
    "copy": "copy",
    "same": "same tensor",
    "new": "new",
}


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor of the session. `name` is what the console calls it: "points", "parts[0]", "points.grad".

    storage: the letter of its storage, None where there is no memory to look at (meta, sparse). keys: the colour keys
    of its dimensions. identity: equal for two names of one tensor. variable: named by itself, not inside a list.
    conjugated, negated: lazily, so that what is in memory is not what is read.
    """

    name: str
    layout: Layout
    dtype: str
    device: str
    storage: str | None
    keys: tuple[int, ...] = ()
    identity: int = 0
    variable: bool = True
    is_view: bool = False
    requires_grad: bool = False
    has_grad: bool = False
    conjugated: bool = False
    negated: bool = False

    @property
    def kind(self) -> DType:
        """Its element type."""
        return dtype_named(self.dtype)

    @property
    def title(self) -> str:
        """As in "3x2 (2,1)+0 float32"."""
        return f"{self.layout.text()} {self.dtype}"

    @property
    def shape_text(self) -> str:
        """As in "3x2"."""
        return shape_text(self.layout.shape)


@dataclass(frozen=True, slots=True)
class StorageFacts:
    """One storage that a tensor looks at. dtype: what most of these are, so what its cells are.

    source: the file it lies in, "" in memory; start: where there, None where it does not lie as it is (compressed).
    remarks: what is worth knowing of how it lies there, in sentences.
    """

    id: str
    nbytes: int
    device: str
    dtype: str
    tensors: tuple[str, ...] = ()
    source: str = ""
    start: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def kind(self) -> DType:
        """The element type of its cells."""
        return dtype_named(self.dtype)

    @property
    def cells(self) -> int:
        """The number of whole cells."""
        return self.nbytes // self.kind.itemsize

    @property
    def title(self) -> str:
        """What it is: "24 bytes, 6 cells of float32"."""
        where = "" if self.device == "cpu" else f", on {self.device}"
        size = plural(self.nbytes, "byte") if self.nbytes < 1000 else bytes_text(self.nbytes)
        return f"{size}, {plural(self.cells, 'cell')} of {self.dtype}{where}"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session at one time. here: the number of the step after which it stands, 0 before the first.

    memory: rises when bytes of any storage may have changed. left_out: tensors that are not listed. other: variables
    that are no tensors, with the text of their value. seed: what its random numbers began with, None when unknown.
    """

    tensors: tuple[TensorFacts, ...] = ()
    storages: tuple[StorageFacts, ...] = ()
    here: int = 0
    memory: int = 0
    can_undo: bool = False
    can_redo: bool = False
    left_out: int = 0
    other: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    _by_name: dict[str, TensorFacts] = field(init=False, repr=False, compare=False)
    _by_letter: dict[str | None, StorageFacts] = field(init=False, repr=False, compare=False)
    _members: dict[str, list[TensorFacts]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        members: dict[str, list[TensorFacts]] = {}
        for one in self.tensors:
            if one.storage is not None:
                members.setdefault(one.storage, []).append(one)
        object.__setattr__(self, "_by_name", {one.name: one for one in self.tensors})
        object.__setattr__(self, "_by_letter", {one.id: one for one in self.storages})
        object.__setattr__(self, "_members", members)

    def tensor(self, name: str) -> TensorFacts | None:
        """The tensor of that name."""
        return self._by_name.get(name)

    def storage(self, key: str | None) -> StorageFacts | None:
        """The storage of that letter."""
        return self._by_letter.get(key)

    def on(self, storage: str) -> tuple[TensorFacts, ...]:
        """The tensors that look at a storage, in the order of naming; one object under two names comes twice."""
        return tuple(self._members.get(storage, ()))


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of torch: "aten.t", its effect, and the bytes copied."""

    name: str
    effect: Effect
    bytes_copied: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step could not be done. explanation: the reason with its numbers, and the words of torch.

    subject: the code of the tensor that refused ("points.t()"); reason: what was found out about it; repairs of a
    reason are written after the subject. obstacles: what keeps it from being a NumPy array.
    """

    message: str
    hint: str = ""
    explanation: str = ""
    subject: str = ""
    reason: Reason | None = None
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step. parent: the number of the step it came after. effect: None when it concerned no tensor.

    remarks: what is worth knowing although nothing went wrong; surprise: the numbers behind one of them, where it has
    some. replayed: run again when the session was restored.
    """

    number: int
    parent: int
    code: str
    output: str = ""
    trouble: Trouble | None = None
    effect: Effect | None = None
    bytes_copied: int = 0
    ops: tuple[OperationRow, ...] = ()
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    replayed: bool = False
    surprise: Trouble | None = None

    @property
    def why(self) -> Trouble | None:
        """What can be shown of why it was refused, or did what was not expected."""
        trouble = self.trouble
        if trouble is not None and (trouble.reason is not None or trouble.obstacles):
            return trouble
        return self.surprise

    @property
    def effect_text(self) -> str:
        """The effect in words: "copy, 24 bytes copied"; empty when it concerned no tensor."""
        if self.effect is None:
            return ""
        copied = f", {bytes_text(self.bytes_copied)} copied" if self.effect in ("copy", "view") else ""
        return EFFECT_WORDS[self.effect] + copied


@dataclass(frozen=True, slots=True)
class Preview:
    """What a step would do, worked out without memory: its effect, and the tensors it would leave.

    unknown: why it cannot be told before it runs; then nothing else is set. remarks: as a step has them.
    """

    effect: Effect | None = None
    bytes_copied: int = 0
    new_bytes: int = 0
    results: tuple[TensorFacts, ...] = ()
    trouble: Trouble | None = None
    unknown: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on: the word, and what it is ("tensor 3x2 float32", "function")."""

    word: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What all elements of a tensor are like. Minimum to deviation: of the finite ones; None when there are none.

    edges, counts: a histogram of the finite elements, edges one longer. complex elements are measured by magnitude.
    """

    name: str
    numel: int
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    deviation: float | None = None
    zeros: int = 0
    nans: int = 0
    plus_infinities: int = 0
    minus_infinities: int = 0
    edges: tuple[float, ...] = field(default=(), repr=False)
    counts: tuple[int, ...] = field(default=(), repr=False)
