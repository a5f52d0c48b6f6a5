"""How far size, stride and offset of an as_strided view may be moved before it leaves its storage.

Must not know sliders or torch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.layout import Layout


def offsets(layout: Layout, elements: int) -> range:
    """The offsets at which the layout lies within a storage of `elements`; empty when none does."""
    if not layout.numel:
        return range(elements + 1)
    first, stop = (edge - layout.offset for edge in layout.extent)
    return range(max(-first, 0), max(elements - stop + 1, max(-first, 0)))


def sizes(layout: Layout, dim: int, elements: int) -> range:
    """The sizes of a dimension with which a layout of strides from 0 on lies within the storage.

    With stride 0 any size would do; it is held to the number of elements.
    """
    single = _with(layout, dim, 1, layout.stride[dim])
    if not single.numel:
        return range(elements + 1)
    if not single.fits(elements):
        return range(1)
    step = layout.stride[dim]
    return range((elements - single.extent[1]) // step + 2 if step else max(elements, 1) + 1)


def strides(layout: Layout, dim: int, elements: int) -> range:
    """The strides from 0 on of a dimension with which the layout lies within the storage; empty when none does.

    A dimension of one index or none goes nowhere: its stride is held to the number of elements.
    """
    still = _with(layout, dim, layout.shape[dim], 0)
    if layout.shape[dim] < 2 or not layout.numel:
        return range(elements + 1)
    if not still.fits(elements):
        return range(0)
    return range((elements - still.extent[1]) // (layout.shape[dim] - 1) + 1)


def _with(layout: Layout, dim: int, size: int, stride: int) -> Layout:
    shape = (*layout.shape[:dim], size, *layout.shape[dim + 1 :])
    return replace(layout, shape=shape, stride=(*layout.stride[:dim], stride, *layout.stride[dim + 1 :]))
