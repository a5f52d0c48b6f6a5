"""One tensor's lane as shapes: name, flag, places with their indices, hops per dimension, bracket.

Must not know storages or other lanes.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from tensorviz.core.colours import DimensionStyle, dimension_style
from tensorviz.core.drawing import Box, Dot, Label, Line, Point, Shape
from tensorviz.core.picture_theme import PictureTheme, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.canvas_geometry import Rows
    from tensorviz.core.lanes import Hop, Hops, Lane, LaneWindow

STRIP, TRACK, POLE = 20.0, 27.0, 7.0
NAME, LAYOUT, SMALL, INDEX = 13.0, 10.5, 10.5, 9.5  # sizes of texts
HEAD, TIP = 7.5, 2.0  # length of an arrow's head; how far before its place a hop ends
DEPTH = 15.0  # how far a hop hangs down
UNDER_STRIP, SUMMARY = 9.0, 17.0  # from the places to the first track; what the bracket takes


class LanePainter:
    """Draws lanes in one theme."""

    def __init__(self, theme: PictureTheme) -> None:
        self.theme = theme

    def gutter(self, lane: Lane) -> float:
        """The width of what stands left of the lane."""
        lines = [text_width(lane.name, NAME), text_width(lane.title, LAYOUT)]
        return max([*lines, *(text_width(self._about(lane, dim), SMALL) + 16 for dim in lane.hop_dims)])

    def _about(self, lane: Lane, dim: int) -> str:
        return f"{lane.dim_name(dim)}: size {lane.layout.shape[dim]}, stride {lane.layout.stride[dim]}"

    def draw(
        self,
        shapes: list[Shape],
        lane: Lane,
        window: LaneWindow,
        rows: Rows,
        row: int,
        span: tuple[int, int],
        y: float,
    ) -> float:
        """Adds the lane's shapes for the cells `span` of a row, from `y` down; gives the y after them."""
        tracks = tuple(h.dim for h in window.hops if h.hops or (h.stays and window.flag is not None))
        self.names(shapes, lane, tracks, rows.left - 12, y)
        return self.body(shapes, lane, window, Place(rows, row, span), tracks, y)

    def names(self, shapes: list[Shape], lane: Lane, tracks: Iterable[int], right: float, y: float) -> None:
        """Adds what stands left of the lane, up to `right`: name, layout, and a line for each dimension in `tracks`."""
        shapes.append(Label(right, y + 4, lane.name, NAME, self.theme.text, "end", bold=True))
        shapes.append(Label(right, y + 19, lane.title, LAYOUT, self.theme.muted, "end"))
        y += POLE + STRIP + UNDER_STRIP
        for dim in tracks:
            colour = dimension_style(lane.key(dim), self.theme.dark).colour
            shapes.append(Label(right, y + 5, self._about(lane, dim), SMALL, colour, "end"))
            y += TRACK

    def body(
        self,
        shapes: list[Shape],
        lane: Lane,
        window: LaneWindow,
        place: Place,
        tracks: tuple[int, ...],
        y: float,
    ) -> float:
        """Adds the lane without its names; `tracks`: the dimensions that have a line. Gives the y after it."""
        y += POLE
        self._places(shapes, lane, window, place, y)
        if window.flag is not None:
            self._flag(shapes, place.x(window.flag), y)
        y += STRIP + UNDER_STRIP
        for hops in window.hops:
            if hops.dim in tracks:
                self._hops(shapes, lane, hops, place, y)
                y += TRACK
        return self._bracket(shapes, lane, window, place, y)

    def _flag(self, shapes: list[Shape], x: float, y: float) -> None:
        accent = self.theme.accent
        shapes.append(Line(((x + 1.5, y - POLE - 3), (x + 1.5, y + STRIP)), accent, 1.8))
        pennant = ((x + 1.5, y - POLE - 3), (x + 12, y - POLE + 0.5), (x + 1.5, y - POLE + 4))
        shapes.append(Line(pennant, accent, 1.0, fill=accent))

    def _places(self, shapes: list[Shape], lane: Lane, window: LaneWindow, place: Place, y: float) -> None:
        for stretch in window.stretches:
            if not stretch.times:
                points = ((place.x(stretch.start) + 5, y + STRIP / 2), (place.x(stretch.stop) - 5, y + STRIP / 2))
                shapes.append(Line(points, self.theme.faint, 1.2, (1.5, 4)))
                continue
            first, last = (round(edge / lane.scale) for edge in (stretch.start, stretch.stop))
            for element in range(first, last):
                self._element(shapes, lane, element, stretch.times, place, y)

    def _element(self, shapes: list[Shape], lane: Lane, element: int, times: int, place: Place, y: float) -> None:
        from tensorviz.core.reach import UNCOUNTED  # it needs numpy, which the window does not wait for

        left, right = place.clipped(element * lane.scale, (element + 1) * lane.scale)
        shared = times not in (0, 1)
        fill, text = (self.theme.shared, self.theme.on_shared) if shared else (self.theme.element, self.theme.muted)
        border = None if shared else self.theme.element_border
        shapes.append(Box(left + 2, y, right - left - 4, STRIP, fill, border, 1.0, 3.0))
        said = (
            ("many" if times == UNCOUNTED else f"{times}x")
            if shared
            else ",".join(map(str, next(lane.layout.indices_at(element))))
        )
        if said and text_width(said, INDEX) < right - left - 6:
            shapes.append(Label((left + right) / 2, y + STRIP / 2, said, INDEX, text, "middle", shared, True))

    def _hops(self, shapes: list[Shape], lane: Lane, hops: Hops, place: Place, y: float) -> None:
        style = dimension_style(lane.key(hops.dim), self.theme.dark)
        if hops.stays:
            self._loop(shapes, lane, hops, place, y, style)
        written = False
        for hop in hops.hops:
            written = self._hop(shapes, hop, hops, place, y, style, written) or written

    def _hop(
        self, shapes: list[Shape], hop: Hop, hops: Hops, place: Place, y: float, style: DimensionStyle, written: bool
    ) -> bool:
        """One hop with its stride; the words stand on the first that has room, the number on the others."""
        (left, starts), (right, ends) = place.end(hop.start), place.end(hop.stop)
        points = hanging((left, y, starts), (right, y, ends))
        shapes.append(Line(points, style.colour, 1.7, style.dash, curved=True))
        if starts:
            shapes.append(Dot(left, y, 3.0, style.colour))
        if ends:
            shapes.append(arrow_head(points[-2], points[-1], style.colour))
        return self._stride(shapes, hops, abs(right - left), ((left + right) / 2, y + 3), style, written)

    def _stride(
        self,
        shapes: list[Shape],
        hops: Hops,
        room: float,
        middle: tuple[float, float],
        style: DimensionStyle,
        written: bool,
    ) -> bool:
        for text in [f"{hops.stride:+d}"] if written else [hops.text, f"{hops.stride:+d}"]:
            if text_width(text, INDEX, mono=True) + 14 < room:
                shapes.append(Label(*middle, text, INDEX, style.colour, "middle", mono=True))
                return text == hops.text
        return False

    def _loop(self, shapes: list[Shape], lane: Lane, hops: Hops, place: Place, y: float, style: DimensionStyle) -> None:
        """Stride 0: a loop under the first element, and how many indices stay there."""
        middle = (lane.layout.offset + 0.5) * lane.scale
        x, here = place.end(middle)
        if not here:
            return
        loop = ((x - 2, y), (x - 26, y + DEPTH * 1.6), (x + 26, y + DEPTH * 1.6), (x + 2.5, y + 1))
        shapes.append(Line(loop, style.colour, 1.7, style.dash, curved=True))
        shapes.append(arrow_head(loop[-2], loop[-1], style.colour))
        said = f"{hops.text}: all {hops.size} indices stay"
        shapes.append(Label(x + 22, y + 5, said, INDEX, style.colour, mono=True))

    def _bracket(self, shapes: list[Shape], lane: Lane, window: LaneWindow, place: Place, y: float) -> float:
        if window.bracket is None:
            if not lane.layout.numel:
                middle = y - 9 - STRIP / 2
                shapes.append(Label(place.rows.left + 12, middle, lane.summary, SMALL, self.theme.muted))
            return y
        left, right = place.x(window.bracket[0]) + 2, place.x(window.bracket[1]) - 2
        said, colour = lane.summary, self.theme.muted
        y += 5
        room = text_width(said, SMALL) + 16
        if window.opens:  # said where the bracket begins
            shapes.append(Line(((left, y), (right, y)), colour, 1.0))
        elif room > right - left - 16:  # the words go beside a bracket that is too narrow for them
            shapes.append(Line(((left, y), (right, y)), colour, 1.0))
            shapes.append(Label(right + 8, y, said, SMALL, colour))
        else:
            middle = (left + right) / 2
            shapes.append(Line(((left, y), (middle - room / 2, y)), colour, 1.0))
            shapes.append(Line(((middle + room / 2, y), (right, y)), colour, 1.0))
            shapes.append(Label(middle, y, said, SMALL, colour, "middle"))
        ticks = [x for x, there in ((left, not window.opens), (right, window.closes)) if there]
        shapes.extend(Line(((x, y - 4), (x, y + 4)), colour, 1.0) for x in ticks)
        return y + SUMMARY - 5


