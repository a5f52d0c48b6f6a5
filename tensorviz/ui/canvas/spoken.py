"""The canvas in words: a cell, an element, the storage with what is in sight of it.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.core.lanes import Lane
from tensorviz.core.text import count_text
from tensorviz.ui.state.memory import LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.layout import Layout
    from tensorviz.core.number_text import NumberText
    from tensorviz.core.session_data import StorageFacts, TensorFacts


MOST_LANES = 3  # that are told whole


def cell_words(storage: StorageFacts, address: int, value: NumberText | None) -> str:
    """A cell: "cell 3 of storage A, byte 12..16, float32: 3."."""
    size = storage.kind.itemsize
    where = f"cell {count_text(address)} of storage {storage.id}, byte {address * size}..{(address + 1) * size}"
    return f"{where}, {storage.dtype}: {_value(value)}"


def element_words(tensor: TensorFacts, index: tuple[int, ...], value: NumberText | None) -> str:
    """An element: "points[1, 0] = 5., address 0 + 1*2 + 0*1 = 2, byte 8..12"."""
    layout = tensor.layout
    where = f"address {layout.formula(index)}, {layout.bytes_in_words(index)}"
    times = _times(layout, layout.address(index))
    shared = f", a place that {count_text(times)} indices see" if times > 1 else ""
    return f"{tensor.name}[{', '.join(map(str, index))}] = {_value(value)}, {where}{shared}"


def _times(layout: Layout, address: int) -> int:
    try:
        return int(layout.glance.counts(address, address + 1)[0])
    except ValueRefused:  # a rare layout, for which it is too much to find out
        return 0


def _value(value: NumberText | None) -> str:
    if value is None:
        return "being read"
    if value is LOST:
        return "could not be read"
    return value.text if value.exact else f"about {value.text}"


def storage_words(
    storage: StorageFacts,
    window: tuple[int, int],
    lanes: Sequence[TensorFacts],
    at: str,
    values: Sequence[NumberText | None] = (),
    writable: bool = True,
) -> str:
    """The storage, the cells in sight, the tensors under it, and the cell that has the keyboard.

    values: what stands in the first cells in sight.
    """
    said = [f"Storage {storage.id}, {storage.title}."]
    said += [f"At {at}."] if at else []
    if storage.cells:
        said.append(f"In sight: cells {count_text(window[0])} to {count_text(window[1] - 1)}.")
    if values:
        more = " and so on" if window[1] - window[0] > len(values) else ""
        said.append(f"From cell {count_text(window[0])}: {', '.join(map(_value, values))}{more}.")
    names = ", ".join(one.name for one in lanes[:8]) + (f" and {len(lanes) - 8} more" if len(lanes) > 8 else "")
    said += [f"Lanes: {names}."] if lanes else []
    said += [_lane(one) for one in lanes[:MOST_LANES]]
    said += storage.remarks
    said += [] if at else [f"Arrow keys go from cell to cell{', Enter edits' if writable else ''}."]
    return " ".join(said)


def _lane(tensor: TensorFacts) -> str:
    """What a lane draws: where it begins, its hops, and what its bracket says."""
    sizes = zip(tensor.layout.shape, tensor.layout.stride, strict=True)
    dims = [(dim, size, stride) for dim, (size, stride) in enumerate(sizes) if size > 1]
    hops = [f"dimension {dim} has {size} indices {_apart(stride)}" for dim, size, stride in dims]
    lane = Lane(tensor.name, tensor.layout, tensor.dtype, tensor.kind.itemsize)
    return "; ".join((f"{tensor.name} begins at element {count_text(tensor.layout.offset)}", *hops, lane.summary)) + "."


def _apart(stride: int) -> str:
    return "on one place" if stride == 0 else f"{count_text(abs(stride))} apart{', backwards' if stride < 0 else ''}"
