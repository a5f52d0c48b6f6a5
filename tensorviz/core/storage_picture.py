"""The storage picture: every storage as rows of cells with their values, and a lane under it for each tensor.

Must not know torch, files or painting libraries: plain data in, a Drawing out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from tensorviz.core.canvas_cells import NO_ROOM, ROUNDED, cell, ruler, ruler_names
from tensorviz.core.canvas_geometry import Rows, per_row_for
from tensorviz.core.drawing import Drawing, Label, Shape
from tensorviz.core.lane_picture import LanePainter
from tensorviz.core.lanes import Lane
from tensorviz.core.layout import Layout
from tensorviz.core.number_text import NumberText
from tensorviz.core.picture_theme import PICTURE_DARK, PICTURE_LIGHT, PictureTheme, text_width
from tensorviz.core.text import bytes_text, count_text, plural

MARGIN, STORAGE_GAP, ROW_GAP = 28.0, 34.0, 22.0
HEADING, RULER, CELL = 34.0, 30.0, 34.0
MOST_CELLS, MOST_LANES, LANE_GAP = 512, 24, 10.0
NARROWEST, WIDEST, FIGURE = 46.0, 120.0, 8.0
LEGEND = (
    "Flag: the offset. Arcs: hops along one dimension, at index 0 of the others; in a view it keeps its colour.",
    "In a lane: the index of each element; 3x is a place that three indices see. Dotted: gaps. Pale: seen by none.",
)


@dataclass(frozen=True)
class TensorView:
    """A tensor as the picture needs it. `keys`: the colour keys of its dimensions; `names`: their names, if any."""

    name: str
    layout: Layout
    dtype: str = "float32"
    keys: tuple[int, ...] = ()
    names: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class StorageView:
    """A storage as the picture needs it: `nbytes` long, drawn in cells of `itemsize` bytes of type `dtype`.

    `values` are the texts of the cells from `first` on (empty: not known); cells without one are not drawn.
    """

    id: str
    nbytes: int
    itemsize: int
    dtype: str
    values: tuple[NumberText, ...]
    tensors: tuple[TensorView, ...]
    first: int = 0
    device: str = "cpu"

    @property
    def cells(self) -> int:
        """The number of whole cells."""
        return self.nbytes // self.itemsize

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """A lane per tensor, at most MOST_LANES."""
        return tuple(Lane(t.name, t.layout, t.dtype, self.itemsize, t.keys, t.names) for t in self.tensors[:MOST_LANES])

    @property
    def title(self) -> str:
        """What it is: "24 bytes, 6 cells of float32, 2 tensors"."""
        where = "" if self.device == "cpu" else f", on {self.device}"
        cells = f"{plural(self.cells, 'cell')} of {self.dtype}"
        size = plural(self.nbytes, "byte") if self.nbytes < 1000 else bytes_text(self.nbytes)
        return f"{size}, {cells}, {plural(len(self.tensors), 'tensor')}{where}"

    def window(self) -> tuple[int, int]:
        """The cells start..stop-1 that are drawn."""
        return self.first, min(self.first + min(len(self.values), MOST_CELLS), self.cells)

    def texts(self) -> tuple[str, ...]:
        """What stands in the drawn cells: "~" before what was rounded, "#" for what does not fit, "?" if not known."""
        start, stop = self.window()
        marked = (v.text if v.exact or v.text == NO_ROOM else ROUNDED + v.text for v in self.values[: stop - start])
        return tuple(text or "?" for text in marked)

    def remarks(self) -> str:
        """What the picture does not show, or not exactly, in sentences; empty when it shows everything."""
        start, stop = self.window()
        parts = [f"cells {count_text(a)} to {count_text(b - 1)}" for a, b in ((0, start), (stop, self.cells)) if a < b]
        more = len(self.tensors) - MOST_LANES
        parts += [plural(more, "more tensor")] if more > 0 else []
        rest = self.nbytes - self.cells * self.itemsize
        parts += [f"the last {plural(rest, 'byte')}"] if rest else []
        rounded = [f"{ROUNDED} marks numbers rounded to fit."] if any(t[0] == ROUNDED for t in self.texts()) else []
        rounded += [f"{NO_ROOM} stands for numbers that do not fit."] if NO_ROOM in self.texts() else []
        return " ".join([*([f"Not drawn: {', '.join(parts)}."] if parts else []), *rounded])


def draw_storages(
    storages: tuple[StorageView, ...], dark: bool = False, width: float = 1200.0, per_row: int | None = None
) -> Drawing:
    """The picture of the storages, one under another; as wide as its contents, `width` pixels at most if cells allow.

    `per_row` sets how many cells a row has; None fits them.
    """
    theme = PICTURE_DARK if dark else PICTURE_LIGHT
    shapes: list[Shape] = []
    right, y = 320.0, MARGIN
    for storage in storages:
        painter = _StoragePainter(storage, theme, width, per_row)
        y = painter.draw(shapes, y) + STORAGE_GAP
        right = max(right, painter.right)
    if not storages:
        shapes.append(Label(MARGIN, y + 10, "There are no tensors yet.", 13, theme.muted))
        y += 20 + STORAGE_GAP
    else:
        shapes.extend(Label(MARGIN, y + 14 * at, line, 10, theme.faint) for at, line in enumerate(LEGEND))
        right = max([right, *(MARGIN + text_width(line, 10) for line in LEGEND)])
        y += 14 * len(LEGEND) - 8 + STORAGE_GAP
    title = f"{plural(len(storages), 'storage')} and the tensors that look at them"
    return Drawing(right + MARGIN, y - STORAGE_GAP + MARGIN, theme.ground, tuple(shapes), title, picture_text(storages))


def picture_text(storages: tuple[StorageView, ...]) -> str:
    """The picture in words: its text twin."""
    return "\n\n".join(map(_storage_text, storages)) or "There are no tensors yet."


def _storage_text(storage: StorageView) -> str:
    start, stop = storage.window()
    values = " ".join(storage.texts())
    lines = [f"storage {storage.id}: {storage.title}"]
    lines += [f"  from cell {count_text(start)}: {values}"] if start < stop else []
    lines += [lane.text() for lane in storage.lanes]
    return "\n".join([*lines, storage.remarks()]).rstrip()


class _StoragePainter:
    """Draws one storage: heading, rows of cells, lanes under each row."""

    def __init__(self, storage: StorageView, theme: PictureTheme, width: float, per_row: int | None) -> None:
        self.storage, self.theme = storage, theme
        self.start, self.stop = storage.window()
        self.lanes = storage.lanes
        self.painter = LanePainter(theme)
        left = MARGIN + max([64.0, *(self.painter.gutter(lane) for lane in self.lanes)]) + 16
        self.texts = storage.texts()
        longest = max(map(len, self.texts), default=1)
        wide = min(max(NARROWEST, longest * FIGURE + 18), WIDEST)
        fitting = per_row or per_row_for(width - left - MARGIN, wide, self.stop - self.start)
        self.rows = Rows(storage.cells, fitting, wide, CELL, RULER, 1.0, left, storage.itemsize)
        title = MARGIN + text_width(f"storage {storage.id}  {storage.title}", 15)
        self.right = max(self.rows.x_of(min(fitting, max(self.stop - self.start, 1))), title)

    def draw(self, shapes: list[Shape], y: float) -> float:
        """Adds the shapes from `y` on and gives the y after them."""
        theme, storage = self.theme, self.storage
        name = f"storage {storage.id}"
        shapes.append(Label(MARGIN, y + 9, name, 16, theme.text, bold=True))
        shapes.append(Label(MARGIN + text_width(name, 16) + 14, y + 10, storage.title, 12.5, theme.muted))
        y += HEADING
        for row in range(self.start // self.rows.per_row, -(-self.stop // self.rows.per_row)):
            y = self._row(shapes, row, y) + ROW_GAP
        y = y - ROW_GAP if self.stop > self.start else self._lanes(shapes, self.start // self.rows.per_row, y)
        said = storage.remarks()
        if said:
            shapes.append(Label(MARGIN, y + 16, said, 12, theme.muted))
            y += 24
        return y

    def _row(self, shapes: list[Shape], row: int, y: float) -> float:
        start, stop = self._span(row)
        self._ruler(shapes, row, y)
        seen = self._seen(start, stop)
        for address in range(start, stop):
            self._cell(shapes, address, y + RULER, address in seen)
        return self._lanes(shapes, row, y + RULER + CELL)

    def _lanes(self, shapes: list[Shape], row: int, y: float) -> float:
        start, stop = self._span(row)
        for lane in self.lanes:
            window = lane.window(start, stop)
            # What a row does not hold is not drawn under it; an empty tensor stands under the first row.
            if not window.empty or (lane.layout.numel == 0 and start == self.start):
                y = self.painter.draw(shapes, lane, window, self.rows, row, (start, stop), y + LANE_GAP)
        return y

    def _seen(self, start: int, stop: int) -> set[int]:
        """The cells that some tensor has bytes in."""
        stretches = (s for lane in self.lanes for s in lane.window(start, stop).stretches if s.times)
        return {cell for s in stretches for cell in range(floor(s.start), ceil(s.stop))}

    def _span(self, row: int) -> tuple[int, int]:
        start, stop = self.rows.window(row)
        return max(start, self.start), min(stop, self.stop)

    def _ruler(self, shapes: list[Shape], row: int, y: float) -> None:
        shapes.extend(ruler_names(self.theme, self.rows.left - 12, y))
        shapes.extend(ruler(self.theme, self.rows, row, self._span(row), y))

    def _cell(self, shapes: list[Shape], address: int, y: float, seen: bool) -> None:
        box = (self.rows.x_of(address % self.rows.per_row), y, self.rows.cell_width, CELL)
        shapes.extend(cell(self.theme, box, self.texts[address - self.start], seen))
