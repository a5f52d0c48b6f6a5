"""Which addresses a layout reaches and how often: exact, from its dimensions alone, for any number of elements.

Must not know torch, names of tensors, or how anything is drawn.

The idea: an address is a sum of multiples of strides. Sorted by stride, the dimensions fall into groups such that all
that the smaller groups reach together lies below the greatest common divisor of the larger strides. Then each address
splits in one way only into one part per group (as a number splits into digits), and every question is answered
group by group. Only dimensions of one group can overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Integers = NDArray[Any]  # int64, or Python integers where products would not fit in 64 bits
Dimension = tuple[int, int]  # (size, stride), stride above zero

UNCOUNTED = -1
SAFE = 1 << 31  # products of two numbers below it fit in 64 bits


@dataclass(frozen=True)
class Limits:
    """How much work an answer may take, when no formula gives it."""

    table: int  # positions of a group that are counted one by one
    bitset: int  # the same where one bit each is enough
    tried: int  # indices of smaller dimensions that are tried one by one
    searched: bool  # whether one may look for two indices on one place by trying


EXACT = Limits(1 << 22, 1 << 27, 1 << 10, True)
GLANCE = Limits(1 << 15, 1 << 20, 8, False)  # what takes a millisecond or two: for whoever may not be kept waiting


@dataclass(frozen=True)
class Reach:
    """The addresses start + (sums over the groups), each seen `times` as often as the groups say."""

    start: int
    stop: int  # one past the last address reached; equal to start when nothing is
    times: int  # indices that differ only in dimensions of stride 0
    counting: tuple[Group, ...]  # every index counts
    covering: tuple[Group, ...]  # simplified: the same addresses, less often

    def counts(self, start: int, stop: int) -> Integers:
        """How many indices lie on each address of start..stop-1 (shape (stop-start,)).

        UNCOUNTED stands on shared addresses of the rare layout whose counts are not affordable.
        """
        if not all(group.countable for group in self.counting):
            return np.where(self.seen(start, stop), UNCOUNTED, 0)
        return _by_groups(self.counting, self._places(start, stop), self.stop - self.start) * self.times

    def seen(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Whether each address of start..stop-1 is reached (shape (stop-start,)).

        Raises ValueRefused for a layout of more places than the limits allow, that no formula can answer.
        """
        places = self._places(start, stop)
        return np.asarray(_by_groups(self.covering, places, self.stop - self.start, only_seen=True) > 0, dtype=bool)

    def runs(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The maximal stretches (first, past the last) of addresses reached within start..stop-1."""
        first, last = max(start, self.start), min(stop, self.stop)
        if first >= last:
            return []
        return [(first + a, first + b) for a, b in _stretches(self.seen(first, last))]

    def gaps(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The maximal stretches between the first and the last address reached that no index reaches."""
        first, last = max(start, self.start), min(stop, self.stop)
        if first >= last:
            return []
        return [(first + a, first + b) for a, b in _stretches(~self.seen(first, last))]

    @cached_property
    def distinct(self) -> int | None:
        """How many addresses are reached; None only where it would take counting more of them than the limits allow."""
        if self.start == self.stop:
            return 0
        total = 1
        for group in self.covering:
            if group.distinct is None:
                return None
            total *= group.distinct
        return total

    @cached_property
    def overlaps(self) -> bool | None:
        """Whether two indices lie on one address: exact; None where the limits do not allow to find out."""
        if self.start == self.stop:
            return False
        found = [True] if self.times > 1 else [group.overlaps for group in self.counting]
        return True if True in found else None if None in found else False

    def below(self, address: int) -> int | None:
        """How many addresses smaller than `address` are reached; None where no table of them is affordable."""
        if self.start == self.stop or address <= self.start:
            return 0
        if address >= self.stop:
            return self.distinct
        return _below(self.covering, address - self.start)

    def within(self, start: int, stop: int) -> int | None:
        """How many addresses of start..stop-1 are reached, without looking at each; None as for `below`."""
        low, high = self.below(start), self.below(max(start, stop))
        return None if low is None or high is None else high - low

    def _places(self, start: int, stop: int) -> Integers:
        large = max(abs(start), abs(stop), self.stop - self.start) >= 1 << 62
        if large:
            return np.array([address - self.start for address in range(start, stop)], dtype=object)
        return np.arange(start - self.start, stop - self.start, dtype=np.int64)


@dataclass(frozen=True)
class Group:
    """Dimensions, smallest stride first, that may overlap among themselves; `modulus` parts them from the next group.

    `modulus` is 0 for the last group: it takes what is left of an address.
    """

    dims: tuple[Dimension, ...]
    modulus: int
    limits: Limits = EXACT

    @property
    def extent(self) -> int:
        """The largest sum."""
        return sum((size - 1) * stride for size, stride in self.dims)

    @cached_property
    def unit(self) -> int:
        """Every sum is a multiple of it."""
        return math.gcd(*(stride for _, stride in self.dims))

    @property
    def countable(self) -> bool:
        """Whether `counts` takes a time that nobody minds."""
        tried = math.prod(sorted(size for size, _ in self.dims)[:-2])
        return len(self.dims) <= 2 or self.extent // self.unit < self.limits.table or tried <= self.limits.tried

    def seen(self, places: Integers) -> Integers:
        """Whether some index of the group adds up to each of `places`. Raises ValueRefused when it is too much."""
        if len(self.dims) <= 2 or self.extent // self.unit < self.limits.table:
            return np.asarray(self.counts(places) > 0, dtype=np.int64)
        if self.extent // self.unit < self.limits.bitset:
            inside = (places >= 0) & (places <= self.extent) & (places % self.unit == 0)
            where = np.where(inside, places // self.unit, 0).astype(np.int64)
            return np.where(inside, self._packed[where >> 3] >> (where & 7).astype(np.uint8) & 1, 0)
        if self.countable:
            return np.asarray(_count(self.dims, places) > 0, dtype=np.int64)
        raise ValueRefused(
            f"Which cells a layout reaches was asked for; {len(self.dims)} of its dimensions overlap over "
            f"{self.extent:,} places, which is too many to go through.",
            "Look at a part of the tensor.",
        )

    def counts(self, places: Integers) -> Integers:
        """How many indices of the group add up to each of `places`."""
        if len(self.dims) > 2 and self.extent // self.unit < self.limits.table:
            inside = (places >= 0) & (places <= self.extent) & (places % self.unit == 0)
            where = np.where(inside, places // self.unit, 0).astype(np.int64)
            return np.where(inside, self._table[where], 0)
        return _count(self.dims, places)

    @cached_property
    def _table(self) -> Integers:
        counts = np.ones(1, dtype=np.int64)
        for size, stride in self.dims:
            counts = _spread(counts, size, stride // self.unit)
        return counts

    @cached_property
    def distinct(self) -> int | None:
        """How many different sums there are."""
        if len(self.dims) == 1:
            return self.dims[0][0]
        if len(self.dims) == 2:
            return _distinct_of_two(*self.dims)
        if self.extent // self.unit >= self.limits.bitset:
            return None
        return self._bits.bit_count()

    @cached_property
    def overlaps(self) -> bool | None:
        """Whether two indices give one sum (two dimensions that meet are enough); None where it is not affordable."""
        if len(self.dims) < 2:
            return False
        pairs = ((a, b) for i, a in enumerate(self.dims) for b in self.dims[i + 1 :])
        if any(_meet(a, b) for a, b in pairs):
            return True
        indices = math.prod(size for size, _ in self.dims)
        if len(self.dims) == 2:
            return False
        if indices > self.extent // self.unit + 1:  # more indices than places
            return True
        if self.distinct is not None:
            return self.distinct < indices
        return _two_alike(self.dims) if self.limits.searched else None

    @cached_property
    def _packed(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._bits.to_bytes(self.extent // self.unit // 8 + 1, "little"), dtype=np.uint8)

    @cached_property
    def _bits(self) -> int:
        bits = 1
        for size, stride in self.dims:
            bits = _repeated(bits, size, stride // self.unit)
        return bits

    def below(self, place: int) -> int | None:
        """How many different sums are smaller than `place`."""
        if place > self.extent:
            return self.distinct
        if len(self.dims) == 1:
            return -(-place // self.dims[0][1])
        if self.extent // self.unit >= self.limits.table:
            return None
        return int(self._running[-(-place // self.unit)])

    @cached_property
    def _running(self) -> Integers:
        sums = np.zeros(self.extent // self.unit + 2, dtype=np.int64)
        np.cumsum(self._table > 0, out=sums[1:])
        return sums


def reach_of(shape: Sequence[int], stride: Sequence[int], offset: int, limits: Limits = EXACT) -> Reach:
    """The reach of a layout: sizes, strides (any sign) and offset in elements."""
    if 0 in shape:
        return Reach(offset, offset, 1, (), ())
    pairs = [(n, s) for n, s in zip(shape, stride, strict=True) if n > 1]
    start = offset + sum((n - 1) * s for n, s in pairs if s < 0)
    times = math.prod(n for n, s in pairs if s == 0)
    dims = _joined(sorted(((n, abs(s)) for n, s in pairs if s), key=lambda dim: dim[1]))
    stop = start + sum((n - 1) * s for n, s in dims) + 1
    return Reach(start, stop, times, _groups(dims, limits), _groups(_covering(dims), limits))


def _joined(dims: list[Dimension]) -> list[Dimension]:
    """Dimensions that continue one another made one: (3, stride 4) over (4, stride 1) is (12, stride 1)."""
    joined: list[Dimension] = []
    for size, stride in dims:
        if joined and stride == joined[-1][0] * joined[-1][1]:
            joined[-1] = (joined[-1][0] * size, joined[-1][1])
        else:
            joined.append((size, stride))
    return joined


def _covering(dims: list[Dimension]) -> list[Dimension]:
    """The same sums with fewer dimensions: one that steps within or next to what is covered only lengthens it."""
    covering: list[Dimension] = []
    for size, stride in dims:
        if covering:
            length, step = covering[-1]
            if stride % step == 0 and stride <= length * step:
                covering[-1] = (length + (size - 1) * (stride // step), step)
                continue
        covering.append((size, stride))
    return covering


def _groups(dims: list[Dimension], limits: Limits) -> tuple[Group, ...]:
    """The dimensions (smallest stride first) in groups that split every address in one way only."""
    divisors = [math.gcd(*(stride for _, stride in dims[at:])) for at in range(len(dims))]
    starts, below = [], 0
    for at, (size, stride) in enumerate(dims):
        if divisors[at] > below:
            starts.append(at)
        below += (size - 1) * stride
    ends = [*starts[1:], len(dims)]
    moduli = [*(divisors[at] for at in starts[1:]), 0]
    edges = zip(starts, ends, moduli, strict=False)
    return tuple(Group(tuple(dims[a:b]), modulus, limits) for a, b, modulus in edges)


def _by_groups(groups: tuple[Group, ...], places: Integers, length: int, only_seen: bool = False) -> Integers:
    """The product of the groups' counts (or 0 and 1) at each place; places outside 0..length-1 count nothing."""
    counts: Integers = np.where((places >= 0) & (places < length), 1, 0)
    for group in groups:
        part = places % group.modulus if group.modulus else places
        counts = counts * (group.seen(part) if only_seen else group.counts(part))
        places = places - part
    return counts


def _below(groups: tuple[Group, ...], place: int) -> int | None:
    total, lower = 0, 1  # for the groups so far: sums below the part of `place`, and all sums
    for group in groups:
        part = place % group.modulus if group.modulus else place
        place -= part
        smaller, all_of_it = group.below(part), group.distinct
        if smaller is None or all_of_it is None:
            return None
        here = bool(group.seen(np.array([part], dtype=object if part >= 1 << 62 else np.int64))[0])
        total = smaller * lower + (total if here else 0)
        lower *= all_of_it
    return total


def _count(dims: tuple[Dimension, ...], places: Integers) -> Integers:
    if len(dims) == 1:
        size, stride = dims[0]
        return np.where((places >= 0) & (places % stride == 0) & (places // stride < size), 1, 0)
    if len(dims) == 2:
        return _count_of_two(dims[0], dims[1], places)
    smallest = min(dims)
    rest = list(dims)
    rest.remove(smallest)
    size, stride = smallest
    counts = (_count(tuple(rest), places - index * stride) for index in range(size))
    return np.asarray(np.sum(list(counts), axis=0))


def _count_of_two(small: Dimension, large: Dimension, places: Integers) -> Integers:
    """Solutions of i*a + j*b = place with 0 <= i < n and 0 <= j < m: i is fixed modulo b, and lies in a range."""
    (m, b), (n, a) = small, large
    unit = math.gcd(a, b)
    a, b = a // unit, b // unit
    if b >= SAFE:
        places = places.astype(object)
    scaled = places // unit
    residue = (scaled % b) * pow(a, -1, b) % b
    low = np.maximum(-((-(scaled - (m - 1) * b)) // a), 0)
    high = np.minimum(scaled // a, n - 1)
    counts = (high - residue) // b - (low - 1 - residue) // b
    return np.where((places >= 0) & (places % unit == 0) & (high >= low), counts, 0)


def _distinct_of_two(small: Dimension, large: Dimension) -> int:
    """Sums that coincide form chains of steps (b, -a); all pairs less the links of the chains."""
    (m, b), (n, a) = small, large
    unit = math.gcd(a, b)
    return m * n - max(n - b // unit, 0) * max(m - a // unit, 0)


def _meet(small: Dimension, large: Dimension) -> bool:
    (m, b), (n, a) = small, large
    unit = math.gcd(a, b)
    return n > b // unit and m > a // unit


def _two_alike(dims: tuple[Dimension, ...]) -> bool:
    """Whether a combination of steps, not all zero, within the sizes adds up to nothing (search with bounds)."""

    def search(at: int, rest: int, moved: bool) -> bool:
        if at < 0:
            return rest == 0 and moved
        room = sum((n - 1) * s for n, s in dims[:at])
        size, stride = dims[at]
        low = max(-((room + rest) // stride), 1 - size)
        high = min((room - rest) // stride, size - 1)
        # The first step that is not zero may be taken forwards: its mirror image is the same meeting.
        return any(search(at - 1, rest + d * stride, moved or d != 0) for d in range(low if moved else 0, high + 1))

    return search(len(dims) - 1, 0, False)


def _spread(counts: Integers, size: int, stride: int) -> Integers:
    """The counts after one more dimension: each is added at 0, stride, ... (size-1)*stride further on."""
    length = len(counts) + (size - 1) * stride
    rows = -(-length // stride)
    padded = np.zeros(rows * stride, dtype=np.int64)
    padded[: len(counts)] = counts
    sums = np.cumsum(padded.reshape(rows, stride), axis=0)
    sums[size:] = sums[size:] - sums[:-size].copy() if size < rows else sums[size:]
    return sums.reshape(-1)[:length]


def _repeated(bits: int, size: int, stride: int) -> int:
    """The set `bits` united with itself moved by stride, 2*stride, ..., by doubling."""
    done = 1
    while done < size:
        step = min(done, size - done)
        bits |= bits << (step * stride)
        done += step
    return bits


def _stretches(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
