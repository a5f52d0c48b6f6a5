"""Statistics of a tensor of an open file, block by block: as those of a tensor of the session, without torch.

Must not know requests or formats.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.layout import Layout
from tensorviz.engine.checkpoints.elements import Read, Source, blocks
from tensorviz.engine.checkpoints.numbers import as_numbers
from tensorviz.engine.counting import BLOCK, Array, Range, Sums, statistics_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.session_data import Statistics
    from tensorviz.core.stored import StoredStorage, StoredTensor


def measure(name: str, tensor: StoredTensor, storage: StoredStorage, read: Read) -> Iterator[Statistics | None]:
    """Gives None after each block and the statistics at the end.

    Every index counts, also those that share a cell; a packed element counts as its two numbers; complex ones count by
    their magnitude. Integers keep minimum and maximum exact. Raises CheckpointUnreadable, and what `read` raises.
    """
    numbers = _Numbers(Source(tensor, storage, read))
    spread = Range()
    for values in numbers.blocks():
        spread.add(values)
        yield None
    sums = Sums(spread)
    if spread.finite:
        for values in numbers.blocks():
            sums.add(values)
            yield None
    yield statistics_of(name, numbers.count, numbers.times, spread, sums)


class _Numbers:
    """The numbers of a tensor, in the order of memory. Dimensions of stride 0 are read once.

    times: how often each number counts. count: how many count altogether.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        whole = source.tensor.layout
        sizes = list(zip(whole.shape, whole.stride, strict=True))
        self.times = math.prod(size for size, stride in sizes if stride == 0 and size > 0)
        sizes = [(size, stride) for size, stride in sizes if stride != 0 or size == 0]
        sizes.sort(key=lambda pair: -pair[1])
        shape, stride = tuple(size for size, _ in sizes), tuple(stride for _, stride in sizes)
        self._layout = Layout(shape, stride, whole.offset, whole.itemsize)
        self.count = whole.numel * (2 if source.dtype.kind == "packed" else 1)
        self._kept: Array | None = None

    def blocks(self) -> Iterator[Array]:
        """Flat arrays; a tensor of one block is read once. One array of none for a tensor without elements."""
        if self._layout.numel > BLOCK:
            yield from (self._read(block.layout) for block in blocks(self._layout, BLOCK))
            return
        if self._kept is None:
            self._kept = self._read(self._layout)
        yield self._kept

    def _read(self, layout: Layout) -> Array:
        """Integers of their own type, everything else as float64."""
        values = as_numbers(self._source.gather(layout), self._source.dtype)
        with np.errstate(all="ignore"):  # signalling NaN, magnitudes beyond the largest number
            if self._source.dtype.kind == "complex":
                pairs = np.ascontiguousarray(values, dtype="f8").reshape(-1, 2)
                return np.asarray(np.abs(pairs.view("c16"))).reshape(-1)
            return values.reshape(-1) if values.dtype.kind in "iu" else values.reshape(-1).astype("f8")
