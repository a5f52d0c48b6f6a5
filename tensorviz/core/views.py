"""Every view that torch has, as arithmetic: a layout in, a layout out, or the reason why not.

Must not know torch or any value: torch is the judge, in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tensorviz.core.layout import Layout, contiguous_strides
from tensorviz.core.reasons import BrokenView, ViewImpossible
from tensorviz.core.why import broadcast, why_not_squeezed

Dims = int | Sequence[int]
Origins = tuple[int | None, ...]


@dataclass(frozen=True)
class View:
    """A layout over the same storage. `origins` tells which dimension of the input each dimension is, None a new one.

    `effect` is "view", or "same" when torch gives back the very tensor.
    """

    layout: Layout
    origins: Origins
    effect: str = "view"


@dataclass(frozen=True)
class NeedsCopy:
    """What comes out lies on a new storage: `layout` there, `nbytes` copied, and why no view does (None: asked for)."""

    layout: Layout
    origins: Origins
    nbytes: int
    reason: BrokenView | None
    effect: str = "copy"


Outcome = View | NeedsCopy


def wrapped(dim: int, ndim: int) -> int:
    """The dimension counted from 0; a tensor without dimensions takes 0 and -1. Raises ViewImpossible."""
    room = max(ndim, 1)
    if not -room <= dim < room:
        raise ViewImpossible(
            f"Dimension {dim} was asked for; the tensor has {ndim}.", f"Dimensions go from {-room} to {room - 1}."
        )
    return dim % room


def existing(dim: int, ndim: int, asked: str) -> int:
    """Like `wrapped`, for what needs a dimension to be there. Raises ViewImpossible."""
    if ndim == 0:
        raise ViewImpossible(f"{asked} needs a dimension; a single number has none.", "Use unsqueeze(0) first.")
    return wrapped(dim, ndim)


def taken(layout: Layout, dims: Sequence[int]) -> View:
    """The dimensions in the given order, each at most once; the rest must not matter (size 1, or selected)."""
    return View(
        replace(layout, shape=tuple(layout.shape[d] for d in dims), stride=tuple(layout.stride[d] for d in dims)),
        tuple(dims),
    )


def changed(layout: Layout, dim: int, size: int, stride: int, offset: int) -> View:
    """The layout with one dimension's size and stride, and the offset, replaced."""
    shape = (*layout.shape[:dim], size, *layout.shape[dim + 1 :])
    strides = (*layout.stride[:dim], stride, *layout.stride[dim + 1 :])
    return View(replace(layout, shape=shape, stride=strides, offset=offset), tuple(range(layout.ndim)))


# The order of dimensions


def transpose(layout: Layout, dim0: int, dim1: int) -> View:
    """Two dimensions swapped. Raises ViewImpossible for a dimension that is not there, as all below."""
    a, b = wrapped(dim0, layout.ndim), wrapped(dim1, layout.ndim)
    swap = {a: b, b: a}
    return taken(layout, [swap.get(dim, dim) for dim in range(layout.ndim)])


def t(layout: Layout) -> View:
    """The transpose of a tensor of at most two dimensions."""
    if layout.ndim > 2:
        raise ViewImpossible(
            f"t() is for at most 2 dimensions; the tensor has {layout.ndim}.",
            "Use transpose(dim0, dim1), permute, or .mT for the last two.",
        )
    return taken(layout, list(reversed(range(layout.ndim))))


def permute(layout: Layout, dims: Sequence[int]) -> View:
    """All dimensions in another order."""
    if len(dims) != layout.ndim:
        raise ViewImpossible(
            f"permute needs each of the {layout.ndim} dimensions once; {len(dims)} given.", "Name every dimension."
        )
    return taken(layout, distinct_dims(dims, layout.ndim))


def distinct_dims(dims: Sequence[int], ndim: int) -> list[int]:
    """The dimensions counted from 0. Raises ViewImpossible when one comes twice."""
    order = [wrapped(dim, ndim) for dim in dims]
    if len(set(order)) < len(order):
        raise ViewImpossible(f"A dimension comes twice in {list(dims)}.", "Name each dimension once.")
    return order


