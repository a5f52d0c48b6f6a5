"""The canvas picture from tiles: a pixmap per part of a row's cells, per lane and row, and per lane's names.

Must not know events, pointing or scrolling; it paints what a rectangle of the plane shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from tensorviz.core.canvas_cells import ROUNDED, bar, bare_cell, cell, cell_text, figures, ruler, ruler_names
from tensorviz.core.canvas_geometry import Detail
from tensorviz.core.canvas_lanes import CanvasLanes, Part
from tensorviz.core.canvas_scene import Placed, SceneLane
from tensorviz.core.canvas_turning import FIRST_TRACK, turning_hops
from tensorviz.core.errors import ValueRefused
from tensorviz.core.lane_picture import TRACK
from tensorviz.core.picture_theme import PICTURE_DARK, PICTURE_LIGHT
from tensorviz.ui.canvas.shape_painter import kept_right_of, paint_shapes
from tensorviz.ui.canvas.tiles import TileStore, painted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from tensorviz.core.canvas_scene import CanvasScene
    from tensorviz.core.drawing import Shape
    from tensorviz.core.lanes import Lane
    from tensorviz.core.number_text import NumberText
    from tensorviz.ui.canvas.tiles import Slice, Tile

USUAL_TILE, COARSE_TILE = 512.0, 400.0  # pixels across; bands are slow to work out
MOST_KNOWN = 20_000  # lanes and looks that have a number
BESIDE, HIGHEST = 12.0, 1e6  # what a part of a lane has beside it; more than a lane is high
STRIP_ENDS = FIRST_TRACK - 5
GHOST = 0.6  # how much of a tensor that does not exist is seen


@dataclass(frozen=True)
class Fading:
    """A lane that turns into another: the old one, and how much of the new one is seen (0 to 1)."""

    old: SceneLane
    share: float


class CanvasPicture:
    """Paints one scene. `stamp` changes when cells may have changed.

    text: what is in a cell, in so many characters. special: whether it is nan or an infinity.
    """

    def __init__(self, text: Callable[[int, int], NumberText | None], special: Callable[[int], bool]) -> None:
        self._text, self._special = text, special
        self.store = TileStore()
        self.scene: CanvasScene | None = None
        self.gutter = 120.0
        self.ratio, self.dark = 1.0, False
        self.stamp: Hashable = 0
        self.ghost: int | None = None
        self.rounded = False
        self.fading: dict[int, Fading] = {}
        self._known: dict[Hashable, int] = {}
        self._look = 0
        self._lanes: list[int] = []
        self._together = 0

    def show(self, scene: CanvasScene, gutter: float, dark: bool, ratio: float) -> None:
        """Takes a scene; tiles of an earlier one that fit are used again."""
        self.scene, self.gutter, self.dark, self.ratio = scene, gutter, dark, ratio
        if len(self._known) > MOST_KNOWN:
            self.forget()
        self._look = self._number(("look", scene.rows, gutter, dark, ratio))
        self._lanes = [self._number(lane.lane) for lane in scene.lanes]
        self._together = self._number(tuple(self._lanes))
        self.rounded = False

    def forget(self) -> None:
        """Lets all tiles go."""
        self.store.clear()
        self._known.clear()

    def _number(self, thing: Hashable) -> int:
        return self._known.setdefault(thing, len(self._known))

    # ------------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, origin: QPointF, area: QRectF, time: Slice) -> None:
        """Paints what of the plane lies in `area`; the plane's (0, 0) is at `origin` of the painter."""
        scene = self.scene
        assert scene is not None
        for row in scene.tops.visible(area.top(), area.bottom()):
            top = scene.tops.top(row)
            for part, left, width in self._parts(row, area.left(), area.right()):
                self._paint_part(
                    painter, origin + QPointF(left, top), part, (left, width), area.translated(0, -top), time
                )

    def _paint_part(
        self, painter: QPainter, at: QPointF, part: Part, across: tuple[float, float], area: QRectF, time: Slice
    ) -> None:
        scene = self.scene
        assert scene is not None
        high = scene.rows.ruler_height + scene.rows.cell_height
        if area.top() < high + 1:
            self._put(painter, at, self._cells_tile(part, across, time))
        for placed in scene.placed(part.row):
            if placed.top < area.bottom() and placed.top + placed.height > area.top():
                self._paint_lane(painter, at + QPointF(0, placed.top), part, placed, across, time)

    def _cells_tile(self, part: Part, across: tuple[float, float], time: Slice) -> Tile | None:
        key = ("cells", self._look, part.row, part.span[0])
        stamp = (self.stamp, self._together)
        # The ruler's last mark may stick out.
        size = (across[1] + 60, part.rows.ruler_height + part.rows.cell_height + 1)
        return self._tile(key, stamp, lambda: self._cells(part), across[0], size, time)

    def paint_heading(self, painter: QPainter, at: QPointF, row: int, area: QRectF, time: Slice) -> None:
        """Paints the cells of a row, its top at `at`: between the pixels of `area` across, on the plane."""
        for part, left, width in self._parts(row, area.left(), area.right()):
            self._put(painter, at + QPointF(left, 0), self._cells_tile(part, (left, width), time))

    def paint_ruler_names(self, painter: QPainter, top: float, time: Slice) -> None:
        """Paints what stands left of the ruler."""
        theme, right = PICTURE_DARK if self.dark else PICTURE_LIGHT, self.gutter - 12
        key = ("ruler names", self._look)
        tile = self._tile(key, None, lambda: ruler_names(theme, right, 0), 0, (self.gutter, 30), time)
        self._put(painter, QPointF(0, top), tile)

    def _paint_lane(
        self, painter: QPainter, at: QPointF, part: Part, placed: Placed, across: tuple[float, float], time: Slice
    ) -> None:
        scene = self.scene
        assert scene is not None
        lane = scene.lanes[placed.number]
        fading = self.fading.get(placed.number)
        tile = self._lane_tile(lane, self._lanes[placed.number], placed, part, across, time)
        if fading is None:
            painter.setOpacity(GHOST if placed.number == self.ghost else 1.0)
            self._put(painter, at, tile)
            painter.setOpacity(1.0)
            return
        old = self._lane_tile(fading.old, self._number(fading.old.lane), placed, part, across, time)
        both = lane.full and fading.old.full
        hops = turning_hops(fading.old, lane, part, fading.share, self.dark) if both else None
        whole = QRectF(at.x() - BESIDE, at.y(), across[1] + 2 * BESIDE, HIGHEST)
        if hops is None:
            self._blend(painter, at, (old, tile), fading.share, whole)
            return
        below = at.y() + FIRST_TRACK + TRACK * len(placed.tracks) - 3
        self._blend(painter, at, (old, tile), fading.share, QRectF(whole.topLeft(), QSizeF(whole.width(), STRIP_ENDS)))
        self._blend(painter, at, (None, tile), 1.0, whole.translated(0, below - at.y()))
        painter.save()
        painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(at - QPointF(across[0], 0))
        paint_shapes(painter, hops)
        painter.restore()

    def _blend(
        self, painter: QPainter, at: QPointF, tiles: tuple[Tile | None, Tile | None], share: float, area: QRectF
    ) -> None:
        """Paints two tiles within an area, `share` of the second and the rest of the first."""
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        for tile, opacity in zip(tiles, (1 - share, share), strict=True):
            painter.setOpacity(opacity)
            self._put(painter, at, tile)
        painter.restore()

    def _lane_tile(
        self, lane: SceneLane, number: int, placed: Placed, part: Part, across: tuple[float, float], time: Slice
    ) -> Tile | None:
        tracks = lane.tracks_in(part.row)
        key = ("lane", self._look, number, lane.full, part.row, part.span[0])
        own = replace(placed, tracks=tracks)
        lanes = CanvasLanes(PICTURE_DARK if self.dark else PICTURE_LIGHT)
        # What lies at the edge of two tiles is on both: twice on one another, it would look bolder.
        after = BESIDE if part.span[1] == part.row_span[1] else 0.0
        size = (across[1] + after, lane.height + TRACK * len(tracks) + 1)
        return self._tile(key, None, lambda: lanes.shapes(lane, own, part), across[0], size, time)

    def paint_names(self, painter: QPainter, top: float, area: QRectF, time: Slice) -> None:
        """Paints the names left of what lies in `area`, in a column `gutter` wide; the plane's top is at `top`."""
        scene = self.scene
        assert scene is not None
        theme = PICTURE_DARK if self.dark else PICTURE_LIGHT
        right = self.gutter - 12
        lanes = CanvasLanes(theme)
        for row in scene.tops.visible(area.top(), area.bottom()):
            y = scene.tops.top(row)
            self.paint_ruler_names(painter, top + y, time)
            for placed in scene.placed(row):
                if y + placed.top >= area.bottom() or y + placed.top + placed.height <= area.top():
                    continue
                lane = scene.lanes[placed.number]
                key: Hashable = ("names", self._look, self._lanes[placed.number], lane.full, placed.tracks)
                tile = self._tile(
                    key, None, partial(_names, lanes, lane, placed, right),
                    0, (self.gutter, placed.height), time,
                )  # fmt: skip
                self._put(painter, QPointF(0, top + y + placed.top), tile)

    # ---------------------------------------------------------------------------------------------------- tiles

    def _put(self, painter: QPainter, at: QPointF, tile: Tile | None) -> None:
        if tile is not None:
            painter.drawPixmap(at, tile.pixmap)

    def _tile(
        self,
        key: Hashable,
        stamp: Hashable,
        shapes: Callable[[], Iterable[Shape]],
        left: float,
        size: tuple[float, float],
        time: Slice,
    ) -> Tile | None:
        """The tile, made now if there is time; else an older one, or none."""
        tile = self.store.get(key)
        if tile is not None and tile.stamp == stamp:
            return tile
        if not time.allows():
            return tile
        tile = painted(shapes, left, size, self.ratio, stamp)
        self.store.put(key, tile)
        return tile

    def _parts(self, row: int, left: float, right: float) -> Iterator[tuple[Part, float, float]]:
        """The parts of a row between two pixels: with left edge and width."""
        scene = self.scene
        assert scene is not None
        rows = scene.rows
        start, stop = rows.window(row)
        whole = min(rows.per_row, max(rows.cells, 1)) * rows.cell_width
        tile = USUAL_TILE if rows.detail is not Detail.BANDS else COARSE_TILE
        each = rows.per_row if whole <= 1.5 * tile else max(int(tile / rows.cell_width), 1)
        first = max(int(left // rows.cell_width), 0) // each * each
        for column in range(first, max(stop - start, 1), each):
            at = rows.x_of(column)
            if at >= right:
                return
            end = min(start + column + each, stop)
            # A row with fewer cells is as wide as the others: its words may need the room.
            yield (
                Part(rows, row, (start + column, end)),
                at,
                max(each * rows.cell_width, 320.0 if each >= rows.per_row else 0),
            )

    def _cells(self, part: Part) -> list[Shape]:
        theme, rows = PICTURE_DARK if self.dark else PICTURE_LIGHT, part.rows
        shapes = ruler(theme, rows, part.row, part.span, 0.0)
        y, first = rows.ruler_height, part.row * rows.per_row
        if part.span[0] >= part.span[1]:
            return shapes
        if rows.detail is Detail.BANDS:
            return [*shapes, bar(theme, rows, part.row, part.span, y)]
        seen = self._seen(part)
        room = figures(rows.cell_width)
        for address in range(*part.span):
            box = (rows.x_of(address - first), y, rows.cell_width, rows.cell_height)
            here = seen[address - part.span[0]]
            if rows.detail is Detail.CELLS:
                shapes.append(bare_cell(theme, box, self._special(address), here))
                continue
            said = self.cell_text(address, room)
            self.rounded = self.rounded or said.startswith(ROUNDED)
            shapes.extend(cell(theme, box, said, here))
        return shapes

    def cell_text(self, address: int, room: int) -> str:
        """What is written into a cell with room for so many characters."""
        return cell_text(lambda most: self._text(address, most), room)

    def _seen(self, part: Part) -> list[bool]:
        """Which cells of a part some lane has bytes in."""
        scene = self.scene
        assert scene is not None
        start, stop = part.span
        seen = [False] * (stop - start)
        for placed in scene.placed(part.row):
            if placed.number == self.ghost:
                continue
            for a, b in _reached(scene.lanes[placed.number].lane, start, stop):
                seen[a:b] = [True] * (b - a)
            if all(seen):
                break
        return seen


def _reached(lane: Lane, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches of cells start..stop-1 that a lane has bytes in, counted from `start`."""
    size, cell_bytes = lane.layout.itemsize, lane.cell_bytes
    try:
        runs = lane.layout.glance.runs(start * cell_bytes // size, -(-stop * cell_bytes // size))
    except ValueRefused:  # a rare layout, for which it is too much to find out
        return
    for low, high in runs:
        a, b = low * size // cell_bytes - start, -(-high * size // cell_bytes) - start
        yield max(a, 0), min(b, stop - start)


def _names(lanes: CanvasLanes, lane: SceneLane, placed: Placed, right: float) -> list[Shape]:
    return kept_right_of(lanes.labels(lane, placed.tracks, right), BESIDE)
