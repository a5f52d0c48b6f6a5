"""Statistics of a tensor of any size, block by block.

Must not know the session. Elements are read in blocks, so that nothing is copied whole and the lock is free between.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from tensorviz.core.dtypes import unpacked
from tensorviz.core.errors import ValueRefused
from tensorviz.core.session_data import Statistics
from tensorviz.engine.storage_views import has_memory

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    Array = NDArray[Any]
    Piece = tuple[int | slice, ...]

BLOCK = 1 << 19  # elements read in one go; 4 MB as float64
BINS = 64
LARGE, SMALL = 1e100, 1e-100  # beyond, squares leave the range of float64
FOUR_BITS = np.array([unpacked(code) for code in range(256)])
NUMPY_KINDS = frozenset(
    {torch.bool, torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128}
    | {torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.int8, torch.int16, torch.int32, torch.int64}
)


def measure(name: str, tensor: torch.Tensor, lock: threading.RLock) -> Iterator[Statistics | None]:
    """Gives None after each block and the statistics at the end.

    tensor: strided, of any dtype, on any device. lock: held while a block is read. Every index counts, also those that
    share a cell; a packed element counts as its two numbers. Integers keep minimum and maximum exact. Raises
    ValueRefused when there is no memory, or it is gone by the time it is read.
    """
    if not has_memory(tensor):
        raise ValueRefused(f"{name} has no memory to be measured.")
    source = _Source(tensor, lock)
    spread = _Range()
    for values in source.blocks():
        spread.add(values)
        yield None
    sums = _Sums(spread)
    if spread.finite:
        for values in source.blocks():
            sums.add(values)
            yield None
    yield _statistics(name, source, spread, sums)


class _Source:
    """The elements, in blocks. Dimensions of stride 0 are read once; `times` says how often each element counts."""

    def __init__(self, tensor: torch.Tensor, lock: threading.RLock) -> None:
        self._lock = lock
        with lock:
            whole = tensor.detach()  # a tensor object may get another layout while it is measured, this one does not
        sizes = list(zip(whole.shape, whole.stride(), strict=True))
        self.times = math.prod(size for size, stride in sizes if stride == 0 and size > 0)
        for dim in (dim for dim, (size, stride) in enumerate(sizes) if stride == 0 and size > 1):
            whole = whole.narrow(dim, 0, 1)
        order = sorted(range(whole.dim()), key=lambda dim: -whole.stride()[dim])  # memory is read as it lies
        self._whole = whole.permute(order)
        self._needed = _bytes_reached(whole)
        self._packed = whole.dtype == torch.float4_e2m1fn_x2
        self._kept: Array | None = None

    def blocks(self) -> Iterator[Array]:
        """Numbers as a flat array; a tensor of one block is read once, so that both passes see one state."""
        if self._whole.numel() > BLOCK:
            yield from (self._read(piece) for piece in _pieces(self._whole.shape))
            return
        if self._kept is None:
            self._kept = self._read(())
        yield self._kept

    @property
    def numel(self) -> int:
        """How many numbers count."""
        return self._whole.numel() * self.times * (2 if self._packed else 1)

    def _read(self, piece: Piece) -> Array:
        with self._lock:
            if self._whole.untyped_storage().nbytes() < self._needed:
                raise ValueRefused("The storage became smaller while it was measured.", "Measure it again.")
            copy = _plain(self._whole[piece]).to("cpu", copy=True)
        return FOUR_BITS[copy.numpy().reshape(-1)].reshape(-1) if self._packed else _numbers(copy)


def _plain(piece: torch.Tensor) -> torch.Tensor:
    """Packed elements as bytes, since torch does not copy them."""
    return piece.view(torch.uint8) if piece.dtype == torch.float4_e2m1fn_x2 else piece


def _bytes_reached(tensor: torch.Tensor) -> int:
    if tensor.numel() == 0:
        return 0
    last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return (int(tensor.storage_offset()) + last + 1) * tensor.element_size()


def _pieces(shape: tuple[int, ...]) -> Iterator[Piece]:
    """Indices of parts of up to BLOCK elements: a place in the outer dimensions, a stretch of one, all of the inner."""
    dim, inner = len(shape), 1
    while dim and inner * shape[dim - 1] <= BLOCK:
        dim -= 1
        inner *= shape[dim]
    rows = max(1, BLOCK // inner)
    for place in itertools.product(*map(range, shape[: dim - 1])):
        for first in range(0, shape[dim - 1], rows):
            yield (*place, slice(first, first + rows))


def _numbers(block: torch.Tensor) -> Array:
    """The elements as integers of their own type or as float64; complex ones as their magnitude."""
    with np.errstate(all="ignore"):  # signalling NaN, magnitudes beyond the largest number
        if block.dtype.is_complex:
            return np.asarray(np.abs(block.to(torch.complex128).resolve_conj().resolve_neg().numpy())).reshape(-1)
        if block.dtype not in NUMPY_KINDS:
            return np.asarray(block.to(torch.float64).numpy().reshape(-1))
        array: Array = block.resolve_neg().numpy().reshape(-1)
        if array.dtype.kind == "b":
            return array.view(np.uint8)
        return array if array.dtype.kind in "iu" else array.astype(np.float64)


@dataclass(slots=True)
class _Range:
    """The first pass: what is in which range, and how often what is no finite number."""

    minimum: float | None = None
    maximum: float | None = None
    finite: int = 0
    zeros: int = 0
    nans: int = 0
    plus: int = 0
    minus: int = 0
    whole: bool = False

    def add(self, values: Array) -> None:
        """Takes a block."""
        self.whole = values.dtype.kind != "f"
        self.zeros += values.size - int(np.count_nonzero(values))
        finite = values if self.whole else self._without_others(values)
        self.finite += finite.size
        if finite.size:
            low, high = finite.min().item(), finite.max().item()
            self.minimum = low if self.minimum is None else min(low, self.minimum)
            self.maximum = high if self.maximum is None else max(high, self.maximum)

    def _without_others(self, values: Array) -> Array:
        held = np.isfinite(values)
        if held.all():
            return values
        self.nans += int(np.count_nonzero(np.isnan(values)))
        self.plus += int(np.count_nonzero(np.isposinf(values)))
        self.minus += int(np.count_nonzero(np.isneginf(values)))
        return values[held]

    @property
    def scale(self) -> float:
        """A power of two that brings the numbers to where squares are numbers."""
        largest = max(abs(float(self.minimum or 0)), abs(float(self.maximum or 0)))
        return 2.0 ** max(math.frexp(largest)[1] - 2, -1000) if largest > LARGE or 0 < largest < SMALL else 1.0

    def edges(self) -> NDArray[np.float64]:
        """Of the histogram, in scaled numbers: one bin for each of a few integers, else BINS of them."""
        if self.minimum is None or self.maximum is None:
            return np.empty(0)
        if self.whole and self.maximum - self.minimum < BINS:
            return np.arange(int(self.maximum - self.minimum) + 2, dtype=np.float64) + float(self.minimum) - 0.5
        low, high = float(self.minimum) / self.scale, float(self.maximum) / self.scale
        bins = BINS if low < high else 1
        while bins > 1 and not (np.diff(np.linspace(low, high, bins + 1) * self.scale) > 0).all():
            bins //= 2  # the two are next to one another: there are not as many numbers between
        return np.linspace(low, high, bins + 1)


@dataclass(slots=True)
class _Sums:
    """The second pass: mean, deviation and histogram, merged block by block (Chan, Golub, LeVeque 1983)."""

    spread: _Range
    mean: float = 0.0
    squares: float = 0.0
    taken: int = 0
    scale: float = field(init=False)
    shift: float = field(init=False)  # taken off each number, so that a small deviation beside a large mean is not lost
    edges: NDArray[np.float64] = field(init=False)
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.scale, self.edges = self.spread.scale, self.spread.edges()
        self.shift = float(self.spread.minimum or 0) / self.scale
        self.counts = np.zeros(max(len(self.edges) - 1, 0), dtype=np.int64)

    def add(self, values: Array) -> None:
        """Takes a block. What was written meanwhile and lies outside the range by now counts at its edge."""
        numbers = values if self.spread.whole else values[np.isfinite(values)]
        if not numbers.size:
            return
        numbers = np.clip(numbers, self.spread.minimum, self.spread.maximum).astype(np.float64)
        if self.scale != 1.0:
            numbers /= self.scale
        self.counts += self._histogram(numbers)
        numbers -= self.shift
        mean = float(numbers.mean())
        numbers -= mean
        self._merge(numbers.size, mean, float(np.dot(numbers, numbers)))

    def _histogram(self, numbers: NDArray[np.float64]) -> NDArray[np.int64]:
        low, high = float(self.edges[0]), float(self.edges[-1])
        if len(self.counts) == 1:
            return np.array([numbers.size])
        return np.histogram(numbers, len(self.counts), (low, high))[0]

    def _merge(self, count: int, mean: float, squares: float) -> None:
        total, apart = self.taken + count, mean - self.mean
        self.mean += apart * count / total
        self.squares += squares + apart * apart * self.taken * count / total
        self.taken = total


def _statistics(name: str, source: _Source, spread: _Range, sums: _Sums) -> Statistics:
    times = source.times
    some = sums.taken > 0
    return Statistics(
        name=name,
        numel=source.numel,
        minimum=spread.minimum,
        maximum=spread.maximum,
        mean=(sums.mean + sums.shift) * sums.scale if some else None,
        deviation=math.sqrt(sums.squares / sums.taken) * sums.scale if some else None,
        zeros=spread.zeros * times,
        nans=spread.nans * times,
        plus_infinities=spread.plus * times,
        minus_infinities=spread.minus * times,
        edges=tuple((sums.edges * sums.scale).tolist()),
        counts=tuple(count * times for count in sums.counts.tolist()),
    )
