"""Lanes at every zoom: single elements, stretches, bands; hops or a texture; nothing is said that is not counted.

Must not know pixels beyond what a reader would check.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.canvas_cells import cell_text, figures
from tensorviz.core.canvas_geometry import Detail
from tensorviz.core.canvas_lanes import CanvasLanes, Part, cut_text, hops_are_texture, window_of
from tensorviz.core.canvas_scene import CanvasScene, rows_for
from tensorviz.core.drawing import Box, Label, Line, Shape
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.number_text import NumberText, number_text
from tensorviz.core.picture_theme import PICTURE_LIGHT
from tests.core.layouts import any_layouts, reached

PAINTER = CanvasLanes(PICTURE_LIGHT)


def drawn(layout: Layout, width: float, full: bool = True, cells: int = 1000) -> list[Shape]:
    scene = CanvasScene(rows_for(cells, 4, width, cells), ((Lane("x", layout), full),))
    [placed] = scene.placed(0)
    return PAINTER.shapes(scene.lanes[0], placed, Part(scene.rows, 0, (0, cells)))


def boxes(shapes: list[Shape]) -> list[Box]:
    return [shape for shape in shapes if isinstance(shape, Box)]


def curves(shapes: list[Shape]) -> list[Line]:
    return [shape for shape in shapes if isinstance(shape, Line) and shape.curved]


def texts(shapes: list[Shape]) -> list[str]:
    return [shape.text for shape in shapes if isinstance(shape, Label)]


def test_elements_become_stretches_when_they_are_narrow() -> None:
    layout = contiguous((10, 10))
    assert len(boxes(drawn(layout, 30))) == 100
    assert len(boxes(drawn(layout, 5))) == 1
    assert len(boxes(drawn(layout, 0.01, cells=100000))) == 1


def test_hops_become_a_texture_that_counts_them() -> None:
    layout = Layout((50, 4), (4, 1))
    assert len(curves(drawn(layout, 30))) == 49 + 3
    assert len(curves(drawn(layout, 5))) == 49  # 20 pixels apart; those of 5 pixels are a texture
    assert curves(drawn(layout, 1)) == []
    assert any("49 hops" in text for text in texts(drawn(layout, 1)))
    assert any("9,999 hops" in text for text in texts(drawn(contiguous((10000,)), 0.1, cells=10000)))


def test_low_lanes_have_places_only() -> None:
    shapes = drawn(Layout((5, 2), (10, 0)), 30, full=False)
    assert len(boxes(shapes)) == 5
    assert curves(shapes) == []
    assert texts(shapes) == ["2x"] * 5


@settings(deadline=None, max_examples=200)
@given(any_layouts(negative=False), st.integers(1, 60), st.floats(0.05, 3))
def test_bands_add_up_to_what_is_reached(layout: Layout, per_row: int, width: float) -> None:
    if layout.itemsize != 4:
        return
    scene = CanvasScene(rows_for(400, 4, width, per_row), ((Lane("x", layout), True),))
    by_hand = reached(layout)
    for row in range(scene.count):
        span = scene.rows.window(row)
        window = window_of(scene.lanes[0].lane, (), Part(scene.rows, row, span))
        shares = getattr(window, "shares", (1.0,) * len(window.stretches))
        counted = sum(s.times * (s.stop - s.start) * share for s, share in zip(window.stretches, shares, strict=True))
        assert round(counted, 6) == sum(1 for a in by_hand if span[0] <= a < span[1])


def test_bands_of_a_terabyte_are_few() -> None:
    scene = CanvasScene(
        rows_for(1 << 40, 4, 1e-6, 1 << 30), ((Lane("x", Layout((1 << 20, 1 << 19), (1 << 20, 2))), True),)
    )
    window = window_of(scene.lanes[0].lane, (), Part(scene.rows, 5, scene.rows.window(5)))
    assert len(window.stretches) < 1000
    assert {round(share, 3) for share in getattr(window, "shares", ())} == {0.5}


def test_a_part_of_a_row_has_the_hops_of_the_whole() -> None:
    # Two parts of a row, side by side, are what the whole row is: a hop across the cut is in both, at the same place.
    lane = Lane("x", contiguous((100,)))
    scene = CanvasScene(rows_for(100, 4, 30, 100), ((lane, True),))
    [placed] = scene.placed(0)
    whole, left, right = (
        {shape.points for shape in curves(PAINTER.shapes(scene.lanes[0], placed, Part(scene.rows, 0, span)))}
        for span in ((0, 100), (0, 50), (50, 100))
    )
    assert left | right == whole
    assert len(left & right) == 1


def test_what_stands_in_a_cell() -> None:
    third = lambda room: number_text(1 / 3, "float64", room)  # noqa: E731  # short, and used here only
    assert cell_text(third, 7) == "~0.3333"
    assert cell_text(lambda room: number_text(2.0, "float32", room), 7) == "2."
    assert cell_text(lambda room: number_text(1e20, "float32", room), 1) == "#"
    assert cell_text(lambda _: None, 7) == "?"
    assert cell_text(lambda _: NumberText("nan"), 7) == "nan"
    assert figures(64) == 6


def test_a_long_name_is_cut_in_the_middle() -> None:
    assert cut_text("features.0.weight", 10, 1000) == "features.0.weight"
    short = cut_text("features.0.weight", 10, 60)
    assert len(short) < 13
    assert short.startswith("featu")
    assert short.endswith("ight")


@settings(deadline=None, max_examples=200)
@given(any_layouts(), st.booleans(), st.floats(0.2, 40))
def test_what_is_drawn_is_what_is_reached(layout: Layout, full: bool, width: float) -> None:
    # At every zoom with cells of their own: a place is filled where an index lies, and nowhere else.
    layout = replace(layout, itemsize=4)
    cells, counts = layout.extent[1] + 5, reached(layout)
    scene = CanvasScene(rows_for(cells, 4, width, cells), ((Lane("x", layout), full),))
    if scene.rows.detail is Detail.BANDS:
        return
    placed = scene.placed(0)
    assert bool(placed) or not counts
    part = Part(scene.rows, 0, (0, cells))
    shapes = [shape for one in placed for shape in PAINTER.shapes(scene.lanes[0], one, part)]
    filled = boxes(shapes)
    for address in range(cells):
        middle = scene.rows.x_of(address) + scene.rows.cell_width / 2
        assert any(box.x <= middle <= box.x + box.width for box in filled) == (address in counts)
    said = [int(text[:-1]) for text in texts(shapes) if re.fullmatch(r"\d+x", text)]
    assert set(said) <= {count for count in counts.values() if count > 1}


@settings(deadline=None, max_examples=200)
@given(any_layouts(), st.floats(0.2, 40), st.integers(1, 60))
def test_hops_in_all_rows_are_those_of_each_dimension(layout: Layout, width: float, per_row: int) -> None:
    layout = replace(layout, itemsize=4)
    if not layout.numel:
        return
    lane = Lane("x", layout)
    scene = CanvasScene(rows_for(layout.extent[1] + 5, 4, width, per_row), ((lane, True),))
    for dim, (size, stride) in enumerate(zip(layout.shape, layout.stride, strict=True)):
        expected = {(layout.offset + i * stride, layout.offset + (i + 1) * stride) for i in range(size - 1)}
        found, left_out, stays = set(), 0, False
        for row in range(scene.count):
            [hops] = window_of(lane, (dim,), Part(scene.rows, row, scene.rows.window(row))).hops
            found |= {(int(hop.start - 0.5), int(hop.stop - 0.5)) for hop in hops.hops}
            left_out, stays = max(left_out, hops.left_out), stays or bool(hops.stays)
        if size > 1 and stride == 0:
            assert stays
        elif hops_are_texture(lane, dim, scene.rows.cell_width):
            assert (found, left_out) == (set(), size - 1)
        else:
            assert found == expected


def test_channels_last_is_said_under_the_storage() -> None:
    shape = (2, 3, 4, 5)
    last = Layout(shape, (60, 1, 15, 3), 0, 4)
    assert texts(drawn(last, 20))[-1] == "120 elements, in the order channels_last"
    assert not any("channels_last" in text for text in texts(drawn(contiguous(shape), 20)))
    # Sizes of 1 make both formats hold at once; then nothing tells them apart.
    assert not any("channels_last" in text for text in texts(drawn(contiguous((2, 1, 4, 5)), 20)))
