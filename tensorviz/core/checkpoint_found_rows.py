"""What values, duplicates and a comparison say, as rows of tables.

Must not know widgets, or how values are read.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_layout import exact_bytes
from tensorviz.core.checkpoint_rows import ALONE, Row, Rows, group_row
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.layout import shape_text
from tensorviz.core.number_text import number_text
from tensorviz.core.text import bytes_text, count_text, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.checkpoint_rows import PlaceOf
    from tensorviz.core.checkpoint_values import Comparison, Difference, Duplicates, Index, Number, TensorValues

CHANNELS_SHOWN = 8
MANY_STEPS = 10**6  # ulp beyond which the number is rounded
WHOLE_DOUBLES = 2**53


# --------------------------------------------------------------------------------------------------------- values


def value_row(seen: TensorValues, place_of: PlaceOf) -> Row:
    """A tensor with something odd. Cells: name, what."""
    grave = bool(seen.problem or seen.nan or seen.positive_infinite or seen.negative_infinite)
    return Row(
        (printable(seen.name) or ALONE, "; ".join(oddities(seen))), place_of(seen.name), tone="danger" if grave else ""
    )


def oddities(seen: TensorValues) -> Iterator[str]:
    """What is odd of a tensor, the gravest first."""
    if seen.problem:
        yield f"not read: {printable(seen.problem).rstrip('.')}"
    counted = (("NaN", seen.nan), ("+Inf", seen.positive_infinite), ("-Inf", seen.negative_infinite))
    yield from (f"{count_text(count)} {what}" for what, count in counted if count)
    if seen.all_zero:
        yield "all zero"
    elif seen.constant:
        value = "" if seen.least is None else f" {value_text(seen.least, seen.dtype)}"
        yield f"one value throughout:{value}" if value else "one value throughout"
    else:
        yield from _channels("all zero", seen.zero_channels, seen.first_zero, seen.channels)
        zero = set(seen.first_zero)
        others = tuple(index for index in seen.first_constant if index not in zero)
        yield from _channels("constant", seen.constant_channels - seen.zero_channels, others, seen.channels)


def _channels(what: str, count: int, first: Sequence[int], channels: int) -> Iterator[str]:
    if count <= 0:
        return
    shown = ", ".join(map(str, first[:CHANNELS_SHOWN]))
    more = ", ..." if shown and count > len(first[:CHANNELS_SHOWN]) else ""
    places = f" (index {shown})" if count == 1 else f" (indices {shown}{more})"
    yield f"{count_text(count)} of {plural(channels, 'channel')} {what}{places if shown else ''}"


def healthy_text(seen: int, odd: int) -> str:
    """One quiet line for the tensors that have nothing odd, of so many that were seen."""
    rest = seen - odd
    if not rest:
        return ""
    if not odd:
        where = "the one tensor" if rest == 1 else f"all {count_text(rest)} tensors"
        return f"No NaN, no infinity and nothing constant in {where}."
    are = "has" if rest == 1 else "have"
    return f"{plural(rest, 'other tensor')} {are} no NaN, no infinity and nothing constant."


def duplicate_rows(groups: Sequence[Duplicates], place_of: PlaceOf) -> Sequence[Row]:
    """Groups of equal tensors, those that spare most first. Cells: names, how many, what one copy would spare."""
    telling = sorted((group for group in groups if not group.constant), key=lambda group: -group.saved)
    return Rows(telling, partial(_duplicate_row, place_of))


def _duplicate_row(place_of: PlaceOf, group: Duplicates) -> Row:
    return group_row(group.names, (count_text(len(group.names)), count_text(group.saved)), place_of)


def duplicates_text(groups: Sequence[Duplicates]) -> str:
    """One line about equal tensors."""
    telling = [group for group in groups if not group.constant]
    constant = sum(len(group.names) for group in groups if group.constant)
    if not groups:
        return "No two tensors hold the same bytes."
    alike = f"{plural(constant, 'tensor')} of one value throughout are like another" if constant else ""
    if not telling:
        return f"No two tensors hold the same bytes, but for {alike[0].lower()}{alike[1:]}."
    spared = sum(group.saved for group in telling)
    groups_text = f"{plural(len(telling), 'group')} of tensors with the same bytes"
    said = f"{groups_text}: one copy of each would spare {exact_bytes(spared)}."
    return f"{said} {alike}." if alike else said


def value_text(value: Number, dtype: str) -> str:
    """A number of an element type, exact or marked with "~"."""
    kind = DTYPES.get(dtype)
    if kind is not None and kind.is_float and isinstance(value, float):
        return number_text(value, kind).text
    if isinstance(value, int) or not math.isfinite(value) or kind is None or kind.kind in ("complex", "packed"):
        return repr(value)
    return f"~{value:.17g}" if abs(value) > WHOLE_DOUBLES else f"{value:.0f}"


# ----------------------------------------------------------------------------------------------------- comparison


def comparison_text(found: Comparison, other: str) -> str:
    """The result in one line. other: the name of the second file as it can be printed."""
    if found.same:
        return f"Both hold the same {plural(found.equal, 'tensor')} with the same values."
    counts = (
        (len(found.missing), "missing in {other}"), (len(found.extra), "only in {other}"),
        (len(found.shapes), "of another shape"), (len(found.dtypes), "of another element type"),
        (len(found.differences), "with other values"), (found.equal, "equal"),
    )  # fmt: skip  # a table
    parts = [f"{count_text(count)} {what.format(other=other)}" for count, what in counts if count]
    wrapped = " Names were compared without what is wrapped round them." if found.other_names else ""
    return f"Of the tensors, {', '.join(parts)}.{wrapped}"


def comparison_rows(found: Comparison, place_of: PlaceOf) -> Sequence[Row]:
    """Cells: tensor, here, there, relative, ulp, differing, at. A row for each kind of difference, tensors below."""
    kinds: tuple[tuple[str, Sequence[Row]], ...] = (
        ("missing there", Rows(found.missing, partial(_plain, place_of))),
        ("only there", Rows(found.extra, partial(_plain, lambda _: None))),
        ("another shape", Rows(found.shapes, lambda row: _plain(place_of, row[0], *map(shape_text, row[1:])))),
        ("another element type", Rows(found.dtypes, lambda row: _plain(place_of, *row))),
        ("other values, the largest difference first", Rows(found.differences, partial(_difference_row, place_of))),
    )  # fmt: skip  # a table
    return tuple(
        Row((f"{plural(len(rows), 'tensor')}: {what}", "", "", "", "", "", ""), below=rows)
        for what, rows in kinds
        if rows
    )


def _plain(place_of: PlaceOf, name: str, here: str = "", there: str = "") -> Row:
    return Row((printable(name) or ALONE, here, there, "", "", "", ""), place_of(name))


def _difference_row(place_of: PlaceOf, row: Difference) -> Row:
    name, place = printable(row.name) or ALONE, place_of(row.name)
    if row.problem:
        return Row((name, f"not compared: {printable(row.problem)}", "", "", "", "", ""), place, tone="danger")
    here, there = ("", "") if row.values is None else map(value_text, row.values, row.dtypes)
    relative = "" if row.at is None else "inf" if math.isinf(row.relative) else f"~{row.relative:.3g}"
    nan = f", {count_text(row.nan)} NaN on one side" if row.nan else ""
    differing = f"{count_text(row.differing)} of {count_text(row.numbers)}{nan}"
    return Row((name, here, there, relative, steps_text(row.ulp), differing, index_text(row.at)), place)


def steps_text(ulp: int | None) -> str:
    """A distance in steps of the element type; beyond a million it is rounded and says so."""
    return "" if ulp is None else f"~{ulp:.3g}" if ulp >= MANY_STEPS else count_text(ulp)


def index_text(index: Index | None) -> str:
    """As it is written behind a tensor: "[0, 3]"."""
    return "" if index is None else f"[{', '.join(map(str, index))}]"


def progress_text(done: int, total: int | None) -> str:
    """As in "3.1 MB of 14.2 MB"."""
    return bytes_text(done) if total is None else f"{bytes_text(done)} of {bytes_text(total)}"
