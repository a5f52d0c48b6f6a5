"""The cells of a row that stay in sight while its lanes are scrolled: which row, and how high they stand.

Must not know Qt or painting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.canvas_scene import AFTER_ROW, COMPACT_HEIGHT

if TYPE_CHECKING:
    from tensorviz.core.canvas_scene import CanvasScene

LEFT_FOR_LANES = 3 * COMPACT_HEIGHT  # of a window that is lower than this under the cells, nothing is kept


@dataclass(frozen=True)
class Heading:
    """The ruler and cells of `row`, `height` high, kept at `y` below the upper edge of the window.

    y is 0, or less while the next row pushes them out.
    """

    row: int
    y: float
    height: float


def heading_of(scene: CanvasScene, top: float, window: float) -> Heading | None:
    """What is kept when the plane is scrolled to `top` in a window so high; None while the cells are in sight."""
    row = scene.tops.row_at(top) if top > 0 else None
    if row is None or not scene.rows.cells:
        return None
    height = scene.rows.ruler_height + scene.rows.cell_height + 4
    above = top - scene.tops.top(row)
    below = scene.tops.height(row) - AFTER_ROW - above  # what of the row is in sight
    if above <= 0 or not scene.placed(row) or window < height + LEFT_FOR_LANES:
        return None
    y = min(0.0, below - height)
    return Heading(row, y, height) if y > -height else None


def same_place(before: CanvasScene, after: CanvasScene, top: float) -> float:
    """Where to scroll so that what was at `top` of a scene is there in another one of the same cells in as many rows.

    The row stays, or the lane that was there if it still is; else the nearest to it.
    """
    row = before.tops.row_at(top) if top > 0 else None
    if row is None or before.rows.per_row != after.rows.per_row or row >= after.count:
        return top
    below = top - before.tops.top(row)
    lane = next((one for one in before.placed(row) if one.top <= below < one.top + one.height), None)
    if lane is not None:
        name = before.lanes[lane.number].lane.name
        now = next((one for one in after.placed(row) if after.lanes[one.number].lane.name == name), None)
        below = below if now is None else now.top + min(below - lane.top, now.height)
    return after.tops.top(row) + min(below, after.tops.height(row))
