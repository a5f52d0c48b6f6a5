"""Which lane of the history each step is drawn in: a branch gets the next lane that is free beside it.

Must not know widgets.
"""

from __future__ import annotations

from dataclasses import dataclass

BEGINNING = 0  # the number of the state before the first step


@dataclass(slots=True)
class Lane:
    """The rows first..last of a lane; above it, it hangs on lane `of` at row `fork`."""

    first: int
    last: int
    of: int
    fork: int


class Lanes:
    """Steps are added in the order of their numbers; row 0 is the beginning."""

    def __init__(self) -> None:
        self.row_of: dict[int, int] = {BEGINNING: 0}
        self.lane_at: list[int] = [0]  # of each row
        self.parent_at: list[int] = [-1]  # the row of the step before, -1 for the beginning
        self.columns: dict[int, list[Lane]] = {0: [Lane(0, 0, 0, 0)]}
        self._has_child: set[int] = set()

    def add(self, number: int, parent: int) -> int:
        """Gives a step its row and lane; the first step after another goes on in its lane. The answer is the lane."""
        row, before = len(self.lane_at), self.row_of.get(parent, 0)
        lane = self.lane_at[before]
        if before in self._has_child:
            of, lane = lane, self._free_lane(before)
            self.columns.setdefault(lane, []).append(Lane(row, row, of, before))
        else:
            self.columns[lane][-1].last = row
        self._has_child.add(before)
        self.row_of[number] = row
        self.lane_at.append(lane)
        self.parent_at.append(before)
        return lane

    def _free_lane(self, fork: int) -> int:
        lane = 1
        while lane in self.columns and self.columns[lane][-1].last >= fork:
            lane += 1
        return lane

    @property
    def count(self) -> int:
        """How many lanes there are side by side."""
        return len(self.columns)

    def passing(self, row: int) -> list[tuple[int, Lane]]:
        """The lanes that are drawn in a row, with the stretch that is: from the row of its fork to its last step."""
        return [
            (column, lane) for column, lanes in self.columns.items() for lane in lanes if lane.fork <= row <= lane.last
        ]
