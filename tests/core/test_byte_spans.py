"""The bytes that differ, against a look at each of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.byte_spans import MOST_SPANS, differing


@given(st.binary(max_size=80), st.binary(max_size=80), st.lists(st.tuples(st.integers(0, 79), st.integers(0, 255))))
def test_the_spans_are_exactly_the_bytes_that_differ(left: bytes, right: bytes, put: list[tuple[int, int]]) -> None:
    after = bytearray(left if put else right)
    for place, value in put:
        if place < len(after):
            after[place] = value
    spans = differing(left, bytes(after), 1000)
    expected = {
        1000 + at
        for at in range(max(len(left), len(after)))
        if at >= min(len(left), len(after)) or left[at] != after[at]
    }
    told = [at for low, high in spans for at in range(low, high)]
    assert set(told) == expected
    assert len(told) == len(expected)
    assert all(one[1] < other[0] for one, other in pairwise(spans))  # joined where they touch


def test_a_page_that_changed_everywhere_is_one_span() -> None:
    before, after = bytes(4096), b"\x01\x00" * (4096 // 2)
    assert MOST_SPANS < 4096 // 2
    assert differing(before, after, 0) == [(0, 4096 - 1)]
