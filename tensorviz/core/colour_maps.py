"""Values as colours: one scale from small to large, one around zero, light and dark, and marks for the rest.

Must not know torch or how cells are drawn. NaN, the infinities and what lies outside the range never take a colour of
the scale alone: each has a mark of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.dtypes import Number
    from tensorviz.core.session_data import Statistics

Scale = Literal["off", "sequential", "diverging"]
Mark = Literal["", "nan", "+inf", "-inf", "over", "under"]
Source = Literal["visible", "all", "set"]
STEPS = 256

# Blue to yellow through grey, as in cividis: readable with every colour vision. The smallest value is nearest to the
# ground. Around zero: blue below, orange above, which stay apart in each of the three kinds of colour blindness.
_SEQUENTIAL = {
    False: ("#fdf6d8", "#e5cf7e", "#b5a671", "#7f7c75", "#4d566d", "#123570", "#041c3f"),
    True: ("#16233f", "#223a70", "#4d566d", "#7f7c75", "#b5a671", "#e5cf53", "#fff0a0"),
}
_DIVERGING = {
    False: ("#0c3c78", "#3a77b5", "#8fb9dd", "#f4f4f2", "#efb183", "#c9692b", "#7d3206"),
    True: ("#a9d0f7", "#5c9bd8", "#2f5f93", "#262a31", "#8a5426", "#d18643", "#ffcd9b"),
}
_MARK_FILL = {
    False: {"nan": "#d9d9de", "+inf": "#f2c9e4", "-inf": "#d3c9f2"},
    True: {"nan": "#4a4d55", "+inf": "#6b2f58", "-inf": "#40346b"},
}
BLACK, WHITE = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The values at the two ends of a scale, and where they come from: what is visible, all elements, or the person."""

    low: float
    high: float
    source: Source = "visible"

    def text(self) -> str:
        """As it is shown: "0 to 5, from the visible cells"."""
        origin = {"visible": "from the visible cells", "all": "from all elements", "set": "as set"}[self.source]
        return f"{self.low:.4g} to {self.high:.4g}, {origin}"


@dataclass(frozen=True, slots=True)
class ColourMap:
    """A scale over a range. Around zero, the range reaches as far to both sides as its larger end."""

    scale: Scale
    low: float
    high: float
    dark: bool = False

    def mark(self, value: Number) -> Mark:
        """What the value is besides a place on the scale; "" for an ordinary one."""
        plain = measured(value)
        if isinstance(plain, float) and not math.isfinite(plain):
            return "nan" if math.isnan(plain) else "+inf" if plain > 0 else "-inf"
        if self.scale == "off":
            return ""
        return "under" if plain < self.low else "over" if plain > self.high else ""

    def step(self, value: Number) -> int:
        """The place on the scale, 0 to STEPS - 1; values outside take the ends. Not for NaN and infinities."""
        return min(max(int(_share(measured(value), self.low, self.high) * STEPS), 0), STEPS - 1)

    def fill(self, value: Number) -> str | None:
        """The colour of a cell, "#rrggbb"; None where it has none."""
        mark = self.mark(value)
        if mark in _MARK_FILL[self.dark]:
            return _MARK_FILL[self.dark][mark] if self.scale != "off" else None
        return colours_of(self.scale, self.dark)[self.step(value)] if self.scale != "off" else None


def measured(value: Number) -> int | float:
    """What of a value is shown as colour: itself, the magnitude of a complex, 0 or 1 of a bool."""
    if isinstance(value, complex):
        try:
            return abs(value)
        except OverflowError:
            return math.inf
    return value


def _share(value: float, low: float, high: float) -> float:
    if value <= low:
        return 0.0 if high > low else 0.5
    if value >= high:
        return 1.0
    half = high / 2 - low / 2  # halves, since the difference of two large floats may be infinite
    return float((value / 2 - low / 2) / half) if half else 0.5


def map_over(scale: Scale, found: ValueRange, dark: bool) -> ColourMap:
    """The map of a scale over a range."""
    if scale != "diverging":
        return ColourMap(scale, found.low, found.high, dark)
    far = max(abs(found.low), abs(found.high))
    return ColourMap(scale, -far, far, dark)


def range_of(values: Iterable[Number]) -> ValueRange | None:
    """The range of the finite values; None when there are none."""
    finite = [plain for plain in map(measured, values) if math.isfinite(plain)]
    return ValueRange(float(min(finite)), float(max(finite))) if finite else None


def range_of_all(statistics: Statistics) -> ValueRange | None:
    """The range of all elements; None when none is finite."""
    if statistics.minimum is None or statistics.maximum is None:
        return None
    return ValueRange(statistics.minimum, statistics.maximum, "all")


@lru_cache(maxsize=8)
def colours_of(scale: Scale, dark: bool) -> tuple[str, ...]:
    """The colours of a scale, from its low end to its high end."""
    anchors = (_SEQUENTIAL if scale == "sequential" else _DIVERGING)[dark]
    return tuple(_between(anchors, at / (STEPS - 1)) for at in range(STEPS))


def _between(anchors: tuple[str, ...], share: float) -> str:
    place = share * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    near, far = rgb(anchors[first]), rgb(anchors[first + 1])
    mixed = (round(a + (b - a) * (place - first)) for a, b in zip(near, far, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of "#rrggbb", 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """The relative luminance, 0 to 1, as in the guidelines for contrast."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(colour: str) -> list[float]:
    return [part / 255 for part in rgb(colour)]


@lru_cache(maxsize=4096)
def text_on(fill: str) -> str:
    """Black or white, whichever stands out more; always by 4.5 to 1 at least."""
    return BLACK if (luminance(fill) + 0.05) ** 2 > 1.05 * 0.05 else WHITE
