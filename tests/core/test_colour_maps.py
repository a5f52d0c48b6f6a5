"""Colour maps: readable text on every colour, an order that the eye sees, and marks for what has no place."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.colour_maps import (
    STEPS,
    ColourMap,
    Scale,
    ValueRange,
    colours_of,
    map_over,
    range_of,
    range_of_all,
    text_on,
)
from tensorviz.core.session_data import Statistics

SCALES: tuple[Scale, ...] = ("sequential", "diverging")
MACHADO = {  # of severity 1, for linear RGB (Machado, Oliveira, Fernandes 2009)
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def lightness(rgb: list[float]) -> float:
    """CIE L*, 0 to 100."""
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def lab(rgb: list[float]) -> tuple[float, float, float]:
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (sum(m * c for m, c in zip(row, rgb, strict=True)) / w for row, w in zip(matrix, white, strict=True))
    f = [value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def contrast(one: str, other: str) -> float:
    light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", SCALES)
def test_text_stands_out_on_every_colour(scale: Scale, dark: bool) -> None:
    fills = {*colours_of(scale, dark)}
    chart = ColourMap(scale, 0, 1, dark)
    fills |= {str(chart.fill(value)) for value in (math.nan, math.inf, -math.inf, -5, 5)}
    assert len(fills) > STEPS // 2
    for fill in fills:
        assert contrast(fill, text_on(fill)) >= 4.5, fill


@pytest.mark.parametrize("dark", [False, True])
def test_larger_is_further_from_the_ground(dark: bool) -> None:
    shades = [lightness(linear(colour)) for colour in colours_of("sequential", dark)]
    steps = [b - a if dark else a - b for a, b in pairwise(shades)]
    assert min(steps) > -0.35  # rounding to 8 bits may take a step back by less than anybody sees
    assert abs(shades[-1] - shades[0]) > 70


@pytest.mark.parametrize("dark", [False, True])
def test_both_sides_of_zero_leave_the_ground_alike(dark: bool) -> None:
    shades = [lightness(linear(colour)) for colour in colours_of("diverging", dark)]
    below, above = shades[: STEPS // 2][::-1], shades[STEPS // 2 :]
    for side in (below, above):
        assert min(b - a if dark else a - b for a, b in pairwise(side)) > -0.35
        assert abs(side[-1] - side[0]) > 50


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", [None, *MACHADO])
def test_the_sides_of_zero_differ_for_everybody(vision: str | None, dark: bool) -> None:
    colours = colours_of("diverging", dark)

    def seen(colour: str) -> tuple[float, float, float]:
        parts = linear(colour)
        if vision is None:
            return lab(parts)
        mixed = [sum(m * p for m, p in zip(row, parts, strict=True)) for row in MACHADO[vision]]
        return lab([min(max(part, 0.0), 1.0) for part in mixed])

    for away in (40, 80, 127):  # steps from the middle
        assert math.dist(seen(colours[127 - away]), seen(colours[128 + away])) > 15


@pytest.mark.parametrize("scale", ["off", *SCALES])
def test_special_values_have_marks(scale: Scale) -> None:
    chart = map_over(scale, ValueRange(-1, 1), False)
    assert [chart.mark(value) for value in (math.nan, math.inf, -math.inf, 0.5)] == ["nan", "+inf", "-inf", ""]
    outside = ["under", "over"] if scale != "off" else ["", ""]
    assert [chart.mark(value) for value in (-2, 2)] == outside
    marked = {chart.fill(value) for value in (math.nan, math.inf, -math.inf)}
    assert marked == {None} if scale == "off" else len(marked) == 3


@given(st.lists(st.one_of(st.floats(), st.integers(-(2**63), 2**64), st.booleans()), min_size=1))
def test_the_range_is_that_of_the_finite(values: list[float]) -> None:
    finite = [value for value in values if math.isfinite(value)]
    found = range_of(values)
    if not finite:
        assert found is None
        return
    assert found is not None
    assert (found.low, found.high) == (float(min(finite)), float(max(finite)))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False), st.data())
def test_steps_keep_the_order(one: float, other: float, data: st.DataObject) -> None:
    low, high = sorted((one, other))
    a, b = sorted(data.draw(st.floats(low, high)) for _ in range(2))
    chart = ColourMap("sequential", low, high)
    assert 0 <= chart.step(a) <= chart.step(b) < STEPS


def test_the_ends_and_the_middle() -> None:
    chart = map_over("diverging", ValueRange(-1, 4), False)
    assert (chart.low, chart.high) == (-4, 4)
    assert chart.step(0) == STEPS // 2
    assert (chart.step(-4), chart.step(4)) == (0, STEPS - 1)
    assert ColourMap("sequential", 3, 3).step(3) == STEPS // 2
    assert range_of([3 + 4j]) == ValueRange(5.0, 5.0)


def test_the_range_of_all_elements_and_its_words() -> None:
    assert range_of_all(Statistics("x", 3, -1.0, 2.5)) == ValueRange(-1.0, 2.5, "all")
    assert range_of_all(Statistics("x", 3)) is None
    assert ValueRange(0, 5).text() == "0 to 5, from the visible cells"
