"""What a pickle describes, as inert data: names, tables, lists, tensors over storages. None of it does anything.

Must not know pickles' instructions, files or torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Value = Any  # what a pickle describes: plain Python data, and the classes below


@dataclass(frozen=True, slots=True)
class Global:
    """A name that the pickle looks up: "module.name" as the file spells it. Nothing was looked up."""

    name: str


@dataclass(slots=True, eq=False)
class Table:
    """A dict: its pairs in order, later ones winning. Nothing is hashed, since hashing hostile keys may never end."""

    ordered: bool = False
    pairs: list[tuple[Value, Value]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Bag:
    """A set."""

    items: list[Value]


@dataclass(slots=True, eq=False)
class Made:
    """What a call would make. call: the name called. state: what would be set on it; pairs, items: put into it."""

    call: str
    arguments: tuple[Value, ...] = ()
    state: list[Value] = field(default_factory=list)
    pairs: list[tuple[Value, Value]] = field(default_factory=list)
    items: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Saved:
    """A value put as text for people: NumPy arrays, devices, layouts, long texts that were passed over."""

    text: str


@dataclass(frozen=True, slots=True)
class StorageOf:
    """A storage that the pickle refers to. dtype: of its elements. offset: of a view into the storage `key`."""

    key: str
    dtype: str
    count: int
    device: str
    offset: int = 0


@dataclass(slots=True, eq=False)
class TensorOf:
    """A tensor over a storage, as the file has it; numbers not yet checked against the storage."""

    storage: StorageOf
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: str
    requires_grad: bool = False
    parameter: bool = False
    conjugated: bool = False
    negated: bool = False
    quantised: str = ""
    parts: list[tuple[str, Value]] = field(default_factory=list)  # what belongs to it, by name
