"""Where rows of different heights begin, exactly, for any number of rows: heights change at few places only.

Must not know what is in the rows.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Extra:
    """Something that makes the rows first..stop-1 higher by `height`."""

    first: int
    stop: int
    height: float


class RowTops:
    """The tops of `count` rows that are `base` high, and higher where extras lie.

    Rows between two edges of extras are of one height, so only the edges are kept: exact for 2**40 rows as for ten.
    """

    def __init__(self, count: int, base: float, extras: Iterable[Extra] = ()) -> None:
        self.count = count
        changes: dict[int, float] = {0: base}
        for extra in extras:
            first, stop = max(extra.first, 0), min(extra.stop, count)
            if first < stop:
                changes[first] = changes.get(first, 0.0) + extra.height
                changes[stop] = changes.get(stop, 0.0) - extra.height
        self._rows = sorted(row for row in changes if row < max(count, 1))
        self._heights: list[float] = []
        self._tops: list[float] = []
        height, top, before = 0.0, 0.0, 0
        for row in self._rows:
            top += (row - before) * height
            height = round(height + changes[row], 3)  # sums of floats that should cancel do not always
            before = row
            self._heights.append(height)
            self._tops.append(top)
        self.total = top + (count - before) * height

    def top(self, row: int) -> float:
        """The top of a row; for `count` the end of the last."""
        at = bisect_right(self._rows, row) - 1
        return self._tops[at] + (row - self._rows[at]) * self._heights[at]

    def height(self, row: int) -> float:
        """The height of a row."""
        return self._heights[bisect_right(self._rows, row) - 1]

    def row_at(self, y: float) -> int | None:
        """The row at a height; None above the first and below the last."""
        if not 0 <= y < self.total:
            return None
        at = bisect_right(self._tops, y) - 1
        row = self._rows[at] + int((y - self._tops[at]) // self._heights[at])
        return min(row, self.count - 1)

    def visible(self, top: float, bottom: float) -> range:
        """The rows of which something lies between two heights."""
        if bottom <= 0 or top >= self.total:
            return range(0)
        first = self.row_at(max(top, 0.0))
        last = self.row_at(min(bottom, self.total))
        last = self.count - 1 if last is None else last
        if first is None:
            return range(0)
        return range(first, last if last > first and self.top(last) >= bottom else last + 1)
