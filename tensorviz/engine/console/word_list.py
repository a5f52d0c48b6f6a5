"""Lists of names, written as text.

Must not know what the names are of.
"""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order: a hundred names read better without a hundred quotation marks."""
    return tuple(text.split())
