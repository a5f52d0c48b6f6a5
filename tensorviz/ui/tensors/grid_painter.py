"""Paints a grid: cells with their numbers, colours and marks, indices along the edges, and what is pointed at.

Must not know where any of it comes from: a scene is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QLine, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPen, QPolygonF, QStaticText

from tensorviz.core.colour_maps import ColourMap, text_on
from tensorviz.core.colours import dimension_style
from tensorviz.core.grid_geometry import GridGeometry
from tensorviz.core.grid_map import Index
from tensorviz.core.session_data import TensorFacts
from tensorviz.ui.state.grids import SMALLEST_TEXT
from tensorviz.ui.state.pointing import Selection
from tensorviz.ui.tensors.grid_cells import CellText
from tensorviz.ui.tensors.grid_image import Patch
from tensorviz.ui.theme import Tokens, number_font

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPainter

    from tensorviz.core.grid_geometry import Axis, Piece
    from tensorviz.core.grid_map import Role

MOST_TEXTS = 20_000  # kept
NICE = (1, 2, 5)
HEAD_SIZE = 10  # pixels of the indices along the edges


@dataclass
class Scene:
    """What is painted. origin: of the window in the grid. lit: on the memory pointed at; pointed: the one itself.

    flashes: how strongly each address that changed is lit, 0 to 1. moving: where addresses came from, and how far
    they are on the way.
    """

    tensor: TensorFacts
    geometry: GridGeometry
    tokens: Tokens
    origin: tuple[int, int]
    size: tuple[int, int]
    at: Callable[[int], CellText | None]
    colours: ColourMap
    lit: Sequence[Index] = ()
    pointed: Index | None = None
    selection: Selection | None = None
    cursor: Index | None = None
    flash: Callable[[int], float] | None = None
    moving: tuple[Mapping[int, tuple[int, int]], float] | None = None
    pictures: Sequence[tuple[Patch, QImage]] = field(default=())

    @property
    def dark(self) -> bool:
        """Whether the ground is."""
        return self.tokens.name == "dark"


def cell_font(height: int) -> QFont:
    """The font of numbers in cells of a height."""
    font = number_font()
    font.setPixelSize(min(max(round(height * 0.56), 10), 20))
    return font


def head_font() -> QFont:
    """The font of the indices along the edges."""
    font = number_font()
    font.setPixelSize(HEAD_SIZE)
    return font


class GridPainter:
    """Paints scenes; keeps the texts it has laid out."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[QStaticText, float]] = {}
        self._height = 0
        self._font = cell_font(SMALLEST_TEXT)
        self._ascent = 0.0

    def _take_font(self, height: int) -> None:
        if height != self._height:
            self._height, self._font = height, cell_font(height)
            self._texts.clear()
            self._metrics = QFontMetricsF(self._font)
            self._ascent = (height - self._metrics.height()) / 2

    def paint(self, painter: QPainter, scene: Scene, exposed: QRect) -> None:
        """Paints what of the scene lies in the exposed part of the window."""
        ox, oy = scene.origin
        window = (ox + exposed.x(), oy + exposed.y(), exposed.width(), exposed.height())
        self._take_font(scene.geometry.cell_height)
        pieces = tuple(scene.geometry.pieces(*window))
        if scene.geometry.cell_height >= SMALLEST_TEXT:
            for piece in pieces:
                self._cells(painter, scene, piece)
        else:
            self._images(painter, scene)
        self._overlays(painter, scene)
        for piece in scene.geometry.pieces(ox, oy, *scene.size):
            self._heads(painter, scene, piece)

    # ------------------------------------------------------------------------------------------------- cells

    def _cells(self, painter: QPainter, scene: Scene, piece: Piece) -> None:
        geometry, layout, plan = scene.geometry, scene.tensor.layout, scene.geometry.plan
        base = plan.base(layout, piece.panel)
        left = piece.x + geometry.row_head - scene.origin[0]
        top = piece.y + geometry.caption + geometry.column_head - scene.origin[1]
        rows = [(top + geometry.rows.place(r), base + plan.steps(layout, "rows", r)) for r in range(*piece.rows)]
        columns = [(left + geometry.columns.place(c), plan.steps(layout, "columns", c)) for c in range(*piece.columns)]
        painter.setFont(self._font)
        if scene.moving is not None:
            self._moving_cells(painter, scene, rows, columns)
            return
        self._frames(painter, scene, [y for y, _ in rows], [x for x, _ in columns])
        painter.setPen(scene.tokens.colour("text"))
        for y, row in rows:
            for x, column in columns:
                self._cell(painter, scene, x, y, row + column)

    def _frames(self, painter: QPainter, scene: Scene, tops: list[int], lefts: list[int]) -> None:
        """The ground and the lines of all cells at once."""
        if not tops or not lefts:
            return
        wide, high = scene.geometry.cell_width, scene.geometry.cell_height
        ground, line = scene.tokens.colour("raised"), QPen(scene.tokens.colour("border"), 1)
        painter.setPen(line)
        lines = []
        for y, end in _blocks(tops, high):
            for x, right in _blocks(lefts, wide):
                painter.fillRect(x, y, right - x, end - y, ground)
                lines.append(QLine(x, y, x, end - 1))
                lines.append(QLine(x, y, right - 1, y))
        up, across = _blocks(tops, high), _blocks(lefts, wide)
        lines += [QLine(x + wide - 1, y, x + wide - 1, end - 1) for x in lefts for y, end in up]
        lines += [QLine(x, y + high - 1, end - 1, y + high - 1) for y in tops for x, end in across]
        painter.drawLines(lines)

    def _cell(self, painter: QPainter, scene: Scene, x: int, y: int, address: int) -> None:
        cell = scene.at(address)
        wide, high = scene.geometry.cell_width, scene.geometry.cell_height
        if cell is None:
            painter.fillRect(x + wide // 2 - 3, y + high // 2, 6, 1, scene.tokens.colour("strong_border"))
            return
        if scene.flash is not None and (share := scene.flash(address)):
            warm = scene.tokens.colour("warning")
            warm.setAlphaF(0.45 * share)
            painter.fillRect(x, y, wide - 1, high - 1, warm)
        value = cell.value
        mark = scene.colours.mark(value) if value is not None else ""
        fill = scene.colours.fill(value) if value is not None else None
        if fill is not None:
            painter.fillRect(x, y, wide, high, QColor(fill))
        shown, width = self._text(cell.text)
        place = QPointF(x + wide - 7 - width, y + self._ascent)
        if fill is None and not mark:
            painter.drawStaticText(place, shown)
            return
        ink = QColor(text_on(fill)) if fill is not None else scene.tokens.colour("warning")
        painter.setPen(ink)
        painter.drawStaticText(place, shown)
        draw_mark(painter, mark, x, y, wide, high, ink)
        painter.setPen(scene.tokens.colour("text"))

    def _text(self, text: str) -> tuple[QStaticText, float]:
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            laid = QStaticText(text)
            laid.setTextFormat(Qt.TextFormat.PlainText)
            laid.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            laid.prepare(font=self._font)
            found = self._texts[text] = laid, self._metrics.horizontalAdvance(text)
        return found

    def _moving_cells(
        self, painter: QPainter, scene: Scene, rows: list[tuple[int, int]], columns: list[tuple[int, int]]
    ) -> None:
        assert scene.moving is not None
        before, share = scene.moving
        wide, high = scene.geometry.cell_width, scene.geometry.cell_height
        for y, row in rows:
            for x, column in columns:
                old = before.get(row + column, (x, y))
                px, py = round(old[0] + (x - old[0]) * share), round(old[1] + (y - old[1]) * share)
                painter.fillRect(px, py, wide, high, scene.tokens.colour("raised"))
                painter.setPen(scene.tokens.colour("border"))
                painter.drawRect(px, py, wide - 1, high - 1)
                painter.setPen(scene.tokens.colour("text"))
                self._cell(painter, scene, px, py, row + column)

    def _images(self, painter: QPainter, scene: Scene) -> None:
        """Pictures of cells that are too small for numbers; smooth scaling would invent values."""
        geometry = scene.geometry
        for patch, picture in scene.pictures:
            left = patch.piece.x + geometry.row_head - scene.origin[0]
            top = patch.piece.y + geometry.caption + geometry.column_head - scene.origin[1]
            step = patch.rows.step
            painter.save()
            painter.setClipRect(clipped(left, top, geometry.columns.length, geometry.rows.length, scene.size))
            x, y = left + geometry.columns.place(patch.columns.start), top + geometry.rows.place(patch.rows.start)
            wide, high = len(patch.columns) * step * geometry.cell_width, len(patch.rows) * step * geometry.cell_height
            painter.drawImage(QRect(x, y, wide, high), picture)
            painter.restore()

    # ------------------------------------------------------------------------------------------------- overlays

    def _overlays(self, painter: QPainter, scene: Scene) -> None:
        accent = scene.tokens.colour("accent")
        if scene.selection is not None:
            self._selection(painter, scene, scene.selection)
        soft = QColor(accent)
        soft.setAlphaF(0.28)
        for index in scene.lit:
            place = self._place(scene, index)
            if place is not None:
                if scene.colours.scale == "off":  # over colours it would take the contrast from the numbers
                    painter.fillRect(place, soft)
                if index != scene.pointed:
                    _frame(painter, place, accent, 1)
        if scene.pointed is not None and (place := self._place(scene, scene.pointed)) is not None:
            if scene.colours.scale != "off":  # a line of the ground sets the frame off from any colour
                _frame(painter, place.adjusted(2, 2, -2, -2), scene.tokens.colour("raised"), 1)
            _frame(painter, place, accent, 2)
        if scene.cursor is not None and (place := self._place(scene, scene.cursor)) is not None:
            painter.setPen(QPen(scene.tokens.colour("focus"), 2, Qt.PenStyle.DotLine))
            painter.drawRect(place.adjusted(1, 1, -2, -2))

    def _selection(self, painter: QPainter, scene: Scene, selection: Selection) -> None:
        fill = scene.tokens.colour("accent")
        fill.setAlphaF(0.16)
        for piece in scene.geometry.pieces(*scene.origin, *scene.size):
            for place in _selected_places(scene, piece, selection):
                if scene.colours.scale == "off":
                    painter.fillRect(place, fill)
                _frame(painter, place.adjusted(1, 1, -1, -1), scene.tokens.colour("raised"), 1)
                _frame(painter, place, scene.tokens.colour("accent"), 1)

    def _place(self, scene: Scene, index: Index) -> QRect | None:
        rect = scene.geometry.rect(index)
        if rect is None:
            return None
        x, y, wide, high = rect
        x, y = x - scene.origin[0], y - scene.origin[1]
        if x + wide < 0 or y + high < 0 or x > scene.size[0] or y > scene.size[1]:
            return None
        return QRect(x, y, max(wide, 3), max(high, 3))

    # ------------------------------------------------------------------------------------------------- indices

    def _heads(self, painter: QPainter, scene: Scene, piece: Piece) -> None:
        """Indices above and beside the cells; they stay in sight as long as their panel does."""
        geometry, (ox, oy) = scene.geometry, scene.origin
        x, y = piece.x - ox, piece.y - oy
        painter.setFont(head_font())
        surface = scene.tokens.colour("surface")
        high = geometry.caption + geometry.column_head
        top = min(max(y, 0), max(y + geometry.panel_height - high, y))
        side = min(max(x, 0), max(x + geometry.panel_width - geometry.row_head, x))
        if geometry.row_head:
            painter.fillRect(clipped(side, y, geometry.row_head, geometry.panel_height, scene.size), surface)
            self._row_heads(painter, scene, piece, side, y + high)
        if high:
            painter.fillRect(clipped(x, top, geometry.panel_width, high, scene.size), surface)
            self._column_heads(painter, scene, piece, x + geometry.row_head, top + geometry.caption)
            if geometry.row_head:
                painter.fillRect(side, top, geometry.row_head, high, surface)
        if geometry.caption:
            painter.setPen(scene.tokens.colour("muted"))
            area = QRect(side, top, min(geometry.panel_width, scene.size[0]), geometry.caption)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            caption = geometry.plan.panel_caption(piece.panel)
            fits = painter.fontMetrics().horizontalAdvance(caption) <= geometry.panel_width
            painter.drawText(area, flags, caption if fits else geometry.plan.short_caption(piece.panel))

    def _row_heads(self, painter: QPainter, scene: Scene, piece: Piece, x: int, top: int) -> None:
        geometry = scene.geometry
        painter.setPen(_head_colour(scene, "rows"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in _shown(piece.rows, geometry.rows, HEAD_SIZE + 3):
            start = top + geometry.rows.place(row)
            middle = max(start + geometry.cell_height // 2, start + HEAD_SIZE // 2)  # small cells: below the edge
            area = QRect(x, middle - 8, geometry.row_head - 5, 16)
            painter.drawText(area, flags, geometry.plan.caption("rows", row))

    def _column_heads(self, painter: QPainter, scene: Scene, piece: Piece, left: int, y: int) -> None:
        geometry = scene.geometry
        painter.setPen(_head_colour(scene, "columns"))
        longest = len(geometry.plan.caption("columns", max(geometry.plan.columns - 1, 0)))
        room = longest * HEAD_SIZE + 6
        for column in _shown(piece.columns, geometry.columns, room):
            start = left + geometry.columns.place(column)
            small = geometry.cell_width < SMALLEST_TEXT  # then the index begins at the edge of its cell
            area = QRect(start if small else start + geometry.cell_width // 2 - 60, y, 120, geometry.column_head)
            across = Qt.AlignmentFlag.AlignLeft if small else Qt.AlignmentFlag.AlignHCenter
            caption = geometry.plan.caption("columns", column)
            painter.drawText(area, across | Qt.AlignmentFlag.AlignVCenter, caption)


def _head_colour(scene: Scene, role: Role) -> QColor:
    """The colour of the dimension, where there is one only."""
    dims = scene.geometry.plan.map.dims(role)
    if len(dims) != 1 or dims[0] >= len(scene.tensor.keys):
        return scene.tokens.colour("muted")
    return QColor(dimension_style(scene.tensor.keys[dims[0]], scene.dark).colour)


def _shown(window: tuple[int, int], axis: Axis, room: int) -> range:
    """The lines whose index is written, so that none covers another: each 1st, 2nd, 5th, 10th..."""
    step, power = 1, 1
    while step * axis.cell < room:
        step = next((power * nice for nice in NICE if power * nice > step), 0)
        if not step:
            power *= 10
            step = power
    return range(-(-window[0] // step) * step, window[1], step)


def _blocks(starts: list[int], size: int) -> list[tuple[int, int]]:
    """Places of lines as stretches without gaps."""
    found: list[tuple[int, int]] = []
    for start in starts:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], start + size)
        else:
            found.append((start, start + size))
    return found


def _selected_places(scene: Scene, piece: Piece, selection: Selection) -> list[QRect]:
    """The stretches of cells that are selected, in the window."""
    geometry, plan = scene.geometry, scene.geometry.plan
    left = piece.x + geometry.row_head - scene.origin[0]
    top = piece.y + geometry.caption + geometry.column_head - scene.origin[1]
    if not piece.rows[1] or not piece.columns[1] or not _holds(scene, "panels", piece.panel, selection):
        return []
    if any(not selection.ranges[d][0] <= plan.chosen[d] < selection.ranges[d][1] for d in plan.map.sliders):
        return []
    rows = [r for r in range(*piece.rows) if _holds(scene, "rows", r, selection)]
    columns = [c for c in range(*piece.columns) if _holds(scene, "columns", c, selection)]
    return [
        QRect(x, y, right - x, end - y)
        for y, end in _blocks([top + geometry.rows.place(r) for r in rows], geometry.cell_height)
        for x, right in _blocks([left + geometry.columns.place(c) for c in columns], geometry.cell_width)
    ]


def _holds(scene: Scene, role: Role, ordinal: int, selection: Selection) -> bool:
    """Whether a row, column or panel is among the selected ranges."""
    plan = scene.geometry.plan
    where = {"panels": (ordinal, 0, 0), "rows": (0, ordinal, 0), "columns": (0, 0, ordinal)}
    index = plan.index(*where[role])
    return all(selection.ranges[d][0] <= index[d] < selection.ranges[d][1] for d in plan.map.dims(role))


def clipped(x: int, y: int, width: int, height: int, room: tuple[int, int]) -> QRect:
    """What of a rectangle is in the window, and a little around it; Qt cannot hold positions of any size."""
    left, top = max(x, -64), max(y, -64)
    right, bottom = min(x + width, room[0] + 64), min(y + height, room[1] + 64)
    return QRect(left, top, max(right - left, 0), max(bottom - top, 0))


def _frame(painter: QPainter, place: QRect, colour: QColor, line: int) -> None:
    painter.setPen(QPen(colour, line, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = line / 2
    painter.drawRect(QRectF(place).adjusted(inset, inset, -inset, -inset))


def draw_mark(painter: QPainter, mark: str, x: int, y: int, wide: int, high: int, ink: QColor) -> None:
    """The mark of a value that is not on the scale, at the left of its cell: x, an arrow, or a corner."""
    side, left, top = 6, x + 4, y + high // 2 - 3
    if mark == "nan":
        painter.drawLine(QPoint(left, top), QPoint(left + side, top + side))
        painter.drawLine(QPoint(left, top + side), QPoint(left + side, top))
        return
    shapes: dict[str, list[tuple[float, float]]] = {
        "+inf": [(left, top + side), (left + side, top + side), (left + side / 2, top)],
        "-inf": [(left, top), (left + side, top), (left + side / 2, top + side)],
        "over": [(x + wide, y), (x + wide, y + side + 1), (x + wide - side - 1, y)],
        "under": [(x + wide, y + high), (x + wide, y + high - side - 1), (x + wide - side - 1, y + high)],
    }
    if mark in shapes:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in shapes[mark]]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
