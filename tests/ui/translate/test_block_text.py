"""The words of the strip of blocks: shapes, shares, ranges, notes. Expectations are arithmetic done by hand."""

from __future__ import annotations

import pytest

from tensorviz.core.drawn import BlockPicture
from tensorviz.core.translation import GeneratorChoice, translation_plan
from tensorviz.ui.translate import block_text as text
from tests.ui.translate.block_room import after, filled, translated

X = "\N{MULTIPLICATION SIGN}"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "changes 0 %"),
        (0.00001, "hardly changes"),
        (0.0001, "changes 0.01 %"),
        (0.0123, "changes 1.2 %"),
        (0.0999, "changes 10 %"),
        (0.123, "changes 12 %"),
        (1.3249, "changes 132 %"),
    ],
)
def test_a_change_is_said_with_two_digits_and_fits(share: float, said: str) -> None:
    assert text.change_text(share) == said
    assert len(said) <= text.LONGEST


def test_what_hardly_changes_is_said_in_full_where_there_is_room() -> None:
    assert text.share_text(0.00001) == "0.001 %"
    assert text.share_text(1e-9) == "less than 0.0001 %"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-12.345, 45.678, "-12.3..45.7"),
        (0.0, 1.0, "0..1"),
        (-0.001234, 0.5, "-0.00123..0.5"),
        (-1234.6, 98765.4, "-1235..98765"),
        (-123456.0, 0.25, "-1.23e5..0.25"),
        (-1.51e-7, -2.25e-12, "-2e-7..-2e-12"),
        (-1.23e-30, 9.87e30, "-1.2e-30..9.9e30"),
    ],
)
def test_a_range_loses_digits_before_it_loses_its_end(low: float, high: float, said: str) -> None:
    assert text.short_range(low, high) == said
    assert len(said) <= text.LONGEST


def test_the_book_s_horse_is_drawn_at_the_network_s_size() -> None:
    plan = translation_plan((1500, 1220), "book")
    assert plan.resized == (314, 256)
    assert text.drawn_size(plan) == (316, 256)
    assert text.tensor_shape(text.drawn_size(plan)) == (1, 3, 256, 316)
    assert text.drawn_note(plan) == f"Drawn at 316{X}256."
    assert text.drawn_figures(plan) == ("-1..1",)
    assert text.seen_note((1500, 1220), plan) == f"Resized to 314{X}256 (width first). Nothing is mirrored."


def test_as_trained_says_what_is_mirrored_and_cut() -> None:
    plan = translation_plan((1500, 1220))
    assert text.seen_note((1500, 1220), plan).endswith("Mirrored: 2 columns at the right.")
    assert text.drawn_note(plan) == f"Cut back to 314{X}256: what was mirrored is gone."
    assert text.drawn_figures(plan) == ("-1..1", f"cut to 314{X}256")
    small = translation_plan((11, 7), resize=0)
    assert text.seen_note((11, 7), small) == (
        f"The size is left at 11{X}7. Mirrored: 1 column at the right and 1 row at the bottom."
    )


def test_a_block_is_spoken_with_all_its_figures() -> None:
    assert text.spoken_block(after(3)) == (
        f"After block 3 of 9: features of 1{X}256{X}2{X}3, smallest -4.5, largest 2.25, mean 0.125."
        " The block changes 12 %."
    )
    assert text.spoken_block(after(0)).endswith("mean 0.125.")
    assert text.block_figures(after(3)) == ("-4.5..2.25", "changes 12 %")
    assert text.block_figures(after(0)) == ("-1.5..2.25",)


@pytest.mark.parametrize("block", [0, 3, 9])
def test_titles_are_those_of_the_pictures(block: int) -> None:
    picture = BlockPicture(block, 9, filled((4, 4)), (1, 4, 1, 1), 0.0, 0.0, 0.0)
    assert text.long_title(block, 9) == picture.title


def test_the_input_says_its_range_in_words() -> None:
    trained, book = (translated(GeneratorChoice(input_range=name, resize=0)) for name in ("trained", "book"))
    assert text.spoken_seen(trained) == (
        "What the generator sees: 12 pixels wide, 8 high, numbers from -1 to 1, as trained."
        f" The size is left at 10{X}6. Mirrored: 2 columns at the right and 2 rows at the bottom."
    )
    assert "10 pixels wide, 6 high, numbers from 0 to 1, as in the book." in text.spoken_seen(book)


def test_details_take_two_lines_each_so_that_nothing_moves_in_the_film() -> None:
    plan = translation_plan((640, 427))
    every = (
        text.picture_details((640, 427), "JPEG"),
        text.seen_details(plan, "book"),
        text.block_details(after(0)),
        text.block_details(after(4)),
        text.drawn_details(plan),
    )
    assert {len(lines) for lines in every} == {2}
    assert every[0] == (f"427{X}640{X}3 uint8", "640 pixels wide, 427 high, JPEG")
    assert text.picture_details((1, 1), "")[1] == "1 pixel wide, 1 high"


def test_why_there_are_none() -> None:
    def why(**change: bool | int) -> str:
        told: dict[str, bool | int] = {"drawn": 0, "stale": False, "easy": True, **change}
        return text.undrawn_text(blocks=9, size=(1280, 1024), **told)  # type: ignore[arg-type]  # bool and int in turn

    assert why(drawn=4) == "The drawing ended early: 4 of 10 pictures are there."
    assert why(stale=True) == "They are drawn by themselves only of what is chosen now."
    assert why() == "They are not drawn yet."
    assert why(easy=False).startswith(
        f"For each picture the end of the generator runs once more: 10 times at 1280{X}1024 pixels."
    )
