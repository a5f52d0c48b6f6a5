"""A row of storage as shapes: ruler and cells, with as much in a cell as its width allows.

Must not know lanes, or where values come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.drawing import Box, Label, Shape
from tensorviz.core.picture_theme import MONO_WIDTH, PictureTheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.canvas_geometry import Rows
    from tensorviz.core.number_text import NumberText

VALUE = 13.0  # the size of a number
SPECIAL = frozenset({"nan", "inf", "-inf"})
ROUNDED, UNKNOWN, NO_ROOM = "~", "?", "#"
PADDING = 8.0  # in a cell, beside its number
MARGIN = 1.0


def figures(cell_width: float) -> int:
    """How many characters a cell of that width holds."""
    return max(int((cell_width - PADDING) / (VALUE * MONO_WIDTH)), 1)


def cell_text(text: Callable[[int], NumberText | None], room: int) -> str:
    """What stands in a cell with room for so many characters; `text` gives the number in at most so many.

    "~" before what was rounded to fit, "#" where not even one digit fits, "?" where the number is not known yet.
    """
    whole = text(room)
    if whole is None:
        return UNKNOWN
    if whole.exact or whole.text == NO_ROOM:
        return whole.text
    shorter = text(max(room - len(ROUNDED), 1))
    return UNKNOWN if shorter is None else shorter.text if shorter.text == NO_ROOM else ROUNDED + shorter.text


def ruler_names(theme: PictureTheme, right: float, y: float) -> list[Shape]:
    """What stands left of a ruler, up to `right`."""
    return [
        Label(right, y + 7, "element", 10, theme.muted, "end"),
        Label(right, y + 20, "byte", 10, theme.faint, "end"),
    ]


def ruler(theme: PictureTheme, rows: Rows, row: int, span: tuple[int, int], y: float) -> list[Shape]:
    """The marks over the cells start..stop-1 of a row: element over byte."""
    first = row * rows.per_row
    left, right = rows.x_of(span[0] - first), rows.x_of(span[1] - first)
    shapes: list[Shape] = []
    for mark in rows.ruler(row, left, right):
        if span[0] <= mark.address < span[1]:
            middle = mark.x + rows.cell_width / 2
            # A mark over a narrow cell would stick out on the left.
            at, anchor = (middle, "middle") if rows.cell_width >= 22 else (mark.x + 1, "start")
            shapes.append(Label(at, y + 7, mark.element, 10.5, theme.muted, anchor))
            shapes.append(Label(mark.x + 1, y + 20, mark.byte, 9, theme.faint, "start"))
    return shapes


def cell(theme: PictureTheme, box: tuple[float, float, float, float], value: str, seen: bool) -> list[Shape]:
    """A cell with its number. box: left, top, width and height. seen: some tensor has bytes in it."""
    x, y, width, height = box
    fill, border = (theme.cell, theme.border) if seen else (theme.ground, theme.faint_border)
    colour = theme.warning if value in SPECIAL else theme.text if seen else theme.faint
    return [
        Box(x + MARGIN, y, width - 2 * MARGIN, height, fill, border, 1.0, 4.0),
        Label(x + width / 2, y + height / 2, value, VALUE, colour, "middle", mono=True),
    ]


def bare_cell(theme: PictureTheme, box: tuple[float, float, float, float], special: bool, seen: bool) -> Shape:
    """A cell without its number; one that holds nan or an infinity stands out."""
    x, y, width, height = box
    margin = MARGIN if width >= 8 else 0.5
    fill, border = (theme.cell, theme.border) if seen else (theme.ground, theme.faint_border)
    fill = theme.warning if special else fill
    return Box(x + margin, y, width - 2 * margin, height, fill, border, 1.0 if width >= 8 else 0.6, min(2.0, width / 4))


def bar(theme: PictureTheme, rows: Rows, row: int, span: tuple[int, int], y: float) -> Shape:
    """Cells that are too narrow for boxes, as one."""
    first = row * rows.per_row
    left, right = rows.x_of(span[0] - first), rows.x_of(span[1] - first)
    return Box(left, y, right - left, rows.cell_height, theme.cell, theme.border, 1.0)
