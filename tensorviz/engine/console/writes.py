"""Writes that are not what they seem: cells that two elements share, memory that is read while it is written.

Must not know the language: a write is the name of an operation, the tensors that it writes and those that it reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.layout import Layout
from tensorviz.core.why import why_not_in_place, why_not_written_over
from tensorviz.engine.console.effects import LAYOUT_ONLY
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tensorviz.core.reasons import ReadWhileWritten, SharedCells

MOST_OVERLAP = 1 << 22  # elements of a tensor that is searched for shared cells after each write
REFUSED = "to a single memory location"  # torch's words, for both kinds
CONSTANT = frozenset({"fill_", "zero_"})  # the same value everywhere: the order of the writes is all one


@dataclass(frozen=True, slots=True)
class Write:
    """An operation that writes. name: torch's short one, "add_"."""

    name: str
    written: tuple[torch.Tensor, ...]
    read: tuple[torch.Tensor, ...]


def plain_layout(tensor: torch.Tensor) -> Layout:
    """Size, stride, offset and element size of a strided tensor."""
    return Layout(tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()), tensor.element_size())


def surprise(write: Write, refused: bool = False) -> SharedCells | ReadWhileWritten | None:
    """What a person may not expect of a write, or why it was refused; None when there is nothing."""
    if not refused and (write.name in CONSTANT or write.name in LAYOUT_ONLY or _one_value(write)):
        return None
    for target in write.written:
        if target.layout is not torch.strided or target.numel() > MOST_OVERLAP:
            continue
        shared = why_not_in_place(plain_layout(target))
        if shared is not None:
            return replace(shared, detected=refused)
        met = _read_over(target, write.read, refused)
        if met is not None:
            return replace(met, detected=refused)
    return None


def _one_value(write: Write) -> bool:
    return write.name == "copy_" and all(one.numel() == 1 for one in write.read)


def _read_over(target: torch.Tensor, sources: Sequence[torch.Tensor], refused: bool) -> ReadWhileWritten | None:
    for source in sources:
        if source.layout is not torch.strided or source.numel() > MOST_OVERLAP:
            continue
        if identity_of(source) != identity_of(target):
            continue
        to, of = plain_layout(target), plain_layout(source)
        met = why_not_written_over(to, of)
        if met is not None and (refused or _without_ones(to) != _without_ones(of)):
            return met
    return None


def _without_ones(layout: Layout) -> Layout:
    """The same elements in the same order, with no dimension of size 1, whose stride says nothing."""
    kept = [dim for dim, size in enumerate(layout.shape) if size != 1]
    shape, stride = (tuple(all_of[dim] for dim in kept) for all_of in (layout.shape, layout.stride))
    return Layout(shape, stride, layout.offset, layout.itemsize)


def surprise_of_array(array: np.ndarray[Any, Any], begins: int) -> SharedCells | None:
    """The same of a NumPy array that is written. begins: the address of the first byte of its memory.

    NumPy copies what it reads when that lies on what it writes, so shared cells are all there is.
    """
    each = array.itemsize
    start = int(array.__array_interface__["data"][0]) - begins
    if array.size > MOST_OVERLAP or start % each or any(step % each for step in array.strides):
        return None
    shared = why_not_in_place(Layout(array.shape, tuple(step // each for step in array.strides), start // each, each))
    return None if shared is None else replace(shared, detected=False, by="NumPy")
