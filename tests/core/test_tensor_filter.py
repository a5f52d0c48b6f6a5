"""The language of shape filters and the words of names, against plain arithmetic and fnmatch."""

from __future__ import annotations

import fnmatch
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.tensor_filter import SHAPE_EXAMPLES, NameWords, ShapeFilter


def passing(text: str, *shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    wanted = ShapeFilter.of(text)
    return [shape for shape in shapes if wanted.fits(contiguous(shape, 4))]


SHAPES = ((), (0,), (64,), (1000,), (10, 1000), (64, 3), (64, 3, 3, 3), (64, 32, 3, 3), (64, 3, 7, 7), (1000, 1000, 2))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", SHAPES),
        ("64,*,3,3", ((64, 3, 3, 3), (64, 32, 3, 3))),
        (" ( 64 , * , 3 , 3 ) ", ((64, 3, 3, 3), (64, 32, 3, 3))),
        ("[64,*,3,3]", ((64, 3, 3, 3), (64, 32, 3, 3))),
        ("64x*x3X3", ((64, 3, 3, 3), (64, 32, 3, 3))),
        ("*,1000", ((10, 1000),)),
        ("1000,", ((1000,),)),
        ("(1000,)", ((1000,),)),
        ("1000", ((1000,), (10, 1000), (1000, 1000, 2))),
        ("64,...", ((64,), (64, 3), (64, 3, 3, 3), (64, 32, 3, 3), (64, 3, 7, 7))),
        ("...,3", ((64, 3), (64, 3, 3, 3), (64, 32, 3, 3))),
        ("64,...,3,3", ((64, 3, 3, 3), (64, 32, 3, 3))),
        ("*", ((0,), (64,), (1000,))),
        ("...", SHAPES),
        ("4d", ((64, 3, 3, 3), (64, 32, 3, 3), (64, 3, 7, 7))),
        ("4D 7", ((64, 3, 7, 7),)),
        (">2d <4d", ((1000, 1000, 2),)),
        ("0d", ((),)),
        ("()", ((),)),
        ("=0", ((0,),)),
        (">1M", ((1000, 1000, 2),)),
        ("> 1.9999m", ((1000, 1000, 2),)),
        (">=2M", ((1000, 1000, 2),)),
        (">2M", ()),
        ("<=1", ((), (0,))),
        (">40kB", ((64, 32, 3, 3), (1000, 1000, 2))),
        (">=40kB", ((10, 1000), (64, 32, 3, 3), (1000, 1000, 2))),
        ("=4b", ((),)),
    ],
)
def test_what_passes(text: str, found: tuple[tuple[int, ...], ...]) -> None:
    assert passing(text, *SHAPES) == list(found)


@pytest.mark.parametrize(
    "text", ["foo", "64,,3", "1M", "4.5", "64,a", ">", "-1", ">1Q", "...,3,...", "1.5d", ",", "9" * 31]
)
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValueRefused) as problem:
        ShapeFilter.of(f"4d {text}")
    assert "is not understood as a shape" in str(problem.value)


def test_the_examples_are_understood() -> None:
    for text, _ in SHAPE_EXAMPLES:
        assert ShapeFilter.of(text).conditions


@given(st.lists(st.integers(0, 5), max_size=4), st.integers(0, 700))
def test_counts_are_those_of_arithmetic(shape: list[int], count: int) -> None:
    layout, numel = contiguous(tuple(shape), 2), math.prod(shape)
    assert ShapeFilter.of(f">{count}").fits(layout) == (numel > count)
    assert ShapeFilter.of(f"<={count}B").fits(layout) == (numel * 2 <= count)
    assert ShapeFilter.of(f"{len(shape)}d").fits(layout)
    assert ShapeFilter.of("(" + "".join(f"{size}," for size in shape) + ")").fits(layout)


def test_huge_sizes_are_exact() -> None:
    layout = Layout((1 << 62, 3), (0, 0), 0, 8)
    assert ShapeFilter.of(">1T 4611686018427387904").fits(layout)
    assert not ShapeFilter.of("<1TB").fits(layout)


@pytest.mark.parametrize(
    ("text", "name", "fits"),
    [
        ("conv weight", "layer1.0.conv1.weight", True),
        ("WEIGHT conv", "layer1.0.conv1.weight", True),
        ("conv bias", "layer1.0.conv1.weight", False),
        ("*.weight", "layer1.weight", True),
        ("*.weight", "weight.x", False),
        ("layer*", "my.layer1", False),
        ("layer1.*.weight conv", "model.layer1.0.conv1.weight", True),
        ("layer1.*.weight", "layer1.weight", False),
        ("features.1*.conv weight", "features.17.conv.0.weight", True),
        ("a*a", "a", False),
        ("", "anything", True),
        ("*", "", True),
    ],
)
def test_words_of_names(text: str, name: str, fits: bool) -> None:
    assert NameWords.of(text).fit(name.casefold()) == fits


@given(st.text("ab.*", max_size=8).filter(lambda text: "*" in text), st.text("ab.", max_size=12))
def test_stars_mean_what_they_mean_for_files(pattern: str, name: str) -> None:
    anywhere = "*" not in (pattern[0], pattern[-1])
    assert NameWords.of(pattern).fit(name) == fnmatch.fnmatchcase(name, f"*{pattern}*" if anywhere else pattern)


def test_many_stars_are_not_slow() -> None:
    assert not NameWords.of("*a" * 200 + "*b").fit("a" * 10_000)
