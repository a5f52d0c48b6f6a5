"""Translations in words, against figures that are worked out here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.drawn import Difference
from tensorviz.core.errors import Problem
from tensorviz.core.pipeline import Preview
from tensorviz.core.translation import GeneratorChoice, translation_plan
from tensorviz.ui.state.jobs import JobItem
from tensorviz.ui.translate import words
from tests.ui.translate.panel_room import flat, translated

CHOICE = GeneratorChoice("one")
X = "\N{MULTIPLICATION SIGN}"


@given(st.integers(0, 20_000))
def test_a_size_that_is_shown_is_read_as_the_same(resize: int) -> None:
    assert words.resize_of(words.resize_text(resize)) == resize


@pytest.mark.parametrize(
    ("text", "resize"),
    [
        ("256", 256),
        (" 512 pixels", 512),
        ("1,024", 1024),
        ("As it is", 0),
        ("0", 0),
        ("-1", None),
        ("2.5", None),
        ("", None),
        ("\N{ARABIC-INDIC DIGIT FIVE}", None),
        ("\N{SUPERSCRIPT TWO}", None),
    ],
)
def test_sizes_as_people_write_them(text: str, resize: int | None) -> None:
    assert words.resize_of(text) == resize


def test_a_multiple_of_four_is_not_said_to_be_mirrored() -> None:
    plan = translation_plan((512, 256), "trained", 0)
    assert words.range_text("trained", plan) == (
        f"Values from -1 to 1; 512 {X} 256 is a multiple of four already, nothing is mirrored."
    )


def test_without_a_picture_a_range_is_told_without_sizes() -> None:
    assert words.range_text("trained", None) == "Values from -1 to 1; mirrored to a multiple of four, cut back."
    assert words.range_text("book", None) == "Values from 0 to 1; the network's own size."


def test_a_range_that_cannot_take_the_picture_says_why_in_words_of_the_window() -> None:
    said = words.range_text("book", Problem("It is too small.", "Use --input-range trained, or --resize 256."))
    assert said == "Values from 0 to 1. It is too small. Choose the range as trained, or a shorter side of 256."


@pytest.mark.parametrize(
    ("hint", "resize"),
    [("--resize 512 or smaller fits; 256 is usual.", 512), ("Use --resize 256.", 256), ("Close other programs.", None)],
)
def test_the_size_that_fits_is_taken_from_the_hint(hint: str, resize: int | None) -> None:
    assert words.fitting_resize(Problem("Too large.", hint)) == resize


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [
        (73_400_000, "about 73 MB of memory"),
        (512_000, "about 512.0 kB of memory"),
        (2_340_000_000, "about 2.3 GB of memory"),
        (None, ""),
    ],
)
def test_memory(nbytes: int | None, text: str) -> None:
    assert words.memory_text(nbytes) == text


def test_pictures_that_are_equal_are_not_said_to_differ_a_little() -> None:
    nothing = replace(translated("/a", CHOICE, None, (10, 6)), difference=Difference(10, 6, bytes(60), 0.0, 0, 60))
    assert words.difference_text(nothing) == "Nothing was changed: every pixel is equal."


def test_a_small_mean_is_not_called_nothing_and_no_equal_pixel_is_said() -> None:
    small = replace(translated("/a", CHOICE, None, (10, 6)), difference=Difference(10, 6, bytes(60), 0.004, 1, 0))
    assert words.difference_text(small) == ("Differs by 0.004 of 255 levels on average, 1 at most; no pixel is equal.")


def test_where_sizes_differ_it_is_said_what_was_compared() -> None:
    wider = replace(translated("/a", CHOICE, None, (10, 6)), after=flat((1, 2, 3), (12, 8)))
    assert words.difference_text(wider).endswith(
        f"Compared where both have pixels: 10 {X} 6 from the upper left corner."
    )


@given(st.data())
def test_a_pixel_is_the_one_at_its_place(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    pixels = data.draw(st.binary(min_size=3 * width * height, max_size=3 * width * height))
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    lines = [pixels[3 * width * line : 3 * width * (line + 1)] for line in range(height)]
    assert words.pixel_of(Preview(width, height, pixels), x, y) == tuple(lines[y][3 * x : 3 * x + 3])


def test_outside_a_smaller_picture_there_is_no_pixel_and_no_difference() -> None:
    pictures = [("before", flat((1, 2, 3), (4, 4))), ("after", flat((5, 2, 3), (6, 4)))]
    assert words.pixel_text(5, 0, pictures) == "5, 0:  before none,  after 5 2 3"
    assert words.pixel_text(3, 3, pictures) == "3, 3:  before 1 2 3,  after 5 2 3,  difference 4"
    assert words.short_pixel_text(3, 3, pictures) == "3, 3: 1 2 3 \N{RIGHTWARDS ARROW} 5 2 3, 4"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (JobItem(1, ""), "Waiting..."),
        (JobItem(1, "", "running"), "Translating..."),
        (JobItem(1, "", "running", 5, 9, "block"), "Block 5 of 9"),
        (JobItem(1, "", "running", 0, 9, "block", stage="loading one"), "Loading one"),
        (JobItem(1, "", "running", 4, 9, "block", stage="the way back, block 5 of 9"), "The way back, block 5 of 9"),
        (JobItem(1, "", "cancelling", 5, 9, "block"), "Cancelling..."),
    ],
)
def test_progress(item: JobItem, text: str) -> None:
    assert words.progress_text(item) == text
