"""Why something cannot be done with a tensor: finding the reason, from layouts and given facts alone.

Must not know torch, widgets, or the tensors themselves: layouts and given facts are enough.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tensorviz.core.layout import SCAN, Layout
from tensorviz.core.reasons import (
    BrokenView,
    Clash,
    Kept,
    Obstacle,
    ReadWhileWritten,
    Repair,
    SharedCells,
    ViewImpossible,
    aligned,
)
from tensorviz.core.runs import NoView, boundary_between, runs_of, strides_for
from tensorviz.core.text import bytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.meeting import Meeting

LOOKED_AT = 256  # addresses at which an example is looked for


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


def why_not_written_over(target: Layout, source: Layout) -> ReadWhileWritten | None:
    """Why writing to `target` what is read from `source`, on one storage, is refused or unsafe; None when it is not.

    The very same elements in the same order are safe: each is read before it is written.
    """
    from tensorviz.core.meeting import meeting  # it needs numpy, which the window does not wait for

    met = None if target == source else meeting(target, source)
    if met is None:
        return None
    repair = Repair(".clone()", source.nbytes, f"copies {bytes_text(source.nbytes)}, before anything is written")
    written, read, byte = _telling(target, source, met)
    return ReadWhileWritten(written, read, byte, met.nbytes, False, (repair,))


def _telling(target: Layout, source: Layout, met: Meeting) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """A place where the two sides have elements of different indices, when one of the first has that."""
    if met.left == met.right and target.itemsize == source.itemsize:
        first = met.byte // target.itemsize
        for address in range(first + 1, min(first + LOOKED_AT, target.extent[1], source.extent[1])):
            written, read = next(target.indices_at(address), None), next(source.indices_at(address), None)
            if written is not None and read is not None and written != read:
                return written, read, address * target.itemsize
    return met.left, met.right, met.byte


def _shared_address(layout: Layout) -> int:
    """The first address found on which two indices lie; the layout has one."""
    from tensorviz.core.reach import UNCOUNTED  # as above

    if layout.reach.times > 1:
        return layout.reach.start
    start, stop = layout.extent
    for base in range(start, stop, SCAN):
        counts = layout.reach.counts(base, min(base + SCAN, stop))
        for at in ((counts != 0) & (counts != 1)).nonzero()[0].tolist():
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
    if device == "meta":  # nothing removes that
        return (Obstacle("A tensor on meta has a layout and no numbers.", Repair("", 0, "make one that has some")),)
    met = (
        (requires_grad, "The tensor requires grad, which a NumPy array cannot record.", ".detach()", "shares memory"),
        (device != "cpu", f"The tensor lies on {device}, where NumPy cannot reach.", ".cpu()", "copies to the host"),
        (layout != "strided", f"The tensor is {layout}, not strided.", ".to_dense()", "makes a dense copy"),
        (conjugated, "The conjugation is a mark on the view; the storage holds other values.", ".resolve_conj()",
         "copies the conjugated values"),
        (negated, "The sign is a mark on the view; the storage holds other values.", ".resolve_neg()",
         "copies the negated values"),
        (not numpy_knows, f"NumPy has no {dtype}.", *_known_to_numpy(dtype)),
    )  # fmt: skip
    return tuple(Obstacle(sentence, Repair(code, 0, note)) for holds, sentence, code, note in met if holds)


def _known_to_numpy(dtype: str) -> tuple[str, str]:
    """What gives the same numbers in a type that NumPy has, and what that costs."""
    if dtype.startswith("complex"):
        return ".to(torch.complex64)", "copies to complex64"
    if dtype.endswith("_x2"):
        return ".view(torch.uint8)", "shares memory; each byte has two numbers"
    return ".float()", "copies to float32"
