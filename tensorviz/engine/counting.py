"""Statistics of numbers that come block by block: two passes, the first for the range, the second for everything else.

Must not know where the numbers come from, nor torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorviz.core.session_data import Statistics

Array = NDArray[Any]

BLOCK = 1 << 19  # elements read in one go; 4 MB as float64
BINS = 64
LARGE, SMALL = 1e100, 1e-100  # beyond, squares leave the range of float64


@dataclass(slots=True)
class Range:
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
class Sums:
    """The second pass: mean, deviation and histogram, merged block by block (Chan, Golub, LeVeque 1983)."""

    spread: Range
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


def statistics_of(name: str, numel: int, times: int, spread: Range, sums: Sums) -> Statistics:
    """What was found. numel: how many numbers count; times: how often each one that was taken does."""
    some = sums.taken > 0
    return Statistics(
        name=name,
        numel=numel,
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
