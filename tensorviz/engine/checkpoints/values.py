"""What the values of a checkpoint's tensors say: NaN, infinities, tensors and channels that are zero or constant.

Must not know file formats or torch. On demand, block by block: memory does not grow with the tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.checkpoint_values import Number, TensorValues
from tensorviz.core.errors import TensorvizError
from tensorviz.core.layout import Layout
from tensorviz.engine.checkpoints.elements import Array, Read, Source, blocks
from tensorviz.engine.checkpoints.numbers import as_numbers

if TYPE_CHECKING:
    from tensorviz.core.stored import Contents, StoredTensor
    from tensorviz.engine.cancel import CancelToken

ProgressSaid = Callable[[int, int], None]  # bytes done, bytes in all
MOST_CHANNELS = 1 << 20  # rows of a first dimension whose least and largest are kept
CHANNELS_NAMED = 16


def look_at_values(
    contents: Contents, read: Read, progress: ProgressSaid | None = None, cancel: CancelToken | None = None
) -> Iterator[TensorValues]:
    """Each tensor of a file, in its order; tied ones are read once. Raises Cancelled.

    A tensor that cannot be read comes out with its problem, and the others go on.
    """
    storages = {storage.id: storage for storage in contents.storages}
    seen: dict[tuple[object, ...], TensorValues] = {}
    done, total = 0, sum(tensor.nbytes for tensor in contents.tensors)
    for tensor in contents.tensors:
        key = (tensor.storage, tensor.layout, tensor.dtype, tensor.conjugated, tensor.negated)
        if key not in seen:
            before = done
            tell = None if progress is None else lambda more, before=before: progress(before + more, total)
            try:
                seen[key] = tensor_values(Source(tensor, storages[tensor.storage], read), tell, cancel)
            except (TensorvizError, OSError) as error:
                seen[key] = TensorValues(tensor.name, tensor.dtype, tensor.layout.numel, problem=str(error))
        done += tensor.nbytes
        if progress is not None:
            progress(done, total)
        yield replace(seen[key], name=tensor.name)


def tensor_values(
    source: Source, progress: Callable[[int], None] | None = None, cancel: CancelToken | None = None
) -> TensorValues:
    """One tensor. progress is told of the bytes done. Raises CheckpointUnreadable, OSError, Cancelled."""
    layout, times, place = _in_memory_order(source.tensor)
    count = _Count(source.tensor, layout, place)
    done = 0
    for block in blocks(layout):
        if cancel is not None:
            cancel.check()
        numbers = as_numbers(source.gather(block.layout), source.dtype)
        count.take(numbers, block.first)
        done += block.layout.nbytes
        if progress is not None:
            progress(done)
    return count.told(source.tensor, source.dtype.kind, times)


def _in_memory_order(tensor: StoredTensor) -> tuple[Layout, int, int | None]:
    """The layout with its widest strides first, so that it is read as it lies; how often each element counts; where
    the first dimension went (None: it repeats one slice).
    """
    layout = tensor.layout
    order = sorted(range(layout.ndim), key=lambda dim: -abs(layout.stride[dim]))
    kept = [dim for dim in order if layout.stride[dim] or layout.shape[dim] == 0]
    times = math.prod(layout.shape[dim] for dim in order if dim not in kept)
    shape, stride = tuple(layout.shape[dim] for dim in kept), tuple(layout.stride[dim] for dim in kept)
    place = kept.index(0) if layout.ndim and 0 in kept else None
    return Layout(shape, stride, layout.offset, layout.itemsize), times, place


class _Count:
    """What is gathered over the blocks of one tensor."""

    def __init__(self, tensor: StoredTensor, layout: Layout, place: int | None) -> None:
        self.nan = self.plus = self.minus = self.finite = 0
        self.total: Number = 0
        self.least: Number | None = None
        self.largest: Number | None = None
        rows = layout.shape[place] if place is not None else 1
        wanted = tensor.layout.ndim >= 2 and tensor.layout.numel > 0 and rows <= MOST_CHANNELS
        self.rows, self.place = rows if wanted else 0, place if wanted else None
        self.low: Array | None = None
        self.high: Array | None = None
        self.whole: tuple[Array, Array] | None = None

    def take(self, numbers: Array, first: tuple[int, ...]) -> None:
        """One block; `first` is the index of its first element."""
        parts = 2 if numbers.ndim > len(first) else 1
        flat = numbers.reshape(-1, parts)
        with np.errstate(invalid="ignore"):
            low, high = flat.min(axis=0), flat.max(axis=0)
            old = self.whole
            self.whole = (low, high) if old is None else (np.minimum(old[0], low), np.maximum(old[1], high))
            if self.rows:
                self._channels(numbers, first, parts)
        self._sum(numbers, low, high)

    def _channels(self, numbers: Array, first: tuple[int, ...], parts: int) -> None:
        if self.low is None or self.high is None:
            self.low, self.high = (np.empty((self.rows, parts), numbers.dtype) for _ in range(2))
            self._met = np.zeros(self.rows, bool)
        start = 0 if self.place is None else first[self.place]
        rows = 1 if self.place is None else numbers.shape[self.place]
        sides = numbers if parts == 2 else numbers[..., None]
        moved = sides[None] if self.place is None else np.moveaxis(sides, self.place, 0)
        lined = moved.reshape(rows, -1, parts) if parts == 2 else moved.reshape(rows, -1)
        low, high = lined.min(axis=1).reshape(rows, parts), lined.max(axis=1).reshape(rows, parts)
        place = slice(start, start + rows)
        met = self._met[place, None]
        self.low[place] = np.where(met, np.minimum(self.low[place], low), low)
        self.high[place] = np.where(met, np.maximum(self.high[place], high), high)
        self._met[place] = True

    def _sum(self, numbers: Array, low: Array, high: Array) -> None:
        if numbers.dtype.kind != "f":
            self._extremes(low.min(), high.max())
            self.total += _exact_sum(numbers)
            self.finite += numbers.size
            return
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            self._odd(numbers)
            return
        self._extremes(low.min(), high.max())
        self.finite += numbers.size
        with np.errstate(over="ignore"):
            self.total += float(numbers.sum(dtype="f8"))

    def _odd(self, numbers: Array) -> None:
        """A block that has NaN or infinities."""
        is_nan = np.isnan(numbers)
        nan = int(np.count_nonzero(is_nan))
        self.nan += nan
        if nan < numbers.size:  # fmin would let a signalling NaN through
            self._extremes(np.where(is_nan, np.inf, numbers).min(), np.where(is_nan, -np.inf, numbers).max())
        self.plus += int(np.count_nonzero(numbers == np.inf))
        self.minus += int(np.count_nonzero(numbers == -np.inf))
        finite = np.isfinite(numbers)
        self.finite += int(np.count_nonzero(finite))
        with np.errstate(over="ignore"):
            self.total += float(np.where(finite, numbers, 0).sum(dtype="f8"))

    def _extremes(self, low: np.generic, high: np.generic) -> None:
        least, largest = low.item(), high.item()
        self.least = least if self.least is None else min(self.least, least)
        self.largest = largest if self.largest is None else max(self.largest, largest)

    def told(self, tensor: StoredTensor, kind: str, times: int) -> TensorValues:
        """The result; each element counts `times` times."""
        constant = self.whole is not None and bool(np.all(self.whole[0] == self.whole[1]))
        zero = constant and self.whole is not None and bool(np.all(self.whole[0] == 0))
        ordered = kind != "complex"
        told = TensorValues(
            tensor.name, tensor.dtype, tensor.layout.numel, self.nan * times, self.plus * times, self.minus * times,
            self.least if ordered else None, self.largest if ordered else None,
            self.total / self.finite if ordered and self.finite else None, zero, constant,
        )  # fmt: skip  # in the order of the fields
        return self._with_channels(told, tensor.layout.shape)

    def _with_channels(self, told: TensorValues, shape: tuple[int, ...]) -> TensorValues:
        if self.low is None or self.high is None:
            return told
        same = np.all(self.low == self.high, axis=1)
        zero = same & np.all(self.low == 0, axis=1)
        if self.place is None:  # one slice, seen at every index
            same, zero = (np.broadcast_to(row, min(shape[0], MOST_CHANNELS)) for row in (same, zero))
        return replace(
            told, channels=len(same), zero_channels=int(zero.sum()), constant_channels=int(same.sum()),
            first_zero=_first(zero), first_constant=_first(same),
        )  # fmt: skip  # one thought


def _first(rows: Array) -> tuple[int, ...]:
    return tuple(np.flatnonzero(rows)[:CHANNELS_NAMED].tolist())


def _exact_sum(numbers: Array) -> int:
    """The sum of integers, which may not fit in 64 bits."""
    if numbers.itemsize < 8:
        return int(numbers.sum(dtype="i8"))
    return (int((numbers >> 32).sum(dtype="i8")) << 32) + int((numbers & 0xFFFFFFFF).sum(dtype="i8"))
