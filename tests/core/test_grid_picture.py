"""The picture of a grid shows each element in sight once, and says what it leaves out."""

from __future__ import annotations

import math
from itertools import product

import pytest

from tensorviz.core.colour_maps import ColourMap
from tensorviz.core.drawing import Box, Drawing, Label, Line, svg_text
from tensorviz.core.grid_geometry import GridGeometry
from tensorviz.core.grid_map import GridMap, GridPlan, default_map
from tensorviz.core.grid_picture import MOST_CELLS, GridPicture, draw_grid
from tensorviz.core.layout import contiguous

OFF = ColourMap("off", 0, 0)


def picture(shape: tuple[int, ...], roles: GridMap | None = None, window: int = 10**6, **more: object) -> GridPicture:
    layout = contiguous(shape)
    plan = GridPlan(shape, roles or default_map(shape), (0,) * len(shape))
    pieces = tuple(GridGeometry(plan, 10, 10).pieces(0, 0, window, window))
    given: dict[str, object] = {"cell": lambda at: (f"{at}.", float(at)), "colours": OFF} | more
    return GridPicture("x", "title", layout, plan, tuple(range(len(shape))), pieces, **given)  # type: ignore[arg-type]  # named by the test


def texts(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Label)]


@pytest.mark.parametrize("shape", [(), (3,), (3, 2), (2, 3, 2), (2, 2, 2, 2)])
def test_each_element_in_sight_stands_there_once(shape: tuple[int, ...]) -> None:
    drawing = draw_grid(picture(shape))
    shown = [text for text in texts(drawing) if text.endswith(".") and text[:-1].isdigit()]
    held = default_map(shape).sliders
    expected = [
        f"{contiguous(shape).address(index)}."
        for index in product(*map(range, shape))
        if all(index[dim] == 0 for dim in held)
    ]
    assert sorted(shown) == sorted(expected)
    assert ("Drawn: dim 0 at 0." in texts(drawing)) == bool(held)


def test_cells_do_not_cover_each_other() -> None:
    drawing = draw_grid(picture((2, 3, 4), GridMap((0, 1), (2,))))
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box)]
    assert len(boxes) == 24
    for one, other in product(boxes, boxes):
        apart = abs(one.x - other.x) >= one.width - 0.01 or abs(one.y - other.y) >= one.height - 0.01
        assert one is other or apart
    assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawing.height for box in boxes)


def test_what_is_left_out_is_said() -> None:
    drawing = draw_grid(picture((1000, 1000), window=45))
    assert "Drawn: rows 0 to 4 of 1,000, columns 0 to 4 of 1,000." in texts(drawing)
    assert "rows 0 to 4 of 1,000" in drawing.description


def test_many_cells_are_sampled() -> None:
    drawing = draw_grid(picture((200, 300), numbers=False, colours=ColourMap("sequential", 0, 60000)))
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box)]
    assert 0 < len(boxes) <= MOST_CELLS * 1.1
    assert "Each 4th row and column." in texts(drawing)


def test_special_values_have_shapes_of_their_own() -> None:
    values = [math.nan, math.inf, -math.inf, 9.0, -9.0, 0.5]
    chart = ColourMap("sequential", 0, 1)
    drawing = draw_grid(picture((6,), cell=lambda at: (str(values[at]), values[at]), colours=chart))
    lines = [shape for shape in drawing.shapes if isinstance(shape, Line)]
    assert len(lines) == 2 + 1 + 1 + 1 + 1  # a cross, two arrows, two corners
    assert len({shape.fill for shape in drawing.shapes if isinstance(shape, Box)}) == 6


def test_nothing_to_draw_and_nothing_known() -> None:
    assert "no elements: shape [0, 3]" in texts(draw_grid(picture((0, 3))))
    assert "?" in texts(draw_grid(picture((2,), cell=lambda at: None)))


def test_it_is_an_svg_with_a_text_twin() -> None:
    drawing = draw_grid(picture((2, 2)), dark=True)
    assert drawing.description.splitlines() == [
        "x: title; rows: dim 0; columns: dim 1",
        "row 0: 0. 1.",
        "row 1: 2. 3.",
    ]
    assert "<desc" in svg_text(drawing)
