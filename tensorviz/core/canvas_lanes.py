"""Lanes as the canvas draws them: as in the storage picture while there is room, in stretches and textures below it.

Must not know Qt. What is not drawn one by one is counted in words, so that a drawing never says less than it seems to.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tensorviz.core.canvas_geometry import Detail, Rows
from tensorviz.core.canvas_scene import COMPACT_HEIGHT, COMPACT_STRIP, FULL_GAP
from tensorviz.core.colours import DimensionStyle, dimension_style
from tensorviz.core.drawing import Box, Label, Line, Shape
from tensorviz.core.errors import ValueRefused
from tensorviz.core.lane_picture import INDEX, LAYOUT, STRIP, LanePainter, Place, hanging
from tensorviz.core.lanes import Hops, LaneWindow, Stretch
from tensorviz.core.picture_theme import text_width
from tensorviz.core.text import count_text

if TYPE_CHECKING:
    from tensorviz.core.canvas_scene import Placed, SceneLane
    from tensorviz.core.lanes import Hop, Lane
    from tensorviz.core.layout import Layout

NEAREST_HOPS, PLAIN_HOPS = 6.0, 18.0  # pixels; shorter hops are a texture; are drawn without heads and numbers
NARROWEST_ELEMENT = 9.0  # pixels; narrower ones are drawn as stretches
BAND, COARSE_BAND = 2.0, 4.0  # pixels; where each edge has to be worked out
SHADES = 24
LOOKED_AT = 1 << 14  # addresses of a row that are looked at one by one; of more only sums are asked for
SMALL_NAME, BOLD = 10.5, 1.3  # a size; how much wider bold letters are than what is reckoned for others
DOTS = "\u2026"
UNKNOWN = -2  # times of a stretch: which places are reached cannot be found out


@dataclass(frozen=True)
class Part:
    """The cells of a row that are drawn together: row span and part of it."""

    rows: Rows
    row: int
    span: tuple[int, int]

    @property
    def row_span(self) -> tuple[int, int]:
        """All cells of the row."""
        return self.rows.window(self.row)

    @property
    def wider(self) -> Part:
        """With a cell more at each side, so that what goes on beyond an edge is not drawn as if it ended there."""
        (low, high), (start, stop) = self.row_span, self.span
        return Part(self.rows, self.row, (max(start - 1, low), min(stop + 1, high)))

    @property
    def place(self) -> Place:
        """Positions to pixels: shapes are those of the whole row, whatever part of it is drawn."""
        return Place(self.rows, self.row, self.row_span)


class CanvasLanes(LanePainter):
    """Draws lanes under parts of rows; a lane's shapes begin at y = 0."""

    def shapes(self, lane: SceneLane, placed: Placed, part: Part) -> list[Shape]:
        """A lane under a part of a row."""
        shapes: list[Shape] = []
        one_by_one = lane.full and lane.lane.scale * part.rows.cell_width >= NARROWEST_ELEMENT
        part = part if one_by_one else part.wider
        if lane.full:
            window = window_of(lane.lane, placed.tracks, part)
            self.body(shapes, lane.lane, window, part.place, placed.tracks, FULL_GAP)
        else:
            self._compact(shapes, lane.lane, window_of(lane.lane, (), part), part.place)
        return shapes

    def labels(self, lane: SceneLane, tracks: tuple[int, ...], right: float) -> list[Shape]:
        """What stands left of a lane; texts longer than `right` pixels are cut in the middle."""
        shapes: list[Shape] = []
        if lane.full:
            self.names(shapes, lane.lane, tracks, right, FULL_GAP)
        else:
            name = cut_text(lane.lane.name, SMALL_NAME, right)
            y = COMPACT_HEIGHT / 2
            shapes.append(Label(right, y, name, SMALL_NAME, self.theme.text, "end", bold=True))
            room = right - BOLD * text_width(name, SMALL_NAME) - 8
            if room > 40 and text_width(lane.lane.layout.text(), LAYOUT - 1) <= room:
                at = right - BOLD * text_width(name, SMALL_NAME) - 8
                shapes.append(Label(at, y, lane.lane.layout.text(), LAYOUT - 1, self.theme.muted, "end"))
        return [_cut(shape, right) if isinstance(shape, Label) else shape for shape in shapes]

    def _places(self, shapes: list[Shape], lane: Lane, window: LaneWindow, place: Place, y: float) -> None:
        if lane.scale * place.rows.cell_width >= NARROWEST_ELEMENT and not isinstance(window, SharedWindow):
            super()._places(shapes, lane, window, place, y)
        else:
            self._stretches(shapes, window, place, (y, STRIP))

    def _compact(self, shapes: list[Shape], lane: Lane, window: LaneWindow, place: Place) -> None:
        y = (COMPACT_HEIGHT - COMPACT_STRIP) / 2
        self._stretches(shapes, window, place, (y, COMPACT_STRIP))
        if window.flag is not None:
            x, accent = place.x(window.flag) + 1.5, self.theme.accent
            shapes.append(Line(((x, y - 2), (x, y + COMPACT_STRIP + 1)), accent, 1.8))
            shapes.append(Line(((x, y - 2), (x + 6, y + 0.5), (x, y + 3)), accent, 1.0, fill=accent))

    def _stretches(self, shapes: list[Shape], window: LaneWindow, place: Place, strip: tuple[float, float]) -> None:
        if isinstance(window, SharedWindow):
            self._shares(shapes, window, place, strip)
            return
        y, height = strip
        for stretch in window.stretches:
            left, right = place.clipped(stretch.start, stretch.stop)
            gap = min(1.0, (right - left) / 6)
            if stretch.times:
                shared = stretch.times != 1
                fill = self.theme.shared if shared else self.theme.element_border
                shapes.append(Box(left + gap, y, right - left - 2 * gap, height, fill))
                self._times(shapes, stretch, (left, right), (y, height), shared)
            else:
                ends = ((left + 2, y + height / 2), (max(right - 2, left + 2), y + height / 2))
                shapes.append(Line(ends, self.theme.faint, 1.0, (1.5, 3)))

    def _shares(self, shapes: list[Shape], window: SharedWindow, place: Place, strip: tuple[float, float]) -> None:
        """Bands, the stronger the more of them is reached; neighbours that look alike are one."""
        y, height = strip
        right, fill = -1.0, ""
        for stretch, share in zip(window.stretches, window.shares, strict=True):
            colour = mixed(self.theme.ground, self.theme.element_border, round(share * SHADES) / SHADES)
            left, end = place.clipped(stretch.start, stretch.stop)
            if colour == fill and abs(left - right) < 0.01 and isinstance(shapes[-1], Box):
                left = shapes.pop().x  # type: ignore[union-attr]  # it is a Box
            shapes.append(Box(left, y, end - left, height, colour))
            right, fill = end, colour

    def _times(
        self,
        shapes: list[Shape],
        stretch: Stretch,
        ends: tuple[float, float],
        strip: tuple[float, float],
        shared: bool,
    ) -> None:
        """How often places are seen, where there is room for it; "?" where it is not known which are."""
        said = "not known" if stretch.times == UNKNOWN else "many" if stretch.times < 0 else f"{stretch.times}x"
        size = min(INDEX, strip[1] - 1.5)
        if shared and text_width(said, size) < ends[1] - ends[0] - 4:
            y = strip[0] + strip[1] / 2
            shapes.append(Label(sum(ends) / 2, y, said, size, self.theme.on_shared, "middle", True, True))

    def _hop(
        self, shapes: list[Shape], hop: Hop, hops: Hops, place: Place, y: float, style: DimensionStyle, written: bool
    ) -> bool:
        (left, starts), (right, ends) = place.end(hop.start), place.end(hop.stop)
        if abs(right - left) >= PLAIN_HOPS or not (starts and ends):
            return super()._hop(shapes, hop, hops, place, y, style, written)
        shapes.append(Line(hanging((left, y, True), (right, y, True)), style.colour, 1.2, style.dash, curved=True))
        return False

    def _hops(self, shapes: list[Shape], lane: Lane, hops: Hops, place: Place, y: float) -> None:
        if hops.hops or hops.stays or not hops.left_out:
            super()._hops(shapes, lane, hops, place, y)
            return
        style = dimension_style(lane.key(hops.dim), self.theme.dark)
        ends = sorted((lane.layout.offset, lane.layout.offset + (hops.size - 1) * hops.stride))
        left, right = (place.end((end + 0.5) * lane.scale)[0] for end in ends)
        shapes.append(Line(((left, y + 4), (right, y + 4)), style.colour, 5.0, (1.5, 3.5)))
        said = f"{hops.text}, {count_text(hops.size - 1)} hops, too near to be drawn one by one"
        short = f"{hops.stride:+d}, {count_text(hops.size - 1)} hops"
        for text in (said, short):
            if text_width(text, INDEX) < right - left:
                shapes.append(Label((left + right) / 2, y + 15, text, INDEX, style.colour, "middle"))
                break


