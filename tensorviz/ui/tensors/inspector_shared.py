"""With which other tensors a tensor shares memory, and how many bytes: worked out a little at a time.

Must not know Qt. Counting common bytes takes time with their stretch: it is bounded, and what is not counted is said.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tensorviz.core.text import plural
from tensorviz.ui.tensors.inspector_lines import Line, Span, line
from tensorviz.ui.tensors.inspector_text import affordable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.layout import Layout
    from tensorviz.core.session_data import SessionFacts, TensorFacts

MOST_LISTED = 12
MOST_UNITS = 1 << 17  # of common memory that are looked at one by one
SHOW = "show:"


def shared_lines(tensor: TensorFacts, facts: SessionFacts) -> Iterator[Line]:
    """One line for each other tensor on the storage, one after the other; each takes up to a few milliseconds."""
    others = [one for one in facts.tensors if one.storage == tensor.storage and one.name != tensor.name]
    for other in others[:MOST_LISTED]:
        name = Span(other.name, "accent", number=True, link=f"{SHOW}{other.name}")
        yield line("", name, Span(f"  {_common(tensor, other)}", "muted"))
    if len(others) > MOST_LISTED:
        more = plural(len(others) - MOST_LISTED, "more tensor")
        yield line("", Span(f"and {more} on storage {tensor.storage}", "muted"))


def _common(tensor: TensorFacts, other: TensorFacts) -> str:
    if tensor.identity == other.identity:
        return "the same tensor"
    left, right = tensor.layout, other.layout
    if not left.numel or not right.numel:
        return "no common bytes"
    if not _quick(left, right):
        return "on the same storage"
    from tensorviz.core.meeting import meeting  # it needs numpy, which the window does not wait for

    found = meeting(left, right)
    if found is None:
        return "no common bytes"
    return "common bytes" if found.nbytes is None else f"{plural(found.nbytes, 'common byte')}"


def _quick(left: Layout, right: Layout) -> bool:
    start = max(left.byte_extent[0], right.byte_extent[0])
    stop = min(left.byte_extent[1], right.byte_extent[1])
    units = (stop - start) // math.gcd(left.itemsize, right.itemsize)
    return units <= MOST_UNITS and affordable(left) and affordable(right)
