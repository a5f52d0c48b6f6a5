"""What stands in the cells of one tensor's grid: texts and values by address, as far as memory is there.

Must not know where cells are, or how they are painted.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING

from tensorviz.core.colour_maps import ColourMap, ValueRange, map_over, range_of, range_of_all
from tensorviz.core.dtypes import Number, unpacked
from tensorviz.core.number_text import NumberText
from tensorviz.ui.state.memory import LOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.grids import GridLook, GridsState
    from tensorviz.ui.state.memory import MemoryState

ROUNDED = "~"
FIGURES = 7  # of a number, when as many as fit are asked for
MOST_CELLS = 50_000  # kept


@dataclass(frozen=True, slots=True)
class CellText:
    """One cell. text: with "~" before what was rounded. value: None for two numbers packed in one byte, and for "?",
    which stands for what could not be read.
    """

    text: str
    value: Number | None
    exact: bool


class GridCells:
    """The cells of a tensor as its look asks; forgets them when memory or the look says so."""

    def __init__(self, memory: MemoryState, grids: GridsState) -> None:
        self._memory, self._grids = memory, grids
        self._cells: dict[int, CellText] = {}
        self.tensor: TensorFacts | None = None
        self.look: GridLook | None = None
        self.longest = 1  # characters of a text so far
        self.rounded = False
        self._end = inf
        self.starved = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """So long new numbers may be laid out; then they are not known yet, and `starved` says so."""
        self._end, self.starved = perf_counter() + seconds, False
        try:
            yield
        finally:
            self._end = inf

    def show(self, tensor: TensorFacts, look: GridLook) -> None:
        """Another tensor, another state of it, or another way to look at it."""
        kept = self.tensor, self.look
        self.tensor, self.look = tensor, look
        if kept[0] is None or kept[1] is None or (kept[0].dtype, kept[1].numbers) != (tensor.dtype, look.numbers):
            self.longest = 1
        self.forget()

    def forget(self) -> None:
        """Memory changed: everything is looked up again."""
        self._cells.clear()
        self.rounded = False

    def at(self, address: int) -> CellText | None:
        """The cell at an address; None while its page is on its way."""
        found = self._cells.get(address)
        if found is None:
            if self._end != inf and (self.starved or perf_counter() > self._end):
                self.starved = True
                return None
            found = self._read(address)
            if found is not None:
                if len(self._cells) >= MOST_CELLS:
                    self._cells.clear()
                self._cells[address] = found
                self.longest = max(self.longest, len(found.text))
                self.rounded = self.rounded or not found.exact
        return found

    def _read(self, address: int) -> CellText | None:
        tensor, look = self.tensor, self.look
        if tensor is None or look is None or tensor.storage is None:
            return None
        value = self._memory.element(tensor, address)
        if value is None:
            lost = self._memory.element_text(tensor, address) is LOST
            return CellText(LOST.text, None, True) if lost else None
        text = self._text(tensor, look, address, value)
        if text is None:
            return None
        shown = text.text if text.exact or text.text == "#" else ROUNDED + text.text
        return CellText(shown, None if tensor.kind.kind == "packed" else value, text.exact)

    def _text(self, tensor: TensorFacts, look: GridLook, address: int, value: Number) -> NumberText | None:
        if tensor.kind.kind == "packed":
            return NumberText(" ".join(f"{part:g}" for part in unpacked(int(value.real))))
        if look.numbers.kind == "fit" and tensor.kind.kind != "complex":
            return self._memory.element_text(tensor, address, FIGURES)
        return look.numbers.text(value, tensor.kind, look.numbers.wants(tensor.kind, FIGURES))

    def visible_range(self, addresses: Iterable[int]) -> ValueRange | None:
        """The range of the known values at these addresses."""
        cells = (self._cells.get(address) for address in addresses)
        return range_of(cell.value for cell in cells if cell is not None and cell.value is not None)

    def colours(self, dark: bool, seen: ValueRange | None, always: bool = False) -> tuple[ColourMap, ValueRange | None]:
        """The colour map, and the range that it shows; "off" while nothing is known, or no colours are asked for.

        always: cells that are too small for numbers have colours even then.
        """
        tensor, look = self.tensor, self.look
        if tensor is None or look is None or (look.scale == "off" and not always):
            return ColourMap("off", 0, 0, dark), None
        found = self._range(tensor, look, seen)
        scale = "sequential" if look.scale == "off" else look.scale
        return (ColourMap("off", 0, 0, dark), None) if found is None else (map_over(scale, found, dark), found)

    def _range(self, tensor: TensorFacts, look: GridLook, seen: ValueRange | None) -> ValueRange | None:
        if look.source == "set" and look.limits is not None:
            return look.limits
        statistics = self._grids.statistics(tensor) if look.source == "all" else None
        return seen if statistics is None else range_of_all(statistics) or seen
