"""Where the cells of a grid lie, in whole pixels: nested lines with gaps, and panels that wrap into a width.

Must not know memory, values, or how anything is drawn. Positions are unbounded integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.core.grid_map import GridPlan, digits_of, ordinal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.grid_map import Index

Rect = tuple[int, int, int, int]  # x, y, width, height


@dataclass(frozen=True)
class Axis:
    """Lines beside each other: `sizes` outermost first, each line `cell` pixels, a `gap` more at each outer step.

    The gap grows by `gap` with every level further out, so that blocks of blocks stand out.
    """

    sizes: tuple[int, ...]
    cell: int
    gap: int = 0

    @cached_property
    def count(self) -> int:
        """How many lines there are."""
        return math.prod(self.sizes)

    @cached_property
    def _extents(self) -> tuple[int, ...]:
        """How long a block of each level is; the last is a line."""
        found = [self.cell]
        for level in range(len(self.sizes) - 1, -1, -1):
            size = self.sizes[level]
            found.append(size * found[-1] + max(size - 1, 0) * self._gap(level))
        return tuple(reversed(found))

    def _gap(self, level: int) -> int:
        return self.gap * (len(self.sizes) - 1 - level)

    @cached_property
    def _steps(self) -> tuple[int, ...]:
        return tuple(self._extents[level + 1] + self._gap(level) for level in range(len(self.sizes)))

    @property
    def length(self) -> int:
        """Pixels from the first line to the end of the last."""
        return self._extents[0]

    def place(self, ordinal: int) -> int:
        """Where a line begins."""
        if len(self.sizes) == 1:
            return ordinal * self.cell
        return sum(i * step for i, step in zip(digits_of(ordinal, self.sizes), self._steps, strict=True))

    def below(self, position: int) -> int:
        """The last line that begins at or before a position; the first one for positions before it."""
        digits, left = [], max(position, 0)
        for size, step in zip(self.sizes, self._steps, strict=True):
            digit = min(left // step, size - 1) if step else 0
            digits.append(digit)
            left -= digit * step
        return ordinal_of(digits, self.sizes)

    def at(self, position: int) -> int | None:
        """The line at a position; None in a gap and outside."""
        if not self.count or not 0 <= position < self.length:
            return None
        found = self.below(position)
        return found if position - self.place(found) < self.cell else None

    def window(self, start: int, stop: int) -> tuple[int, int]:
        """The lines first..last-1 that may have pixels in start..stop-1."""
        if not self.count or stop <= 0 or start >= self.length or stop <= start:
            return 0, 0
        return self.below(start), self.below(stop - 1) + 1


@dataclass(frozen=True)
class Piece:
    """A panel in sight. x, y: its corner in the grid's own pixels; rows, columns: first and past the last in sight."""

    panel: int
    x: int
    y: int
    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True)
class GridGeometry:
    """A grid in pixels from its own corner. row_head: width of the row indices; column_head, caption: heights.

    width: the room in which panels wrap.
    """

    plan: GridPlan
    cell_width: int
    cell_height: int
    row_head: int = 0
    column_head: int = 0
    caption: int = 0
    gap: int = 3
    between: int = 12
    width: int = 0

    @cached_property
    def rows(self) -> Axis:
        """The rows of a panel."""
        return Axis(self.plan.sizes("rows"), self.cell_height, self.gap)

    @cached_property
    def columns(self) -> Axis:
        """The columns of a panel."""
        return Axis(self.plan.sizes("columns"), self.cell_width, self.gap)

    @property
    def panel_width(self) -> int:
        """A panel with its row indices."""
        return self.row_head + self.columns.length

    @property
    def panel_height(self) -> int:
        """A panel with its caption and column indices."""
        return self.caption + self.column_head + self.rows.length

    @property
    def per_line(self) -> int:
        """How many panels stand beside one another; as many as fit, one at least."""
        fitting = (self.width + self.between) // (self.panel_width + self.between)
        return max(1, min(fitting, self.plan.panels))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of all panels."""
        if self.plan.empty:
            return 0, 0
        across, down = self.per_line, -(-self.plan.panels // self.per_line)
        return (
            across * self.panel_width + (across - 1) * self.between,
            down * self.panel_height + (down - 1) * self.between,
        )

    def corner(self, panel: int) -> tuple[int, int]:
        """Where a panel begins."""
        down, across = divmod(panel, self.per_line)
        return across * (self.panel_width + self.between), down * (self.panel_height + self.between)

    def rect(self, index: Index) -> Rect | None:
        """The cell of an element; None while a slider stands at another index."""
        cell = self.plan.cell(index)
        return None if cell is None else self.cell_rect(*cell)

    def cell_rect(self, panel: int, row: int, column: int) -> Rect:
        """A cell by its panel, row and column."""
        x, y = self.corner(panel)
        left, top = x + self.row_head, y + self.caption + self.column_head
        return left + self.columns.place(column), top + self.rows.place(row), self.cell_width, self.cell_height

    def index_at(self, x: int, y: int) -> Index | None:
        """The element at a point; None between cells."""
        panel = self._panel_at(x, y)
        if panel is None:
            return None
        left, top = self.corner(panel)
        column = self.columns.at(x - left - self.row_head)
        row = self.rows.at(y - top - self.caption - self.column_head)
        return None if row is None or column is None else self.plan.index(panel, row, column)

    def nearest(self, x: int, y: int) -> Index | None:
        """The element whose cell is near a point, for a pointer that left the grid while dragging; None when empty."""
        if self.plan.empty:
            return None
        across = min(max(x // (self.panel_width + self.between), 0), self.per_line - 1)
        down = max(y // (self.panel_height + self.between), 0)
        panel = min(down * self.per_line + across, self.plan.panels - 1)
        left, top = self.corner(panel)
        column = self.columns.below(x - left - self.row_head)
        return self.plan.index(panel, self.rows.below(y - top - self.caption - self.column_head), column)

    def _panel_at(self, x: int, y: int) -> int | None:
        if self.plan.empty or x < 0 or y < 0:
            return None
        across, down = x // (self.panel_width + self.between), y // (self.panel_height + self.between)
        panel = down * self.per_line + across
        return panel if across < self.per_line and panel < self.plan.panels else None

    def pieces(self, x: int, y: int, width: int, height: int) -> Iterator[Piece]:
        """What may be seen of each panel in a window on the grid."""
        if self.plan.empty or width <= 0 or height <= 0:
            return
        wide, high = self.panel_width + self.between, self.panel_height + self.between
        for down in range(max(y // high, 0), (y + height - 1) // high + 1):
            for across in range(max(x // wide, 0), min((x + width - 1) // wide + 1, self.per_line)):
                panel = down * self.per_line + across
                if panel >= self.plan.panels:
                    return
                left, top = across * wide, down * high
                inner_x, inner_y = x - left - self.row_head, y - top - self.caption - self.column_head
                rows = self.rows.window(inner_y, inner_y + height)
                yield Piece(panel, left, top, rows, self.columns.window(inner_x, inner_x + width))
