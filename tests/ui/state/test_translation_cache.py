"""Kept translations: what is dropped first, what never, and that their size is what their pictures take."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.translation import GeneratorChoice
from tensorviz.ui.state.translation_cache import KEPT, Kept, TranslationCache
from tests.ui.state.translate_room import drawn

ONE, OTHER, BACK = ("one",), ("other",), ("back",)
BYTES = 10 * 10 * 7  # of a translation of 10 x 10: two pictures of three bytes a pixel, and a byte of difference


def kept(path: str, meaning: tuple[object, ...] = ONE, side: int = 10, back: tuple[object, ...] | None = None) -> Kept:
    return Kept(meaning, back, drawn(path, GeneratorChoice(), None, side))


def test_it_may_take_192_megabytes() -> None:
    assert KEPT == 192 * 1024**2


def test_the_size_is_that_of_the_pictures() -> None:
    cache = TranslationCache()
    cache.put("/a", kept("/a"))
    assert cache.nbytes == BYTES
    cache.put("/a", kept("/a", side=20))
    assert (len(cache), cache.nbytes) == (1, 4 * BYTES)
    cache.put("/a", kept("/a", OTHER))
    assert (len(cache), cache.nbytes) == (2, 5 * BYTES)
    cache.keep(lambda path: path != "/a")
    assert (len(cache), cache.nbytes) == (0, 0)


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = TranslationCache(3 * BYTES)
    rows = {path: kept(path) for path in ("/a", "/b", "/c", "/d")}
    for path in ("/a", "/b", "/c"):
        cache.put(path, rows[path])
    cache.use("/a", rows["/a"])
    cache.put("/d", rows["/d"])
    assert [cache.find(path, ONE) for path in rows] == [rows["/a"], None, rows["/c"], rows["/d"]]


def test_one_that_is_too_large_is_kept_all_the_same() -> None:
    cache = TranslationCache(BYTES)
    cache.put("/a", kept("/a"))
    large = kept("/b", side=100)
    cache.put("/b", large)
    assert (len(cache), cache.find("/b", ONE)) == (1, large)


def test_the_one_that_is_looked_at_outlives_one_that_comes() -> None:
    cache = TranslationCache(BYTES)
    looked_at = kept("/a")
    cache.put("/a", looked_at)
    cache.put("/b", kept("/b", side=100), ("/a", looked_at))
    assert cache.find("/a", ONE) is looked_at
    assert cache.find("/b", ONE) is None


def test_without_one_of_the_choice_the_latest_is_found() -> None:
    cache = TranslationCache(2 * BYTES)
    first, second = kept("/a", ONE), kept("/a", OTHER)
    cache.put("/a", first)
    cache.put("/a", second)
    assert cache.find("/a", ("third",)) is second
    cache.use("/a", first)
    assert cache.find("/a", ("third",)) is first
    assert cache.find("/a", None) is first
    cache.put("/b", kept("/b"))
    assert cache.find("/a", OTHER) is first, "the other one was dropped"
    cache.put("/c", kept("/c"))
    assert cache.find("/a", OTHER) is None


def test_a_way_back_that_nobody_wants_does_no_harm() -> None:
    assert kept("/a", back=BACK).answers(ONE, None)
    assert kept("/a", back=BACK).answers(ONE, BACK)
    assert not kept("/a").answers(ONE, BACK)
    assert not kept("/a", back=OTHER).answers(ONE, BACK)
    assert not kept("/a").answers(OTHER, None)
    assert not kept("/a").answers(None, None)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([ONE, OTHER]), st.integers(1, 30)), max_size=40))
def test_it_never_takes_more_than_it_may_and_always_has_the_newest(wishes: list[tuple[str, tuple[str], int]]) -> None:
    cache = TranslationCache(8 * BYTES)
    held: dict[tuple[str, tuple[str]], Kept] = {}
    for path, meaning, side in wishes:
        made = kept(path, meaning, side)
        cache.put(path, made)
        held[path, meaning] = made
        there = [row for (name, which), row in held.items() if cache.find(name, which) == replace(row)]
        assert made in there
        assert len(cache) == len(there)
        assert cache.nbytes == sum(7 * row.translation.full[0] ** 2 for row in there)
        assert cache.nbytes <= 8 * BYTES or len(cache) == 1