class Place:
    """From positions in cells to pixels, within one row."""

    def __init__(self, rows: Rows, row: int, span: tuple[int, int]) -> None:
        self.rows, self.span = rows, span
        self.base = row * rows.per_row

    def x(self, position: float) -> float:
        """The pixel of a position."""
        return self.rows.x_of(position - self.base)

    def clipped(self, start: float, stop: float) -> tuple[float, float]:
        """The pixels of what lies in the row."""
        return self.x(max(start, self.span[0])), self.x(min(stop, self.span[1]))

    def end(self, position: float) -> tuple[float, bool]:
        """The pixel of a hop's end, and whether it lies in the row; else the row's edge."""
        inside = self.span[0] <= position <= self.span[1]
        return self.x(min(max(position, self.span[0]), self.span[1])), inside


def hanging(start: tuple[float, float, bool], stop: tuple[float, float, bool]) -> tuple[Point, ...]:
    """A curve that hangs between two places; an end that is not in the row lies at its edge, and low."""
    (left, y, starts), (right, _, ends) = start, stop
    low, width = y + DEPTH * 1.3, right - left
    edge = low - 3
    if ends:  # short of the place: the next hop's dot stands on it
        right -= TIP if width > 0 else -TIP
    if starts and ends:
        return (left, y), (left + width * 0.18, low), (right - width * 0.18, low), (right, y + TIP)
    if starts:
        return (left, y), (left + width * 0.2, low), ((left + right) / 2, edge), (right, edge)
    if ends:
        return (left, edge), ((left + right) / 2, edge), (right - width * 0.2, low), (right, y + TIP)
    return (left, edge), (left, edge), (right, edge), (right, edge)


def arrow_head(behind: Point, tip: Point, colour: str) -> Line:
    """A triangle that points from `behind` to `tip`, a little beyond it."""
    length = hypot(tip[0] - behind[0], tip[1] - behind[1]) or 1.0
    dx, dy = (tip[0] - behind[0]) / length, (tip[1] - behind[1]) / length
    point = (tip[0] + dx * 1.5, tip[1] + dy * 1.5)
    back = (point[0] - dx * HEAD, point[1] - dy * HEAD)
    sides = [(back[0] - dy * side, back[1] + dx * side) for side in (HEAD * 0.42, -HEAD * 0.42)]
    return Line((point, *sides), colour, 0.5, fill=colour)
