"""Where tensors lie when a storage is written without the bytes that nobody reaches: sharing and strides kept.

Must not know files or values: layouts in, regions to copy and new layouts out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_bytes import Piece, clusters, piece_of, union
from tensorviz.core.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes of the new storage from `to` on. layout: elements of the old one in the order of memory; None: the bytes
    start..stop-1 as they are.
    """

    to: int
    start: int
    stop: int
    layout: Layout | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the new storage that it fills."""
        return self.stop - self.start if self.layout is None else self.layout.nbytes


@dataclass(frozen=True, slots=True)
class Packing:
    """A storage packed: its new size, what is copied where, and the new layout of each tensor, in the order given.

    left: bytes in it that still nobody reaches, because tensors with gaps overlap; None where that cannot be counted.
    """

    nbytes: int
    regions: tuple[Region, ...]
    layouts: tuple[Layout, ...]
    left: int | None


def packed(layouts: Sequence[Layout]) -> Packing:
    """Packs one storage. Tensors that have bytes in common still have them in common."""
    pieces = {layout: piece for layout in layouts if (piece := piece_of(layout)) is not None}
    by_piece: dict[Piece, list[Layout]] = {}
    for layout, piece in pieces.items():
        by_piece.setdefault(piece, []).append(layout)
    align = max((layout.itemsize for layout in pieces), default=1)
    plan = _Plan(align)
    for group in clusters(by_piece):
        if _own_places(group, by_piece):
            for piece in group:
                plan.dense(by_piece[piece][0])
        else:
            plan.as_it_is(group, [layout for piece in group for layout in by_piece[piece]])
    left = None if (used := union(by_piece)) is None else plan.end - used
    new = tuple(plan.new.get(layout, layout.at(0)) for layout in layouts)
    return Packing(plan.end, tuple(plan.regions), new, left)


def _own_places(group: list[Piece], by_piece: dict[Piece, list[Layout]]) -> bool:
    """Whether the tensors of a cluster have gaps and no byte in common, so that each can be written by itself."""
    if len(group) == 1 and group[0].dense:
        return False
    if any(len(by_piece[piece]) > 1 for piece in group):
        return False
    if any(_repeats(by_piece[piece][0]) for piece in group):
        return False
    counts = [piece.count for piece in group]
    together = union(group)
    return together is not None and sum(count or 0 for count in counts) == together and None not in counts


def _repeats(layout: Layout) -> bool:
    """Whether elements share cells other than by strides of 0."""
    kept = [(n, s) for n, s in zip(layout.shape, layout.stride, strict=True) if n > 1 and s]
    return Layout(tuple(n for n, _ in kept), tuple(s for _, s in kept), layout.offset, layout.itemsize).overlaps


class _Plan:
    def __init__(self, align: int) -> None:
        self.align, self.end = align, 0
        self.regions: list[Region] = []
        self.new: dict[Layout, Layout] = {}

    def dense(self, layout: Layout) -> None:
        """One tensor without its gaps, its dimensions in the same order of memory."""
        self.end += -self.end % layout.itemsize
        order = in_memory_order(layout)
        self.new[layout] = without_gaps(layout, self.end // layout.itemsize)
        self.regions.append(Region(self.end, 0, 0, order))
        self.end += order.nbytes

    def as_it_is(self, group: list[Piece], layouts: list[Layout]) -> None:
        """The whole stretch of a cluster, moved by whole elements of each of its types."""
        start, stop = min(piece.start for piece in group), max(piece.stop for piece in group)
        self.end += (start - self.end) % self.align
        self.regions.append(Region(self.end, start, stop))
        for layout in layouts:
            self.new[layout] = layout.at(layout.offset + (self.end - start) // layout.itemsize)
        self.end += stop - start


def in_memory_order(layout: Layout) -> Layout:
    """The cells of a layout, each once, widest stride first: as one would copy them out of memory."""
    kept = [(n, s) for n, s in zip(layout.shape, layout.stride, strict=True) if n > 1 and s]
    kept.sort(key=lambda dim: -abs(dim[1]))
    return Layout(tuple(n for n, _ in kept), tuple(s for _, s in kept), layout.offset, layout.itemsize)


def without_gaps(layout: Layout, offset: int) -> Layout:
    """The layout over cells that `in_memory_order` copied: the same order of dimensions, strides without gaps."""
    order = sorted(range(layout.ndim), key=lambda dim: abs(layout.stride[dim]))
    strides, step = [1] * layout.ndim, 1
    for dim in order:
        if layout.shape[dim] > 1 and layout.stride[dim]:
            strides[dim] = step
            step *= layout.shape[dim]
        else:
            strides[dim] = layout.stride[dim] if layout.stride[dim] == 0 else step
    return Layout(layout.shape, tuple(strides), offset, layout.itemsize)
