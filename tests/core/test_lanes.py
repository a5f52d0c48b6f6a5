"""Lanes and rows hold exactly what listing every index gives, in every window, and stay fast at any size.

Must not know how a window is worked out.
"""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.canvas_geometry import Detail, Rows, per_row_for
from tensorviz.core.errors import ValueRefused
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout, contiguous
from tests.core.layouts import any_layouts, reached

LAWS = settings(deadline=None, max_examples=300)


@LAWS
@given(any_layouts(), st.integers(-10, 60), st.integers(1, 60))
def test_stretches_are_the_counts(layout: Layout, start: int, length: int) -> None:
    window = Lane("x", layout, cell_bytes=layout.itemsize).window(start, start + length)
    by_hand = reached(layout)
    found = {a: s.times for s in window.stretches for a in range(int(s.start), int(s.stop))}
    first, stop = layout.extent
    assert found == {a: by_hand[a] for a in range(max(first, start), min(stop, start + length))}
    flag = layout.offset if start <= layout.offset < start + length else None
    assert window.flag == flag
    if found:
        assert list(window.bracket or ()) == [min(found), max(found) + 1]
        assert window.opens == (first < start)
        assert window.closes == (stop <= start + length)
    else:
        assert window.bracket is None
        assert not window.stretches
        assert not window.hops


@LAWS
@given(any_layouts(), st.integers(0, 40), st.integers(1, 40))
def test_hops_are_those_that_touch_the_window(layout: Layout, start: int, length: int) -> None:
    window = Lane("x", layout, cell_bytes=layout.itemsize).window(start, start + length)
    for hops in window.hops:
        stride = layout.stride[hops.dim]
        if stride == 0:
            assert hops.stays
            assert hops.hops == ()
            continue
        middles = [layout.offset + i * stride + 0.5 for i in range(layout.shape[hops.dim])]
        expected = [
            (i, a, b)
            for i, (a, b) in enumerate(itertools.pairwise(middles))
            if max(a, b) > start and min(a, b) < start + length
        ]
        assert [(hop.index, hop.start, hop.stop) for hop in hops.hops] == expected
        assert hops.left_out == 0
        assert hops.text == f"stride[{hops.dim}] = {stride}"


@LAWS
@given(any_layouts(negative=False), st.sampled_from([1, 2, 4, 8]), st.integers(0, 20), st.integers(1, 30))
def test_elements_of_another_size_cover_their_bytes(layout: Layout, cell: int, start: int, length: int) -> None:
    window = Lane("x", layout, cell_bytes=cell).window(start, start + length)
    size = layout.itemsize
    seen = {byte for a in reached(layout) for byte in range(a * size, (a + 1) * size)}
    shown = {byte for s in window.stretches if s.times for byte in range(round(s.start * cell), round(s.stop * cell))}
    here = set(range(start * cell, (start + length) * cell))
    assert shown & here == seen & here
    assert shown <= seen


def test_two_hundred_tensors_over_ten_thousand_cells() -> None:
    lanes = [Lane(f"t{n}", Layout((30, 30 + n % 40), (100 + n, 3), n * 7)) for n in range(200)]
    began = time.process_time()
    for lane in lanes:
        lane.window(4000, 4100)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "layout",
    [
        Layout((1 << 20, 1 << 20), (1, 1 << 20)),
        Layout((1 << 20, 1 << 20), (1 << 20, 1)),
        Layout((1 << 39,), (2,)),
        Layout(((1 << 40) - 2, 3), (1, 1)),
        Layout((1 << 20, 1 << 20, 64), (1 << 20, 1, 0)),
    ],
)
def test_a_window_of_2_to_the_40_addresses(layout: Layout) -> None:
    began = time.process_time()
    middle = 1 << 39
    window = Lane("x", layout).window(middle, middle + 200)
    assert list(window.bracket or ()) == [middle, middle + 200]
    assert sum(s.stop - s.start for s in window.stretches) == 200
    assert all(len(hops.hops) <= 202 for hops in window.hops)
    assert time.process_time() - began < 0.3