def movedim(layout: Layout, source: Dims, destination: Dims) -> View:
    """Dimensions moved to other places; the others keep their order."""
    sources, places = _listed(source), _listed(destination)
    if len(sources) != len(places):
        raise ViewImpossible(
            f"movedim needs a place for each dimension; {len(sources)} and {len(places)} given.",
            "Give as many of both.",
        )
    moved = dict(zip(distinct_dims(places, layout.ndim), distinct_dims(sources, layout.ndim), strict=True))
    rest = iter(dim for dim in range(layout.ndim) if dim not in moved.values())
    return taken(layout, [moved[dim] if dim in moved else next(rest) for dim in range(layout.ndim)])


def _listed(dims: Dims) -> Sequence[int]:
    return (dims,) if isinstance(dims, int) else dims


# Parts


def select(layout: Layout, dim: int, index: int) -> View:
    """One index of a dimension, which goes away."""
    dim = existing(dim, layout.ndim, "select")
    size = layout.shape[dim]
    if not -size <= index < size:
        raise ViewImpossible(
            f"Index {index} was asked for in dimension {dim}, which has size {size}.",
            f"Use {-size} to {size - 1}." if size else "The dimension is empty.",
        )
    rest = taken(layout, [d for d in range(layout.ndim) if d != dim])
    return replace(rest, layout=rest.layout.at(layout.offset + index % size * layout.stride[dim]))


