"""Cells too small for numbers, as pictures of coloured pixels, gathered a few milliseconds at a time.

Must not know scrolling, or what lies over the pictures.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from tensorviz.core.colour_maps import ValueRange
from tensorviz.core.grid_geometry import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.colour_maps import ColourMap
    from tensorviz.core.grid_geometry import GridGeometry
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.memory import MemoryState

BUDGET = 0.004  # seconds of work before others have their turn
LONGEST_RUN = 1 << 16  # bytes read at once for elements that lie apart


@dataclass
class Patch:
    """The samples of one panel: values row by row, and which are known."""

    piece: Piece
    rows: range
    columns: range
    values: array[float]
    known: bytearray

    def put(self, place: int, step: int, found: Sequence[float]) -> None:
        """Values for every `step`-th place from `place` on."""
        stop = place + step * len(found)
        self.values[place:stop:step] = found if isinstance(found, array) else array("d", found)
        self.known[place:stop:step] = b"\1" * len(found)


class GridImage(QObject):
    """Gathers what `look_at` asks for. Signals: grew() when there is more to paint.

    patches: what is there; complete: whether everything in sight was looked at. range: of the finite values;
    specials: how many are not finite.
    """

    grew = Signal()

    def __init__(self, memory: MemoryState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._wish: object = None
        self._work: Iterator[None] = iter(())
        self._pictures: dict[object, tuple[tuple[Patch, QImage, bytes], ...]] = {}
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self._go_on)
        self.patches: tuple[Patch, ...] = ()
        self.complete = True
        self.range: ValueRange | None = None
        self.specials = 0

    def forget(self) -> None:
        """Memory changed: gathers anew when it is asked next."""
        self._wish = None

    def look_at(self, tensor: TensorFacts, geometry: GridGeometry, pieces: Sequence[Piece], step: int) -> None:
        """Wishes for every `step`-th row and column of these pieces; the same wish again costs nothing."""
        wish = (tensor, geometry, tuple(pieces), step)
        if wish != self._wish:
            self._wish, self.complete = wish, False
            patches = tuple(_patch(piece, step) for piece in pieces)
            self._work = self._gather(tensor, geometry, patches)
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        end = perf_counter() + BUDGET
        for _ in self._work:
            if perf_counter() > end:
                self._more.start()
                return
        self.complete = True
        self.grew.emit()

    def _gather(self, tensor: TensorFacts, geometry: GridGeometry, patches: tuple[Patch, ...]) -> Iterator[None]:
        for patch in patches:
            yield from self._fill(tensor, geometry, patch)
        self.patches = patches
        self._pictures.clear()
        self._sum_up()

    def _sum_up(self) -> None:
        from tensorviz.core.grid_values import summary  # it needs numpy, which the window does not wait for

        found = [summary(patch.values, patch.known) for patch in self.patches]
        ranges = [one for one, _ in found if one is not None]
        low, high = min((r.low for r in ranges), default=0.0), max((r.high for r in ranges), default=0.0)
        self.range = ValueRange(low, high) if ranges else None
        self.specials = sum(count for _, count in found)

    def _fill(self, tensor: TensorFacts, geometry: GridGeometry, patch: Patch) -> Iterator[None]:
        """Goes along the direction in which memory is nearer."""
        plan, layout = geometry.plan, tensor.layout
        base = plan.base(layout, patch.piece.panel)
        rows = [plan.steps(layout, "rows", row) for row in patch.rows]
        columns = [plan.steps(layout, "columns", column) for column in patch.columns]
        wide = len(columns)
        if _step(rows) < _step(columns):
            for at, column in enumerate(columns):
                self._line(tensor, patch, [base + column + row for row in rows], at, wide)
                yield
        else:
            for at, row in enumerate(rows):
                self._line(tensor, patch, [base + row + column for column in columns], at * wide, 1)
                yield

    def _line(self, tensor: TensorFacts, patch: Patch, addresses: list[int], place: int, step: int) -> None:
        start = 0
        while start < len(addresses):
            stop = _run_end(addresses, start, tensor.layout.itemsize)
            found = self._run(tensor, addresses[start:stop])
            if found is not None:
                patch.put(place + start * step, step, found)
            start = stop

    def _run(self, tensor: TensorFacts, addresses: list[int]) -> Sequence[float] | None:
        """The values at addresses of one stride; None while some are on their way."""
        assert tensor.storage is not None
        from tensorviz.core.grid_values import decoded  # it needs numpy, which the window does not wait for

        size, by = tensor.layout.itemsize, addresses[1] - addresses[0] if len(addresses) > 1 else 1
        low, high = min(addresses[0], addresses[-1]), max(addresses[0], addresses[-1])
        raw = self._memory.raw(tensor.storage, low * size, (high + 1) * size)
        if raw is None:
            return None
        found = decoded(raw, tensor.kind, max(abs(by), 1))
        if tensor.negated:
            found = array("d", [-value for value in found])
        if by == 0:
            return array("d", list(found) * len(addresses))
        return found[::-1] if by < 0 else found

    # ------------------------------------------------------------------------------------------------- pictures

    def pictures(self, colours: ColourMap) -> tuple[tuple[Patch, QImage], ...]:
        """Each patch with its picture, one pixel for each sample."""
        held = self._pictures.get(colours)
        if held is None:
            held = tuple((patch, *_picture(patch, colours)) for patch in self.patches if patch.values)
            self._pictures = {colours: held}
        return tuple((patch, picture) for patch, picture, _ in held)


def _picture(patch: Patch, colours: ColourMap) -> tuple[QImage, bytes]:
    """The picture and the bytes that it is a view of."""
    from tensorviz.core.grid_values import pixels_of  # see above

    pixels = pixels_of(patch.values, bytes(patch.known), colours)
    wide, high = len(patch.columns), len(patch.rows)
    return QImage(pixels, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied), pixels


def _patch(piece: Piece, step: int) -> Patch:
    rows = range(piece.rows[0] // step * step, piece.rows[1], step)
    columns = range(piece.columns[0] // step * step, piece.columns[1], step)
    cells = len(rows) * len(columns)
    return Patch(piece, rows, columns, array("d", bytes(8 * cells)), bytearray(cells))


def _step(offsets: list[int]) -> int:
    """How far apart neighbours lie; a line of its own lies far from everything."""
    return abs(offsets[1] - offsets[0]) if len(offsets) > 1 else 1 << 62


def _run_end(addresses: list[int], start: int, itemsize: int) -> int:
    """The end of the addresses from `start` on that are one stride apart and not too far in all."""
    if start + 1 >= len(addresses):
        return len(addresses)
    by = addresses[start + 1] - addresses[start]
    if abs(by) * itemsize > LONGEST_RUN // 16:
        return start + 1
    stop = start + 2
    while stop < len(addresses) and addresses[stop] - addresses[stop - 1] == by:
        if abs(addresses[stop] - addresses[start]) * itemsize > LONGEST_RUN:
            break
        stop += 1
    return stop