@dataclass(frozen=True)
class SharedWindow(LaneWindow):
    """A window in bands: `shares` says how much of each stretch is reached, from 0 to 1."""

    shares: tuple[float, ...] = ()


def window_of(lane: Lane, tracks: tuple[int, ...], part: Part) -> LaneWindow:
    """What of a lane is drawn under a part of a row; flag and bracket are those of the whole row."""
    rows, (start, stop) = part.rows, part.row_span
    first, last = (edge * lane.scale for edge in lane.layout.extent)
    flag = lane.layout.offset * lane.scale
    here = first < last and first < stop and last > start
    hops = tuple(_hops_of(lane, dim, part) for dim in tracks)
    whole = (max(first, start), min(last, stop)) if here else None
    flag_here = flag if start <= flag < stop else None
    if rows.detail is Detail.BANDS and here and has_gaps(lane.layout):
        bands = _bands(lane, part)
        if bands is not None:
            return SharedWindow(flag_here, bands[0], hops, whole, first < start, last <= stop, bands[1])
    stretches = _stretches_of(lane, part) if here else ()
    return LaneWindow(flag_here, stretches, hops, whole, first < start, last <= stop)


def has_gaps(layout: Layout) -> bool:
    """Whether some place within the extent is not reached, or may not be, as far as is known."""
    return layout.glance.distinct != layout.extent[1] - layout.extent[0]


