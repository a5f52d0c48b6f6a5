"""The canvas: rows of different heights, what is at a point, where things are; exact for any storage.

Must not know how positions are worked out.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.canvas_marks import cells_on, elements_on, path_to, runs_in
from tensorviz.core.canvas_scene import CanvasScene, rows_for
from tensorviz.core.canvas_tops import Extra, RowTops
from tensorviz.core.drawing import Dot
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout, contiguous
from tests.core.layouts import any_layouts, every_index, reached

LAWS = settings(deadline=None, max_examples=200)
extras = st.lists(
    st.builds(Extra, st.integers(-3, 40), st.integers(-3, 50), st.sampled_from([8.0, 27.0, 16.5])), max_size=6
)


@LAWS
@given(st.integers(1, 40), st.floats(10, 100), extras)
def test_tops_are_the_sums_of_the_heights(count: int, base: float, more: list[Extra]) -> None:
    tops = RowTops(count, base, more)
    heights = [base + sum(e.height for e in more if e.first <= row < e.stop) for row in range(count)]
    for row in range(count):
        assert tops.top(row) == pytest.approx(sum(heights[:row]), abs=0.1)
        assert tops.height(row) == pytest.approx(heights[row], abs=0.01)
        assert tops.row_at(tops.top(row) + tops.height(row) / 2) == row
    assert tops.total == pytest.approx(sum(heights), abs=0.1)
    assert tops.row_at(-1) is None
    assert tops.row_at(tops.total) is None


@LAWS
@given(st.integers(1, 40), st.floats(10, 100), extras, st.floats(-50, 3000), st.floats(1, 400))
def test_visible_rows_are_those_that_touch(
    count: int, base: float, more: list[Extra], top: float, height: float
) -> None:
    tops = RowTops(count, base, more)
    bottom = top + height
    touching = [r for r in range(count) if tops.top(r) < bottom and tops.top(r) + tops.height(r) > top]
    assert list(tops.visible(top, bottom)) == touching


def scenes(layouts: list[Layout], cells: int, per_row: int, width: float, full: bool) -> CanvasScene:
    lanes = tuple((Lane(f"t{n}", one, cell_bytes=4), full) for n, one in enumerate(layouts))
    cells = max([cells, *(-(-one.byte_extent[1] // 4) for one in layouts)])  # no tensor lies outside its storage
    return CanvasScene(rows_for(cells, 4, width, per_row), lanes)


some_scenes = st.builds(
    scenes,
    st.lists(any_layouts(negative=False), max_size=4),
    st.integers(1, 300),
    st.integers(1, 40),
    st.floats(0.3, 90),
    st.booleans(),
)


@LAWS
@given(some_scenes)
def test_every_cell_is_found_where_it_is_drawn(scene: CanvasScene) -> None:
    for address in range(scene.rows.cells):
        x, y, width, height = scene.rectangle(address)
        assert scene.address_at(x + width / 2, y + height / 2) == address


@LAWS
@given(some_scenes)
def test_every_element_is_found_where_it_is_drawn(scene: CanvasScene) -> None:
    cells = scene.rows.cells
    for number, one in enumerate(scene.lanes):
        layout = one.lane.layout
        for element in reached(layout):
            if (element + 1) * layout.itemsize > cells * 4:
                continue
            rectangles = list(scene.element_rectangles(number, element))
            assert rectangles
            for left, top, width, height in rectangles:
                hit = scene.hit(left + width / 2, top + height / 2)
                assert hit is not None
                assert (hit.number, hit.element) == (number, element)


@LAWS
@given(some_scenes)
def test_lanes_are_under_the_rows_they_touch_and_not_over_each_other(scene: CanvasScene) -> None:
    for row in range(scene.count):
        start, stop = scene.rows.window(row)
        bottom = scene.rows.ruler_height + scene.rows.cell_height
        for placed in scene.placed(row):
            assert placed.top >= bottom
            bottom = placed.top + placed.height
            window = scene.lanes[placed.number].lane.window(start, stop)
            assert not window.empty or row == 0
            if scene.lanes[placed.number].full and not window.empty:
                shown = [h.dim for h in window.hops if h.hops or (h.stays and window.flag is not None)]
                assert list(placed.tracks) == shown
        assert bottom <= scene.tops.height(row) + 0.01


def test_2_to_the_40_cells_take_no_time() -> None:
    began = time.process_time()
    layout = Layout((1 << 20, 1 << 19), (1 << 20, 2), 0)
    scene = scenes([layout, contiguous((1 << 40,))], 1 << 40, 16, 60, True)
    for address in (0, 12345678901, (1 << 40) - 1):
        x, y, width, height = scene.rectangle(address)
        assert scene.address_at(x + width / 2, y + height / 2) == address
    assert len(scene.tops.visible(scene.height / 2, scene.height / 2 + 800)) < 20
    assert time.process_time() - began < 0.5


@LAWS
@given(any_layouts(negative=False), st.integers(1, 20), st.integers(0, 200), st.integers(1, 16))
def test_what_lies_on_bytes_lights_up(layout: Layout, per_row: int, start: int, length: int) -> None:
    scene = scenes([layout], 300, per_row, 30, True)
    rows = range(scene.count)
    cells = {scene.address_at(x + w * (k + 0.5) / n, y + h / 2)
             for x, y, w, h in cells_on(scene, start, start + length, rows)
             for n in [round(w / 30)] for k in range(n)}  # fmt: skip
    assert cells == set(range(start // 4, -(-(start + length) // 4)))
    size = layout.itemsize
    expected = {e for e in reached(layout) if e * size < start + length and (e + 1) * size > start}
    hits = (scene.hit(x + w / 2, y + h / 2) for x, y, w, h in elements_on(scene, start, start + length, rows))
    assert {hit.element for hit in hits if hit is not None} == expected


@LAWS
@given(any_layouts(negative=False), st.integers(0, 60), st.integers(1, 60))
def test_runs_are_the_cells_that_are_reached(layout: Layout, start: int, length: int) -> None:
    runs = runs_in(layout, 1.0, (start, start + length))
    assert runs is not None
    found = {cell for a, b in runs for cell in range(int(a), int(b))}
    assert found == {a for a in reached(layout) if start <= a < start + length}
    assert runs_in(layout, 1.0, (0, 1 << 40)) is None


@LAWS
@given(any_layouts(negative=False), st.data())
def test_the_way_to_an_element_hops_once_per_index(layout: Layout, data: st.DataObject) -> None:
    indices = every_index(layout)
    if not indices or layout.itemsize != 4:
        return
    index = data.draw(st.sampled_from(indices))
    scene = scenes([layout], max(layout.extent[1], 1), 1000, 40, True)
    shapes = path_to(scene, 0, index, False, range(scene.count), (0, 1000))
    dots = [shape for row in shapes.values() for shape in row if isinstance(shape, Dot)]
    moving = [(i, s) for i, s in zip(index, layout.stride, strict=True) if s]
    assert len(dots) == sum(i for i, _ in moving)
    at, expected = layout.offset, []
    for steps, stride in moving:
        expected += [scene.rows.x_of(at + k * stride + 0.5) for k in range(steps)]
        at += steps * stride
    assert [dot.x for dot in dots] == pytest.approx(expected)
