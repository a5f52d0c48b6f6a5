"""How many bytes of a storage a set of tensors reaches: the exact size of the union of what each reaches.

Must not know files, names or values: layouts in, a number out.

Everything is counted in bytes: a tensor is a `Piece`, sums of multiples of strides from a start on, whose smallest
stride is 1. Pieces without gaps are stretches, and stretches are joined by sorting. A piece with gaps is counted by a
formula when it is alone; several of one period (columns of a matrix) are counted in one row of it; the rest is marked
byte by byte, a window at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.reach import Dimension, Reach, reach_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tensorviz.core.layout import Layout

WINDOW = 1 << 24  # bytes that are marked at a time
MOST_MARKED = 1 << 31  # marks that are set before the count is given up
MOST_BASES = 16  # places at which the rows of a period are taken to begin
MOST_PIECES = 512  # pieces that are counted row by row: their number counts twice
Stretch = tuple[int, int]  # first byte, and one past the last


class TooMany(Exception):
    """Counting would take longer than anybody waits."""


@dataclass(frozen=True)
class Piece:
    """The bytes start + (sums over dims of index * stride), smallest stride first; no dims is one byte."""

    start: int
    dims: tuple[Dimension, ...]

    @cached_property
    def stop(self) -> int:
        """One past the last byte."""
        return self.start + sum((size - 1) * stride for size, stride in self.dims) + 1

    @cached_property
    def reach(self) -> Reach:
        """The same bytes as a reach."""
        return reach_of([size for size, _ in self.dims], [stride for _, stride in self.dims], self.start)

    @cached_property
    def count(self) -> int | None:
        """How many bytes it has; None where that is not affordable."""
        if self.dense:
            return self.stop - self.start
        return math.prod(size for size, _ in self.dims) if self._apart else self.reach.distinct

    @cached_property
    def dense(self) -> bool:
        """Whether there are no gaps: each stride is at most what the smaller ones cover, and a byte."""
        covered = 1
        for size, stride in self.dims:
            if stride > covered:
                return False
            covered += (size - 1) * stride
        return True

    @property
    def _apart(self) -> bool:
        """Whether each stride steps over all that the smaller ones cover: no byte is met twice then."""
        covered = 1
        for size, stride in self.dims:
            if stride < covered:
                return False
            covered += (size - 1) * stride
        return True


def piece_of(layout: Layout) -> Piece | None:
    """The bytes of a layout; None when it has no elements."""
    if layout.numel == 0:
        return None
    item = layout.itemsize
    start, dims = layout.offset * item, [(item, 1)]
    for size, stride in zip(layout.shape, layout.stride, strict=True):
        if size > 1 and stride:
            start += (size - 1) * stride * item if stride < 0 else 0
            dims.append((size, abs(stride) * item))
    return Piece(start, _joined(sorted(dims, key=lambda dim: dim[1])))


def _joined(dims: list[Dimension]) -> tuple[Dimension, ...]:
    """Dimensions that continue or lie within what is covered without gaps made one stretch; the others as they are."""
    covered, kept = 1, list[Dimension]()
    for size, stride in dims:
        if not kept and stride <= covered:
            covered += (size - 1) * stride
        elif kept and stride == kept[-1][0] * kept[-1][1]:
            kept[-1] = (kept[-1][0] * size, kept[-1][1])
        else:
            kept.append((size, stride))
    return (*([(covered, 1)] if covered > 1 else []), *kept)


def used_bytes(storage_nbytes: int, layouts: Iterable[Layout]) -> int | None:
    """How many of a storage's bytes some layout reaches, each counted once: exact.

    None when a layout lies outside the storage, or the count is not affordable (overlapping strides that no formula
    answers, over more bytes than can be marked).
    """
    pieces = {piece for layout in layouts if (piece := piece_of(layout)) is not None}
    if any(piece.start < 0 or piece.stop > storage_nbytes for piece in pieces):
        return None
    return union(pieces)


def union(pieces: Iterable[Piece]) -> int | None:
    """The number of bytes that at least one piece has; None where that is not affordable."""
    try:
        return _union(list(pieces))
    except TooMany:
        return None


def clusters(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces in groups whose extents overlap, by place; pieces of different groups have no byte in common."""
    groups: list[list[Piece]] = []
    stop = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start, piece.stop)):
        if groups and piece.start < stop:
            groups[-1].append(piece)
        else:
            groups.append([piece])
        stop = max(stop, piece.stop)
    return groups


