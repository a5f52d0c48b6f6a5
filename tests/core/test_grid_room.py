"""Room for cards: small ones whole, large ones what is left, the favoured one first."""

from __future__ import annotations

import random

from tensorviz.core.grid_room import FAVOURED, card_widths

LEAST = 300


def kept(asked: tuple[int, ...]) -> list[int]:
    return [min(one, LEAST) for one in asked]


def widths(asked: tuple[int, ...], room: int, favoured: int | None = None) -> tuple[int, ...]:
    return card_widths(kept(asked), asked, asked, room, favoured)


def test_all_fit() -> None:
    assert widths((150, 180, 400), 800) == (150, 180, 400)


def test_what_is_left_goes_to_those_who_like_more() -> None:
    assert card_widths((150, 180), (150, 180), (250, 190), 500) == (250, 190)
    assert card_widths((150, 180), (150, 180), (250, 190), 370) == (180, 190)


def test_a_large_one_takes_what_small_ones_leave() -> None:
    assert widths((150, 900, 180), 800, 1) == (150, 470, 180)


def test_the_favoured_one_comes_before_others() -> None:
    assert widths((700, 700), 800, 1) == (LEAST, 500)
    assert widths((700, 700), 800) == (400, 400)


def test_too_many_keep_what_they_must() -> None:
    assert widths((700, 150, 700), 500, 0) == (FAVOURED, 150, LEAST)


def test_no_pixel_is_given_twice_or_lost() -> None:
    chance = random.Random(0)
    for _ in range(500):
        asked = tuple(chance.randint(100, 900) for _ in range(chance.randint(1, 8)))
        liked = tuple(one + chance.choice((0, 50)) for one in asked)
        room, favoured = chance.randint(200, 4000), chance.choice((None, 0))
        found = card_widths(kept(asked), asked, liked, room, favoured)
        assert all(min(one, LEAST) <= width <= most for one, width, most in zip(asked, found, liked, strict=True))
        if sum(min(one, LEAST) for one in asked) < room:
            assert sum(found) == min(room, sum(liked))
