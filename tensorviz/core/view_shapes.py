"""Views that give the same elements another shape, type or pieces: view, reshape, flatten, split, indexing and so on.

Must not know torch or any value: torch is the judge, in the tests.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tensorviz.core.layout import Layout
from tensorviz.core.reasons import ViewImpossible
from tensorviz.core.runs import NoView, strides_for
from tensorviz.core.views import Origins, Outcome, View, existing, fresh, narrow, select, slice_, unsqueeze, wrapped
from tensorviz.core.why import why_no_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import EllipsisType


def whole_shape(shape: Sequence[int], numel: int) -> tuple[int, ...]:
    """The shape with its -1 worked out. Raises ViewImpossible when it cannot hold exactly `numel` elements."""
    known = math.prod(size for size in shape if size != -1)
    guesses = sum(size == -1 for size in shape)
    if guesses > 1 or any(size < -1 for size in shape):
        raise ViewImpossible(f"A shape {list(shape)} was asked for.", "At most one size is -1, and none is below.")
    if guesses and known == 0 and numel == 0:
        raise ViewImpossible(f"The -1 in {list(shape)} could be any size, for there are no elements.", "Name the size.")
    if (known == 0 or numel % known) if guesses else known != numel:
        raise ViewImpossible(
            f"Shape {list(shape)} was asked for; the tensor has {numel} elements.",
            f"The sizes must multiply to {numel}.",
        )
    return tuple(numel // known if size == -1 else size for size in shape)


def view(layout: Layout, shape: Sequence[int]) -> View:
    """The same elements in the same order with another shape, nothing copied.

    Raises ViewImpossible, with the BrokenView as its reason where dimensions would have to merge that cannot.
    """
    wanted = whole_shape(shape, layout.numel)
    strides = strides_for(layout, wanted)
    if isinstance(strides, NoView):
        reason = why_no_view(layout, wanted)
        raise ViewImpossible(reason.sentence if reason else "", "reshape copies; see the repairs.", reason)
    return View(replace(layout, shape=wanted, stride=strides), origins_of(layout.shape, wanted))


def reshape(layout: Layout, shape: Sequence[int]) -> Outcome:
    """A view where one exists, a copy where none does. Raises ViewImpossible for a shape of other size."""
    wanted = whole_shape(shape, layout.numel)
    reason = why_no_view(layout, wanted)
    return fresh(layout, wanted, reason, origins_of(layout.shape, wanted)) if reason else view(layout, wanted)


def origins_of(old: Sequence[int], new: Sequence[int]) -> Origins:
    """Which old dimension each new one is: the ones with the same elements before and after them, and the same size."""
    if tuple(old) == tuple(new):
        return tuple(range(len(old)))
    places = {_place(old, dim): dim for dim in range(len(old)) if old[dim] != 1}
    return tuple(places.get(_place(new, dim)) if size != 1 else None for dim, size in enumerate(new))


def _place(shape: Sequence[int], dim: int) -> tuple[int, int, int]:
    return math.prod(shape[:dim]), shape[dim], math.prod(shape[dim + 1 :])


def flatten(layout: Layout, start: int = 0, end: int = -1) -> Outcome:
    """Dimensions start..end as one."""
    first, last = wrapped(start, layout.ndim), wrapped(end, layout.ndim)
    if first > last:
        raise ViewImpossible(f"flatten from dimension {first} to {last} was asked for.", "The first comes first.")
    if layout.ndim == 0:
        return reshape(layout, (1,))
    if first == last:
        return View(layout, tuple(range(layout.ndim)), "same")
    merged = math.prod(layout.shape[first : last + 1])
    return reshape(layout, (*layout.shape[:first], merged, *layout.shape[last + 1 :]))


def unflatten(layout: Layout, dim: int, sizes: Sequence[int]) -> View:
    """One dimension as several; one of the sizes may be -1."""
    dim = existing(dim, layout.ndim, "unflatten")
    if not sizes:
        raise ViewImpossible(f"unflatten of dimension {dim} into no sizes was asked for.", "Name at least one size.")
    parts = whole_shape(sizes, layout.shape[dim])
    return view(layout, (*layout.shape[:dim], *parts, *layout.shape[dim + 1 :]))


def view_dtype(layout: Layout, itemsize: int) -> View:
    """The same bytes as elements of another size. Raises ViewImpossible with the number that does not divide."""
    old = layout.itemsize
    keep = tuple(range(layout.ndim))
    if itemsize == old:
        return View(layout, keep)
    if layout.ndim == 0 or layout.stride[-1] != 1:
        what = f"its last stride is {layout.stride[-1]}" if layout.ndim else "it has no dimension"
        raise ViewImpossible(
            f"Elements of {itemsize} bytes over elements of {old} need neighbours in memory; {what}.",
            "contiguous() first, or unsqueeze for a single number.",
        )
    if itemsize < old:
        times = old // itemsize
        strides = (*(stride * times for stride in layout.stride[:-1]), 1)
        return View(
            Layout((*layout.shape[:-1], layout.shape[-1] * times), strides, layout.offset * times, itemsize), keep
        )
    return _wider(layout, itemsize // old, itemsize, keep)


def _wider(layout: Layout, times: int, itemsize: int, keep: Origins) -> View:
    numbers = [("the last size", layout.shape[-1]), ("the offset", layout.offset)]
    numbers += [(f"stride[{dim}]", stride) for dim, stride in enumerate(layout.stride[:-1])]
    for name, number in numbers:
        if number % times:
            raise ViewImpossible(
                f"Elements of {itemsize} bytes take {times} each of {layout.itemsize}; {name} is {number}.",
                f"It must be divisible by {times}.",
            )
    strides = (*(stride // times for stride in layout.stride[:-1]), 1)
    return View(
        Layout((*layout.shape[:-1], layout.shape[-1] // times), strides, layout.offset // times, itemsize), keep
    )


# Pieces


def split(layout: Layout, sizes: int | Sequence[int], dim: int = 0) -> tuple[View, ...]:
    """Pieces of `sizes` each (the last may be smaller), or of the sizes listed, along a dimension."""
    dim = existing(dim, layout.ndim, "split")
    whole = layout.shape[dim]
    if isinstance(sizes, int):
        if sizes < 0 or (sizes == 0 and whole):
            raise ViewImpossible(f"Pieces of {sizes} elements were asked for.", "A piece has at least 1.")
        count = max(-(-whole // sizes), 1) if sizes else 1
        sizes = [*(sizes,) * (count - 1), whole - sizes * (count - 1)]
    if sum(sizes) != whole or any(size < 0 for size in sizes):
        raise ViewImpossible(
            f"Pieces of {list(sizes)} were asked for; dimension {dim} has size {whole}.",
            f"They must add up to {whole}.",
        )
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    return tuple(narrow(layout, dim, start, size) for start, size in zip(starts, sizes, strict=True))


def chunk(layout: Layout, chunks: int, dim: int = 0) -> tuple[View, ...]:
    """At most `chunks` pieces of one size (the last may be smaller)."""
    dim = existing(dim, layout.ndim, "chunk")
    if chunks < 1:
        raise ViewImpossible(f"{chunks} chunks were asked for.", "Ask for at least 1.")
    whole = layout.shape[dim]
    return split(layout, -(-whole // chunks), dim) if whole else split(layout, (0,) * chunks, dim)


def tensor_split(layout: Layout, sections: int, dim: int = 0) -> tuple[View, ...]:
    """Exactly `sections` pieces, the first ones larger by one where it does not divide."""
    dim = existing(dim, layout.ndim, "tensor_split")
    if sections < 1:
        raise ViewImpossible(f"{sections} sections were asked for.", "Ask for at least 1.")
    size, more = divmod(layout.shape[dim], sections)
    return split(layout, [size + (at < more) for at in range(sections)], dim)


def unbind(layout: Layout, dim: int = 0) -> tuple[View, ...]:
    """Every index of a dimension on its own."""
    dim = existing(dim, layout.ndim, "unbind")
    return tuple(select(layout, dim, index) for index in range(layout.shape[dim]))


Key = int | slice | None


def index(layout: Layout, key: Sequence[Key | EllipsisType]) -> View:
    """Basic indexing: integers, slices, None and Ellipsis, as in tensor[1, ..., None, 2:].

    Raises ViewImpossible for more indices than dimensions, for what is out of range, and for steps below 1.
    """
    used = sum(item is not None and item is not Ellipsis for item in key)
    if used > layout.ndim:
        raise ViewImpossible(f"{used} indices were given; the tensor has {layout.ndim} dimensions.", "Leave some out.")
    passed, dim = layout.ndim - used, 0
    origins: list[int | None] = list(range(layout.ndim))
    for item in key:
        if item is None:
            layout = unsqueeze(layout, dim).layout
            origins.insert(dim, None)
            dim += 1
        elif isinstance(item, slice):
            if item != slice(None):  # torch passes over a bare colon, even one behind a second Ellipsis
                layout = slice_(layout, dim, item.start, item.stop, 1 if item.step is None else item.step).layout
            dim += 1
        elif isinstance(item, int):
            layout = select(layout, dim, item).layout
            del origins[dim]
        else:
            dim += passed
    return View(layout, tuple(origins))
