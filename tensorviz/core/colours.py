"""The colours of dimensions: eight that people with any colour vision can tell apart, then the same with line patterns.

Must not know what is drawn with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Found by a search that moved eight hues until each pair differed by at least 14 (CIEDE2000), seen normally and with
# protanopia, deuteranopia and tritanopia (Machado, Oliveira, Fernandes 2009), and each stood out from the background
# by 3 to 1. The order is the same in both themes: dimension 0 is blue, 1 orange, 2 green.
LIGHT = ("#0b55dc", "#c24207", "#008059", "#923c7b", "#772100", "#3a99d9", "#3c3d3e", "#e36681")
DARK = ("#6fa4ff", "#f1a322", "#38e3a4", "#cea8c6", "#fcff63", "#4073d1", "#dff0eb", "#f35a63")
NAMES = ("blue", "orange", "green", "purple", "brown", "sky", "grey", "pink")
NAMES_IN_DARK = ("blue", "orange", "green", "lilac", "yellow", "deep blue", "white", "red")
PATTERNS: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 3), (9, 3, 2, 3))
PATTERN_NAMES = ("", "dashed ", "dotted ", "dash-dotted ")
LIGHT_BACKGROUND, DARK_BACKGROUND = "#ffffff", "#1f2228"


@dataclass(frozen=True)
class DimensionStyle:
    """How a dimension is drawn. `dash`: lengths of line and gap in pixels, empty for a plain line."""

    colour: str
    dash: tuple[float, ...]
    name: str


def dimension_style(key: int, dark: bool = False) -> DimensionStyle:
    """The style of the dimension with that key (0, 1, ...): colours, patterns from 8 on, all again from 32 on."""
    pattern, colour = divmod(key % (len(LIGHT) * len(PATTERNS)), len(LIGHT))
    colours, names = (DARK, NAMES_IN_DARK) if dark else (LIGHT, NAMES)
    return DimensionStyle(colours[colour], PATTERNS[pattern], PATTERN_NAMES[pattern] + names[colour])


def keys_after(keys: tuple[int, ...], origins: tuple[int | None, ...]) -> tuple[int, ...]:
    """The keys of a view's dimensions: those that go on keep theirs, new ones take the smallest that are free."""
    kept = [None if origin is None else keys[origin] for origin in origins]
    taken = {key for key in kept if key is not None}
    free = (key for key in range(len(origins) + len(keys)) if key not in taken)
    return tuple(next(free) if key is None else key for key in kept)


def keys_like(steps: Sequence[int], counts: Sequence[int], known: Mapping[tuple[int, int], int]) -> tuple[int, ...]:
    """Keys for one tensor over a storage on which dimensions of some (stride in bytes, size) have keys already.

    A dimension takes the key of a known one of the same stride and size, else of the same stride, else a free one; so
    a transpose keeps its colours. Stride 0 goes nowhere and is alike to nothing.
    """
    keys: list[int | None] = [known.get(pair) if pair[0] else None for pair in zip(steps, counts, strict=True)]
    keys = [key if key not in keys[:at] else None for at, key in enumerate(keys)]
    for at, step in enumerate(steps):
        near = [key for (other, _), key in known.items() if other == step and key not in keys]
        keys[at] = near[0] if keys[at] is None and near and step else keys[at]
    origins = tuple(None if key is None else at for at, key in enumerate(keys))
    return keys_after(tuple(key or 0 for key in keys), origins)


def keys_alike(strides: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Keys for several tensors of one storage whose history is not known, from their strides in bytes and sizes."""
    known: dict[tuple[int, int], int] = {}
    answer = []
    for steps, counts in zip(strides, sizes, strict=True):
        keys = keys_like(steps, counts, known)
        for pair, key in zip(zip(steps, counts, strict=True), keys, strict=True):
            known.setdefault(pair, key)
        answer.append(keys)
    return answer
