"""What is known of the memory that is pointed at: value, formula, bytes, bits, and every index that lies on it.

Must not know Qt, or who points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import decode, hex_text, unpacked
from tensorviz.core.number_text import number_text
from tensorviz.core.text import count_text
from tensorviz.ui.state.memory import as_read
from tensorviz.ui.state.pointing import MOST_INDICES, MOST_STEPS, count_on, indices_on
from tensorviz.ui.tensors.inspector_bits import bit_lines
from tensorviz.ui.tensors.inspector_lines import Line, Span, line, numbers
from tensorviz.ui.tensors.inspector_text import formula_lines

if TYPE_CHECKING:
    from tensorviz.core.dtypes import DType
    from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts
    from tensorviz.ui.state.memory import MemoryState
    from tensorviz.ui.state.pointing import Index, Pointed

MOST_SHOWN = 12  # indices
MOST_LOOKED_AT = 256  # tensors of one storage
ON_ITS_WAY, LOST = "...", "could not be read"

Place = tuple[str, tuple[int, ...]]  # a tensor's name and an index


@dataclass(frozen=True, slots=True)
class ElementText:
    """The lines, and where their links lead: link "0" to places[0]."""

    lines: tuple[Line, ...]
    places: tuple[Place, ...] = ()


def element_text(pointed: Pointed, facts: SessionFacts, memory: MemoryState) -> ElementText:
    """What is said of the memory that is pointed at; the storage is one of `facts`."""
    tensor = facts.tensor(pointed.tensor) if pointed.tensor else None
    inside = tensor is not None and tensor.storage == pointed.storage and _inside(tensor, pointed.index)
    storage = facts.storage(pointed.storage)
    assert storage is not None, "said by the caller"
    if tensor is not None and inside:
        head = _element(tensor, pointed, storage, memory)
    else:
        head = _cell(pointed, storage, memory)
    seen, places = _seen_as(pointed, facts, inside)
    return ElementText((*head, *seen), places)


def place_text(name: str, index: Index) -> str:
    """The element as it is written: "points[1, 0]"; a scalar is its name."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _inside(tensor: TensorFacts, index: Index) -> bool:
    shape = tensor.layout.shape
    return len(index) == len(shape) and all(0 <= i < size for i, size in zip(index, shape, strict=True))


def _element(tensor: TensorFacts, pointed: Pointed, storage: StorageFacts, memory: MemoryState) -> list[Line]:
    raw = _raw(pointed, memory)
    lines = [
        Line("", (Span(place_text(tensor.name, pointed.index), number=True, strong=True),)),
        line("value", _value(raw, tensor.kind, tensor), Span(f"  {tensor.dtype}", "muted")),
        *formula_lines(tensor, pointed.index),
    ]
    if isinstance(raw, bytes) and (tensor.conjugated or tensor.negated):
        lines.insert(2, line("in the file" if storage.source else "in memory", _value(raw, tensor.kind)))
    return [*lines, *_bytes(pointed, raw, tensor.kind, storage)]


def _raw(pointed: Pointed, memory: MemoryState) -> bytes | str:
    """The bytes, or why there are none yet."""
    raw = memory.raw(pointed.storage, pointed.start, pointed.stop)
    if raw is not None:
        return raw
    return LOST if memory.is_lost(pointed.storage, pointed.start, pointed.stop) else ON_ITS_WAY


def _cell(pointed: Pointed, storage: StorageFacts, memory: MemoryState) -> list[Line]:
    raw = _raw(pointed, memory)
    fits = pointed.stop - pointed.start == storage.kind.itemsize
    cell = f", cell {pointed.start // storage.kind.itemsize}" if fits else ""
    lines = [Line("", (Span(f"storage {storage.id}{cell}", strong=True),))]
    if not fits:
        return [*lines, line("bytes", numbers(f"{pointed.start}..{pointed.stop}"))]
    value = line("value", _value(raw, storage.kind), Span(f"  read as {storage.dtype}", "muted"))
    return [*lines, value, *_bytes(pointed, raw, storage.kind, storage)]


def _value(raw: bytes | str, kind: DType, tensor: TensorFacts | None = None) -> Span:
    if isinstance(raw, str):
        return Span(raw, "warning" if raw == LOST else "muted")
    if kind.kind == "packed":
        return Span(", ".join(f"{value:g}" for value in unpacked(raw[0])), number=True, strong=True)
    value = decode(raw, kind)
    value = value if tensor is None else as_read(value, tensor)
    return Span(number_text(value, kind).text, number=True, strong=True)


def _bytes(pointed: Pointed, raw: bytes | str, kind: DType, storage: StorageFacts) -> list[Line]:
    span = f"{pointed.start}..{pointed.stop}"
    where = [line("byte", numbers(span), Span(f"  of storage {pointed.storage}", "muted"))]
    if storage.start is not None:
        there = numbers(f"{storage.start + pointed.start}..{storage.start + pointed.stop}")
        where.append(line("in file", there, Span(f"  of {storage.source}", "muted")))
    if isinstance(raw, str):
        return where
    return [*where, line("hex", numbers(hex_text(raw))), *bit_lines(raw, kind)]


def _seen_as(pointed: Pointed, facts: SessionFacts, inside: bool) -> tuple[list[Line], tuple[Place, ...]]:
    """Every other index on the same bytes, up to MOST_SHOWN, and how many there are beyond."""
    own = (pointed.tensor, pointed.index) if inside else None
    found, count, complete = _places(pointed, facts, own)
    title = "also seen as" if inside else "seen as"
    if not found and (count or not complete):
        some = f"{count_text(count)} elements" if complete else "Elements of a layout that is too long to search"
        return [line("", Span(f"{some} may lie here.", "muted"))], ()
    if not found:
        nothing = "No other element lies here." if inside else "No tensor reaches this cell."
        return [line("", Span(nothing, "muted"))], ()
    spans: list[Span] = []
    for number, (name, index) in enumerate(found):
        comma = "," if number < len(found) - 1 or count > len(found) else ""
        spans += [Span(place_text(name, index), "accent", number=True, link=str(number)), Span(f"{comma} ")]
    if count > len(found) or not complete:
        spans.append(Span(_rest(count - len(found), complete), "muted"))
    return [line("", Span(title, "muted")), line("", *spans)], tuple(found)


def _rest(count: int, complete: bool) -> str:
    said = f"and {count_text(max(count, 1))} more"
    return said if complete else f"{said} at least"


def _places(pointed: Pointed, facts: SessionFacts, own: Place | None) -> tuple[list[Place], int, bool]:
    """Places to show, how many were found, and whether these are all."""
    found: list[Place] = []
    count, complete, looked_at = 0, True, 0
    for tensor in facts.tensors:
        if tensor.storage != pointed.storage:
            continue
        looked_at += 1
        if looked_at > MOST_LOOKED_AT:
            return found, count, False
        indices = indices_on(tensor, pointed.storage, pointed.start, pointed.stop)
        others = [(tensor.name, index) for index in indices if (tensor.name, index) != own]
        count += len(others)
        if len(indices) == MOST_INDICES or tensor.layout.search_steps > MOST_STEPS:
            all_of_them = count_on(tensor, pointed.storage, pointed.start, pointed.stop)
            complete = complete and all_of_them is not None
            known = len(indices) if all_of_them is None else all_of_them - (own is not None and own[0] == tensor.name)
            count += known - len(others)
        found += others[: MOST_SHOWN - len(found)]
    return found, count, complete
