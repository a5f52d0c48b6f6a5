"""Which neighbouring dimensions continue one another in memory, and what that makes of a new shape.

Must not know torch, or how a refusal is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.layout import Layout


@dataclass(frozen=True)
class Run:
    """Neighbouring dimensions first..last that are one stretch of `size` steps of `stride` elements each."""

    first: int
    last: int
    size: int
    stride: int

    @property
    def dims(self) -> tuple[int, ...]:
        """The dimensions of the run."""
        return tuple(range(self.first, self.last + 1))


@dataclass(frozen=True)
class Boundary:
    """Two neighbouring dimensions (those of size 1 left out) that cannot merge, with the numbers that say so."""

    outer: int
    inner: int
    outer_stride: int
    inner_size: int
    inner_stride: int

    @property
    def needed(self) -> int:
        """The stride that the outer dimension would need."""
        return self.inner_size * self.inner_stride

    def text(self) -> str:
        """The numbers: "stride[0] = 1, but size[1]*stride[1] = 3*2 = 6"."""
        found = f"stride[{self.outer}] = {self.outer_stride}"
        wanted = f"size[{self.inner}]*stride[{self.inner}] = {self.inner_size}*{self.inner_stride} = {self.needed}"
        return f"{found}, but {wanted}"


@dataclass(frozen=True)
class NoView:
    """The new dimension `dim` would have to reach over the edge between two runs."""

    dim: int
    left: Run
    right: Run


def runs_of(layout: Layout) -> tuple[Run, ...]:
    """The longest runs of dimensions that can merge, first dimension first.

    A dimension of size 1 belongs to the run it precedes, whatever its stride (torch's rule too); a tensor without
    dimensions has no runs.
    """
    runs: list[Run] = []
    last, size = layout.ndim - 1, 1
    for dim in reversed(range(layout.ndim)):
        size *= layout.shape[dim]
        step = layout.stride[last]
        if dim == 0 or (layout.shape[dim - 1] != 1 and layout.stride[dim - 1] != size * step):
            runs.append(Run(dim, last, size, step))
            last, size = dim - 1, 1
    return tuple(reversed(runs))


def strides_for(layout: Layout, shape: Sequence[int]) -> tuple[int, ...] | NoView:
    """The strides that show the same elements in the same order with another shape, or where that breaks.

    `shape` must have as many elements as the layout.
    """
    if layout.ndim == 0:
        return (1,) * len(shape)
    if layout.numel == 0:
        return layout.stride if tuple(shape) == layout.shape else _strides_of_nothing(shape)
    strides: list[int] = []
    dim, runs = len(shape) - 1, runs_of(layout)
    for at in reversed(range(len(runs))):
        size = 1
        while dim >= 0 and (size < runs[at].size or shape[dim] == 1):
            strides.append(size * runs[at].stride)
            size *= shape[dim]
            dim -= 1
        if size != runs[at].size:
            return NoView(dim + 1, runs[at - 1], runs[at])
    return tuple(reversed(strides))


def _strides_of_nothing(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(math.prod(max(size, 1) for size in shape[dim + 1 :]) for dim in range(len(shape)))


def boundaries(layout: Layout) -> tuple[Boundary, ...]:
    """Every pair of neighbouring dimensions of more than one element that cannot merge."""
    dims = [dim for dim in range(layout.ndim) if layout.shape[dim] != 1]
    found = (boundary(layout, outer, inner) for outer, inner in pairwise(dims))
    return tuple(item for item in found if item.outer_stride != item.needed)


def boundary(layout: Layout, outer: int, inner: int) -> Boundary:
    """The numbers of two dimensions next to one another, whether they can merge or not."""
    return Boundary(outer, inner, layout.stride[outer], layout.shape[inner], layout.stride[inner])


def boundary_between(layout: Layout, left: Run, right: Run) -> Boundary:
    """The boundary between two runs, dimensions of size 1 left out."""
    outer = [dim for dim in left.dims if layout.shape[dim] != 1] or [left.last]
    inner = [dim for dim in right.dims if layout.shape[dim] != 1] or [right.first]
    return boundary(layout, outer[-1], inner[0])
