"""Laws of grids: every element has one cell, every cell one element, and both know the same address."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.errors import ValueRefused
from tensorviz.core.grid_geometry import Axis, GridGeometry
from tensorviz.core.grid_map import GridMap, GridPlan, Role, default_map
from tensorviz.core.layout import Layout, contiguous

ROLES: tuple[Role, ...] = ("rows", "columns", "panels", "slider")


@st.composite
def plans(draw: st.DrawFn, most: int = 5, largest: int = 4, smallest: int = 1) -> GridPlan:
    shape = tuple(draw(st.lists(st.integers(smallest, largest), max_size=most)))
    roles = [draw(st.sampled_from(ROLES)) for _ in shape]
    order = draw(st.permutations(range(len(shape))))
    parts = [tuple(dim for dim in order if roles[dim] == role) for role in ROLES]
    chosen = tuple(draw(st.integers(0, max(size - 1, 0))) for size in shape)
    return GridPlan(shape, GridMap(*parts), chosen)


@given(plans())
def test_each_shown_element_has_one_cell_and_comes_back(plan: GridPlan) -> None:
    shown = {}
    for index in product(*map(range, plan.shape)):
        cell = plan.cell(index)
        if all(index[dim] == plan.chosen[dim] for dim in plan.map.sliders):
            assert cell is not None
            assert plan.index(*cell) == index
            shown[cell] = index
        else:
            assert cell is None
    assert len(shown) == plan.cells


@given(plans(), st.data())
def test_the_address_of_a_cell_is_that_of_its_element(plan: GridPlan, data: st.DataObject) -> None:
    stride = tuple(data.draw(st.integers(-9, 9)) for _ in plan.shape)
    layout = Layout(plan.shape, stride, data.draw(st.integers(0, 50)))
    for panel, row, column in product(range(plan.panels), range(plan.rows), range(plan.columns)):
        steps = plan.steps(layout, "rows", row) + plan.steps(layout, "columns", column)
        assert plan.base(layout, panel) + steps == layout.address(plan.index(panel, row, column))


@given(plans(), st.integers(1, 30), st.integers(1, 30), st.integers(0, 5), st.integers(0, 300))
def test_the_middle_of_a_cell_is_that_cell(plan: GridPlan, wide: int, high: int, gap: int, room: int) -> None:
    geometry = GridGeometry(plan, wide, high, 20, 11, 13, gap, 7, room)
    for index in product(*map(range, plan.shape)):
        rect = geometry.rect(index)
        if rect is not None:
            x, y, width, height = rect
            for point in ((x, y), (x + width // 2, y + height // 2), (x + width - 1, y + height - 1)):
                assert geometry.index_at(*point) == index
                assert geometry.nearest(*point) == index
            assert x + width <= geometry.size[0]
            assert y + height <= geometry.size[1]


@given(plans(), st.integers(-5, 90), st.integers(-5, 90), st.integers(1, 60), st.integers(1, 60))
def test_what_may_be_seen_holds_every_cell_in_the_window(plan: GridPlan, x: int, y: int, w: int, h: int) -> None:
    geometry = GridGeometry(plan, 9, 7, 6, 5, 4, 2, 3, 40)
    found = {
        plan.index(piece.panel, row, column)
        for piece in geometry.pieces(x, y, w, h)
        for row in range(*piece.rows)
        for column in range(*piece.columns)
    }
    for index in product(*map(range, plan.shape)):
        rect = geometry.rect(index)
        if rect is not None and rect[0] < x + w and x < rect[0] + 9 and rect[1] < y + h and y < rect[1] + 7:
            assert index in found


@given(st.lists(st.integers(1, 4), max_size=4), st.integers(1, 9), st.integers(0, 4))
def test_lines_lie_one_after_the_other(sizes: list[int], cell: int, gap: int) -> None:
    axis = Axis(tuple(sizes), cell, gap)
    places = [axis.place(line) for line in range(axis.count)]
    assert places == sorted(places)
    taken = [place + at for place in places for at in range(cell)]
    assert len(taken) == len(set(taken))
    assert axis.length == taken[-1] + 1
    lines = {place + at: line for line, place in enumerate(places) for at in range(cell)}
    assert [axis.at(position) for position in range(-2, axis.length + 3)] == [
        lines.get(position) for position in range(-2, axis.length + 3)
    ]


def test_outer_steps_have_wider_gaps() -> None:
    axis = Axis((2, 2, 2), 10, 3)
    assert [axis.place(line) for line in range(8)] == [0, 10, 23, 33, 49, 59, 72, 82]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), GridMap()),
        ((7,), GridMap(columns=(0,))),
        ((3, 2), GridMap((0,), (1,))),
        ((8, 3, 2), GridMap((1,), (2,), (0,))),
        ((9, 3, 2), GridMap((1,), (2,), (), (0,))),
        ((0, 3, 2), GridMap((1,), (2,), (0,))),
        ((2, 3, 4, 5), GridMap((2,), (3,), (1,), (0,))),
        ((2, 30, 4, 5), GridMap((2,), (3,), (), (0, 1))),
    ],
)
def test_what_is_shown_at_first(shape: tuple[int, ...], expected: GridMap) -> None:
    assert default_map(shape) == expected


def test_twelve_dimensions_and_a_thousand_million_rows() -> None:
    twelve = GridPlan((2,) * 12, default_map((2,) * 12), (1,) * 12)
    assert twelve.cell((1,) * 12) == (1, 1, 1)
    shape = (10**9, 3)
    plan = GridPlan(shape, default_map(shape), (0, 0))
    geometry = GridGeometry(plan, 60, 22, 80, 20)
    last = (10**9 - 1, 2)
    assert geometry.rect(last) == (80 + 120, 20 + 22 * (10**9 - 1), 60, 22)
    assert geometry.index_at(201, 20 + 22 * (10**9 - 1) + 1) == last
    (piece,) = geometry.pieces(0, 22 * 10**8, 300, 220)
    assert piece.rows[1] - piece.rows[0] <= 12
    assert contiguous(shape).address(last) == plan.base(contiguous(shape), 0) + plan.steps(
        contiguous(shape), "rows", last[0]
    ) + plan.steps(contiguous(shape), "columns", 2)


@given(plans(smallest=0))
def test_an_empty_tensor_has_no_cells(plan: GridPlan) -> None:
    geometry = GridGeometry(plan, 10, 10, 5, 5, 5, 1, 1, 100)
    if math.prod(plan.shape) == 0:
        assert plan.cells == 0
        assert geometry.size == (0, 0)
        assert list(geometry.pieces(0, 0, 100, 100)) == []
        assert geometry.index_at(7, 7) is None
        assert geometry.nearest(7, 7) is None


@given(plans(), st.data())
def test_moving_a_dimension_keeps_all_dimensions(plan: GridPlan, data: st.DataObject) -> None:
    if plan.shape:
        dim = data.draw(st.integers(0, len(plan.shape) - 1))
        other = data.draw(st.integers(0, len(plan.shape) - 1))
        role = data.draw(st.sampled_from(ROLES))
        assert plan.map.moved(dim, role).role(dim) == role
        swapped = plan.map.swapped(dim, other)
        assert (swapped.role(dim), swapped.role(other)) == (plan.map.role(other), plan.map.role(dim))
        assert swapped.swapped(dim, other) == plan.map
    assert plan.map.flipped().flipped() == plan.map


def test_a_dimension_has_one_role() -> None:
    with pytest.raises(ValueRefused):
        GridMap((0,), (0,))
    with pytest.raises(ValueRefused):
        GridMap((1,))


def test_captions() -> None:
    plan = GridPlan((2, 3, 4, 5), GridMap((0, 2), (3,), (1,)), (0, 0, 0, 0))
    assert plan.panel_caption(2) == "[:, 2, :, :]"
    assert plan.short_caption(2) == "dim 1 = 2"
    assert plan.caption("rows", 5) == "1,1"
    assert plan.map.text() == "rows: dim 0, dim 2; columns: dim 3; panels: dim 1"
