"""Names and shapes of known networks, written short: what is alike in many tensors stands once.

Must not know files or torch: `tools/make_families.py` writes the table, the engine reads it, this spells it out.

A line is a name whose parts are alternatives, and a shape: "layer1|layer2.0~2.bn1.weight|bias 64". Ranges of numbers
are written with a tilde. In a shape, C stands for the number of classes and * for a size that is free.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CLASSES, FREE = "C", "*"
SPAN = re.compile(r"(|.*\D)(\d+)~(\d+)")
COUNTED = re.compile(r"(|.*\D)(0|[1-9]\d*)")
Size = int | str  # a number, CLASSES or FREE
Shape = tuple[Size, ...]


@dataclass(frozen=True)
class Network:
    """A known network. optional: beginnings of names that may be missing altogether (auxiliary outputs).

    origin: whose it is ("torchvision"). tensors: how many it has, without optional ones and counters of batches.
    """

    name: str
    origin: str
    lines: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every tensor by name."""
        return spelled_out(self.lines)

    @cached_property
    def tops(self) -> frozenset[str]:
        """The first parts of the names, with the second where the first is a container's ("features.0")."""
        return tops_of(self.shapes)


def tops_of(names: Iterable[str]) -> frozenset[str]:
    """What networks are told apart by at first sight: the first two parts of their names."""
    return frozenset(".".join(name.split(".")[:2]) for name in names)


def spelled_out(lines: Iterable[str]) -> dict[str, Shape]:
    """Names and shapes of lines as they were before `shortened`."""
    found: dict[str, Shape] = {}
    for line in lines:
        name, _, sizes = line.partition(" ")
        shape = tuple(size if size in (CLASSES, FREE) else int(size) for size in sizes.split(",") if size)
        for parts in itertools.product(*(_alternatives(part) for part in name.split("."))):
            found[".".join(parts)] = shape
    return found


def _alternatives(part: str) -> list[str]:
    found: list[str] = []
    for option in part.split("|"):
        span = SPAN.fullmatch(option)
        if span:
            found += [f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1)]
        else:
            found.append(option)
    return found


def shortened(shapes: Mapping[str, Shape]) -> list[str]:
    """Lines that spell out to the names and shapes given (a set of them: the order is not kept)."""
    by_form: dict[tuple[int, Shape], set[tuple[frozenset[str], ...]]] = defaultdict(set)
    for name, shape in shapes.items():
        parts = tuple(frozenset((part,)) for part in name.split("."))
        by_form[len(parts), shape].add(parts)
    lines = []
    for (_, shape), rows in by_form.items():
        for row in _merged(rows):
            lines.append(f"{'.'.join(_written(part) for part in row)} {','.join(map(str, shape))}".rstrip())
    return sorted(lines)


def _merged(rows: set[tuple[frozenset[str], ...]]) -> set[tuple[frozenset[str], ...]]:
    """Rows that differ at one place only made one with alternatives there, until none is left."""
    width = len(next(iter(rows)))
    before = -1
    while before != len(rows):
        before = len(rows)
        for at in reversed(range(width)):
            groups: dict[tuple[frozenset[str], ...], frozenset[str]] = defaultdict(frozenset)
            for row in rows:
                groups[row[:at] + row[at + 1 :]] |= row[at]
            rows = {(*rest[:at], options, *rest[at:]) for rest, options in groups.items()}
    return rows


def _written(options: frozenset[str]) -> str:
    """The alternatives, those that count on ("layer_0", "layer_1") as a range: "layer_0~1"."""
    counted: dict[str, list[int]] = defaultdict(list)
    plain = []
    for option in options:
        form = COUNTED.fullmatch(option)
        if form:
            counted[form[1]].append(int(form[2]))
        else:
            plain.append(option)
    ranges = [f"{stem}{span}" for stem in sorted(counted) for span in _ranges(sorted(counted[stem]))]
    return "|".join([*ranges, *sorted(plain)])


def _ranges(numbers: Sequence[int]) -> list[str]:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(low) if low == high else f"{low}~{high}" for low, high in found]
