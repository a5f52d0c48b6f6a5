"""What a file of tensors holds, as data: tensors over storages, where their bytes lie, what a pickle would call.

Must not know files, formats or torch: readers fill it, everybody else looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tensorviz.core.layout import Layout, contiguous_strides


@dataclass(frozen=True, slots=True)
class StoredStorage:
    """A storage in a file: `nbytes` bytes from byte `start` of `file`.

    member: the name inside an archive, "" where there is none. start is None where the bytes cannot be read by
    position (compressed members): then only the whole member can be read. big_endian: the order of the bytes of each
    element. device: what the file says it was on. skip: bytes of the (inflated) member before the first of the storage,
    where start is None. file_bytes: the size that the file had when it was read; 0 is unknown.
    """

    id: str
    nbytes: int
    file: str
    start: int | None
    member: str = ""
    big_endian: bool = False
    device: str = "cpu"
    skip: int = 0
    file_bytes: int = 0


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file. name: parts joined by dots. storage: the id of the storage it looks at.

    requires_grad, parameter: as the file says. conjugated, negated: the values are those of the bytes with the
    imaginary part, or all of it, negated (torch's lazy conj and neg, which torch.save keeps).
    """

    name: str
    layout: Layout
    dtype: str
    storage: str
    requires_grad: bool = False
    parameter: bool = False
    conjugated: bool = False
    negated: bool = False

    @property
    def nbytes(self) -> int:
        """Bytes that a copy would take."""
        return self.layout.nbytes

    @property
    def is_contiguous(self) -> bool:
        """Whether its elements lie one after the other, as torch sees it."""
        if self.layout.numel == 0:
            return True
        wanted = contiguous_strides(self.layout.shape)
        rows = zip(self.layout.shape, self.layout.stride, wanted, strict=True)
        return all(size == 1 or stride == needed for size, stride, needed in rows)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a structure has a tensor: its place in `Contents.tensors`."""

    tensor: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Where a structure has a value that only running something would make; what it is, in short."""

    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a file holds. format: "pt-zip", "pt-legacy", "safetensors", "npy", "npz"...

    metadata: what the file says about itself, as plain data. unsafe_globals: every global that a pickle would call or
    look up outside the ones that make tensors, as "module.name" spelled in the file, in the order of the file. others:
    names of values that are no tensors, with a short text. notes: honest remarks ("not sorted", "cut short").
    structure: what was saved as it was nested, of dicts (collections.OrderedDict where it was one), lists, tuples,
    sets, plain values, Leaf and Unread; None where a file has names only, or a reader does not tell. A copy is made
    from it.
    """

    path: str
    format: str
    nbytes: int
    tensors: tuple[StoredTensor, ...]
    storages: tuple[StoredStorage, ...]
    metadata: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    unsafe_globals: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    structure: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawForm:
    """How to take raw bytes. shape: sizes, one of them -1 for as many as there are; None: one dimension of all.

    offset: the first byte.
    """

    dtype: str
    shape: Sequence[int] | None = None
    offset: int = 0
    big_endian: bool = False


def letters(count: int) -> str:
    """The id of the storage that came so many after the first: 0 is A, 25 is Z, 26 is AA."""
    text = ""
    count += 1
    while count:
        count, rest = divmod(count - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
