"""What a gesture on a grid means as code, which is what is run.

Must not know widgets, or who runs it.
"""

from __future__ import annotations

import re
from itertools import count, product
from typing import TYPE_CHECKING

from tensorviz.core.number_format import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.core.dtypes import Number
    from tensorviz.core.grid_map import Index
    from tensorviz.core.session_data import SessionFacts, TensorFacts
    from tensorviz.ui.state.pointing import Selection

MOST_COPIED = 10_000  # values put on the clipboard


def element(tensor: TensorFacts, index: Index) -> str:
    """An element as it is written: "x[1, 0]", "x[()]" for a single number."""
    return f"{tensor.name}[{', '.join(map(str, index)) or '()'}]"


def fill(tensor: TensorFacts, selection: Selection, value: str) -> str:
    """Writes a value into a part, in place; the whole tensor is filled, not named anew."""
    part = selection.code(tensor.layout.shape)
    if part == tensor.name:
        part = f"{part}[:]" if tensor.layout.ndim else f"{part}[()]"
    return f"{part} = {value}"


def new_view(tensor: TensorFacts, selection: Selection, facts: SessionFacts) -> str:
    """A part as a tensor of its own, under a free name."""
    part = selection.code(tensor.layout.shape)
    return f"{free_name(tensor.name, 'part', facts)} = {part if part != tensor.name else f'{part}[...]'}"


def transposed(tensor: TensorFacts, one: int, other: int, facts: SessionFacts) -> str:
    """Swaps two dimensions: of the variable itself, or under a free name for what lies in a list."""
    name = tensor.name if tensor.variable else free_name(tensor.name, "t", facts)
    return f"{name} = {tensor.name}.transpose({one}, {other})"


def free_name(name: str, ending: str, facts: SessionFacts) -> str:
    """A variable that does not exist yet: "x_part", "x_part2"; "parts[0]" gives "parts_0_t"."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "tensor"
    taken = {one.name for one in facts.tensors} | {other for other, _ in facts.other}
    taken |= {one.split("[")[0].split(".")[0] for one in taken}
    ways = (f"{plain}_{ending}{'' if number == 1 else number}" for number in count(1))
    return next(way for way in ways if way not in taken)


def cells_of(selection: Selection) -> int:
    """How many elements a part has."""
    cells = 1
    for first, stop in selection.ranges:
        cells *= stop - first
    return cells


def indices_of(selection: Selection) -> Iterable[Index]:
    """The elements of a part, last dimension fastest."""
    return product(*(range(*one) for one in selection.ranges))


def nested_list(tensor: TensorFacts, selection: Selection, value: Callable[[int], Number | None]) -> str | None:
    """The values of a part as a nested Python list; None while some are on their way.

    A dimension of which one index is selected has no brackets, as in the code of the part.
    """
    texts: list[str] = []
    whole = True
    for index in indices_of(selection):
        found = value(tensor.layout.address(index))
        whole = whole and found is not None
        texts.append("" if found is None else literal(found, tensor.kind))
    if not whole:
        return None
    shape = tensor.layout.shape
    sizes = [b - a for (a, b), size in zip(selection.ranges, shape, strict=True) if b - a != 1 or size == 1]
    for size in reversed(sizes):
        texts = [f"[{', '.join(texts[at : at + size])}]" for at in range(0, len(texts), size)] if size else ["[]"]
    return texts[0] if texts else "[]"
