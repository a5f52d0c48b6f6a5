"""What values and a comparison say, as lines for a person.

Must not know the terminal or the window.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_layout import exact_bytes, names_text
from tensorviz.core.text import count_text, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.checkpoint_values import Comparison, Difference, Duplicates, TensorValues

SHOWN = 20


def values_lines(values: Sequence[TensorValues]) -> Iterator[str]:
    """One line for each tensor that has something odd, and one for all others."""
    odd = [row for row in values if not row.healthy]
    yield from (f'"{row.name}": {"; ".join(_oddities(row))}.' for row in odd)
    rest = len(values) - len(odd)
    if rest:
        verb = "has" if rest == 1 else "have"
        yield f"{plural(rest, 'tensor')} {verb} no NaN, no infinity, and {'is' if rest == 1 else 'are'} not constant."


def _oddities(row: TensorValues) -> Iterator[str]:
    if row.problem:
        yield f"not read: {row.problem.rstrip('.')}"
    infinite = (("NaN", row.nan), ("+Inf", row.positive_infinite), ("-Inf", row.negative_infinite))
    yield from (f"{count_text(count)} {what}" for what, count in infinite if count)
    if row.all_zero:
        yield "all zero"
    elif row.constant:
        yield "constant" if row.least is None else f"constant {row.least!r}"
    elif row.zero_channels:
        yield f"{count_text(row.zero_channels)} of {plural(row.channels, 'channel')} all zero"


def duplicates_lines(groups: Sequence[Duplicates]) -> Iterator[str]:
    """Groups of equal tensors; those of one value are told together."""
    for group in [group for group in groups if not group.constant][:SHOWN]:
        yield f"{names_text(list(group.names))} are equal: one copy would spare {exact_bytes(group.saved)}."
    constant = sum(len(group.names) for group in groups if group.constant)
    if constant:
        yield f"{plural(constant, 'tensor')} of one value throughout are like another."


def comparison_lines(found: Comparison) -> Iterator[str]:
    """What differs between two files, the largest differences first."""
    if found.same:
        yield f"Both hold the same {plural(found.equal, 'tensor')} with the same values."
        return
    if found.other_names:
        yield "Names were compared without what is wrapped round them."
    yield from (f"Only in the first: {names_text(list(found.missing))}." for _ in range(bool(found.missing)))
    yield from (f"Only in the second: {names_text(list(found.extra))}." for _ in range(bool(found.extra)))
    yield from (
        f'"{name}" has the shape {list(one)} here and {list(other)} there.' for name, one, other in found.shapes
    )
    yield from (f'"{name}" is {one} here and {other} there.' for name, one, other in found.dtypes)
    yield from (_difference(row) for row in found.differences[:SHOWN])
    if len(found.differences) > SHOWN:
        yield f"{plural(len(found.differences) - SHOWN, 'more tensor')} with smaller differences."
    if found.equal:
        yield f"{plural(found.equal, 'tensor')} {'is' if found.equal == 1 else 'are'} equal."


def _difference(row: Difference) -> str:
    if row.problem:
        return f'"{row.name}": {row.problem}'
    parts = [f"{count_text(row.differing)} of {count_text(row.numbers)} differ"]
    if row.nan:
        parts.append(f"{count_text(row.nan)} are NaN on one side only")
    if row.at is not None and row.values is not None:
        share = "infinitely" if math.isinf(row.relative) else f"by ~{row.relative:.3g} relative"
        steps = "" if row.ulp is None else f", ~{row.ulp:.3g} ulp" if row.ulp >= 10**6 else f", {row.ulp} ulp"
        parts.append(f"at most {share}{steps} (at {list(row.at)}: {row.values[0]!r} and {row.values[1]!r})")
    return f'"{row.name}": {"; ".join(parts)}.'
