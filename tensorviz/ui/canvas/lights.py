"""What lights up on the canvas: what is pointed at, what is selected, what changed, and where the keyboard is.

Must not know events or tiles: it is told what there is, says which rectangles are concerned, and paints over them.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QRegion

from tensorviz.core.canvas_marks import cells_on, elements_on, path_to, runs_in, stretch_rectangles, tracks_area
from tensorviz.ui.canvas.shape_painter import paint_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtGui import QPainter

    from tensorviz.core.canvas_marks import Rectangle
    from tensorviz.core.canvas_scene import CanvasScene
    from tensorviz.core.drawing import Shape
    from tensorviz.core.layout import Layout
    from tensorviz.ui.state.pointing import Pointed
    from tensorviz.ui.theme import Tokens

FLASH = 0.6  # seconds
FLASH_ALPHA, HOVER_ALPHA, SELECTED_ALPHA, VEIL = 130, 70, 60, 205
MOST_SPANS = 20_000  # of one change; more flash as one
MOST_FLASHES = 4000  # rectangles of one change that are painted one by one

Sight = tuple[range, tuple[int, int]]  # rows, and columns, that are in sight


class Lights:
    """The lights over one scene, in coordinates of the plane."""

    def __init__(self) -> None:
        self.scene: CanvasScene | None = None
        self.dark = False
        self.cursor: int | None = None
        self.hover: list[Rectangle] = []
        self.path: dict[int, list[Shape]] = {}
        self.flag: list[Rectangle] = []
        self._path_lane = -1
        self._flashes: list[tuple[float, Sequence[tuple[int, int]]]] = []
        self._selected: tuple[Layout, float, int | None] | None = None
        self._tints: dict[int, list[Rectangle]] = {}

    def show(self, scene: CanvasScene, dark: bool) -> None:
        """Takes another scene; what was lit is worked out again by whoever knows it."""
        self.scene, self.dark = scene, dark
        self.hover, self.path, self.flag = [], {}, []
        self._tints.clear()

    # ---------------------------------------------------------------------------------------------------- pointing

    def point(self, hover: Pointed | None, number: int | None, sight: Sight) -> None:
        """Lights up the memory that is pointed at, and the way to the element in lane `number`."""
        self.hover, self.path, self.flag = [], {}, []
        scene = self.scene
        if scene is None or hover is None:
            return
        rows, columns = sight
        self.hover = [
            *cells_on(scene, hover.start, hover.stop, rows),
            *elements_on(scene, hover.start, hover.stop, rows),
        ]
        if number is not None and hover.index:
            self._path_lane = number
            self.path = path_to(scene, number, hover.index, self.dark, rows, columns)
            offset = scene.lanes[number].lane.layout.offset
            self.flag = list(scene.element_rectangles(number, offset))

    def hover_area(self) -> list[Rectangle]:
        """Everything that the pointing lights up."""
        return [*self.hover, *self.flag, *(self._path_area(row) for row in self.path)]

    def _path_area(self, row: int) -> Rectangle:
        scene = self.scene
        assert scene is not None
        placed = next(one for one in scene.placed(row) if one.number == self._path_lane)
        # Hops of a low lane hang over the next ones.
        return -8.0, scene.tops.top(row) + placed.top, scene.width + 16, max(placed.height, 44.0)

    # --------------------------------------------------------------------------------------------------- selection

    def select(self, part: Layout | None, scale: float, number: int | None) -> None:
        """Tints a part of a tensor: its layout, cells per element, and its lane if it has one."""
        self._selected = None if part is None else (part, scale, number)
        self._tints.clear()

    def _tints_of(self, row: int) -> list[Rectangle]:
        if row not in self._tints:
            self._tints[row] = self._tints_in(row)
        return self._tints[row]

    def _tints_in(self, row: int) -> list[Rectangle]:
        scene, selected = self.scene, self._selected
        if scene is None or selected is None:
            return []
        part, scale, number = selected
        first, last = (edge * scale for edge in part.extent)
        low, high = scene.rows.window(row)
        low, high = max(low, int(first)), min(high, int(-(-last // 1)))
        runs = runs_in(part, scale, (low, high)) if low < high else []
        runs = [(first, last)] if runs is None else runs
        found = [one for run in runs for one in stretch_rectangles(scene, *run, (row,))]
        placed = next((one for one in scene.placed(row) if one.number == number), None)
        if placed is not None:
            top = scene.tops.top(row) + placed.strip_top
            found += [(left, top, width, placed.strip_height) for left, _, width, _ in list(found)]
        return found

    # ------------------------------------------------------------------------------------------------------ flashes

    def flash(self, spans: Sequence[tuple[int, int]]) -> None:
        """Lets bytes flash from now on."""
        if len(spans) > MOST_SPANS:
            spans = ((min(start for start, _ in spans), max(stop for _, stop in spans)),)
        self._flashes.append((perf_counter(), spans))

    def flashing(self) -> bool:
        """Whether something still flashes; what has faded is forgotten."""
        now = perf_counter()
        self._flashes = [(began, spans) for began, spans in self._flashes if now - began < FLASH]
        return bool(self._flashes)

    def flash_rectangles(self, rows: range) -> list[Rectangle]:
        """The cells and elements in sight that flash."""
        return [one for _, spans in self._flashes for one in self._flash(spans, rows)]

    def _flash(self, spans: Sequence[tuple[int, int]], rows: range) -> list[Rectangle]:
        scene = self.scene
        if scene is None or not len(rows):
            return []
        size = scene.rows.cell_bytes
        low, high = scene.rows.window(rows.start)[0] * size, scene.rows.window(rows.stop - 1)[1] * size
        here = [(start, stop) for start, stop in spans if start < high and stop > low][:MOST_FLASHES]
        found = [one for start, stop in here for one in cells_on(scene, start, stop, rows)]
        if len(here) <= 16:
            found += [one for start, stop in here for one in elements_on(scene, start, stop, rows)]
        return found

    # ----------------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, tokens: Tokens, origin: QPointF, rows: range, fade: bool, focus: bool) -> None:
        """Paints all lights; the plane's (0, 0) is at `origin`. fade: flashes get weaker with time."""
        accent = tokens.colour("accent")
        for row in rows:
            _fill(painter, origin, self._tints_of(row), _thin(accent, SELECTED_ALPHA))
        self._paint_flashes(painter, tokens, origin, rows, fade)
        _fill(painter, origin, self.hover, _thin(accent, HOVER_ALPHA))
        _outline(painter, origin, self.hover, QPen(accent, 2))
        _outline(painter, origin, self.flag, QPen(accent, 2))
        scene = self.scene
        for row, shapes in self.path.items():
            if scene is not None and row in rows:
                # Only the way is to be read: the other hops stand back.
                behind = tracks_area(scene, self._path_lane, row)
                _fill(painter, origin, [] if behind is None else [behind], _thin(tokens.colour("raised"), VEIL))
                painter.save()
                painter.translate(origin + QPointF(0, scene.tops.top(row)))
                paint_shapes(painter, shapes)
                painter.restore()
        if self.cursor is not None and scene is not None and self.cursor < scene.rows.cells:
            pen = QPen(
                tokens.colour("focus" if focus else "strong_border"),
                2,
                Qt.PenStyle.DashLine if not focus else Qt.PenStyle.SolidLine,
            )
            _outline(painter, origin, [scene.rectangle(self.cursor)], pen, 2)

    def _paint_flashes(self, painter: QPainter, tokens: Tokens, origin: QPointF, rows: range, fade: bool) -> None:
        now = perf_counter()
        for began, spans in self._flashes:
            left = max(1 - (now - began) / FLASH, 0.0)
            if left:
                colour = _thin(tokens.colour("warning"), round(FLASH_ALPHA * (left if fade else 1)))
                _fill(painter, origin, self._flash(spans, rows), colour)


def region_of(rectangles: Iterable[Rectangle], origin: Callable[[], QPointF]) -> QRegion:
    """The region of the viewport that rectangles of the plane cover, with their outlines."""
    region, at = QRegion(), origin()
    for left, top, width, height in rectangles:
        region += QRectF(left + at.x() - 4, top + at.y() - 4, width + 8, height + 8).toAlignedRect()
    return region


def _thin(colour: QColor, alpha: int) -> QColor:
    thin = QColor(colour)
    thin.setAlpha(alpha)
    return thin


def _fill(painter: QPainter, origin: QPointF, rectangles: Iterable[Rectangle], colour: QColor) -> None:
    for left, top, width, height in rectangles:
        painter.fillRect(QRectF(left, top, max(width, 2), height).translated(origin), colour)


def _outline(painter: QPainter, origin: QPointF, rectangles: Iterable[Rectangle], pen: QPen, out: float = 0.0) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for left, top, width, height in rectangles:
        place = QRectF(left, top, max(width, 2), height).translated(origin)
        painter.drawRoundedRect(place.adjusted(1 - out, 1 - out, out - 1, out - 1), 3, 3)
