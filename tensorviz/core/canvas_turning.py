"""The hops of a lane on their way from one layout to another: each dimension keeps its colour and moves to its place.

Must not know Qt, or time: `share` says how far they are, from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.canvas_lanes import PLAIN_HOPS
from tensorviz.core.canvas_scene import FULL_GAP
from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import Dot, Label, Line, Shape
from tensorviz.core.lane_picture import INDEX, POLE, STRIP, TRACK, UNDER_STRIP, arrow_head, hanging

if TYPE_CHECKING:
    from tensorviz.core.canvas_lanes import Part
    from tensorviz.core.canvas_scene import SceneLane

FIRST_TRACK = FULL_GAP + POLE + STRIP + UNDER_STRIP  # below the lane's top
MOST_MOVING = 64  # hops of one dimension; more are not followed by the eye, and slow to draw anew


@dataclass(frozen=True)
class _Way:
    """How hops of one dimension lie in one layout: the first place, the distance, how many, and their track's top."""

    start: float
    step: float
    hops: int
    y: float

    def towards(self, other: _Way, share: float) -> _Way:
        """The way between this one and another."""
        start, step, y = (
            a + (b - a) * share for a, b in ((self.start, other.start), (self.step, other.step), (self.y, other.y))
        )
        return _Way(start, step, min(self.hops, other.hops), y)


def turning_hops(old: SceneLane, new: SceneLane, part: Part, share: float, dark: bool) -> list[Shape] | None:
    """The hops under a part of a row on their way, from the lane's top; None where they are too many or too small."""
    before, after = _ways(old, part), _ways(new, part)
    if any(one.hops > MOST_MOVING for one in (*before.values(), *after.values())):
        return None
    if any(abs(one.step) * part.rows.cell_width < PLAIN_HOPS for one in after.values() if one.step):
        return None
    shapes: list[Shape] = []
    for key in [key for key in before if key in after]:
        _draw(shapes, before[key].towards(after[key], share), key, part, (old, new)[share >= 0.5], dark)
    # What only one of them has comes or goes in the second or the first half.
    rest, others = (before, after) if share < 0.5 else (after, before)
    for key in [key for key in rest if key not in others]:
        _draw(shapes, rest[key], key, part, (old, new)[share >= 0.5], dark)
    return shapes


def _ways(lane: SceneLane, part: Part) -> dict[int, _Way]:
    """The ways of the dimensions that have a track under the row, by the key of their colour."""
    layout, scale = lane.lane.layout, lane.lane.scale
    found = {}
    for at, dim in enumerate(lane.tracks_in(part.row)):
        start, step = (layout.offset + 0.5) * scale, layout.stride[dim] * scale
        found[lane.lane.key(dim)] = _Way(start, step, layout.shape[dim] - 1, FIRST_TRACK + TRACK * at)
    return found


def _draw(shapes: list[Shape], way: _Way, key: int, part: Part, lane: SceneLane, dark: bool) -> None:
    style, place = dimension_style(key, dark), part.place
    stride = next((lane.lane.layout.stride[dim] for dim in lane.lane.hop_dims if lane.lane.key(dim) == key), None)
    for i in range(way.hops):
        begin, end = way.start + i * way.step, way.start + (i + 1) * way.step
        if max(begin, end) <= place.span[0] or min(begin, end) >= place.span[1]:
            continue
        (left, starts), (right, ends) = place.end(begin), place.end(end)
        points = hanging((left, way.y, starts), (right, way.y, ends))
        shapes.append(Line(points, style.colour, 1.7, style.dash, curved=True))
        if starts:
            shapes.append(Dot(left, way.y, 3.0, style.colour))
        if ends and abs(right - left) >= PLAIN_HOPS:
            shapes.append(arrow_head(points[-2], points[-1], style.colour))
        if stride is not None and abs(right - left) >= 2 * PLAIN_HOPS:
            middle = ((left + right) / 2, way.y + 3)
            shapes.append(Label(*middle, f"{stride:+d}", INDEX, style.colour, "middle", mono=True))
