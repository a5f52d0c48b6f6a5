"""Views that are worth looking at, as layouts over the storage of a tensor: where an explorer of strides may begin.

Must not know sliders or torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tensorviz.core import strided_bounds
from tensorviz.core.layout import Layout
from tensorviz.core.reasons import ViewImpossible
from tensorviz.core.views import diagonal, slice_, transpose

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW, TIMES = 3, 3
MOST_DIMS = 8


@dataclass(frozen=True, slots=True)
class Preset:
    """A view by its name. tip: what it shows."""

    title: str
    tip: str
    layout: Layout


def presets(layout: Layout, elements: int) -> tuple[Preset, ...]:
    """The presets that there are for a tensor over a storage of so many elements."""
    found = [
        Preset("the tensor", "As the tensor sees it", layout),
        Preset("whole storage", "Every element of the storage, one after the other",
               Layout((elements,), (1,), 0, layout.itemsize)),
    ]  # fmt: skip
    if elements > WINDOW:
        windows = Layout((elements - WINDOW + 1, WINDOW), (1, 1), 0, layout.itemsize)
        found.append(Preset("sliding windows", "Two dimensions with one stride: windows that overlap", windows))
    for title, tip, make in ROWS:
        try:
            made = make(layout)
        except ViewImpossible:
            continue
        if made != layout and made.fits(elements) and made.ndim <= MOST_DIMS:
            found.append(Preset(title, tip, made))
    return tuple(found)


def _transpose(layout: Layout) -> Layout:
    return transpose(layout, -1, -2).layout if layout.ndim > 1 else layout


def _diagonal(layout: Layout) -> Layout:
    return diagonal(layout, 0, -2, -1).layout if layout.ndim > 1 else layout


def _second(layout: Layout) -> Layout:
    return slice_(layout, layout.ndim - 1, 0, None, 2).layout if layout.ndim else layout


def _broadcast(layout: Layout) -> Layout:
    return replace(layout, shape=(TIMES, *layout.shape), stride=(0, *layout.stride))


ROWS: tuple[tuple[str, str, Callable[[Layout], Layout]], ...] = (
    ("transpose", "The last two strides change places", _transpose),
    ("diagonal", "One stride that is the sum of the last two", _diagonal),
    ("every second", "The last stride doubled", _second),
    ("broadcast", "A new dimension of stride 0: the same cells seen again", _broadcast),
)


def with_dimension(layout: Layout, elements: int) -> Layout:
    """One dimension more at the end: of size 2 with stride 1 where that stays inside, else of size 1."""
    grown = replace(layout, shape=(*layout.shape, 1), stride=(*layout.stride, 1))
    room = strided_bounds.sizes(grown, layout.ndim, elements)
    return replace(grown, shape=(*layout.shape, 2)) if 2 in room else grown


def without_dimension(layout: Layout, dim: int) -> Layout:
    """The dimension left out: its index is 0."""
    kept = [at for at in range(layout.ndim) if at != dim]
    shape, stride = (tuple(values[at] for at in kept) for values in (layout.shape, layout.stride))
    return replace(layout, shape=shape, stride=stride)


def with_size(layout: Layout, dim: int, size: int) -> Layout:
    """The layout with another size of a dimension."""
    return replace(layout, shape=(*layout.shape[:dim], size, *layout.shape[dim + 1 :]))


def with_stride(layout: Layout, dim: int, stride: int) -> Layout:
    """The layout with another stride of a dimension."""
    return replace(layout, stride=(*layout.stride[:dim], stride, *layout.stride[dim + 1 :]))
