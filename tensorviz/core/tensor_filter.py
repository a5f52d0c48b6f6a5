"""Which tensors of a file are wanted: words of a name, and a small language for shapes and sizes.

Must not know how tensors are listed, or Qt.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.layout import Layout

SHAPE_EXAMPLES = (
    ("64,*,3,3", "these sizes; * is any"),
    ("*,1000", "two dimensions, the last 1000"),
    ("64,...", "64 first, then anything"),
    ("1000", "some dimension is 1000"),
    ("4d", "four dimensions; also >2d"),
    (">1M", "more than a million elements; k, M, G"),
    (">1MB", "more than a million bytes; kB, MB, GB"),
)
ANY, REST = "*", "..."
_HOW: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip  # one line
_TIMES = {"": 0, "k": 3, "m": 6, "g": 9, "t": 12}
_NUMBER = re.compile(r"([<>]=?|=)?(\d{1,30}(?:\.\d{1,9})?)([kmgt]?)(d|b|)")
_SIZES = re.compile(r"(\d{1,30}|\*|\.\.\.)([,x](\d{1,30}|\*|\.\.\.))*,?")


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words that a name must have, in any case of letters and any order. A * in a word is any letters.

    At an end of the word it means that the name begins (layer1.*) or ends (*.weight) with the rest.
    """

    words: tuple[str, ...] = ()

    @staticmethod
    def of(text: str) -> NameWords:
        """The words of a text."""
        return NameWords(tuple(text.casefold().split()))

    def fit(self, folded: str) -> bool:
        """Whether a name, given in folded letters, has them all."""
        return all(_like(word, folded) if "*" in word else word in folded for word in self.words)


def _like(pattern: str, text: str) -> bool:
    """Whether the text is the pieces between the stars, in their order; without going back, so never slow."""
    if not pattern.startswith("*") and not pattern.endswith("*"):
        pattern = f"*{pattern}*"
    first, *middle, last = pattern.split("*")
    if not text.startswith(first) or not text.endswith(last):  # one of them is empty
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


@dataclass(frozen=True, slots=True)
class _Sizes:
    sizes: tuple[int | str, ...]

    def fits(self, layout: Layout) -> bool:
        if REST not in self.sizes:
            return len(self.sizes) == layout.ndim and _alike(self.sizes, layout.shape)
        at = self.sizes.index(REST)
        before, after = self.sizes[:at], self.sizes[at + 1 :]
        if layout.ndim < len(before) + len(after):
            return False
        ends = layout.shape[layout.ndim - len(after) :]
        return _alike(before, layout.shape[: len(before)]) and _alike(after, ends)


def _alike(wanted: tuple[int | str, ...], sizes: tuple[int, ...]) -> bool:
    return all(one in (ANY, size) for one, size in zip(wanted, sizes, strict=True))


@dataclass(frozen=True, slots=True)
class _Somewhere:
    size: int

    def fits(self, layout: Layout) -> bool:
        return self.size in layout.shape


@dataclass(frozen=True, slots=True)
class _Count:
    what: str
    how: str
    value: Decimal

    def fits(self, layout: Layout) -> bool:
        count = layout.ndim if self.what == "d" else layout.nbytes if self.what == "b" else layout.numel
        return _HOW[self.how](count, self.value)


@dataclass(frozen=True, slots=True)
class ShapeFilter:
    """What the layout of a tensor must be, all of it."""

    conditions: tuple[_Sizes | _Somewhere | _Count, ...] = ()

    @staticmethod
    def of(text: str) -> ShapeFilter:
        """What a text asks for: conditions with spaces between, as in SHAPE_EXAMPLES.

        Raises ValueRefused for what is not understood.
        """
        text = text.casefold().replace("≥", ">=").replace("≤", "<=").replace("…", REST).replace("\u00d7", "x")
        text = re.sub(r"\(\s*\)|\[\s*\]", " 0d ", text)
        text = re.sub(r"\s*,\s*", ",", re.sub(r"[()\[\]]", " ", text))
        text = re.sub(r"([<>=])\s+", r"\1", text)
        return ShapeFilter(tuple(_condition(word) for word in text.split()))

    def fits(self, layout: Layout) -> bool:
        """Whether a layout is all of that."""
        return all(one.fits(layout) for one in self.conditions)


NO_WORDS, ANY_SHAPE = NameWords(), ShapeFilter()


def _condition(word: str) -> _Sizes | _Somewhere | _Count:
    number = _NUMBER.fullmatch(word)
    if number is not None:
        how, digits, times, what = number.groups()
        if what == "d" and not times and "." not in digits:
            return _Count("d", how or "=", Decimal(digits))
        if how and what != "d":
            return _Count(what, how, Decimal(digits).scaleb(_TIMES[times]))
        if not times and not what and "." not in digits:
            return _Somewhere(int(digits))
    elif _SIZES.fullmatch(word) and word.count(REST) <= 1:
        parts = re.split("[,x]", word.removesuffix(","))
        return _Sizes(tuple(int(part) if part.isdigit() else part for part in parts))
    raise ValueRefused(
        f'"{word}" is not understood as a shape.', "Try 64,*,3,3 or 1000 or 4d or >1M (elements) or >1MB (bytes)."
    )