def slice_(layout: Layout, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> View:
    """`start:end:step` of a dimension, cut to its size as Python does; torch has no step below 1."""
    dim = existing(dim, layout.ndim, "A slice")
    if step < 1:
        raise ViewImpossible(f"A slice with step {step} was asked for; steps start at 1.", "flip() gives a copy.")
    size = layout.shape[dim]
    first, stop, _ = slice(start, end).indices(size)
    length = -(-max(stop - first, 0) // step)
    offset = layout.offset + first * layout.stride[dim]
    return changed(layout, dim, length, layout.stride[dim] * step, offset)


def narrow(layout: Layout, dim: int, start: int, length: int) -> View:
    """`length` indices of a dimension from `start` on."""
    dim = existing(dim, layout.ndim, "narrow")
    size = layout.shape[dim]
    first = start + size if start < 0 else start
    if length < 0 or first < 0 or first + length > size:
        raise ViewImpossible(
            f"{length} elements from {start} on were asked for in dimension {dim}, which has size {size}.",
            "Start plus length must stay within the size.",
        )
    return slice_(layout, dim, first, first + length)


def diagonal(layout: Layout, offset: int = 0, dim1: int = 0, dim2: int = 1) -> View:
    """The diagonal of two dimensions as a new last one; offset > 0 lies above, < 0 below."""
    a, b = wrapped(dim1, layout.ndim), wrapped(dim2, layout.ndim)
    if a == b:
        raise ViewImpossible(f"A diagonal of dimension {a} with itself was asked for.", "Name two dimensions.")
    down, right = max(-offset, 0), max(offset, 0)
    size = max(min(layout.shape[a] - down, layout.shape[b] - right), 0)
    start = layout.offset + (down * layout.stride[a] + right * layout.stride[b] if size else 0)
    rest = [d for d in range(layout.ndim) if d not in (a, b)]
    others = taken(layout, rest).layout
    stride = (*others.stride, layout.stride[a] + layout.stride[b])
    return View(replace(others, shape=(*others.shape, size), stride=stride, offset=start), (*rest, None))


def unfold(layout: Layout, dim: int, size: int, step: int) -> View:
    """Windows of `size` elements, `step` apart, along a dimension; the window is a new last dimension."""
    dim = wrapped(dim, layout.ndim)
    whole = layout.shape[dim] if layout.ndim else 1
    if not 0 <= size <= whole or step < 1:
        raise ViewImpossible(
            f"Windows of {size} elements with step {step} were asked for in dimension {dim}, which has size {whole}.",
            "The size is 0 to the dimension's, the step at least 1.",
        )
    if not layout.ndim:
        return View(replace(layout, shape=(size,), stride=(1,)), (None,))
    stride = layout.stride[dim]
    windows = changed(layout, dim, (whole - size) // step + 1, stride * step, layout.offset).layout
    grown = replace(windows, shape=(*windows.shape, size), stride=(*windows.stride, stride))
    return View(grown, (*range(layout.ndim), None))


# Dimensions that come and go


def squeeze(layout: Layout, dim: Dims | None = None) -> View:
    """Dimensions of size 1 left out: all, or those named (`why.why_not_squeezed` tells of the ones that stay)."""
    named = range(layout.ndim) if dim is None else distinct_dims(_listed(dim), layout.ndim)
    gone = [d for d in named if d < layout.ndim and why_not_squeezed(layout, d) is None]
    return taken(layout, [d for d in range(layout.ndim) if d not in gone])


def unsqueeze(layout: Layout, dim: int) -> View:
    """A new dimension of size 1 at that place."""
    dim = wrapped(dim, layout.ndim + 1)
    step = layout.shape[dim] * layout.stride[dim] if dim < layout.ndim else 1
    shape = (*layout.shape[:dim], 1, *layout.shape[dim:])
    strides = (*layout.stride[:dim], step, *layout.stride[dim:])
    return View(replace(layout, shape=shape, stride=strides), (*range(dim), None, *range(dim, layout.ndim)))


def expand(layout: Layout, shape: Sequence[int]) -> View:
    """Dimensions of size 1 repeated with stride 0, and new ones in front; -1 keeps a size."""
    new = len(shape) - layout.ndim
    if new < 0:
        raise ViewImpossible(
            f"expand to {len(shape)} dimensions was asked for; the tensor has {layout.ndim}.",
            "Name every dimension; -1 keeps one.",
        )
    if any(size < 0 for size in shape[:new]) or any(size < -1 for size in shape):
        raise ViewImpossible(f"expand to {list(shape)} was asked for.", "-1 stands for a size that is there already.")
    wanted = tuple(layout.shape[at - new] if size == -1 else size for at, size in enumerate(shape))
    for at in range(layout.ndim):
        if layout.shape[at] not in (1, wanted[new + at]):
            raise _cannot_expand(layout, at, wanted)
    return View(
        replace(layout, shape=wanted, stride=_expanded_strides(layout, wanted)), (*(None,) * new, *range(layout.ndim))
    )


def _cannot_expand(layout: Layout, dim: int, wanted: tuple[int, ...]) -> ViewImpossible:
    size = wanted[dim - layout.ndim]
    return ViewImpossible(
        f"expand to {list(wanted)} was asked for; dimension {dim} has size {layout.shape[dim]}, not {size} or 1.",
        "Only a dimension of size 1 can be repeated without copying.",
    )


def _expanded_strides(layout: Layout, wanted: tuple[int, ...]) -> tuple[int, ...]:
    if not layout.ndim:
        return (0,) * len(wanted)
    new = len(wanted) - layout.ndim
    pairs = zip(layout.shape, layout.stride, wanted[new:], strict=True)
    strides = [stride if size == want else 0 for size, stride, want in pairs]
    # A new dimension of size 1 repeats nothing: torch gives it the step over what follows it.
    for at in reversed(range(new)):
        strides.insert(0, wanted[at + 1] * strides[0] if wanted[at] == 1 else 0)
    return tuple(strides)


def broadcast_to(layout: Layout, shape: Sequence[int]) -> View:
    """The tensor as it takes part in an operation of that shape. Raises ViewImpossible with the clash."""
    if broadcast(layout.shape, shape) != tuple(shape):
        raise ViewImpossible(
            f"A tensor of shape {list(layout.shape)} was to fit {list(shape)}; it is larger.", "Swap the two."
        )
    return expand(layout, shape)


# Anything


def as_strided(
    layout: Layout,
    shape: Sequence[int],
    stride: Sequence[int],
    offset: int | None = None,
    elements: int | None = None,
) -> View:
    """Any size, stride and offset (None: the tensor's) over the storage, which has `elements` (None: not checked)."""
    if len(shape) != len(stride) or any(number < 0 for number in (*shape, *stride, offset or 0)):
        raise ViewImpossible(
            f"as_strided with size {list(shape)}, stride {list(stride)} and offset {offset} was asked for.",
            "Give as many strides as sizes, nothing below 0.",
        )
    new = Layout(tuple(shape), tuple(stride), layout.offset if offset is None else offset, layout.itemsize)
    if elements is not None and not new.fits(elements):
        raise ViewImpossible(
            f"as_strided would reach element {new.extent[1] - 1}; the storage has {elements}.",
            "Make the sizes, strides or the offset smaller.",
        )
    return View(new, (None,) * new.ndim)


def fresh(layout: Layout, shape: Sequence[int], reason: BrokenView | None, origins: Origins) -> NeedsCopy:
    """The copy that comes out where no view does: contiguous, on a storage of its own."""
    copied = Layout(tuple(shape), contiguous_strides(shape), 0, layout.itemsize)
    return NeedsCopy(copied, origins, layout.nbytes, reason)