def _stretches_of(lane: Lane, part: Part) -> tuple[Stretch, ...]:
    first, last = (edge * lane.scale for edge in lane.layout.extent)
    low, high = max(first, part.span[0]), min(last, part.span[1])
    unknown = (Stretch(low, high, UNKNOWN),) if low < high else ()
    if part.rows.detail is Detail.BANDS:
        return unknown if has_gaps(lane.layout) or low >= high else (Stretch(low, high, 1),)
    try:
        return lane.window(*part.span, dims=()).stretches
    except ValueRefused:  # a rare layout, for which it is too much to find out
        return unknown


def _bands(lane: Lane, part: Part) -> tuple[tuple[Stretch, ...], tuple[float, ...]] | None:
    """Stretches about BAND pixels wide, and how much of each is reached; None where it is not known.

    Neighbours of one share are one stretch.
    """
    start, stop = part.span
    each = max(int(BAND / part.rows.cell_width), 1)
    if (stop - start) * lane.cell_bytes // lane.layout.itemsize > LOOKED_AT:
        each = max(int(COARSE_BAND / part.rows.cell_width), 1)
    edges = [*range(start, stop, each), stop]
    places = [edge * lane.cell_bytes // lane.layout.itemsize for edge in edges]
    stretches: list[Stretch] = []
    shares: list[float] = []
    for at, count in enumerate(_counts_between(lane.layout, places)):
        if count is None:
            return None
        share = count / max(places[at + 1] - places[at], 1)
        if share and shares and share == shares[-1] and stretches[-1].stop == edges[at]:
            stretches[-1] = Stretch(stretches[-1].start, edges[at + 1], 1)
        elif share:
            stretches.append(Stretch(edges[at], edges[at + 1], 1))
            shares.append(share)
    return tuple(stretches), tuple(shares)


def _counts_between(layout: Layout, places: list[int]) -> list[int | None]:
    """How many addresses are reached between neighbours of `places`; None where that is too much to find out."""
    if places[-1] - places[0] <= LOOKED_AT:
        import numpy as np  # the window does not wait for it

        try:
            below = np.zeros(places[-1] - places[0] + 1, dtype=np.int64)
            np.cumsum(layout.glance.seen(places[0], places[-1]), out=below[1:])
        except ValueRefused:
            return [None] * (len(places) - 1)
        found: list[int | None] = np.diff(below[np.array(places) - places[0]]).tolist()
        return found
    sums = [layout.glance.below(place) for place in places]
    return [None if low is None or high is None else high - low for low, high in pairwise(sums)]


def _hops_of(lane: Lane, dim: int, part: Part) -> Hops:
    size, stride = lane.layout.shape[dim], lane.layout.stride[dim]
    if stride and abs(stride) * lane.scale * part.rows.cell_width < NEAREST_HOPS:
        return Hops(dim, size, stride, (), size - 1)
    return lane.hops(dim, *part.span)


def hops_are_texture(lane: Lane, dim: int, cell_width: float) -> bool:
    """Whether the hops of a dimension are too near to one another to be drawn one by one."""
    stride = lane.layout.stride[dim]
    return stride != 0 and abs(stride) * lane.scale * cell_width < NEAREST_HOPS


def mixed(under: str, over: str, share: float) -> str:
    """A colour between two ("#rrggbb"): `share` of the second, but never so little that it cannot be seen."""
    share = 0.25 + 0.75 * share
    parts = ((int(under[at : at + 2], 16), int(over[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def cut_text(text: str, size: float, room: float) -> str:
    """The text as it fits, cut in the middle."""
    most = max(int(room / max(text_width("x", size), 0.1)), 3)
    if len(text) <= most:
        return text
    head = most // 2
    return f"{text[:head]}{DOTS}{text[len(text) - (most - 1 - head) :]}"


def _cut(label: Label, room: float) -> Label:
    text = cut_text(label.text, label.size, room)
    return (
        label
        if text == label.text
        else Label(label.x, label.y, text, label.size, label.colour, label.anchor, label.bold)
    )
