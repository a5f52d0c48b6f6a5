"""Sizes before and after a generator, by laws; torchvision is the judge of the resized size.

Must not know pixels.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms.functional import _compute_resized_output_size

from tensorviz.core.errors import ValueRefused
from tensorviz.core.translation import (
    GeneratorChoice,
    largest_shorter_side,
    memory_needed,
    shorter_side,
    translation_plan,
)

SIDES = st.integers(1, 5000)


def test_the_horse_of_the_book() -> None:
    trained, book = (translation_plan((640, 521), kind) for kind in ("trained", "book"))
    assert (trained.resized, trained.network, trained.result) == ((314, 256), (316, 256), (314, 256))
    assert (book.resized, book.network, book.result) == ((314, 256), (314, 256), (316, 256))


@given(SIDES, SIDES, st.integers(1, 1024))
def test_the_shorter_side_is_torchvisions(width: int, height: int, shorter: int) -> None:
    expected = _compute_resized_output_size((height, width), [shorter])
    assert list(shorter_side((width, height), shorter))[::-1] == expected


@given(SIDES, SIDES, st.sampled_from((0, 1, 7, 256)))
def test_as_trained_sides_are_multiples_of_four_with_less_than_eight_added(w: int, h: int, resize: int) -> None:
    plan = translation_plan((w, h), "trained", resize)
    assert plan.result == plan.resized
    for side, network in zip(plan.resized, plan.network, strict=True):
        assert network % 4 == 0
        assert network >= max(8, side)
        assert network - side < 4 or network == 8


@given(SIDES, SIDES)
def test_in_the_book_the_result_is_rounded_up(width: int, height: int) -> None:
    if min(width, height) < 5:
        with pytest.raises(ValueRefused, match="too small"):
            translation_plan((width, height), "book", 0)
        return
    plan = translation_plan((width, height), "book", 0)
    assert plan.network == (width, height)
    assert plan.result == tuple((side + 3) // 4 * 4 for side in (width, height))


@given(SIDES, SIDES, st.integers(10**5, 10**11))
def test_the_largest_size_that_fits_fits_and_the_next_does_not(width: int, height: int, free: int) -> None:
    side = largest_shorter_side((width, height), 64, free)
    assert side == 0 or memory_needed(shorter_side((width, height), side), 64) <= free
    assert side == 16384 or memory_needed(shorter_side((width, height), side + 1), 64) > free


# Width, blocks, norm, picture, and the megabytes that a process of its own took above what it held, as
# tests/bench/bench_memory.py measures it (two cores, torch 2.14.1, glibc 2.36).
MEASURED = (
    (16, 6, "batch", (256, 256), 17), (16, 6, "batch", (320, 256), 22), (16, 6, "batch", (512, 512), 71),
    (16, 6, "batch", (640, 512), 88), (16, 6, "instance", (640, 512), 88), (16, 6, "batch", (1280, 1024), 351),
    (32, 6, "instance", (512, 512), 136), (64, 9, "instance", (316, 256), 92), (64, 9, "batch", (316, 256), 87),
    (64, 9, "instance", (640, 512), 296), (64, 9, "batch", (640, 512), 337), (64, 9, "instance", (1280, 1024), 1193),
    (64, 9, "batch", (1280, 1024), 1188),
)  # fmt: skip  # a row each


@pytest.mark.parametrize(("width", "size", "megabytes"), [(row[0], row[3], row[4]) for row in MEASURED])
def test_memory_is_predicted_within_a_fifth_of_what_was_measured(
    width: int, size: tuple[int, int], megabytes: float
) -> None:
    assert memory_needed(size, width) / 1e6 == pytest.approx(megabytes, rel=0.2)


@given(SIDES, SIDES, st.integers(1, 256))
def test_more_pixels_and_more_channels_need_more(across: int, down: int, width: int) -> None:
    needed = memory_needed((across, down), width)
    assert needed < memory_needed((across + 4, down), width)
    assert needed < memory_needed((across, down + 4), width)
    assert needed < memory_needed((across, down), width + 1)


@pytest.mark.parametrize("resize", [-1, 16385, 2.5, True, "256"])
def test_a_resize_that_makes_no_sense_is_refused(resize: object) -> None:
    with pytest.raises(ValueRefused, match="whole number"):
        GeneratorChoice(resize=resize)  # type: ignore[arg-type]


def test_an_unknown_range_is_refused() -> None:
    with pytest.raises(ValueRefused, match="bok"):
        GeneratorChoice(input_range="bok")  # type: ignore[arg-type]
