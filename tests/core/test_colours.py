"""The palette, looked at with every kind of colour vision.

Must not know how it was found: another simulation is used as well (Vienot, Brettel, Mollon 1999), and another distance.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tensorviz.core.colours import (
    DARK,
    DARK_BACKGROUND,
    LIGHT,
    LIGHT_BACKGROUND,
    NAMES,
    NAMES_IN_DARK,
    dimension_style,
    keys_after,
    keys_alike,
)

Vector = NDArray[np.float64]
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
# In linear RGB, full severity: Machado, Oliveira, Fernandes 2009; Vienot, Brettel, Mollon 1999.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0993], [-0.0039, -0.0481, 1.0520]]),
    "deuteranopia": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritanopia": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
    "protanopia, Vienot": np.array([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]]),
    "deuteranopia, Vienot": np.array([[0.2928, 0.7072, 0.0], [0.2928, 0.7072, 0.0], [-0.0223, 0.0223, 1.0]]),
}
JUST_NOTICEABLE = 2.3  # of the distance in L*a*b*


def linear(colour: str) -> Vector:
    encoded = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def lab(rgb: Vector) -> Vector:
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ rgb, 1e-4) / TO_XYZ.sum(axis=1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def seen(colour: str, vision: str) -> Vector:
    return lab(np.clip(VISION[vision] @ linear(colour), 0, 1))


@pytest.mark.parametrize("vision", sorted(VISION))
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_any_two_differ_for_every_vision(palette: tuple[str, ...], vision: str) -> None:
    nearest = min((float(np.linalg.norm(seen(a, vision) - seen(b, vision))), a, b) for a, b in combinations(palette, 2))
    assert nearest[0] > 5 * JUST_NOTICEABLE, nearest


@pytest.mark.parametrize(
    ("palette", "background"), [(LIGHT, LIGHT_BACKGROUND), (DARK, DARK_BACKGROUND)], ids=["light", "dark"]
)
def test_each_stands_out_from_the_background(palette: tuple[str, ...], background: str) -> None:
    for colour in palette:
        low, high = sorted(float(TO_XYZ[1] @ linear(each)) for each in (colour, background))
        assert (high + 0.05) / (low + 0.05) >= 3, colour


def test_a_careless_palette_would_be_caught() -> None:
    # Red and green of the same lightness, the classic.
    assert np.linalg.norm(seen("#b05050", "deuteranopia") - seen("#787846", "deuteranopia")) < 5 * JUST_NOTICEABLE


def test_patterns_follow_colours() -> None:
    styles = {(style.colour, style.dash) for style in map(dimension_style, range(32))}
    assert len(styles) == 32
    assert len({dimension_style(key, dark=True).name for key in range(32)}) == 32
    assert all(not dimension_style(key).dash for key in range(8))
    assert dimension_style(8).colour == dimension_style(0).colour
    assert dimension_style(8).dash
    assert len(set(NAMES)) == len(set(NAMES_IN_DARK)) == 8


def test_colours_go_with_the_dimensions() -> None:
    assert keys_after((0, 1), (1, 0)) == (1, 0)
    assert keys_after((2, 0), (None, 0, 1)) == (1, 2, 0)
    assert keys_after((), (None,)) == (0,)


def test_colours_of_tensors_whose_history_is_not_known() -> None:
    assert keys_alike([(8, 4), (4, 8)], [(3, 2), (2, 3)]) == [(0, 1), (1, 0)]
    assert keys_alike([(8, 4), (4,)], [(3, 2), (3,)]) == [(0, 1), (1,)]
    assert keys_alike([(4, 4), (4, 4)], [(6, 3), (3, 6)]) == [(0, 1), (1, 0)]
    assert keys_alike([(4,), (0, 4), (0,)], [(3,), (5, 3), (2,)]) == [(0,), (1, 0), (0,)]
    assert keys_alike([(), (12, 4, 1)], [(), (1, 3, 3)]) == [(), (0, 1, 2)]


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), max_size=4), max_size=4))
def test_keys_of_one_tensor_differ(tensors: list[list[tuple[int, int]]]) -> None:
    found = keys_alike([[s for s, _ in dims] for dims in tensors], [[n for _, n in dims] for dims in tensors])
    assert [len(keys) for keys in found] == [len(dims) for dims in tensors]
    assert all(len(set(keys)) == len(keys) for keys in found)
