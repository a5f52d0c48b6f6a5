"""Where pixels lie: laws of zooming and panning."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF

from tensorviz.ui.widgets.comparison_view import LADDER, PixelView

LENGTHS = st.integers(1, 5000)
ZOOMS = st.floats(0.02, 64)


def view_of(width: int, height: int, pane: QRect) -> PixelView:
    view = PixelView()
    view.set_frame(width, height)
    view.set_panes((pane,))
    return view


@given(LENGTHS, LENGTHS, st.integers(1, 2000), st.integers(1, 2000))
def test_fitted_is_the_largest_that_is_wholly_in_sight(width: int, height: int, wide: int, high: int) -> None:
    view = view_of(width, height, QRect(3, 5, wide, high))
    shown = view.shown(view.panes[0])
    assert (shown.width(), shown.height()) == view.size
    larger = view.zoom * 1.01
    assert view.zoom == 16 or width * larger > wide or height * larger > high
    left, right = shown.left() - 3, 3 + wide - shown.right() - 1
    assert abs(left - right) <= 1, "in the middle"


@given(LENGTHS, LENGTHS, ZOOMS, st.floats(0, 1), st.floats(0, 1), st.floats(-9999, 9999), st.floats(-9999, 9999))
def test_a_pixel_is_found_where_it_lies(
    width: int, height: int, zoom: float, across: float, down: float, right: float, below: float
) -> None:
    view = view_of(width, height, QRect(10, 20, 300, 200))
    view.set_zoom(zoom)
    view.pan(right, below)
    pane = view.panes[0]
    x, y = int(across * (width - 1)), int(down * (height - 1))
    view.reveal(x, y)
    middle = view.place_of(x, y, pane).center()
    place = QPoint(int(middle.x()), int(middle.y()))
    found = view.pixel_at(place)
    if found is not None:
        apart = math.ceil(1 / view.zoom)  # one pixel of the screen shows so many
        assert abs(found[0] - x) < apart
        assert abs(found[1] - y) < apart
    else:
        assert not view.shown(pane).contains(place)


@given(LENGTHS, LENGTHS, ZOOMS, st.floats(-9999, 9999), st.floats(-9999, 9999))
def test_no_gap_opens_beside_a_picture_that_fills_the_pane(
    width: int, height: int, zoom: float, right: float, down: float
) -> None:
    view = view_of(width, height, QRect(10, 20, 300, 200))
    view.set_zoom(zoom)
    view.pan(right, down)
    shown, pane = view.shown(view.panes[0]), view.panes[0]
    assert shown.width() == min(view.size[0], pane.width())
    assert shown.height() == min(view.size[1], pane.height())


@pytest.mark.parametrize("at", [(12, 22), (160, 120), (305, 215)])
def test_zooming_about_a_point_keeps_it(at: tuple[int, int]) -> None:
    view = view_of(4000, 3000, QRect(10, 20, 300, 200))
    view.set_zoom(2.0)
    pane, under = view.panes[0], view.pixel_at(QPoint(*at))
    assert under is not None
    for zoom in (8.0, 3.3, 16.0):
        view.set_zoom(zoom, QPoint(*at))
        place = view.place_of(*under, pane).adjusted(-1, -1, 1, 1)  # pictures lie on whole pixels of the screen
        assert place.contains(QPointF(at[0] + 0.5, at[1] + 0.5))


def test_steps_are_round_figures() -> None:
    view = view_of(4000, 3000, QRect(0, 0, 400, 300))
    found = []
    for _ in range(12):
        view.step(True)
        found.append(view.zoom)
    assert found == pytest.approx([rung for rung in LADDER if rung > 0.1001][:12])
    assert 1.0 in found


def test_two_panes_show_the_same() -> None:
    view = PixelView()
    view.set_frame(500, 400)
    view.set_panes((QRect(0, 0, 200, 300), QRect(210, 0, 200, 300)))
    view.set_zoom(3.0, QPoint(300, 100))
    view.pan(-37, 12)
    first, second = view.panes
    place = view.place_of(77, 91, first).translated(210, 0)
    assert place == view.place_of(77, 91, second)
    assert view.pixel_at(QPoint(60, 50)) == view.pixel_at(QPoint(270, 50))


def test_a_pixel_out_of_sight_is_revealed_by_the_least_move() -> None:
    view = view_of(100, 100, QRect(0, 0, 200, 200))
    view.set_zoom(10.0)
    pane = view.panes[0]
    for pixel in ((0, 0), (99, 99), (0, 99), (50, 50)):
        view.reveal(*pixel)
        assert QRectF(pane).contains(view.place_of(*pixel, pane))
    before = view.origin(pane)
    view.reveal(49, 51)
    assert view.origin(pane) == before
