"""What the window asks of a layout: no table larger than a millisecond or two allows, and "not known" beyond."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tensorviz.core import reach
from tensorviz.core.canvas_geometry import per_row_for
from tensorviz.core.canvas_lanes import UNKNOWN, Part, has_gaps, window_of
from tensorviz.core.canvas_marks import path_to, reaches, runs_in
from tensorviz.core.canvas_scene import CanvasScene, rows_for
from tensorviz.core.canvas_walk import walkable
from tensorviz.core.errors import ValueRefused
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout
from tensorviz.core.reach import GLANCE, UNCOUNTED

DENSE = (
    Layout((1000, 1000, 1000), (700, 701, 699)),  # three dimensions that overlap over two million places
    Layout((300, 300, 300, 300), (3001, 2999, 3000, 2998)),
    Layout((1 << 20, 64, 64), (3, 5, 7)),
    Layout((1 << 20, 1 << 20, 1 << 20), (1000003, 1000033, 1000037)),
)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all tables that were built, in places."""
    built: list[int] = []

    def spread(counts: reach.Integers, size: int, stride: int) -> reach.Integers:
        built.append(len(counts) + (size - 1) * stride)
        return real_spread(counts, size, stride)

    def repeated(bits: int, size: int, stride: int) -> int:
        found = real_repeated(bits, size, stride)
        built.append(found.bit_length() // 32)  # a place takes a bit there, and a table's a number
        return found

    real_spread, real_repeated = reach._spread, reach._repeated
    monkeypatch.setattr(reach, "_spread", spread)
    monkeypatch.setattr(reach, "_repeated", repeated)
    return built


@pytest.mark.parametrize("layout", DENSE)
@pytest.mark.parametrize("width", [60.0, 6.0, 0.05])
def test_the_canvas_builds_no_large_table(layout: Layout, width: float, sizes: list[int]) -> None:
    cells = layout.extent[1]
    lane = Lane("x", layout)
    scene = CanvasScene(rows_for(cells, 4, width, per_row_for(1000, width, cells)), ((lane, True),))
    start = scene.rows.window(scene.count // 2)
    for part in (Part(scene.rows, scene.count // 2, start), Part(scene.rows, 0, scene.rows.window(0))):
        window_of(lane, lane.hop_dims, part)
    assert lane.summary
    reaches(layout, 12345)
    runs_in(layout, 1.0, (0, 5000))
    path_to(scene, 0, (1,) * layout.ndim, False, range(3), (0, 100))
    walkable(layout)
    assert max(sizes, default=0) <= GLANCE.table


def test_what_is_not_known_is_not_drawn_as_a_gap() -> None:
    layout = DENSE[3]
    lane = Lane("x", layout)
    for width in (60.0, 0.05):
        rows = rows_for(layout.extent[1], 4, width, per_row_for(1000, width, layout.extent[1]))
        window = window_of(lane, (), Part(rows, 1, rows.window(1)))
        assert [one.times for one in window.stretches] == [UNKNOWN]
    assert has_gaps(layout)
    assert "too many places to count" in lane.summary
    assert not walkable(layout)


def test_at_a_glance_it_is_the_same_or_not_known() -> None:
    chance = random.Random(0)
    known = 0
    for _ in range(300):
        ndim = chance.randint(1, 4)
        shape = tuple(chance.randint(1, 60) for _ in range(ndim))
        stride = tuple(chance.choice((0, 1, 2, 3, 7, 50, 301, -4)) for _ in range(ndim))
        layout = Layout(shape, stride, 20_000)
        exact, glance = layout.reach, layout.glance
        assert glance.distinct in (exact.distinct, None)
        assert glance.overlaps in (exact.overlaps, None)
        start = exact.start + (exact.stop - exact.start) // 3
        try:
            seen = glance.seen(start, start + 200)
        except ValueRefused:
            continue
        assert (seen == exact.seen(start, start + 200)).all()
        counts = glance.counts(start, start + 200)
        assert (counts == np.where(counts == UNCOUNTED, counts, exact.counts(start, start + 200))).all()
        assert glance.below(start) in (exact.below(start), None)
        known += int((counts != UNCOUNTED).all())
    assert known > 250


def test_whoever_may_wait_is_told() -> None:
    layout = Layout((90, 90, 90), (700, 701, 699))
    assert layout.distinct == len(
        {700 * i + 701 * j + 699 * k for i in range(90) for j in range(90) for k in range(90)}
    )


@pytest.mark.parametrize(
    ("shape", "stride", "most"),
    [
        ((3, 4, 5), (20, 5, 1), 1),
        ((5, 4, 3), (1, 5, 20), 1),
        ((1000, 1000), (0, 0), 1),
        ((998, 3), (1, 1), 3),  # unfold
        ((1000, 1000), (-1000, -1), 1),
    ],
)
def test_indices_of_usual_layouts_are_found_in_few_steps(
    shape: tuple[int, ...], stride: tuple[int, ...], most: int
) -> None:
    assert Layout(shape, stride, 10**6).search_steps <= most


def test_a_layout_that_is_long_to_search_is_known() -> None:
    assert DENSE[3].search_steps > 10**9
    tried = 0

    layout = Layout((50, 40, 30), (31, 29, 23))
    for address in range(0, layout.extent[1], 7):
        loops = sum(1 for i in range(50) for j in range(40) if 0 <= address - 31 * i - 29 * j <= 29 * 23)
        tried = max(tried, loops)
    assert tried <= layout.search_steps
