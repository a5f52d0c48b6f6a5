"""Statistics of a tensor of any size, block by block.

Must not know the session. Elements are read in blocks, so that nothing is copied whole and the lock is free between.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from tensorviz.core.dtypes import unpacked
from tensorviz.core.errors import ValueRefused
from tensorviz.engine.counting import BLOCK, Array, Range, Sums, statistics_of
from tensorviz.engine.storage_views import has_memory

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from tensorviz.core.session_data import Statistics

    Piece = tuple[int | slice, ...]

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
    spread = Range()
    for values in source.blocks():
        spread.add(values)
        yield None
    sums = Sums(spread)
    if spread.finite:
        for values in source.blocks():
            sums.add(values)
            yield None
    yield statistics_of(name, source.numel, source.times, spread, sums)


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