def joined_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Overlapping and touching stretches made one, by place."""
    joined: list[Stretch] = []
    for start, stop in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _union(pieces: list[Piece]) -> int:
    stretches = joined_stretches((piece.start, piece.stop) for piece in pieces if piece.dense)
    gappy = _not_covered({piece for piece in pieces if not piece.dense}, stretches)
    if not gappy:
        return sum(stop - start for start, stop in stretches)
    solid = [Piece(start, ((stop - start, 1),) if stop - start > 1 else ()) for start, stop in stretches]
    return sum(_of_cluster(group) for group in clusters([*solid, *gappy]))


def _not_covered(gappy: set[Piece], stretches: list[Stretch]) -> list[Piece]:
    starts = [start for start, _ in stretches]
    left = []
    for piece in gappy:
        at = int(np.searchsorted(starts, piece.start, side="right")) - 1 if starts else -1
        if at < 0 or piece.stop > stretches[at][1]:
            left.append(piece)
    return left


def _of_cluster(group: list[Piece]) -> int:
    if len(group) == 1:
        count = group[0].count
        if count is None:
            raise TooMany
        return count
    rows = _by_rows(group) if len(group) <= MOST_PIECES else None
    return _marked(group) if rows is None else rows


# Several pieces of one period: each row of it is alike between two changes


@dataclass(frozen=True)
class _Rows:
    """A piece as rows: `inner` (in one row, from the row's first byte) in the rows first..stop-1."""

    inner: Piece
    first: int
    stop: int


def _by_rows(group: list[Piece]) -> int | None:
    """The union of pieces that all are rows of one period; None when they are not."""
    period = max(piece.dims[-1][1] for piece in group if not piece.dense)
    # A row may begin anywhere; where one of the pieces begins is enough to try.
    for base in sorted({piece.start for piece in group})[:MOST_BASES]:
        rows = _all_rows(group, base, period)
        if rows is not None:
            return _row_by_row(rows)
    return None


def _all_rows(group: list[Piece], base: int, period: int) -> list[_Rows] | None:
    rows: list[_Rows] = []
    for piece in group:
        split = _rows_of(piece, base, period)
        if split is None:
            return None
        rows += split
    return rows


def _row_by_row(rows: list[_Rows]) -> int:
    total = 0
    for first, stop in pairwise(sorted({edge for row in rows for edge in (row.first, row.stop)})):
        inside = {row.inner for row in rows if row.first <= first < row.stop}
        total += (stop - first) * _union(list(inside))
    return total


def _rows_of(piece: Piece, base: int, period: int) -> list[_Rows] | None:
    row, phase = divmod(piece.start - base, period)
    if piece.dense:
        return _rows_of_stretch(piece.start - base, piece.stop - base, period)
    size, stride = piece.dims[-1]
    inner = Piece(phase, piece.dims if stride != period else piece.dims[:-1])
    if inner.stop > period:
        return None
    return [_Rows(inner, row, row + (size if stride == period else 1))]


def _rows_of_stretch(start: int, stop: int, period: int) -> list[_Rows]:
    first, last = start // period, (stop - 1) // period
    if first == last:
        return [_Rows(_stretch(start - first * period, stop - first * period), first, first + 1)]
    parts = [
        _Rows(_stretch(start - first * period, period), first, first + 1),
        _Rows(_stretch(0, period), first + 1, last),
        _Rows(_stretch(0, stop - last * period), last, last + 1),
    ]
    return [part for part in parts if part.first < part.stop]


def _stretch(start: int, stop: int) -> Piece:
    return Piece(start, ((stop - start, 1),) if stop - start > 1 else ())


# Anything else: marked


def _marked(group: Sequence[Piece]) -> int:
    """The union by marking each byte, a window at a time. Raises TooMany."""
    start, stop = min(piece.start for piece in group), max(piece.stop for piece in group)
    work = sum(_marks(piece) for piece in group) + (stop - start)
    if work > MOST_MARKED:
        raise TooMany
    total = 0
    for low in range(start, stop, WINDOW):
        flags = np.zeros(min(WINDOW, stop - low), dtype=np.uint8)
        for piece in group:
            _mark(flags, piece, low)
        total += int(np.count_nonzero(flags))
    return total


def _marks(piece: Piece) -> int:
    count = 1
    for size, _ in piece.dims:
        count *= size
    return count


def _mark(flags: NDArray[np.uint8], piece: Piece, low: int) -> None:
    """Sets the flags of the bytes low, low+1, ... that the piece has."""
    high = low + len(flags)
    if piece.stop <= low or piece.start >= high:
        return
    if low <= piece.start and piece.stop <= high:
        sizes, steps = [size for size, _ in piece.dims], [step for _, step in piece.dims]
        np.lib.stride_tricks.as_strided(flags[piece.start - low :], sizes, steps)[...] = 1
        return
    (size, stride), rest = piece.dims[-1], piece.dims[:-1]
    inner = Piece(0, rest).stop
    # The indices whose part lies wholly inside go at once, those on an edge one by one.
    first = max(0, -((piece.start + inner - 1 - low) // stride)) if piece.start < low else 0
    last = min(size - 1, (high - 1 - piece.start) // stride)
    first = min(first, last)
    whole_first = max(first, -((piece.start - low) // stride))
    whole_last = min(last, (high - inner - piece.start) // stride)
    whole = whole_first <= whole_last
    for index in [*range(first, whole_first), *range(whole_last + 1, last + 1)] if whole else range(first, last + 1):
        _mark(flags, Piece(piece.start + index * stride, rest), low)
    if whole:
        inside = Piece(piece.start + whole_first * stride, (*rest, (whole_last - whole_first + 1, stride)))
        _mark(flags, inside, low)
