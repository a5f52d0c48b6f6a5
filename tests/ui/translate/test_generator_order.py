"""The order of the generators: in groups, in pairs, found by what they draw."""

from __future__ import annotations

import pytest

from tensorviz.core.generators import GeneratorWeights
from tensorviz.ui.translate.generator_order import GeneratorLine, arrange, best_of
from tests.ui.translate import generator_rows as rows


def names(lines: tuple[GeneratorLine, ...]) -> list[str]:
    return [line.model.name if line.model else f"[{line.heading}]" for line in lines]


def test_groups_and_pairs_stand_together_and_what_can_be_checked_goes_first() -> None:
    assert names(arrange(rows.generators())) == [
        "[Comes with tensorviz]",
        "photo2painting",
        "painting2photo",
        "[Own generators]",
        "fog",
        "[CycleGAN]",
        "horse2zebra",
        "zebra2horse",
        "monet2photo",
        "style_monet",
        "style_cezanne",
    ]


def test_pairs_are_tied_and_others_are_not() -> None:
    ties = {line.model.name: line.tie for line in arrange(rows.generators()) if line.model}
    assert (ties["horse2zebra"], ties["zebra2horse"]) == ("below", "above")
    assert (ties["monet2photo"], ties["style_monet"]) == ("below", "above")
    assert ties["style_cezanne"] == ties["fog"] == ""


def test_one_that_only_names_a_way_back_is_not_tied_to_it() -> None:
    found = (rows.own("fog", "sun"), rows.own("sun"))
    assert [line.tie for line in arrange(found)] == ["", "", ""]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("monet", ["monet2photo", "style_monet"]),
        ("cezanne photographs", ["style_cezanne"]),
        ("stylemonet", ["monet2photo", "style_monet"]),  # the way back is found too, and letters alone are enough
        ("BOOK", ["horse2zebra"]),
        ("nothing like it", []),
    ],
)
def test_found_by_name_by_what_it_draws_and_by_its_way_back(search: str, found: list[str]) -> None:
    assert [name for name in names(arrange(rows.generators(), search)) if not name.startswith("[")] == found


def test_only_what_is_here_with_the_figures_of_what_is_here() -> None:
    lines = arrange(rows.generators(authors_here=True), here=True)
    assert names(lines)[-2:] == ["[CycleGAN]", "horse2zebra"]
    assert lines[-1].weights is not None
    assert lines[-1].weights.name == "AUTHORS"
    assert lines[-1].tie == ""  # its other half is not listed


def test_the_weights_to_take_are_the_default_unless_only_others_are_here() -> None:
    def best(**here: bool) -> str:
        horse = next(row for row in rows.generators(**here) if row.name == "horse2zebra")
        found = best_of(horse)
        assert isinstance(found, GeneratorWeights)
        return found.name

    assert best() == "BOOK"
    assert best(authors_here=True) == "AUTHORS"
    assert best(authors_here=True, book_here=True) == "BOOK"


def test_a_line_is_spoken_with_its_pair_and_says_what_it_does_not_know() -> None:
    spoken = {line.model.name: line.spoken for line in arrange(rows.generators()) if line.model}
    assert spoken["zebra2horse"] == (
        "zebra2horse, CycleGAN, draws zebras as horses, its way back is horse2zebra, about 45.5 MB,"
        " not on this computer"
    )
    assert "no way back is known" in spoken["style_cezanne"]
    figures = {line.model.name: line.figures[0][0] for line in arrange(rows.generators()) if line.model}
    assert figures["zebra2horse"] == "~45.5 MB"
    assert figures["photo2painting"] == "2.0 MB"
