"""A tensor's layout: size, stride and offset together, and what they say of memory, as arithmetic on Python integers.

Must not know torch, the values in memory, or how anything is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.reach import Reach

INDEX_LETTERS = "ijklmn"
SCAN = 4096  # addresses looked at in one go when walking through memory


@dataclass(frozen=True)
class Layout:
    """Where the elements of a tensor lie: `shape`, `stride` and `offset` in elements of `itemsize` bytes each.

    Addresses are element positions in the storage, from 0; positions are unbounded integers. Strides may be
    negative (NumPy has such; torch does not). Raises ValueRefused for lengths that differ or sizes below zero.
    """

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int = 0
    itemsize: int = 4

    def __post_init__(self) -> None:
        if len(self.shape) != len(self.stride):
            raise ValueRefused(
                f"A layout has as many strides as sizes; {len(self.shape)} sizes and {len(self.stride)} strides met.",
                "Give one stride per dimension.",
            )
        if any(size < 0 for size in self.shape) or self.itemsize < 1:
            raise ValueRefused(
                f"A layout has no sizes below 0; {list(self.shape)} given.", "Use 0 for an empty dimension."
            )

    @property
    def ndim(self) -> int:
        """The number of dimensions; 0 for a single number."""
        return len(self.shape)

    @cached_property
    def numel(self) -> int:
        """The number of indices, which is more than the number of cells when cells are shared."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that a copy takes: one place per index."""
        return self.numel * self.itemsize

    @cached_property
    def reach(self) -> Reach:
        """Which addresses are reached, and how often."""
        from tensorviz.core.reach import reach_of  # it needs numpy, which the window does not wait for

        return reach_of(self.shape, self.stride, self.offset)

    @cached_property
    def glance(self) -> Reach:
        """The same for whoever may not be kept waiting: more is left unknown, and no answer takes long."""
        from tensorviz.core.reach import GLANCE, reach_of  # as above

        return reach_of(self.shape, self.stride, self.offset, GLANCE)

    def at(self, offset: int) -> Layout:
        """The same sizes and strides at another offset."""
        return replace(self, offset=offset)

    # From an index to memory

    def address(self, index: Sequence[int]) -> int:
        """The sum offset + index[0]*stride[0] + ...; negative indices count from the end.

        Raises ValueRefused for a wrong number of indices and for an index outside its dimension.
        """
        return self.offset + sum(i * s for i, s in zip(self.checked(index), self.stride, strict=True))

    def checked(self, index: Sequence[int]) -> tuple[int, ...]:
        """The index with every number in 0..size-1. Raises ValueRefused."""
        if len(index) != self.ndim:
            raise ValueRefused(
                f"A tensor of {self.ndim} dimensions needs {self.ndim} indices; {len(index)} given.",
                "Give one index per dimension.",
            )
        for dim, (i, size) in enumerate(zip(index, self.shape, strict=True)):
            if not -size <= i < size:
                raise ValueRefused(
                    f"Index {i} is outside dimension {dim}, which has size {size}.",
                    f"Use {-size} to {size - 1}." if size else "The dimension is empty.",
                )
        return tuple(i + size if i < 0 else i for i, size in zip(index, self.shape, strict=True))

    def byte_range(self, index: Sequence[int]) -> tuple[int, int]:
        """The bytes of an element: first and past the last."""
        first = self.address(index) * self.itemsize
        return first, first + self.itemsize

    def formula(self, index: Sequence[int]) -> str:
        """The address with the numbers filled in: "3 + 1*12 + 0*4 + 2*1 = 17"."""
        terms = [f"{i}*{_signed(s)}" for i, s in zip(self.checked(index), self.stride, strict=True)]
        return f"{' + '.join([str(self.offset), *terms])} = {self.address(index)}"

    def formula_in_words(self) -> str:
        """The formula with names: "offset + i*stride[0] + j*stride[1]"."""
        letters = index_letters(self.ndim)
        return " + ".join(["offset", *(f"{letters[dim]}*stride[{dim}]" for dim in range(self.ndim))])

    def bytes_in_words(self, index: Sequence[int]) -> str:
        """The byte range as text, past the last byte as Python counts: "byte 68..72"."""
        first, end = self.byte_range(index)
        return f"byte {first}..{end}"

    # From memory to indices

    def indices_at(self, address: int) -> Iterator[tuple[int, ...]]:
        """All indices that lie on an address, one by one (there may be very many: take what you show)."""
        if self.numel == 0:
            return
        free = [dim for dim in range(self.ndim) if self.stride[dim] == 0 or self.shape[dim] == 1]
        moving = sorted((dim for dim in range(self.ndim) if dim not in free), key=lambda dim: -abs(self.stride[dim]))
        for found in self._solutions(moving, address - self.offset):
            for rest in _indices([self.shape[dim] for dim in free]):
                chosen = dict(zip(free, rest, strict=True)) | found
                yield tuple(chosen[dim] for dim in range(self.ndim))

    @cached_property
    def search_steps(self) -> int:
        """How many steps finding the first index on an address may take: one for the usual layouts."""
        moving = ((n, abs(s)) for n, s in zip(self.shape, self.stride, strict=True) if s and n > 1)
        dims = sorted(moving, key=lambda dim: -dim[1])
        steps, rest = 1, sum((size - 1) * step for size, step in dims)
        for size, step in dims:
            rest -= (size - 1) * step
            steps *= min(size, rest // step + 1)
        return steps

    def _solutions(self, dims: list[int], distance: int) -> Iterator[dict[int, int]]:
        """Indices of `dims` (largest stride first) whose steps add up to `distance`; the rest bounds each."""
        if not dims:
            if distance == 0:
                yield {}
            return
        dim, rest = dims[0], dims[1:]
        step = self.stride[dim]
        spans = [(self.shape[d] - 1) * self.stride[d] for d in rest]
        low, high = distance - sum(s for s in spans if s > 0), distance - sum(s for s in spans if s < 0)
        first, last = (-(-low // step), high // step) if step > 0 else (-(-high // step), low // step)
        divisor = math.gcd(*(self.stride[d] for d in rest))
        for i in range(max(first, 0), min(last, self.shape[dim] - 1) + 1):
            left = distance - i * step
            if left % divisor == 0 if divisor else left == 0:
                yield from ({dim: i} | found for found in self._solutions(rest, left))

    def times_seen(self, address: int) -> int:
        """How many indices lie on an address; reach.UNCOUNTED where counting them is not affordable."""
        return int(self.reach.counts(address, address + 1)[0])

    def in_memory_order(self, start: int | None = None) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(address, index) of every element in the order of memory, from address `start`; lazily, for any size."""
        first = self.reach.start if start is None else max(start, self.reach.start)
        for base in range(first, self.reach.stop, SCAN):
            for low, high in self.reach.runs(base, min(base + SCAN, self.reach.stop)):
                for address in range(low, high):
                    yield from ((address, index) for index in self.indices_at(address))

    # The whole of it

    @property
    def extent(self) -> tuple[int, int]:
        """The first address reached and one past the last; equal when there are no elements."""
        return self.reach.start, self.reach.stop

    @property
    def byte_extent(self) -> tuple[int, int]:
        """The extent in bytes."""
        return self.reach.start * self.itemsize, self.reach.stop * self.itemsize

    @property
    def distinct(self) -> int | None:
        """How many cells are reached; None in the rare case that counting them is not affordable."""
        return self.reach.distinct

    @property
    def overlaps(self) -> bool:
        """Whether some cell is seen by two indices."""
        return bool(self.reach.overlaps)

    @property
    def gaps(self) -> int | None:
        """Cells between the first and the last that no index reaches; None as for `distinct`."""
        first, stop = self.extent
        return None if self.distinct is None else stop - first - self.distinct

    def fits(self, elements: int) -> bool:
        """Whether every element lies in a storage of that many elements."""
        first, stop = self.extent
        return first == stop or (first >= 0 and stop <= elements)

    def text(self) -> str:
        """The layout in one phrase: "3x2 (2,1)+0"."""
        return f"{shape_text(self.shape)} ({','.join(map(str, self.stride))})+{self.offset}"


def contiguous(shape: Sequence[int], itemsize: int = 4, offset: int = 0) -> Layout:
    """The layout of a new tensor: last dimension next to each other, rows one after the other."""
    return Layout(tuple(shape), contiguous_strides(shape), offset, itemsize)


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides that torch gives a new tensor of that shape; an empty dimension counts as one."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def shape_text(shape: Sequence[int]) -> str:
    """Sizes joined by x: "3x2"; a tensor of no dimensions is a "scalar"."""
    return "x".join(map(str, shape)) if shape else "scalar"


def index_letters(ndim: int) -> tuple[str, ...]:
    """The names of the indices in formulas: i, j, k, ... and i0, i1, ... when there are more than six."""
    if ndim <= len(INDEX_LETTERS):
        return tuple(INDEX_LETTERS[:ndim])
    return tuple(f"i{dim}" for dim in range(ndim))


def _signed(number: int) -> str:
    return str(number) if number >= 0 else f"({number})"


def _indices(sizes: list[int]) -> Iterator[tuple[int, ...]]:
    """All indices of a shape, the last one fastest, one by one (itertools.product would list each range first)."""
    if not sizes:
        yield ()
        return
    for first in range(sizes[0]):
        for rest in _indices(sizes[1:]):
            yield first, *rest