def test_more_hops_than_can_be_drawn_are_counted() -> None:
    hops = Lane("x", contiguous((5000,))).hops(0, 0, 5000, most=10)
    assert len(hops.hops) + hops.left_out == 4999


@given(
    st.integers(1, 1 << 40), st.integers(1, 300), st.floats(0.25, 80), st.floats(31, 500), st.floats(0, 300), st.data()
)
@settings(deadline=None)
def test_a_cell_is_found_where_it_is_drawn(
    cells: int, per_row: int, width: float, height: float, left: float, data: st.DataObject
) -> None:
    rows = Rows(cells, per_row, width, 20.0, 10.0, height, left)
    address = data.draw(st.integers(0, min(cells - 1, 1 << 36)))
    x, y, w, h = rows.rectangle(address)
    assert rows.address_at(x + w / 2, y + h / 2) == address
    row, _ = rows.place(address)
    assert row in rows.visible(y, y + h)
    assert rows.window(row)[0] <= address < rows.window(row)[1]
    assert rows.address_at(rows.left - 1, y) is None
    assert rows.address_at(x, rows.height + 1) is None


@given(st.integers(0, 5000), st.integers(1, 400), st.floats(0.3, 60))
@settings(deadline=None)
def test_ruler_marks_do_not_run_into_each_other(cells: int, per_row: int, width: float) -> None:
    rows = Rows(cells, per_row, width, cell_bytes=8)
    for row in range(min(rows.count, 3)):
        marks = rows.ruler(row)
        assert marks[0].address == rows.window(row)[0]
        for a, b in itertools.pairwise(marks):
            assert b.x - a.x > 5.5 * max(len(a.element), len(a.byte))
        for mark in marks:
            assert mark.x == rows.rectangle(mark.address)[0]
            assert int(mark.byte.replace(",", "")) == 8 * mark.address


@LAWS
@given(any_layouts(negative=False), st.integers(1, 60), st.floats(0.1, 3))
def test_bands_count_what_they_cover(layout: Layout, per_row: int, width: float) -> None:
    rows = Rows(80, per_row, width)
    assert rows.detail is Detail.BANDS
    by_hand = reached(layout)
    for row in range(rows.count):
        bands = rows.bands(layout, row)
        assert (bands[0].start, bands[-1].stop) == rows.window(row)
        assert [band.reached for band in bands] == [sum(band.start <= a < band.stop for a in by_hand) for band in bands]


def test_bands_of_a_terabyte() -> None:
    rows = Rows(1 << 40, 1 << 30, 1e-6)
    bands = rows.bands(Layout((1 << 20, 1 << 19), (1 << 20, 2)), 500)
    assert sum(band.reached or 0 for band in bands) == 1 << 29
    assert len(bands) < 1000


def test_detail_follows_the_zoom() -> None:
    assert [Rows(9, 9, width).detail for width in (50, 10, 1)] == [Detail.VALUES, Detail.CELLS, Detail.BANDS]


def test_rows_are_round() -> None:
    assert [per_row_for(1000, 50, cells) for cells in (0, 6, 20, 21, 999)] == [1, 6, 20, 16, 16]
    assert per_row_for(1000, 1, 10**6) == 768
    assert per_row_for(10, 50, 10) == 1
    with pytest.raises(ValueRefused):
        Rows(10, 0, 5)


def test_a_lane_in_words() -> None:
    text = Lane("points_t", Layout((2, 3), (1, 2)), names=("channel", None)).text()
    assert "address = offset + i*stride[0] + j*stride[1]" in text
    assert "dimension 1: 3 indices lie 2 apart" in text
    assert "6 elements, from element 0 to 5" in text
    assert Lane("e", Layout((4, 3), (0, 1))).summary == "12 elements on 3 places"
    assert Lane("g", Layout((3,), (3,))).summary == "3 elements, 4 gaps"
    assert Lane("n", Layout((0,), (1,))).summary == "no elements"
