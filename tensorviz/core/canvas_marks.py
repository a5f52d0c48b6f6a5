"""Where things light up on the canvas: cells and elements on some bytes, parts of a row, the way to an element.

Must not know Qt or colours other than those of dimensions. Rectangles are (left, top, width, height) on the canvas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.canvas_lanes import NEAREST_HOPS
from tensorviz.core.canvas_scene import FULL_GAP
from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import Box, Dot, Label, Line, Shape
from tensorviz.core.errors import ValueRefused
from tensorviz.core.lane_picture import INDEX, POLE, STRIP, TRACK, UNDER_STRIP, Place, arrow_head, hanging
from tensorviz.core.picture_theme import PICTURE_DARK, PICTURE_LIGHT, text_width
from tensorviz.core.text import count_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.canvas_scene import CanvasScene, Placed
    from tensorviz.core.lanes import Lane
    from tensorviz.core.layout import Layout

Rectangle = tuple[float, float, float, float]
Span = tuple[int, int]
LARGEST_WINDOW = 1 << 14  # cells of a row that are looked at one by one
THICK, HALO = 3.0, 6.0


def cells_on(scene: CanvasScene, start: int, stop: int, rows: range) -> Iterator[Rectangle]:
    """The cells of some rows that have bytes among start..stop-1, as one rectangle per row."""
    size = scene.rows.cell_bytes
    yield from stretch_rectangles(scene, start // size, -(-stop // size), rows)


def stretch_rectangles(scene: CanvasScene, first: float, last: float, rows: Iterable[int]) -> Iterator[Rectangle]:
    """The cells at positions first..last, as one rectangle per row of `rows`."""
    for row in rows:
        low, high = scene.rows.window(row)
        a, b = max(first, low), min(last, high)
        if a < b:
            left, right = scene.rows.x_of(a - low), scene.rows.x_of(b - low)
            yield left, scene.tops.top(row) + scene.rows.ruler_height, right - left, scene.rows.cell_height


def rows_with(scene: CanvasScene, start: int, stop: int, rows: range) -> range:
    """Those of some rows that have bytes start..stop-1."""
    size, per_row = scene.rows.cell_bytes, scene.rows.per_row
    first, last = start // size // per_row, (max(stop - 1, start) // size) // per_row + 1
    return range(max(rows.start, first), min(rows.stop, last))


def reaches(layout: Layout, element: int) -> bool:
    """Whether a layout reaches an address; False where that is too much to find out."""
    try:
        return bool(layout.glance.seen(element, element + 1)[0])
    except ValueRefused:
        return False


def elements_on(scene: CanvasScene, start: int, stop: int, rows: range) -> Iterator[Rectangle]:
    """The elements of all lanes under some rows that have bytes among start..stop-1."""
    numbers = dict.fromkeys(one.number for row in rows_with(scene, start, stop, rows) for one in scene.placed(row))
    for number in numbers:
        layout = scene.lanes[number].lane.layout
        for element in range(start // layout.itemsize, -(-stop // layout.itemsize)):
            if reaches(layout, element):
                yield from scene.element_rectangles(number, element)


def runs_in(layout: Layout, scale: float, window: Span) -> list[tuple[float, float]] | None:
    """The stretches of cells first..last-1 that a layout reaches; None where there are too many cells to look at."""
    first, last = window
    if last - first > LARGEST_WINDOW:
        return None
    low, high = int(first // scale), int(-(-last // scale))
    try:
        runs = layout.glance.runs(low, high)
    except ValueRefused:
        return None
    return [(max(a * scale, first), min(b * scale, last)) for a, b in runs]


def path_to(
    scene: CanvasScene, number: int, index: tuple[int, ...], dark: bool, rows: range, columns: Span
) -> dict[int, list[Shape]]:
    """The way from the offset to an index, by row, from the row's top: index[d] hops along each dimension in turn.

    rows, columns: what is in sight; nothing else is drawn.
    """
    lane = scene.lanes[number].lane
    shapes: dict[int, list[Shape]] = {}
    at = lane.layout.offset
    for dim, (steps, stride) in enumerate(zip(index, lane.layout.stride, strict=True)):
        end = at + steps * stride
        if at != end:
            low, high = ((place + 0.5) * lane.scale for place in sorted((at, end)))
            first, last = int(low // scene.rows.per_row), int(-(-high // scene.rows.per_row))
            for row in range(max(first, rows.start), min(last, rows.stop)):
                shapes.setdefault(row, []).extend(_leg(scene, number, dim, (at, steps), row, columns, dark))
        at = end
    return shapes


def _leg(
    scene: CanvasScene, number: int, dim: int, way: tuple[int, int], row: int, columns: Span, dark: bool
) -> Iterator[Shape]:
    """The hops along one dimension under one row. way: the element where they begin, and how many they are."""
    lane, rows = scene.lanes[number].lane, scene.rows
    placed = next((one for one in scene.placed(row) if one.number == number), None)
    if placed is None:
        return
    start, stride = way[0], lane.layout.stride[dim]
    style = dimension_style(lane.key(dim), dark)
    place, y = Place(rows, row, rows.window(row)), _track_top(placed, dim)
    pixels = abs(stride) * lane.scale * rows.cell_width
    if pixels < NEAREST_HOPS:
        ends = [place.end((end + 0.5) * lane.scale)[0] for end in (start, start + way[1] * stride)]
        yield Line(((ends[0], y + 4), (ends[1], y + 4)), style.colour, 5.0)
        times = f"{count_text(way[1])} x {stride:+d}"
        yield from _said(times, (sum(ends) / 2, y + 15), abs(ends[1] - ends[0]), style.colour, dark)
        return
    for i in _hops_in_sight(lane, stride, way, (row * rows.per_row + columns[0], row * rows.per_row + columns[1])):
        begin, end = ((start + (i + k) * stride + 0.5) * lane.scale for k in (0, 1))
        if max(begin, end) <= place.span[0] or min(begin, end) >= place.span[1]:
            continue
        (left, starts), (right, ends_here) = place.end(begin), place.end(end)
        points = hanging((left, y, starts), (right, y, ends_here))
        yield Line(points, (PICTURE_DARK if dark else PICTURE_LIGHT).ground, HALO, curved=True)
        yield Line(points, style.colour, THICK, style.dash, curved=True)
        if starts:
            yield Dot(left, y, 3.6, style.colour)
        if ends_here:
            yield arrow_head(points[-2], points[-1], style.colour)
        yield from _said(f"{stride:+d}", ((left + right) / 2, y + 3), abs(right - left) - 14, style.colour, dark)


def _said(text: str, middle: tuple[float, float], room: float, colour: str, dark: bool) -> Iterator[Shape]:
    """A few figures on a ground of their own, so that nothing runs through them; nothing where there is no room."""
    width = text_width(text, INDEX, mono=True)
    if width <= room:
        ground = (PICTURE_DARK if dark else PICTURE_LIGHT).ground
        yield Box(middle[0] - width / 2 - 2, middle[1] - INDEX / 2 - 1, width + 4, INDEX + 2, ground, radius=2.0)
        yield Label(*middle, text, INDEX, colour, "middle", bold=True, mono=True)


def tracks_area(scene: CanvasScene, number: int, row: int) -> Rectangle | None:
    """Where the hops of a lane hang under a row; None where it has none."""
    placed = next((one for one in scene.placed(row) if one.number == number), None)
    if placed is None or not placed.tracks:
        return None
    top = scene.tops.top(row) + _track_top(placed, placed.tracks[0])
    return -4.0, top - 5, scene.width + 12, TRACK * len(placed.tracks) + 2


def _hops_in_sight(lane: Lane, stride: int, way: tuple[int, int], window: Span) -> range:
    low, high = (int(edge / lane.scale) for edge in window)
    near = sorted(((low - way[0]) // stride, (high - way[0]) // stride))
    return range(max(near[0] - 1, 0), min(near[1] + 2, way[1]))


def _track_top(placed: Placed, dim: int) -> float:
    """Where hops of a dimension hang from; just under the strip when it has no track of its own there."""
    if dim in placed.tracks:
        return placed.top + FULL_GAP + POLE + STRIP + UNDER_STRIP + TRACK * placed.tracks.index(dim)
    return placed.strip_top + placed.strip_height + 1
