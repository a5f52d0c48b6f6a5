"""What the workspace tree shows of a session, as rows: storages with their tensors, no memory, other values.

Must not know Qt, or what a person has opened or hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from tensorviz.core.contiguity import contiguity
from tensorviz.core.text import bytes_text, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts

Kind = Literal["storage", "list", "tensor", "section", "value"]
ROWS_KEPT = 4096  # most tensors are what they were before the last step
NO_MEMORY, OTHER = "No memory", "Other values"
MARKS = {
    "view": "a view",
    "gradient": "requires grad",
    "strided": "not contiguous",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row. key: stays the same while the row is the same. text: what it is called; about: what is known of it,
    short: the same where there is little room.

    name: of the tensor or value in the console, "" for others. storage: its letter. marks: keys of MARKS.
    """

    key: str
    kind: Kind
    text: str
    about: str = ""
    short: str = ""
    name: str = ""
    storage: str | None = None
    marks: tuple[str, ...] = ()
    variable: bool = False
    below: tuple[Row, ...] = field(default=(), compare=False)

    @property
    def spoken(self) -> str:
        """The row as one sentence."""
        called = self.name or self.text
        return ", ".join((f"{called}: {self.about}" if self.about else called, *(MARKS[mark] for mark in self.marks)))


def rows_of(facts: SessionFacts, wanted: str = "") -> tuple[Row, ...]:
    """The rows of a session. wanted: only tensors and values with this in their name, and what they stand under."""
    first: dict[int, str] = {}
    places: dict[str | None, list[Row]] = {}
    kept = wanted.casefold().strip()
    for tensor in facts.tensors:
        same = first.setdefault(tensor.identity, tensor.name)
        if kept in tensor.name.casefold():
            places.setdefault(tensor.storage, []).append(_tensor(tensor, "" if same == tensor.name else same))
    rows = [_storage(one, _in_lists(places[one.id], one.id)) for one in facts.storages if one.id in places]
    if None in places:
        rows.append(_section(NO_MEMORY, _in_lists(places[None], "")))
    values = tuple(_values(facts, kept))
    if values:
        rows.append(_section(OTHER, values))
    return tuple(rows)


@lru_cache(maxsize=ROWS_KEPT)
def _tensor(tensor: TensorFacts, same: str) -> Row:
    contiguous = contiguity(tensor.layout).holds
    held = (("view", tensor.is_view), ("gradient", tensor.requires_grad), ("strided", not contiguous))
    about = f"same tensor as {same}" if same else f"{tensor.shape_text} {tensor.dtype}"
    short = f"= {same}" if same else tensor.shape_text
    marks = tuple(mark for mark, holds in held if holds)
    return Row(tensor.name, "tensor", tensor.name, about, short, tensor.name, tensor.storage, marks, tensor.variable)


def _storage(storage: StorageFacts, below: tuple[Row, ...]) -> Row:
    where = "" if storage.device == "cpu" else f", {storage.device}"
    size = plural(storage.nbytes, "byte") if storage.nbytes < 1000 else bytes_text(storage.nbytes)
    title, short = f"storage {storage.id}", plural(storage.nbytes, "byte")
    return Row(f"{storage.id}:", "storage", title, size + where, short, storage=storage.id, below=below)


def _section(text: str, below: tuple[Row, ...]) -> Row:
    return Row(f"{text}:", "section", text, below=below)


def _in_lists(rows: Iterable[Row], storage: str) -> tuple[Row, ...]:
    """The rows, with those of one list under a row for it when there are several."""
    lists: dict[str, list[Row]] = {}
    for row in rows:
        lists.setdefault(_list_of(row.name), []).append(row)
    found: list[Row] = []
    for name, members in lists.items():
        if len(members) == 1 or "[" not in members[-1].name:
            found += members
        else:
            found.append(_list(name, members, storage))
    return tuple(found)


def _list(name: str, members: list[Row], storage: str) -> Row:
    short = tuple(replace(row, text=row.name.removeprefix(name)) for row in members)
    return Row(f"{storage}:{name}", "list", name, plural(len(members), "tensor"), storage=storage or None, below=short)


def _list_of(name: str) -> str:
    """The list or dict that a tensor is in: "parts" of "parts[0]"; a variable stands for itself."""
    return name.partition("[")[0]


def _values(facts: SessionFacts, kept: str) -> Iterator[Row]:
    """Variables that are no tensors; lists whose tensors are listed are shown there."""
    shown = {_list_of(tensor.name) for tensor in facts.tensors if "[" in tensor.name}
    for name, value in facts.other:
        if name not in shown and kept in name.casefold():
            yield Row(f"{OTHER}:{name}", "value", name, value, name=name, variable=True)
