"""Whether a layout is contiguous in each memory format, and the number that says why.

Must not know torch; the rules are those it applies, size-1 dimensions and empty tensors included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tensorviz.core.layout import Layout, contiguous_strides
from tensorviz.core.reasons import ViewImpossible
from tensorviz.core.views import NeedsCopy, Outcome, View

# Dimensions from the one that must lie next to each other outwards; None: the last first, for any number of them.
FORMATS: dict[str, tuple[int, ...] | None] = {
    "contiguous_format": None,
    "channels_last": (1, 3, 2, 0),
    "channels_last_3d": (1, 4, 3, 2, 0),
}


@dataclass(frozen=True)
class Contiguity:
    """Whether a layout has a memory format, and why. `dim`, `found`, `needed`: the first stride that is not right."""

    memory_format: str
    holds: bool
    reason: str
    dim: int | None = None
    found: int | None = None
    needed: int | None = None


def contiguity(layout: Layout, memory_format: str = "contiguous_format") -> Contiguity:
    """Whether the layout is contiguous in a memory format ("contiguous_format", "channels_last", ...), and why."""
    order = FORMATS[memory_format]
    if order is not None and layout.ndim != len(order):
        return Contiguity(memory_format, False, f"It is for {len(order)} dimensions; the tensor has {layout.ndim}.")
    if order is None and layout.numel == 0:
        return Contiguity(memory_format, True, "There are no elements, so nothing can be out of order.")
    step = 1
    for dim in order or tuple(reversed(range(layout.ndim))):
        size, stride = layout.shape[dim], layout.stride[dim]
        if size == 1:
            continue
        if stride != step:
            reason = f"stride[{dim}] is {stride} and would have to be {step}."
            return Contiguity(memory_format, False, reason, dim, stride, step)
        step *= size
    return Contiguity(memory_format, True, _reason_it_holds(layout, order))


def _reason_it_holds(layout: Layout, order: tuple[int, ...] | None) -> str:
    ones = [dim for dim, size in enumerate(layout.shape) if size == 1]
    if not layout.ndim:
        return "A single number is always contiguous."
    said = "Each stride is the product of the sizes inside it"
    if order is not None:
        dims = ", ".join(map(str, reversed(order)))
        said = f"In the order of dimensions {dims} each stride is the product of the sizes that follow"
    return f"{said}; the stride of a dimension of size 1 does not count." if ones else f"{said}."


def contiguities(layout: Layout) -> tuple[Contiguity, ...]:
    """The answer for every memory format that is for so many dimensions."""
    fitting = (name for name, order in FORMATS.items() if order is None or len(order) == layout.ndim)
    return tuple(contiguity(layout, name) for name in fitting)


def channels_last_name(layout: Layout) -> str:
    """ "channels_last" or "channels_last_3d" when the layout has that format and is not contiguous as well, else ""."""
    held = [one.memory_format for one in contiguities(layout) if one.holds]
    return held[0] if len(held) == 1 and held[0] != "contiguous_format" else ""


def ambiguous(layout: Layout) -> bool:
    """Whether a layout is contiguous and channels_last at once (sizes of 1 make it so; torch then picks one)."""
    held = [item for item in contiguities(layout) if item.holds]
    return len(held) > 1


def is_dense(layout: Layout) -> bool:
    """Whether the elements fill one stretch of memory, each cell once, in whatever order of dimensions."""
    return layout.numel == 0 or (not layout.overlaps and layout.gaps == 0)


def strides_of_format(layout: Layout, memory_format: str) -> tuple[int, ...]:
    """The strides of a new tensor of that shape in a memory format. Raises ViewImpossible for another rank."""
    order = FORMATS[memory_format]
    if order is None:
        return contiguous_strides(layout.shape)
    if len(order) != layout.ndim:
        raise ViewImpossible(
            f"{memory_format} was asked for; the tensor has {layout.ndim} dimensions.", f"It is for {len(order)}."
        )
    strides, step = [0] * layout.ndim, 1
    for dim in order:
        strides[dim] = step
        step *= layout.shape[dim]
    return tuple(strides)


def contiguous(layout: Layout, memory_format: str = "contiguous_format") -> Outcome:
    """The outcome of `contiguous()`: the same tensor when it is so already, else a copy."""
    keep = tuple(range(layout.ndim))
    if contiguity(layout, memory_format).holds:
        return View(layout, keep, "same")
    strides = strides_of_format(layout, memory_format)
    return NeedsCopy(replace(layout, stride=strides, offset=0), keep, layout.nbytes, None)
