"""What a file of tensors says before a value is read, as data.

Must not know how it is found out (tensorviz.core.checkpoint_layout does that).
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.checkpoint_refusals import Refusal
from tensorviz.core.checkpoint_tree import Module
from tensorviz.core.stored import StoredStorage, StoredTensor


@dataclass(frozen=True, slots=True)
class StorageUse:
    """A storage, the tensors that look at it, and how many of its bytes they reach, each counted once.

    used: None where counting is not affordable (rare layouts of overlapping strides).
    """

    storage: StoredStorage
    tensors: tuple[StoredTensor, ...]
    used: int | None

    @property
    def wasted(self) -> int:
        """Bytes that no tensor reaches; 0 where that is not known."""
        return 0 if self.used is None else self.storage.nbytes - self.used


@dataclass(frozen=True, slots=True)
class DTypeShare:
    """How many tensors, elements and bytes of the file are of one element type."""

    dtype: str
    tensors: int
    elements: int
    nbytes: int


@dataclass(frozen=True)
class Analysis:
    """Everything that names, layouts and storages tell. elements: of all tensors by name, tied ones each time.

    tied: groups of names with one and the same layout on one storage. sharing: names that have a byte of memory in
    common with another without being the same. sentences: what a person should know, the gravest first.
    """

    storages: tuple[StorageUse, ...]
    elements: int
    tied: tuple[tuple[str, ...], ...]
    strided: tuple[str, ...]
    empty: tuple[str, ...]
    dtypes: tuple[DTypeShare, ...]
    refused: tuple[Refusal, ...]
    modules: Module
    sentences: tuple[str, ...]

    @property
    def wasted(self) -> int:
        """Bytes of storages that no tensor reaches, where that is known."""
        return sum(use.wasted for use in self.storages)
