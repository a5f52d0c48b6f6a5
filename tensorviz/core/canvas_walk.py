"""A walk through a tensor's elements in the order of memory, one at a time, for any size and any gaps.

Must not know time, or what is shown on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import SCAN, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walk is. number: 1 for the first element."""

    number: int
    index: tuple[int, ...]
    address: int


def walkable(layout: Layout) -> bool:
    """Whether it can be told at once which places are next; not for the rare layout that takes long to count."""
    try:
        layout.glance.seen(layout.extent[0], layout.extent[0] + 1)
    except ValueRefused:
        return False
    return layout.numel > 0


def walk(layout: Layout) -> Iterator[Step]:
    """Every element in the order of memory; those on one place come one after the other."""
    number = 0
    for address in addresses(layout):
        for index in layout.indices_at(address):
            number += 1
            yield Step(number, index, address)


def addresses(layout: Layout) -> Iterator[int]:
    """The addresses that are reached, rising; gaps of any length are leapt over."""
    start, stop = layout.extent
    at = start
    while at < stop:
        end = min(at + SCAN, stop)
        runs = layout.glance.runs(at, end)
        for low, high in runs:
            yield from range(low, high)
        at = end if runs else _after_gap(layout, end)


def _after_gap(layout: Layout, start: int) -> int:
    """The next address at or after `start` that is reached, by halving; `start` where that cannot be told."""
    reach, stop = layout.glance, layout.extent[1]
    before = reach.below(start)
    if before is None:
        return start
    low, high = start, stop  # the address looked for is the largest `a` below which no more are reached
    while low < high:
        middle = (low + high + 1) // 2
        count = reach.below(middle)
        if count is None:
            return start
        low, high = (middle, high) if count == before else (low, middle - 1)
    return low
