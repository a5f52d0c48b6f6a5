"""Which memory is pointed at, and which is selected: one place for all drawings, so that all light up together.

Must not know widgets, or what is in the memory. Pointing goes many ways: bytes of a storage, and every index of every
tensor that lies on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import Layout

if TYPE_CHECKING:
    from tensorviz.core.session_data import SessionFacts, TensorFacts
    from tensorviz.ui.state.open_tensors import OpenTensors

MOST_INDICES = 64  # of one tensor on one place; an expanded tensor may have any number
MOST_STEPS = 1000  # of looking for an index; a rare layout may need a great many

Index = tuple[int, ...]
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Pointed:
    """Bytes start..stop-1 of a storage. tensor, index: the element that was pointed at; "" for a cell of storage."""

    storage: str
    start: int
    stop: int
    tensor: str = ""
    index: Index = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a tensor: the indices first..stop-1 of each dimension."""

    tensor: str
    ranges: Ranges

    def holds(self, index: Index) -> bool:
        """Whether an element is in it."""
        return all(first <= i < stop for i, (first, stop) in zip(index, self.ranges, strict=True))

    def layout(self, whole: Layout) -> Layout:
        """The part as a layout of its own, on the same storage."""
        offset = whole.offset + sum(first * s for (first, _), s in zip(self.ranges, whole.stride, strict=True))
        return Layout(tuple(b - a for a, b in self.ranges), whole.stride, offset, whole.itemsize)

    def code(self, shape: tuple[int, ...]) -> str:
        """The part as it is written: "x[1, 0:2]"; the tensor's name alone when it is all of it."""
        if self.ranges == tuple((0, size) for size in shape):
            return self.tensor
        parts = [_range_code(one, size) for one, size in zip(self.ranges, shape, strict=True)]
        while len(parts) > 1 and parts[-1] == ":":
            parts.pop()
        return f"{self.tensor}[{', '.join(parts)}]"


def _range_code(part: tuple[int, int], size: int) -> str:
    first, stop = part
    if (first, stop) == (0, size):
        return ":"
    if stop == first + 1:
        return str(first)
    return f"{first or ''}:{'' if stop == size else stop}"


class PointingState(QObject):
    """What is under the pointer and what is selected.

    Signals: pointed() when `hover` changed; selected() when `selection` did. The hover follows a pointer or the
    keyboard, or a walk through memory.
    """

    pointed = Signal()
    selected = Signal()

    def __init__(self, session: OpenTensors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.hover: Pointed | None = None
        self.selection: Selection | None = None
        session.changed.connect(self._forget_what_is_gone)

    def at_element(self, tensor: TensorFacts, index: Index) -> None:
        """Points at an element of a tensor."""
        if tensor.storage is not None:
            start, stop = tensor.layout.byte_range(index)
            self._point(Pointed(tensor.storage, start, stop, tensor.name, index))

    def at_cell(self, storage: str, address: int, itemsize: int) -> None:
        """Points at a cell of a storage."""
        self._point(Pointed(storage, address * itemsize, (address + 1) * itemsize))

    def leave(self) -> None:
        """Points at nothing."""
        self._point(None)

    def _point(self, pointed: Pointed | None) -> None:
        if pointed != self.hover:
            self.hover = pointed
            self.pointed.emit()

    def select(self, selection: Selection | None) -> None:
        """Selects a part of a tensor, or nothing."""
        if selection != self.selection:
            self.selection = selection
            self.selected.emit()

    def indices(self, tensor: TensorFacts) -> tuple[Index, ...]:
        """The elements of a tensor on the memory that is pointed at, up to MOST_INDICES."""
        hover = self.hover
        return () if hover is None else indices_on(tensor, hover.storage, hover.start, hover.stop)

    def count(self, tensor: TensorFacts) -> int | None:
        """How many elements of a tensor are on the memory that is pointed at; None where it is not known."""
        hover = self.hover
        return 0 if hover is None else count_on(tensor, hover.storage, hover.start, hover.stop)

    @Slot()
    def _forget_what_is_gone(self) -> None:
        facts = self._session.facts
        self._point(up_to_date(self.hover, facts))
        if self.selection is not None and not _still_fits(self.selection, facts):
            self.select(None)


def indices_on(tensor: TensorFacts, storage: str, start: int, stop: int) -> tuple[Index, ...]:
    """The indices of a tensor that have bytes among start..stop-1 of a storage, up to MOST_INDICES.

    None are found of a layout that takes long to search; `count_on` may still know how many there are.
    """
    if tensor.storage != storage or tensor.layout.search_steps > MOST_STEPS:
        return ()
    size = tensor.layout.itemsize
    found: list[Index] = []
    for address in range(start // size, -(-stop // size)):
        found.extend(islice(tensor.layout.indices_at(address), MOST_INDICES - len(found)))
        if len(found) >= MOST_INDICES:
            break
    return tuple(found)


def count_on(tensor: TensorFacts, storage: str, start: int, stop: int) -> int | None:
    """How many indices of a tensor have bytes among start..stop-1 of a storage; None where it is not known."""
    if tensor.storage != storage:
        return 0
    size = tensor.layout.itemsize
    try:
        counts = tensor.layout.glance.counts(start // size, -(-stop // size)).tolist()
    except ValueRefused:
        return None
    return None if any(count < 0 for count in counts) else int(sum(counts))


def up_to_date(pointed: Pointed | None, facts: SessionFacts) -> Pointed | None:
    """The same bytes: as a cell where the tensor's element lies elsewhere by now; None where the storage is gone."""
    if pointed is None or facts.storage(pointed.storage) is None:
        return None
    tensor = facts.tensor(pointed.tensor)
    if tensor is not None and tensor.storage == pointed.storage and _lies_on(tensor.layout, pointed):
        return pointed
    return Pointed(pointed.storage, pointed.start, pointed.stop)


def _lies_on(layout: Layout, pointed: Pointed) -> bool:
    index = pointed.index
    fits = len(index) == layout.ndim and all(i < size for i, size in zip(index, layout.shape, strict=True))
    return fits and layout.byte_range(index) == (pointed.start, pointed.stop)


def _still_fits(selection: Selection, facts: SessionFacts) -> bool:
    tensor = facts.tensor(selection.tensor)
    if tensor is None or len(selection.ranges) != tensor.layout.ndim:
        return False
    return all(stop <= size for (_, stop), size in zip(selection.ranges, tensor.layout.shape, strict=True))
