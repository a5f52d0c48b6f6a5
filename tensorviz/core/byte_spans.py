"""Which bytes differ between two states of a piece of memory.

Must not know where the bytes come from.
"""

from __future__ import annotations

import numpy as np

MOST_SPANS = 256  # that are told one by one; of more, all from the first to the last

Span = tuple[int, int]  # first byte, and one past the last


def differing(before: bytes, after: bytes, first: int = 0) -> list[Span]:
    """The spans of bytes that differ, in order; what one has more than the other differs.

    first: the place of the first byte.
    """
    common, end = min(len(before), len(after)), max(len(before), len(after))
    differ = np.ones(end + 2, dtype=np.int8)
    differ[0] = differ[-1] = 0
    differ[1 : common + 1] = np.frombuffer(before, np.uint8, common) != np.frombuffer(after, np.uint8, common)
    edges = (np.flatnonzero(np.diff(differ)) + first).tolist()
    if len(edges) > 2 * MOST_SPANS:
        edges = [edges[0], edges[-1]]
    return list(zip(edges[::2], edges[1::2], strict=True))
