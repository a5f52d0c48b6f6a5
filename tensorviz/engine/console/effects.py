"""The effect of one operation: view, inplace, copy, same or new, from identities, aliases and one table of names.

Must not know the language or the session.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch.multiprocessing.reductions import StorageWeakRef

from tensorviz.engine.console.values import identity_of
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Effect = Literal["view", "inplace", "copy", "same", "new"]
# Each element of the result is an element of an input: the dispatcher cannot tell that from a computation.
COPIES = frozenset(
    words(
        "clone _to_copy contiguous flip roll rot90 repeat repeat_interleave index index_select gather take "
        "masked_select take_along_dim cat stack hstack vstack lift_fresh_copy _reshape_copy resolve_conj resolve_neg "
        "channel_shuffle pixel_shuffle pixel_unshuffle tile fliplr flipud pin_memory"
    )
)
# These change a tensor's size, stride or offset, or nothing, but no element.
LAYOUT_ONLY = frozenset(
    words("t_ transpose_ swapaxes_ swapdims_ squeeze_ unsqueeze_ as_strided_ detach_ set_ resize_ resize_as_")
)
FRESH = frozenset({"lift_fresh"})  # says that it aliases, and hands over what torch.tensor has just made

Key = tuple[str, int]
Layout = tuple[Key, torch.Size, tuple[int, ...], int, torch.dtype]


@dataclass(frozen=True, slots=True)
class OperationEffect:
    """One operation of torch: its name ("aten.t"), its effect, and the bytes copied (not zero for copies only)."""

    name: str
    effect: Effect
    bytes_copied: int = 0


@dataclass(frozen=True, slots=True)
class Alike:
    """A new tensor whose dimensions are those of an input, one by one. Strides are in bytes."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    source: Key
    source_strides: tuple[int, ...]


@dataclass(slots=True)
class Origins:
    """How the storages made during a step came to be.

    copied: for each, whether it holds elements of a known one unchanged. alike: what its dimensions are those of; the
    source is a storage that was there before the step, whatever lay between. A place in memory may be given away again
    within a step, so what is noted of it holds as long as the storage lives.
    """

    known: frozenset[Key] = frozenset()
    copied: dict[Key, bool] = field(default_factory=dict)
    alike: dict[Key, Alike] = field(default_factory=dict)
    alive: dict[Key, StorageWeakRef] = field(default_factory=dict)

    def note(self, tensor: torch.Tensor, copied: bool) -> None:
        """A storage was made, or written."""
        key = identity_of(tensor)
        fresh = key not in self.alive or self.alive[key].expired()
        self.copied[key] = copied
        if fresh:
            self.alike.pop(key, None)
            self.alive[key] = StorageWeakRef(tensor.untyped_storage())

    def forget_gone(self) -> None:
        """Lets go of what was noted of storages that are no more."""
        for key in [key for key, reference in self.alive.items() if reference.expired()]:
            self.copied.pop(key, None)
            self.alike.pop(key, None)

    def comes_from_known(self, key: Key) -> bool:
        """Whether the storage was there before the step, or is a copy of such a one."""
        return key in self.known or self.copied.get(key, False)


def layout_of(tensor: torch.Tensor) -> Layout:
    """Storage, size, stride, offset and dtype, to be compared later."""
    return (identity_of(tensor), tensor.size(), tensor.stride(), int(tensor.storage_offset()), tensor.dtype)


def tensors_in(values: Iterable[Any]) -> list[torch.Tensor]:
    """The tensors among arguments or results, those in lists and tuples included."""
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(tensors_in(value))
    return found


