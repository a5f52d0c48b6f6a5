"""The canvas as a whole: rows of cells, the lanes under each row, what is at a point and where a thing is.

Must not know Qt or painting. The origin is the left edge of the cells; nothing is listed, so a storage may have 2**40
cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.core.canvas_geometry import Detail, Rows
from tensorviz.core.canvas_tops import Extra, RowTops
from tensorviz.core.lane_picture import POLE, STRIP, SUMMARY, TRACK, UNDER_STRIP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.lanes import Lane

FULL_GAP, COMPACT_HEIGHT, COMPACT_STRIP = 8.0, 16.0, 10.0
UNDER_CELLS, AFTER_ROW = 4.0, 18.0
MOST_FULL = 4  # lanes that are all drawn in full
RULER, TALL_CELL, LOW_CELL = 30.0, 34.0, 18.0


@dataclass(frozen=True)
class Placed:
    """A lane under a row: its number in the scene, its top below the row's top, its height, its tracks."""

    number: int
    top: float
    height: float
    tracks: tuple[int, ...]

    @property
    def strip_top(self) -> float:
        """Where the places of its elements begin, below the row's top."""
        return self.top + (FULL_GAP + POLE if self.height > COMPACT_HEIGHT else (COMPACT_HEIGHT - COMPACT_STRIP) / 2)

    @property
    def strip_height(self) -> float:
        """How high the places of its elements are."""
        return STRIP if self.height > COMPACT_HEIGHT else COMPACT_STRIP


@dataclass(frozen=True)
class Hit:
    """What is at a point: a cell, or an element of lane `number`; the names of a lane have neither."""

    row: int
    address: int | None = None
    number: int | None = None
    element: int | None = None


class SceneLane:
    """A lane and the rows it needs room in. full: with hops and bracket; else its places only, and low."""

    def __init__(self, lane: Lane, full: bool, rows: Rows) -> None:
        self.lane, self.full = lane, full
        layout, scale = lane.layout, lane.scale
        start, stop = layout.extent
        self.empty = start >= stop
        self.rows = (0, 1) if self.empty else _rows_of(start * scale, stop * scale, rows)
        self.tracks: dict[int, tuple[int, int]] = {}
        for dim in lane.hop_dims if full and not self.empty else ():
            ends = (layout.offset, layout.offset + (layout.shape[dim] - 1) * layout.stride[dim])
            low, high = ((end + 0.5) * scale for end in sorted(ends))
            if layout.stride[dim] == 0:
                low = layout.offset * scale
                self.tracks[dim] = (int(low // rows.per_row), int(low // rows.per_row) + 1)
            else:
                self.tracks[dim] = _rows_of(low, high, rows)

    @property
    def height(self) -> float:
        """The height without tracks."""
        if not self.full:
            return COMPACT_HEIGHT
        return FULL_GAP + POLE + STRIP + UNDER_STRIP + (0.0 if self.empty else SUMMARY)

    def extras(self) -> Iterator[Extra]:
        """The room it takes."""
        yield Extra(*self.rows, self.height)
        for first, stop in self.tracks.values():
            yield Extra(first, stop, TRACK)

    def tracks_in(self, row: int) -> tuple[int, ...]:
        """The dimensions that have a track under a row, the innermost first."""
        return tuple(dim for dim, (first, stop) in self.tracks.items() if first <= row < stop)


def _rows_of(low: float, high: float, rows: Rows) -> tuple[int, int]:
    """The rows that positions low..high have something in."""
    return int(low // rows.per_row), int(-(-high // rows.per_row))


class CanvasScene:
    """A storage on the canvas. `lanes`: with whether each is drawn in full."""

    def __init__(self, rows: Rows, lanes: tuple[tuple[Lane, bool], ...] = ()) -> None:
        self.rows = rows
        self.lanes = tuple(SceneLane(lane, full, rows) for lane, full in lanes)
        self.count = max(rows.count, 1)
        base = rows.ruler_height + rows.cell_height + UNDER_CELLS + AFTER_ROW
        self.tops = RowTops(self.count, base, (extra for lane in self.lanes for extra in lane.extras()))
        self._placed: dict[int, tuple[Placed, ...]] = {}

    @cached_property
    def width(self) -> float:
        """The width of a full row of cells."""
        return self.rows.width

    @property
    def height(self) -> float:
        """The height of everything."""
        return self.tops.total

    def placed(self, row: int) -> tuple[Placed, ...]:
        """The lanes under a row, from the top."""
        if row not in self._placed:
            if len(self._placed) > 4096:
                self._placed.clear()
            self._placed[row] = tuple(self._place(row))
        return self._placed[row]

    def _place(self, row: int) -> Iterator[Placed]:
        y = self.rows.ruler_height + self.rows.cell_height + UNDER_CELLS
        for number, lane in enumerate(self.lanes):
            if lane.rows[0] <= row < lane.rows[1]:
                tracks = lane.tracks_in(row)
                height = lane.height + TRACK * len(tracks)
                yield Placed(number, y, height, tracks)
                y += height

    def rectangle(self, address: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a cell."""
        row, column = self.rows.place(address)
        top = self.tops.top(row) + self.rows.ruler_height
        return self.rows.x_of(column), top, self.rows.cell_width, self.rows.cell_height

    def element_rectangles(self, number: int, element: int) -> Iterator[tuple[float, float, float, float]]:
        """Where an element of a lane is drawn: one rectangle, or more when it goes on in the next row."""
        scale = self.lanes[number].lane.scale
        start, stop = element * scale, (element + 1) * scale
        for row in range(*_rows_of(start, stop, self.rows)):
            low, high = self.rows.window(row)
            place = next((one for one in self.placed(row) if one.number == number), None)
            if place is not None:
                left, right = (self.rows.x_of(min(max(end, low), high) - low) for end in (start, stop))
                yield left, self.tops.top(row) + place.strip_top, right - left, place.strip_height

    def address_at(self, x: float, y: float) -> int | None:
        """The cell at a point, its ruler included; None beside the cells and on lanes."""
        hit = self.hit(x, y)
        return None if hit is None else hit.address

    def hit(self, x: float, y: float) -> Hit | None:
        """What is at a point; left of 0 are the names of lanes."""
        row = self.tops.row_at(y)
        if row is None:
            return None
        below = y - self.tops.top(row)
        column = int(x // self.rows.cell_width)
        start, stop = self.rows.window(row)
        inside = x >= 0 and start + column < stop
        if below < self.rows.ruler_height + self.rows.cell_height:
            return Hit(row, start + column) if inside else Hit(row)
        place = next((one for one in self.placed(row) if one.top <= below < one.top + one.height), None)
        if place is None:
            return Hit(row)
        if not inside:
            return Hit(row, number=place.number)
        scale = self.lanes[place.number].lane.scale
        return Hit(row, number=place.number, element=int((start + x / self.rows.cell_width) // scale))


def rows_for(cells: int, cell_bytes: int, cell_width: float, per_row: int) -> Rows:
    """The rows of a canvas: how high cells are follows from what fits into their width."""
    low = Rows(cells, per_row, cell_width).detail is not Detail.VALUES
    height = LOW_CELL if low else TALL_CELL
    return Rows(cells, per_row, cell_width, height, RULER, RULER + height + AFTER_ROW, 0.0, cell_bytes)
