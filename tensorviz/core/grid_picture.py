"""The picture of a tensor's grid: the cells of a window on it, with their numbers, colours and marks.

Must not know torch, files or painting libraries: plain data in, a Drawing out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.colour_maps import ColourMap, text_on
from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import Box, Drawing, Label, Line, Shape
from tensorviz.core.grid_geometry import Piece
from tensorviz.core.grid_map import GridPlan
from tensorviz.core.layout import Layout
from tensorviz.core.picture_theme import PICTURE_DARK, PICTURE_LIGHT, PictureTheme, text_width
from tensorviz.core.text import count_text, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.colour_maps import Mark
    from tensorviz.core.dtypes import Number
    from tensorviz.core.grid_map import Role

MARGIN, HEADING, CAPTION, HEAD = 24.0, 44.0, 20.0, 18.0
CELL, NARROWEST, FIGURE, SIZE = 26.0, 40.0, 7.8, 12.5
GAP, BETWEEN, WIDTH = 5.0, 26.0, 1100.0
MOST_CELLS, SMALL = 4096, 7.0

Cell = tuple[str, "Number | None"]  # the text that stands there, and the value if it has one


@dataclass(frozen=True)
class GridPicture:
    """What is drawn. pieces: the rows and columns of each panel that are in the window.

    cell: text and value at an address, None where it is not known. note: what else is to be said. numbers: whether
    there are texts; without, cells are small squares of colour.
    """

    name: str
    title: str
    layout: Layout
    plan: GridPlan
    keys: tuple[int, ...]
    pieces: tuple[Piece, ...]
    cell: Callable[[int], Cell | None]
    colours: ColourMap
    note: str = ""
    numbers: bool = True

    def step(self) -> int:
        """Each how-many-th row and column is drawn, so that there are not too many."""
        cells = sum((p.rows[1] - p.rows[0]) * (p.columns[1] - p.columns[0]) for p in self.pieces)
        step = 1
        while cells > MOST_CELLS * step * step:
            step += 1
        return step

    def left_out(self) -> str:
        """What the picture does not show, in sentences; empty when it shows every element."""
        if not self.pieces:
            return ""
        said = []
        for role, whole, window in (
            ("rows", self.plan.rows, self.pieces[0].rows),
            ("columns", self.plan.columns, self.pieces[0].columns),
        ):
            if window[1] - window[0] < whole:
                said.append(f"{role} {count_text(window[0])} to {count_text(window[1] - 1)} of {count_text(whole)}")
        if len(self.pieces) < self.plan.panels:
            said.append(f"{len(self.pieces)} of {plural(self.plan.panels, 'panel')}")
        held = [f"dim {dim} at {self.plan.chosen[dim]}" for dim in self.plan.map.sliders if self.plan.shape[dim] > 1]
        text = f"Drawn: {', '.join(said + held)}." if said or held else ""
        return f"{text} Each {ordinal_text(self.step())} row and column.".strip() if self.step() > 1 else text


def draw_grid(picture: GridPicture, dark: bool = False) -> Drawing:
    """The picture of one grid; its text twin is the description."""
    theme = PICTURE_DARK if dark else PICTURE_LIGHT
    painter = _GridPainter(picture, theme)
    shapes: list[Shape] = [Label(MARGIN, MARGIN + 8, picture.name, 16, theme.text, bold=True)]
    beside = MARGIN + text_width(picture.name, 16) + 14
    shapes.append(Label(beside, MARGIN + 9, picture.title, 12.5, theme.muted))
    right = max(beside + text_width(picture.title, 12.5), MARGIN + 240)
    x, y, lowest = MARGIN, MARGIN + HEADING, MARGIN + HEADING
    for piece in picture.pieces:
        wide, high = painter.size(piece)
        if x > MARGIN and x + wide > WIDTH:
            x, y = MARGIN, lowest + BETWEEN
        painter.panel(shapes, piece, x, y)
        lowest, right = max(lowest, y + high), max(right, x + wide)
        x += wide + BETWEEN
    for text in filter(None, (*_empty(picture), picture.left_out(), picture.note)):
        lowest += 20
        shapes.append(Label(MARGIN, lowest, text, 11.5, theme.muted))
        right = max(right, MARGIN + text_width(text, 11.5))
    title = f"{picture.name} as a grid: {picture.title}"
    size = right + MARGIN, lowest + MARGIN
    return Drawing(*size, theme.ground, tuple(shapes), title, grid_text(picture))


def _empty(picture: GridPicture) -> tuple[str, ...]:
    return (f"no elements: shape {list(picture.plan.shape)}",) if picture.plan.empty else ()


def grid_text(picture: GridPicture) -> str:
    """The picture in words: its text twin."""
    lines = [f"{picture.name}: {picture.title}; {picture.plan.map.text()}", *_empty(picture)]
    step = picture.step()
    for piece in picture.pieces:
        lines += [f"panel {picture.plan.panel_caption(piece.panel)}"] if picture.plan.map.panels else []
        for row in range(*piece.rows, step):
            cells = (picture.cell(at) for at in _addresses(picture, piece, row, step))
            texts = " ".join("?" if cell is None else cell[0] for cell in cells)
            lines.append(f"row {picture.plan.caption('rows', row) or '0'}: {texts}")
    return "\n".join(filter(None, [*lines, picture.left_out(), picture.note]))


def _addresses(picture: GridPicture, piece: Piece, row: int, step: int) -> list[int]:
    plan, layout = picture.plan, picture.layout
    base = plan.base(layout, piece.panel) + plan.steps(layout, "rows", row)
    return [base + plan.steps(layout, "columns", column) for column in range(*piece.columns, step)]


class _GridPainter:
    """Draws panels: caption, indices, cells."""

    def __init__(self, picture: GridPicture, theme: PictureTheme) -> None:
        self.picture, self.theme, self.step = picture, theme, picture.step()
        self.height = CELL if picture.numbers else SMALL
        longest = 1
        for piece in picture.pieces if picture.numbers else ():
            for row in range(*piece.rows, self.step):
                cells = (picture.cell(at) for at in _addresses(picture, piece, row, self.step))
                longest = max([longest, *(len(cell[0]) for cell in cells if cell is not None)])
        self.width = max(NARROWEST, longest * FIGURE + 20) if picture.numbers else SMALL
        last = max((piece.rows[1] for piece in picture.pieces), default=1) - 1
        widest = picture.plan.caption("rows", max(last, 0)) if not picture.plan.empty else ""
        self.head = len(widest) * 6.5 + 10 if picture.plan.map.rows else 0.0
        self.top = (HEAD if picture.plan.map.columns else 0) + (CAPTION if picture.plan.map.panels else 0)

    def size(self, piece: Piece) -> tuple[float, float]:
        """How much room a panel takes."""
        columns, rows = (self.places(role, piece) for role in ("columns", "rows"))
        return self.head + (columns[-1] if columns else 0) + self.width, self.top + (
            rows[-1] if rows else 0
        ) + self.height

    def places(self, role: Role, piece: Piece) -> list[float]:
        """Where the rows or columns of a panel begin; wider gaps at outer steps, as in the grid."""
        window, size = (piece.rows, self.height) if role == "rows" else (piece.columns, self.width)
        sizes, gap = self.picture.plan.sizes(role), GAP if self.picture.numbers else 0.0
        places, inner = [], [1]
        for count in reversed(sizes[1:]):
            inner.append(inner[-1] * count)
        for line in range(*window, self.step):
            steps = sum(line // count - window[0] // count for count in inner[1:])
            places.append((line - window[0]) // self.step * size + steps * gap)
        return places

    def panel(self, shapes: list[Shape], piece: Piece, x: float, y: float) -> None:
        """One panel with its corner at a point."""
        plan, theme = self.picture.plan, self.theme
        if plan.map.panels:
            shapes.append(Label(x, y + CAPTION / 2, plan.panel_caption(piece.panel), 11, theme.muted, mono=True))
        columns, rows = self.places("columns", piece), self.places("rows", piece)
        left, top = x + self.head, y + self.top
        self._heads(shapes, "columns", piece.columns, [(left + at + self.width / 2, top - HEAD / 2) for at in columns])
        self._heads(shapes, "rows", piece.rows, [(left - 6, top + at + self.height / 2) for at in rows])
        for row, down in zip(range(*piece.rows, self.step), rows, strict=True):
            for address, across in zip(_addresses(self.picture, piece, row, self.step), columns, strict=True):
                self._cell(shapes, address, left + across, top + down)

    def _heads(
        self, shapes: list[Shape], role: Role, window: tuple[int, int], places: Sequence[tuple[float, float]]
    ) -> None:
        plan, dims = self.picture.plan, self.picture.plan.map.dims(role)
        if not dims:
            return
        colour = self.theme.muted
        if len(dims) == 1 and dims[0] < len(self.picture.keys):
            colour = dimension_style(self.picture.keys[dims[0]], self.theme.dark).colour
        anchor = "end" if role == "rows" else "middle"
        every = 1 if self.picture.numbers else max(1, round(42 / SMALL))
        for line, (x, y) in list(zip(range(*window, self.step), places, strict=True))[::every]:
            shapes.append(Label(x, y, plan.caption(role, line), 10.5, colour, anchor, mono=True))

    def _cell(self, shapes: list[Shape], address: int, x: float, y: float) -> None:
        cell, theme, colours = self.picture.cell(address), self.theme, self.picture.colours
        value = None if cell is None else cell[1]
        fill = None if value is None else colours.fill(value)
        if not self.picture.numbers:
            shapes.append(Box(x, y, self.width, self.height, fill or theme.cell))
            return
        shapes.append(Box(x, y, self.width, self.height, fill or theme.cell, theme.faint_border))
        mark: Mark = "" if value is None else colours.mark(value)
        ink = text_on(fill) if fill is not None else theme.warning if mark else theme.text
        text = "?" if cell is None else cell[0]
        shapes.append(Label(x + self.width - 8, y + self.height / 2, text, SIZE, ink, "end", mono=True))
        shapes.extend(mark_shapes(mark, x, y, self.width, self.height, ink))


def mark_shapes(mark: Mark, x: float, y: float, width: float, height: float, ink: str) -> list[Shape]:
    """The mark of a value that is not on the scale: a cross, an arrow, or a corner."""
    side, left, top = 6.0, x + 5, y + height / 2 - 3
    if mark == "nan":
        return [
            Line(((left, top), (left + side, top + side)), ink),
            Line(((left, top + side), (left + side, top)), ink),
        ]
    right, bottom = x + width, y + height
    corners = {
        "+inf": ((left, top + side), (left + side, top + side), (left + side / 2, top)),
        "-inf": ((left, top), (left + side, top), (left + side / 2, top + side)),
        "over": ((right, y), (right, y + side), (right - side, y)),
        "under": ((right, bottom), (right, bottom - side), (right - side, bottom)),
    }
    return [Line(corners[mark], None, fill=ink)] if mark in corners else []


def ordinal_text(number: int) -> str:
    """A place in a row: "2nd", "3rd", "4th"; for numbers from 2 to 20."""
    return f"{number}{ {2: 'nd', 3: 'rd'}.get(number, 'th') }"