def written_arguments(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[torch.Tensor]:
    """The arguments that the operation's schema says it writes."""
    found: list[Any] = []
    for position, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            value = args[position] if position < len(args) else kwargs.get(argument.name)
            found.append(value)
    return tensors_in(found)


def classify(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], written: Sequence[torch.Tensor], origins: Origins
) -> tuple[OperationEffect, Any]:
    """Runs the operation; gives its effect and its result. New storages are noted in `origins`."""
    inputs = tensors_in((*args, *kwargs.values()))
    keys = {identity_of(tensor) for tensor in inputs}
    layouts = [layout_of(tensor) for tensor in written]
    result = func(*args, **kwargs)
    name = func._schema.name.replace("::", ".")
    short = name.rpartition(".")[2]
    outputs = tensors_in((result,))
    if written and (short not in LAYOUT_ONLY or layouts != [layout_of(tensor) for tensor in written]):
        _note(origins, written, False)
        return OperationEffect(name, "inplace"), result
    if outputs and short not in FRESH and any(identity_of(tensor) in keys for tensor in outputs):
        very = all(any(tensor is one for one in inputs) for tensor in outputs)
        return OperationEffect(name, "same" if very else "view"), result
    copied = bool(outputs) and _is_copy(short, inputs, outputs)
    _note(origins, outputs, copied and _from_known(short, args, inputs, origins))
    _note_alike(origins, inputs, outputs)
    size = sum(tensor.numel() * tensor.itemsize for tensor in outputs) if copied else 0
    return OperationEffect(name, "copy" if copied else "new", size), result


def _from_known(short: str, args: Sequence[Any], inputs: Sequence[torch.Tensor], origins: Origins) -> bool:
    """Whether the elements come from storages that were there before; indices and masks are no sources."""
    sources = tensors_in(args[:1]) or list(inputs)
    return all(origins.comes_from_known(identity_of(tensor)) for tensor in sources)


def _note(origins: Origins, tensors: Iterable[torch.Tensor], copied: bool) -> None:
    for tensor in tensors:
        origins.note(tensor, copied)


def _note_alike(origins: Origins, inputs: Sequence[torch.Tensor], outputs: Iterable[torch.Tensor]) -> None:
    """An element by element operation, and a copy, leave each dimension what it was."""
    for made in outputs:
        source = next((one for one in inputs if one.shape == made.shape), None)
        if source is not None and made.dim():
            key, strides = _before_step(origins, source)
            origins.alike[identity_of(made)] = Alike(tuple(made.shape), byte_strides(made), key, strides)


def _before_step(origins: Origins, source: torch.Tensor) -> tuple[Key, tuple[int, ...]]:
    """The storage that the dimensions of `source` come from, and their strides there; 0 where that is not known."""
    key, strides = identity_of(source), byte_strides(source)
    known = origins.alike.get(key)
    if known is None:
        return key, strides
    there = dict(zip(zip(known.strides, known.sizes, strict=True), known.source_strides, strict=True))
    return known.source, tuple(there.get(pair, 0) for pair in zip(strides, source.shape, strict=True))


def byte_strides(tensor: torch.Tensor) -> tuple[int, ...]:
    """The strides of a strided tensor in bytes; of another all are 0."""
    if tensor.layout is not torch.strided:
        return (0,) * tensor.dim()
    return tuple(stride * tensor.itemsize for stride in tensor.stride())


def _is_copy(short: str, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> bool:
    if not inputs or (short not in COPIES and not short.endswith("_copy")):
        return False
    source = inputs[0].dtype
    if short != "_to_copy":  # another dtype is the same bits read anew: view_copy(torch.float64)
        return all(tensor.dtype == source for tensor in outputs)
    return all(keeps_values(source, tensor.dtype) for tensor in outputs)


def keeps_values(source: torch.dtype, target: torch.dtype) -> bool:
    """Whether every value of `source` is a value of `target` too, so that converting changes none."""
    if source == target or source == torch.bool:
        return True
    if target == torch.bool or (source.is_complex and not target.is_complex):
        return False
    if not (source.is_floating_point or source.is_complex):
        return _keeps_integers(source, target)
    if not (target.is_floating_point or target.is_complex):
        return False
    return _keeps_floats(source, target)


def _keeps_integers(source: torch.dtype, target: torch.dtype) -> bool:
    try:
        have = torch.iinfo(source)
        if target.is_floating_point or target.is_complex:
            room = torch.finfo(target)
            digits = 1 - math.log2(room.eps)
            return math.log2(max(have.max, -have.min)) <= digits and have.max <= room.max
        want = torch.iinfo(target)
    except (TypeError, RuntimeError):  # a dtype that torch describes not
        return False
    return want.min <= have.min and have.max <= want.max


def _keeps_floats(source: torch.dtype, target: torch.dtype) -> bool:
    try:
        have, room = torch.finfo(source), torch.finfo(target)
        finest, needed = room.smallest_normal * room.eps, have.smallest_normal * have.eps
    except (TypeError, RuntimeError):
        return False
    return room.eps <= have.eps and room.max >= have.max and finest <= needed
