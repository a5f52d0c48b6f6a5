"""Rows as ranges.

Must not know what the rows are of.
"""

from __future__ import annotations


def ranges_of(rows: list[int]) -> list[tuple[int, int]]:
    """Sorted rows as ranges (first, last)."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ranges
