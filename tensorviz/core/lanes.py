"""A tensor's lane under the storage: flag, elements, gaps, shared cells, hops and bracket, for a window of cells only.

Must not know pixels or painting: positions are in cells of the storage, and may be fractions when types differ in size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tensorviz.core.contiguity import channels_last_name
from tensorviz.core.layout import Layout, shape_text
from tensorviz.core.text import count_text, plural

MOST_HOPS = 400  # of one dimension in one window; more are counted, not listed


@dataclass(frozen=True)
class Stretch:
    """Cells start..stop (positions) in which every element is seen by `times` indices; 0 is a gap."""

    start: float
    stop: float
    times: int


@dataclass(frozen=True)
class Hop:
    """A step along a dimension: from index `index` to the next, from the middle of one element to that of the other."""

    dim: int
    index: int
    start: float
    stop: float


@dataclass(frozen=True)
class Hops:
    """The hops along one dimension that a window shows, at index 0 of the others; `left_out` more are not listed."""

    dim: int
    size: int
    stride: int
    hops: tuple[Hop, ...]
    left_out: int = 0

    @property
    def text(self) -> str:
        """What is written on them: "stride[0] = 3"."""
        return f"stride[{self.dim}] = {self.stride}"

    @property
    def stays(self) -> bool:
        """Whether all indices lie on one place (stride 0)."""
        return self.stride == 0


@dataclass(frozen=True)
class LaneWindow:
    """What of a lane lies in cells start..stop-1. Everything outside is left out, and None says it is not here."""

    flag: float | None  # where the offset is
    stretches: tuple[Stretch, ...]
    hops: tuple[Hops, ...]
    bracket: tuple[float, float] | None  # the part of the extent that is here
    opens: bool  # the extent began before the window
    closes: bool  # it does not go on after it

    @property
    def empty(self) -> bool:
        """Whether the tensor has nothing in the window, not even a gap."""
        return self.bracket is None and self.flag is None


@dataclass(frozen=True)
class Lane:
    """A tensor over a storage that is drawn in cells of `cell_bytes`. `keys`: colours of its dimensions."""

    name: str
    layout: Layout
    dtype: str = "float32"
    cell_bytes: int = 4
    keys: tuple[int, ...] = ()
    names: tuple[str | None, ...] = ()

    def key(self, dim: int) -> int:
        """The colour key of a dimension: as given, else its number."""
        return self.keys[dim] if dim < len(self.keys) else dim

    def dim_name(self, dim: int) -> str:
        """The name of a dimension: its own, or "dim 0"."""
        named = self.names[dim] if dim < len(self.names) else None
        return f"dim {dim} {named}" if named else f"dim {dim}"

    @property
    def scale(self) -> float:
        """Cells per element."""
        return self.layout.itemsize / self.cell_bytes

    @property
    def hop_dims(self) -> tuple[int, ...]:
        """The dimensions with something to show, the innermost first: those of more than one index."""
        return tuple(dim for dim in reversed(range(self.layout.ndim)) if self.layout.shape[dim] > 1)

    @property
    def title(self) -> str:
        """The layout and type in one line: "3x2 (2,1)+0 float32"."""
        return f"{self.layout.text()} {self.dtype}"

    @cached_property
    def summary(self) -> str:
        """What the bracket says: "6 elements", with gaps, sharing, and the order channels_last where there are any."""
        layout = self.layout
        if not layout.numel:
            return "no elements"
        said, distinct = plural(layout.numel, "element"), layout.glance.distinct
        if distinct is None:
            return f"{said}, too many places to count here"
        if layout.glance.overlaps:
            said += f" on {plural(distinct, 'place')}"
        gaps = layout.extent[1] - layout.extent[0] - distinct
        said = f"{said}, {plural(gaps, 'gap')}" if gaps else said
        order = channels_last_name(layout)
        return f"{said}, in the order {order}" if order else said

    def window(self, start: int, stop: int, dims: tuple[int, ...] | None = None) -> LaneWindow:
        """The lane in cells start..stop-1 of the storage, with the hops along `dims` (None: all)."""
        first, last = (edge * self.scale for edge in self.layout.extent)
        here = first < last and first < stop and last > start
        flag = self.layout.offset * self.scale
        return LaneWindow(
            flag if start <= flag < stop else None,
            self._stretches(start, stop) if here else (),
            tuple(self.hops(dim, start, stop) for dim in (self.hop_dims if dims is None else dims)) if here else (),
            (max(first, start), min(last, stop)) if here else None,
            first < start,
            last <= stop,
        )

    def _elements(self, start: int, stop: int) -> tuple[int, int]:
        """The elements that have bytes in cells start..stop-1."""
        size = self.layout.itemsize
        return start * self.cell_bytes // size, -(-stop * self.cell_bytes // size)

    def _stretches(self, start: int, stop: int) -> tuple[Stretch, ...]:
        import numpy as np  # the window does not wait for it

        reach = self.layout.glance
        low, high = self._elements(start, stop)
        low, high = max(low, reach.start), min(high, reach.stop)
        if low >= high:
            return ()
        counts = reach.counts(low, high)
        edges = [0, *(np.flatnonzero(counts[1:] != counts[:-1]) + 1).tolist(), high - low]
        return tuple(
            Stretch((low + a) * self.scale, (low + b) * self.scale, int(counts[a])) for a, b in pairwise(edges)
        )

    def hops(self, dim: int, start: int, stop: int, most: int = MOST_HOPS) -> Hops:
        """The hops along a dimension that touch cells start..stop-1, at index 0 of the others: by arithmetic."""
        layout = self.layout
        size, stride = layout.shape[dim], layout.stride[dim]
        if stride == 0:
            return Hops(dim, size, 0, ())
        low, high = self._elements(start, stop)
        # Hop i spans offset + i*stride .. offset + (i+1)*stride.
        distances = sorted(((low - layout.offset) // stride, (high - 1 - layout.offset) // stride))
        first, last = max(distances[0] - 1, 0), min(distances[1] + 1, size - 2)
        listed = range(first, min(last + 1, first + most))
        hops = (Hop(dim, i, *self._ends(layout.offset + i * stride, stride)) for i in listed)
        here = tuple(hop for hop in hops if max(hop.start, hop.stop) > start and min(hop.start, hop.stop) < stop)
        return Hops(dim, size, stride, here, max(last + 1 - first - most, 0))

    def _ends(self, element: int, stride: int) -> tuple[float, float]:
        middle = self.scale / 2
        return element * self.scale + middle, (element + stride) * self.scale + middle

    def text(self) -> str:
        """The lane in words, for those who do not see it."""
        layout = self.layout
        lines = [
            f"{self.name}: {shape_text(layout.shape)} {self.dtype}, stride {layout.stride}, offset {layout.offset}"
        ]
        lines.append(f"  address = {layout.formula_in_words()}")
        for dim in reversed(self.hop_dims):
            step = layout.stride[dim]
            hop = "stay on one place" if step == 0 else f"lie {step} apart"
            lines.append(f"  dimension {dim}: {layout.shape[dim]} indices {hop}")
        first, stop = layout.extent
        if first < stop:
            lines.append(f"  {self.summary}, from element {count_text(first)} to {count_text(stop - 1)}")
        return "\n".join(lines)
