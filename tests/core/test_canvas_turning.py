"""Hops on their way from one layout to another: at the ends they are what the lanes draw, between they move."""

from __future__ import annotations

import pytest

from tensorviz.core.canvas_lanes import CanvasLanes, Part
from tensorviz.core.canvas_marks import path_to, tracks_area
from tensorviz.core.canvas_scene import CanvasScene, SceneLane, rows_for
from tensorviz.core.canvas_turning import FIRST_TRACK, turning_hops
from tensorviz.core.drawing import Box, Label, Line, Shape
from tensorviz.core.lane_picture import TRACK
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout
from tensorviz.core.picture_theme import PICTURE_LIGHT

ROWS = rows_for(12, 4, 60.0, 12)
PART = Part(ROWS, 0, (0, 12))
POINTS = SceneLane(Lane("points", Layout((3, 2), (2, 1)), keys=(0, 1)), True, ROWS)
TURNED = SceneLane(Lane("points", Layout((2, 3), (1, 2)), keys=(1, 0)), True, ROWS)
PART_OF_IT = SceneLane(Lane("points", Layout((3,), (4,), 1), keys=(0,)), True, ROWS)


def arcs(shapes: list[Shape] | None) -> set[tuple[str | None, tuple[tuple[float, float], ...]]]:
    assert shapes is not None
    return {
        (one.stroke, tuple((round(x, 6), round(y, 6)) for x, y in one.points))
        for one in shapes
        if isinstance(one, Line) and one.curved
    }


def drawn(lane: SceneLane) -> set[tuple[str | None, tuple[tuple[float, float], ...]]]:
    scene = CanvasScene(ROWS, ((lane.lane, True),))
    return arcs(CanvasLanes(PICTURE_LIGHT).shapes(lane, scene.placed(0)[0], PART))


def test_it_begins_and_ends_as_the_lanes_are_drawn() -> None:
    assert arcs(turning_hops(POINTS, TURNED, PART, 0.0, False)) == drawn(POINTS)
    assert arcs(turning_hops(POINTS, TURNED, PART, 1.0, False)) == drawn(TURNED)
    assert drawn(POINTS) != drawn(TURNED)


def test_on_the_way_each_colour_is_between_its_places() -> None:
    shapes = turning_hops(POINTS, TURNED, PART, 0.5, False)
    tops = {points[0][1] for _, points in arcs(shapes)}
    assert tops == {FIRST_TRACK + TRACK / 2}  # two tracks that change places meet in the middle
    moved = arcs(turning_hops(POINTS, PART_OF_IT, PART, 0.5, False))
    # Hop 0 of dimension 0 went from cells 0.5..2.5, and goes to cells 1.5..5.5.
    assert any(points[0][0] == pytest.approx(60 * 1.0) for _, points in moved)


def test_what_is_too_much_to_follow_is_left_to_others() -> None:
    rows = rows_for(1000, 4, 60.0, 12)
    many = SceneLane(Lane("x", Layout((500,), (1,))), True, rows)
    assert turning_hops(many, many, Part(rows, 0, (0, 12)), 0.5, False) is None
    low = rows_for(12, 4, 8.0, 12)
    near = SceneLane(POINTS.lane, True, low)
    assert turning_hops(near, near, Part(low, 0, (0, 12)), 0.5, False) is None


def test_the_way_to_an_element_says_its_strides_on_a_ground_of_their_own() -> None:
    scene = CanvasScene(ROWS, ((TURNED.lane, True),))
    shapes = path_to(scene, 0, (1, 2), False, range(1), (0, 12))[0]
    labels = [one for one in shapes if isinstance(one, Label)]
    assert [one.text for one in labels] == ["+1", "+2", "+2"]
    for label in labels:
        ground = shapes[shapes.index(label) - 1]
        assert isinstance(ground, Box)
        assert ground.fill == PICTURE_LIGHT.ground
        assert ground.x < label.x < ground.x + ground.width
        assert ground.y < label.y < ground.y + ground.height
    area = tracks_area(scene, 0, 0)
    assert area is not None
    assert all(area[1] < label.y < area[1] + area[3] for label in labels)
