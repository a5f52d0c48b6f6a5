"""Where the cells of a storage lie when it is wrapped into rows, what its ruler says, and how much detail fits.

Must not know Qt or what is painted: positions in pixels of the canvas, addresses in cells; any length, nothing listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from tensorviz.core.layout import Layout

TEXT_WIDTH, CELL_WIDTH = 22.0, 4.0  # below these, cells have no text; cells are not drawn one by one
CHARACTER = 6.6  # of a figure in a ruler, in pixels
STEPS = tuple(step * 10**power for power in range(19) for step in (1, 2, 5))
ROUND_TO = ((256, 256), (128, 64), (64, 32), (32, 16), (16, 8), (4, 4))  # (from so many cells on, multiples of)


class Detail(Enum):
    """How much of a cell is drawn."""

    VALUES = "values"  # a box with its number
    CELLS = "cells"  # a box
    BANDS = "bands"  # several cells to a pixel: how many of them are reached


@dataclass(frozen=True)
class Mark:
    """One place on the ruler: the cell, the pixel of its left edge, its address in elements and in bytes."""

    address: int
    x: float
    element: str
    byte: str


@dataclass(frozen=True)
class Band:
    """Cells start..stop-1 drawn as one: how many of them are reached (None: not known without counting too many)."""

    start: int
    stop: int
    reached: int | None


@dataclass(frozen=True)
class Rows:
    """A storage of `cells` cells wrapped into rows of `per_row`; all rows are of one height.

    `left`: pixels before the first cell. `row_height` includes ruler, cells, lanes and the gap to the next row;
    the cells begin `ruler_height` below a row's top.
    """

    cells: int
    per_row: int
    cell_width: float
    cell_height: float = 34.0
    ruler_height: float = 30.0
    row_height: float = 80.0
    left: float = 0.0
    cell_bytes: int = 4

    def __post_init__(self) -> None:
        if self.per_row < 1 or self.cell_width <= 0 or self.row_height <= 0 or self.cells < 0:
            raise ValueRefused(f"Rows of {self.per_row} cells were asked for.", "A row has at least one cell.")

    @property
    def count(self) -> int:
        """The number of rows; an empty storage has none."""
        return -(-self.cells // self.per_row)

    @property
    def height(self) -> float:
        """The height of all rows."""
        return self.count * self.row_height

    @property
    def width(self) -> float:
        """The width of a full row."""
        return self.left + min(self.per_row, self.cells) * self.cell_width

    @property
    def detail(self) -> Detail:
        """What fits into a cell of this width."""
        if self.cell_width >= TEXT_WIDTH:
            return Detail.VALUES
        return Detail.CELLS if self.cell_width >= CELL_WIDTH else Detail.BANDS

    def window(self, row: int) -> tuple[int, int]:
        """The addresses start..stop-1 in a row."""
        return row * self.per_row, min((row + 1) * self.per_row, self.cells)

    def place(self, address: int) -> tuple[int, int]:
        """Row and column of a cell."""
        return divmod(address, self.per_row)

    def rectangle(self, address: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a cell."""
        row, column = self.place(address)
        return self.x_of(column), row * self.row_height + self.ruler_height, self.cell_width, self.cell_height

    def x_of(self, column: float) -> float:
        """The pixel of a column's left edge; fractions lie inside a cell."""
        return self.left + column * self.cell_width

    def address_at(self, x: float, y: float) -> int | None:
        """The cell under a point (its lanes count as under it); None beside the cells."""
        row, column = int(y // self.row_height), int((x - self.left) // self.cell_width)
        if x < self.left or not 0 <= row < self.count or not 0 <= column < self.per_row:
            return None
        address = row * self.per_row + column
        return address if address < self.cells else None

    def visible(self, top: float, bottom: float) -> range:
        """The rows that a stretch of the canvas shows."""
        first = max(int(top // self.row_height), 0)
        return range(first, min(int(-(-bottom // self.row_height)), self.count))

    def ruler(self, row: int, left: float = 0.0, right: float = float("inf")) -> list[Mark]:
        """The marks of a row between two pixels, as dense as their texts allow, at round columns."""
        start, stop = self.window(row)
        step = self._step(stop)
        first = max(int((left - self.left) // self.cell_width) // step * step, 0)
        end = min(stop - start, int((min(right, self.width) - self.left) // self.cell_width) + 1)
        return [self._mark(start + column, column) for column in range(first, end, step)]

    def _mark(self, address: int, column: int) -> Mark:
        return Mark(address, self.x_of(column), f"{address:,}", f"{address * self.cell_bytes:,}")

    def _step(self, largest: int) -> int:
        widest = (len(f"{largest * self.cell_bytes:,}") + 1) * CHARACTER
        step = 1
        for step in STEPS:
            if step * self.cell_width >= widest:
                break
        return step

    def bands(self, layout: Layout, row: int, pixels: float = 2.0) -> list[Band]:
        """A row in stretches about `pixels` wide, and how many cells of each the layout reaches, without listing them.

        `layout` counts in cells of this canvas.
        """
        start, stop = self.window(row)
        each = max(int(pixels / self.cell_width), 1)
        edges = [*range(start, stop, each), stop]
        below = [layout.glance.below(edge) for edge in edges]
        pairs = zip(edges, edges[1:], below, below[1:], strict=False)
        return [Band(a, b, None if low is None or high is None else high - low) for a, b, low, high in pairs]


def per_row_for(width: float, cell_width: float, cells: int) -> int:
    """How many cells a row of that width holds: all of them if they fit, else a round number that does."""
    fitting = max(int(width // cell_width), 1)
    if cells <= fitting:
        return max(cells, 1)
    unit = next((unit for least, unit in ROUND_TO if fitting >= least), 1)
    return fitting // unit * unit
