"""The cells that stay in sight over their lanes, and the place that is kept when lanes come and go."""

from __future__ import annotations

import pytest

from tensorviz.core.canvas_heading import heading_of, same_place
from tensorviz.core.canvas_scene import COMPACT_HEIGHT, CanvasScene, rows_for
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout

ROWS = rows_for(64, 4, 40.0, 16)


def scene(*names: str) -> CanvasScene:
    return CanvasScene(ROWS, tuple((Lane(name, Layout((64,), (1,))), False) for name in names))


MANY = tuple(f"v{n}" for n in range(20))


def test_nothing_is_kept_while_the_cells_are_in_sight() -> None:
    assert heading_of(scene(*MANY), 0.0, 400.0) is None
    assert heading_of(scene(*MANY), scene(*MANY).tops.top(1), 400.0) is None


def test_cells_are_kept_over_their_lanes_until_the_next_row_pushes_them_out() -> None:
    one = scene(*MANY)
    found = heading_of(one, 100.0, 400.0)
    assert found is not None
    assert (found.row, found.y) == (0, 0.0)
    end = one.tops.top(1)
    tops = [heading_of(one, end - 18 - away, 400.0) for away in (60, 30, 10)]
    assert [None if kept is None else kept.y for kept in tops] == [
        pytest.approx(min(0.0, away - found.height)) for away in (60, 30, 10)
    ]
    assert heading_of(one, end - 5, 400.0) is None


def test_a_low_window_keeps_nothing() -> None:
    assert heading_of(scene(*MANY), 100.0, 90.0) is None


def test_the_lane_at_the_top_stays_when_others_go() -> None:
    before, after = scene(*MANY), scene(*MANY[5:])
    at = before.placed(2)[8].top + 3
    top = same_place(before, after, before.tops.top(2) + at)
    assert top == after.tops.top(2) + after.placed(2)[3].top + 3
    gone = same_place(before, after, before.tops.top(2) + before.placed(2)[2].top)
    assert after.tops.top(2) <= gone <= after.tops.top(3)


def test_a_row_stays_when_rows_before_it_change() -> None:
    before, after = scene(*MANY), scene("v1")
    assert same_place(before, after, before.tops.top(3) + 10) == after.tops.top(3) + 10
    assert after.tops.top(3) == before.tops.top(3) - 3 * 19 * COMPACT_HEIGHT
