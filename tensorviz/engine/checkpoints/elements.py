"""The elements of stored tensors, gathered block by block through a reader, in any layout and in bounded memory.

Must not know file formats: `read(storage, start, stop)` gives bytes of a storage.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorviz.core.dtypes import DTYPES, DType
from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.layout import Layout
from tensorviz.core.stored import StoredStorage, StoredTensor

Read = Callable[[StoredStorage, int, int], bytes]  # storage, first byte, one past the last -> the bytes
Array = NDArray[Any]
BLOCK = 1 << 18  # elements of a block; few enough for the caches to hold what is computed from them
WIDE = 16  # times as many in a block whose elements lie in another order: so are the runs longer that are read
CHEAP = 64 << 10  # bytes that are as quickly read as a few
SPARSE = 8  # so many bytes are read for one that is needed, rather than reading each run on its own
# One element as bits that NumPy moves without looking at them.
BITS = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8", 16: "<c16"}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a tensor: index of its first element, and its layout, whose shape has 1 where it does not extend."""

    first: tuple[int, ...]
    layout: Layout


def blocks(layout: Layout, room: int = BLOCK) -> Iterator[Block]:
    """The tensor in the order of its indices, in parts of at most `room` elements."""
    if layout.numel == 0:
        return
    shape = layout.shape
    split = next((dim for dim in range(layout.ndim) if math.prod(shape[dim + 1 :]) <= room), 0)
    inner = shape[split + 1 :]
    step = max(1, room // math.prod(inner)) if layout.ndim else 1
    for outer in _indices(shape[:split]):
        for start in range(0, shape[split] if layout.ndim else 1, step):
            first = (*outer, start, *(0 for _ in inner)) if layout.ndim else ()
            size = (*(1 for _ in outer), min(step, shape[split] - start), *inner) if layout.ndim else ()
            yield Block(first, Layout(size, layout.stride, _address(layout, first), layout.itemsize))


def _indices(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All indices one by one (itertools.product would keep a list of each dimension)."""
    for at in range(math.prod(shape)):
        index: list[int] = []
        for size in reversed(shape):
            at, i = divmod(at, size)  # what is left of it
            index.append(i)
        yield tuple(reversed(index))


def block_limit(layout: Layout) -> int:
    """Elements for a block when a tensor is gone through by index: more where that is not the order of memory."""
    steps = [abs(step) for size, step in zip(layout.shape, layout.stride, strict=True) if size > 1]
    return BLOCK if steps == sorted(steps, reverse=True) else WIDE * BLOCK


def best_order(one: Layout, other: Layout) -> tuple[Layout, Layout, tuple[int, ...]]:
    """Two layouts of one shape with their dimensions in the order of the first's memory, and that order."""
    order = tuple(sorted(range(one.ndim), key=lambda dim: -abs(one.stride[dim])))
    first, second = (
        Layout(tuple(a.shape[dim] for dim in order), tuple(a.stride[dim] for dim in order), a.offset, a.itemsize)
        for a in (one, other)
    )
    return first, second, order


def _address(layout: Layout, index: tuple[int, ...]) -> int:
    return layout.offset + sum(i * step for i, step in zip(index, layout.stride, strict=True))


class Source:
    """The elements of one tensor of a file. Blocks come out as bits: unsigned integers, complex128 for 16 bytes."""

    def __init__(self, tensor: StoredTensor, storage: StoredStorage, read: Read) -> None:
        self.tensor, self.storage, self._read = tensor, storage, read
        self.dtype = known_dtype(tensor)

    def gather(self, layout: Layout, signs: bool = True) -> Array:
        """The bits of a part (shape as the layout's, in the order of indices). Raises CheckpointUnreadable.

        signs: a conjugate or minus sign that the file leaves to the reader is applied.
        """
        bits = self._gather(layout)
        if not signs:
            return bits
        return _signed(bits, self.dtype, self.tensor) if self.tensor.conjugated or self.tensor.negated else bits

    def raw(self, start: int, stop: int) -> bytes:
        """The bytes start..stop-1 of the storage, little-endian (whole elements). Raises CheckpointUnreadable."""
        item = self.tensor.layout.itemsize
        return self._cells(start // item, stop // item).tobytes()

    def _gather(self, layout: Layout) -> Array:
        item = layout.itemsize
        if layout.numel == 0:
            return np.empty(layout.shape, BITS[item])
        spans = [(size - 1) * step for size, step in zip(layout.shape, layout.stride, strict=True)]
        low = layout.offset + sum(span for span in spans if span < 0)
        high = layout.offset + sum(span for span in spans if span > 0)
        if (high - low + 1) * item <= max(CHEAP, SPARSE * layout.nbytes):
            return self._window(layout, low, high)
        return self._scattered(layout, max(range(layout.ndim), key=lambda dim: abs(spans[dim])))

    def _window(self, layout: Layout, low: int, high: int) -> Array:
        """Elements that lie close together: all bytes between them are read."""
        cells = self._cells(low, high + 1)
        strides = [step * layout.itemsize for step in layout.stride]
        seen = np.lib.stride_tricks.as_strided(cells[layout.offset - low :], layout.shape, strides, writeable=False)
        return np.ascontiguousarray(seen).reshape(layout.shape)

    def _scattered(self, layout: Layout, dim: int) -> Array:
        """Elements that lie far apart: a few indices of the widest dimension at a time."""
        out = np.empty(layout.shape, BITS[layout.itemsize])
        step = max(1, min(CHEAP // (abs(layout.stride[dim]) * layout.itemsize), layout.shape[dim] // 2))
        for start in range(0, layout.shape[dim], step):
            size = min(step, layout.shape[dim] - start)
            shape = (*layout.shape[:dim], size, *layout.shape[dim + 1 :])
            offset = layout.offset + start * layout.stride[dim]
            place = (slice(None),) * dim + (slice(start, start + size),)
            out[place] = self._gather(Layout(shape, layout.stride, offset, layout.itemsize))
        return out

    def _cells(self, start: int, stop: int) -> Array:
        item, storage = self.tensor.layout.itemsize, self.storage
        raw = self._read(storage, start * item, stop * item)
        if len(raw) != (stop - start) * item:
            raise CheckpointUnreadable(
                f'Bytes {start * item:,} to {stop * item:,} of the storage of "{self.tensor.name[:80]}" were asked '
                f"for; {len(raw):,} came.",
                "The file is cut short or was changed while it was read: open it again.",
            )
        part = item // 2 if self.dtype.kind == "complex" else item
        if storage.big_endian and part > 1:
            return np.frombuffer(raw, f">u{part}").astype(f"<u{part}").view(BITS[item])
        return np.frombuffer(raw, BITS[item])


def same_bits(one: Source, other: Source, check: Callable[[], None] = lambda: None) -> bool:
    """Whether two tensors of one shape and element type hold the same elements. Raises CheckpointUnreadable, OSError.

    check: called before each block; what it raises goes on.
    """
    first, second, _ = best_order(one.tensor.layout, other.tensor.layout)
    limit = max(block_limit(first), block_limit(second))
    for a, b in zip(blocks(first, limit), blocks(second, limit), strict=True):
        check()
        if one.gather(a.layout).tobytes() != other.gather(b.layout).tobytes():
            return False
    return True


def known_dtype(tensor: StoredTensor) -> DType:
    """The element type. Raises CheckpointUnreadable when its values cannot be told."""
    dtype = DTYPES.get(tensor.dtype)
    if dtype is None or dtype.itemsize != tensor.layout.itemsize:
        raise CheckpointUnreadable(
            f'"{tensor.name[:80]}" has the element type {tensor.dtype}, whose values are not known here.',
            "Its layout can be looked at all the same.",
        )
    return dtype


def _signed(bits: Array, dtype: DType, tensor: StoredTensor) -> Array:
    """The bits with the signs changed that torch's lazy conj and neg stand for."""
    if dtype.kind in ("int", "uint"):
        return (0 - bits).astype(bits.dtype) if tensor.negated else bits
    part = dtype.itemsize // (2 if dtype.kind == "complex" else 1)
    flipped = np.array(bits, copy=True).reshape(-1).view(f"<u{part}")
    sign = np.array(1 << (8 * part - 1), f"<u{part}")
    if dtype.kind != "complex":
        flipped ^= sign if tensor.negated else np.zeros_like(sign)
        return flipped.reshape(bits.shape)
    if tensor.negated:
        flipped ^= sign
    if tensor.conjugated:
        flipped[1::2] ^= sign
    return flipped.view(bits.dtype).reshape(bits.shape)
