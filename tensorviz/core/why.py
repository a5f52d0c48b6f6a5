"""Why something cannot be done with a tensor: the reason as data, its sentence, and the smallest repairs.

Must not know torch, widgets, or the tensors themselves: layouts and given facts are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.errors import TensorvizError
from tensorviz.core.layout import SCAN, Layout
from tensorviz.core.reach import UNCOUNTED
from tensorviz.core.runs import Boundary, NoView, Run, boundary_between, runs_of, strides_for
from tensorviz.core.text import bytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Repair:
    """A way out: `code` is what is written after the tensor's name, `nbytes` what it copies, `note` what changes."""

    code: str
    nbytes: int
    note: str


@dataclass(frozen=True)
class BrokenView:
    """Why `layout` cannot be seen with `shape`: its runs, the boundary that is in the way, the repairs."""

    layout: Layout
    shape: tuple[int, ...]
    dim: int  # of `shape`: the one that would span the boundary
    runs: tuple[Run, ...]
    boundary: Boundary
    repairs: tuple[Repair, ...]

    @property
    def short(self) -> str:
        """In a few words: "dims 0 and 1 cannot merge (stride 1 != 3*2)"."""
        edge = self.boundary
        numbers = f"stride {edge.outer_stride} != {edge.inner_size}*{edge.inner_stride}"
        return f"dims {edge.outer} and {edge.inner} cannot merge ({numbers})"

    @property
    def sentence(self) -> str:
        """The whole reason."""
        edge = self.boundary
        return (
            f"A view with shape {list(self.shape)} needs dimensions {edge.outer} and {edge.inner} to merge, "
            f"and they do not continue one another in memory: {edge.text()}."
        )


@dataclass(frozen=True)
class Kept:
    """Why a dimension is not squeezed: torch gives the tensor back with all its dimensions, and says nothing."""

    dim: int
    size: int

    @property
    def sentence(self) -> str:
        """The whole reason."""
        return f"Dimension {self.dim} has size {self.size}; only a dimension of size 1 can be squeezed, so it stays."


@dataclass(frozen=True)
class SharedCells:
    """Why writing through a tensor is not what it seems: two indices lie on one cell.

    `detected` says whether torch refuses (a stride of 0 it sees; other overlap it does not look for).
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    address: int
    times: int
    detected: bool
    repairs: tuple[Repair, ...]

    @property
    def sentence(self) -> str:
        """The whole reason."""
        what = f"Elements {list(self.first)} and {list(self.second)} lie on one cell of the storage ({self.address})"
        if self.detected:
            return f"{what}, so writing in place is refused."
        return f"{what}; torch does not notice, and the result of writing in place depends on the order of the writes."


@dataclass(frozen=True)
class Clash:
    """Why shapes cannot be broadcast: column `dim`, counted from the right from -1, and the sizes met there."""

    shapes: tuple[tuple[int, ...], ...]
    dim: int
    sizes: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """The whole reason."""
        met = " and ".join(str(size) for size in dict.fromkeys(self.sizes))
        return (
            f"The shapes {', '.join(str(list(shape)) for shape in self.shapes)} cannot be broadcast: aligned from the "
            f"right, dimension {self.dim} has sizes {met}; they must be equal, or 1."
        )

    @property
    def rows(self) -> tuple[tuple[int | None, ...], ...]:
        """The shapes aligned from the right, None where a shape has no such dimension."""
        return aligned(self.shapes)


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps a tensor from being a NumPy array, and what removes it."""

    sentence: str
    repair: Repair


Reason = BrokenView | Kept | SharedCells | Clash


class ViewImpossible(TensorvizError):
    """A view that was asked for does not exist; `reason` has the numbers where there are some."""

    def __init__(self, message: str, hint: str = "", reason: Reason | None = None) -> None:
        super().__init__(message, hint)
        self.reason = reason


def why_no_view(layout: Layout, shape: Sequence[int]) -> BrokenView | None:
    """Why the elements of a layout cannot be seen with `shape` (as many elements, no -1); None when they can."""
    met = strides_for(layout, shape)
    if not isinstance(met, NoView):
        return None
    edge = boundary_between(layout, met.left, met.right)
    return BrokenView(layout, tuple(shape), met.dim, runs_of(layout), edge, repairs_of_view(layout, shape))


def repairs_of_view(layout: Layout, shape: Sequence[int]) -> tuple[Repair, ...]:
    """What leads to that shape, cheapest first: another order of the dimensions, reshape, contiguous."""
    numbers = ", ".join(map(str, shape))
    cost = bytes_text(layout.nbytes)
    copies = (
        Repair(f".reshape({numbers})", layout.nbytes, f"copies {cost}"),
        Repair(f".contiguous().view({numbers})", layout.nbytes, f"copies {cost}, and says so"),
    )
    order = memory_order(layout)
    turned = Layout(
        tuple(layout.shape[d] for d in order), tuple(layout.stride[d] for d in order), layout.offset, layout.itemsize
    )
    if order == tuple(range(layout.ndim)) or isinstance(strides_for(turned, shape), NoView):
        return copies
    code = f".permute({', '.join(map(str, order))}).view({numbers})"
    return (Repair(code, 0, "copies nothing; the elements come in the order of memory, which is another one"), *copies)


