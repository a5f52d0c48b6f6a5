"""Whether two tensors of one storage lie on common bytes, and where: what a write through one changes in the other.

Must not know torch, or that the storage is the same: the caller does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensorviz.core.layout import Layout

BLOCK = 1 << 16  # units looked at in one go
MOST = 1 << 26  # units counted; beyond, the number of common bytes is not told


@dataclass(frozen=True)
class Meeting:
    """Two tensors on common memory: the first common byte, an index of each there, and how many bytes are common.

    `nbytes` is None when counting them would take more than MOST steps.
    """

    byte: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    nbytes: int | None

    def sentence(self, left: str, right: str) -> str:
        """The meeting in words, with the tensors' names."""
        return (
            f"{left}{list(self.left)} and {right}{list(self.right)} lie on the same memory (byte {self.byte}), "
            f"so writing one changes the other."
        )


def meeting(left: Layout, right: Layout) -> Meeting | None:
    """Where two layouts over one storage meet; None when no byte is common. Exact for any strides and element sizes.

    Takes time with the common stretch of their extents; a first meeting ends the search where counting is too much.
    """
    unit = math.gcd(left.itemsize, right.itemsize)
    start = max(left.byte_extent[0], right.byte_extent[0]) // unit
    stop = min(left.byte_extent[1], right.byte_extent[1]) // unit
    first, common = None, 0
    for base in range(start, stop, BLOCK):
        end = min(base + BLOCK, stop)
        both = _units(left, unit, base, end) & _units(right, unit, base, end)
        if first is None and both.any():
            first = (base + int(both.argmax())) * unit
        common += int(both.sum())
        if first is not None and stop - start > MOST:
            break
    if first is None:
        return None
    indices = [next(each.indices_at(first // each.itemsize)) for each in (left, right)]
    return Meeting(first, indices[0], indices[1], None if stop - start > MOST else common * unit)


def _units(layout: Layout, unit: int, start: int, stop: int) -> NDArray[np.bool_]:
    """Which units of memory start..stop-1 the layout has bytes in."""
    each = layout.itemsize // unit
    low, high = start // each, -(-stop // each)
    return np.repeat(layout.reach.seen(low, high), each)[start - low * each : stop - low * each]