def memory_order(layout: Layout) -> tuple[int, ...]:
    """The order of the dimensions in which strides fall; equal ones keep their order."""
    return tuple(sorted(range(layout.ndim), key=lambda dim: (-abs(layout.stride[dim]), -layout.shape[dim])))


def why_not_squeezed(layout: Layout, dim: int) -> Kept | None:
    """Why `squeeze(dim)` leaves the dimension (0 <= dim < ndim); None when it goes."""
    return None if layout.shape[dim] == 1 else Kept(dim, layout.shape[dim])


def why_not_in_place(layout: Layout) -> SharedCells | None:
    """Why writing through the whole tensor is refused or unsafe; None when each element has its own cell."""
    if not layout.overlaps:
        return None
    address = _shared_address(layout)
    first, second = islice(layout.indices_at(address), 2)
    detected = any(n > 1 and s == 0 for n, s in zip(layout.shape, layout.stride, strict=True))
    repair = Repair(".clone(memory_format=torch.contiguous_format)", layout.nbytes, "gives each element its own cell")
    return SharedCells(first, second, address, layout.times_seen(address), detected, (repair,))


def _shared_address(layout: Layout) -> int:
    """The first address found on which two indices lie; the layout has one."""
    if layout.reach.times > 1:
        return layout.reach.start
    start, stop = layout.extent
    for base in range(start, stop, SCAN):
        counts = layout.reach.counts(base, min(base + SCAN, stop))
        for at in np.flatnonzero((counts != 0) & (counts != 1)).tolist():
            if counts[at] != UNCOUNTED or len(list(islice(layout.indices_at(base + at), 2))) == 2:
                return base + int(at)
    raise ValueError(f"{layout} was said to overlap and does not")


def why_not_broadcast(*shapes: Sequence[int]) -> Clash | None:
    """Why the shapes cannot be broadcast together, at the rightmost dimension that clashes; None when they can."""
    columns = list(zip(*aligned(shapes), strict=True))
    for back, column in enumerate(reversed(columns), 1):
        sizes = tuple(size for size in column if size is not None)
        if len({size for size in sizes if size != 1}) > 1:
            return Clash(tuple(tuple(shape) for shape in shapes), -back, sizes)
    return None


def broadcast(*shapes: Sequence[int]) -> tuple[int, ...]:
    """The shape that the shapes have together. Raises ViewImpossible with the Clash."""
    clash = why_not_broadcast(*shapes)
    if clash:
        raise ViewImpossible(clash.sentence, "Insert a dimension of size 1 with unsqueeze, or transpose.", clash)
    columns = zip(*aligned(shapes), strict=True)
    return tuple(next((n for n in column if n is not None and n != 1), 1) for column in columns)


def aligned(shapes: Sequence[Sequence[int]]) -> tuple[tuple[int | None, ...], ...]:
    """The shapes padded on the left with None to one length."""
    width = max((len(shape) for shape in shapes), default=0)
    return tuple((*(None,) * (width - len(shape)), *shape) for shape in shapes)


def why_no_numpy(
    dtype: str,
    device: str = "cpu",
    layout: str = "strided",
    requires_grad: bool = False,
    conjugated: bool = False,
    negated: bool = False,
    numpy_knows: bool = True,
) -> tuple[Obstacle, ...]:
    """What keeps `.numpy()` from giving an array over the same memory, in the order to remove it.

    `numpy_knows` says whether NumPy has the dtype. An empty answer: `.numpy()` works.
    """
    met = (
        (requires_grad, "The tensor requires grad, which a NumPy array cannot record.", ".detach()", "shares memory"),
        (device != "cpu", f"The tensor lies on {device}, where NumPy cannot reach.", ".cpu()", "copies to the host"),
        (layout != "strided", f"The tensor is {layout}, not strided.", ".to_dense()", "makes a dense copy"),
        (conjugated, "The conjugation is a mark on the view; the storage holds other values.", ".resolve_conj()",
         "copies the conjugated values"),
        (negated, "The sign is a mark on the view; the storage holds other values.", ".resolve_neg()",
         "copies the negated values"),
        (not numpy_knows, f"NumPy has no {dtype}.", ".float()", "copies to float32"),
    )  # fmt: skip
    return tuple(Obstacle(sentence, Repair(code, 0, note)) for holds, sentence, code, note in met if holds)
