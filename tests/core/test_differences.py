"""Differences of pictures against plain arithmetic over Python's whole numbers."""

from __future__ import annotations

import random

import pytest

from tensorviz.core import differences
from tensorviz.core.differences import difference
from tensorviz.core.pipeline import Preview


def noise(width: int, height: int, seed: int) -> Preview:
    return Preview(width, height, random.Random(seed).randbytes(width * height * 3))


def at(picture: Preview, column: int, line: int, colour: int) -> int:
    return picture.pixels[(line * picture.width + column) * 3 + colour]


@pytest.mark.parametrize("sizes", [((5, 4), (5, 4)), ((7, 3), (4, 6)), ((1, 1), (9, 9)), ((316, 20), (313, 17))])
@pytest.mark.parametrize("at_once", [1, 50, 1 << 20])
def test_every_pixel_is_compared_where_both_have_one(
    sizes: tuple[tuple[int, int], tuple[int, int]], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "AT_ONCE", at_once)
    one, other = noise(*sizes[0], 1), noise(*sizes[1], 2)
    width, height = min(sizes[0][0], sizes[1][0]), min(sizes[0][1], sizes[1][1])
    apart = [
        [abs(at(one, column, line, colour) - at(other, column, line, colour)) for colour in range(3)]
        for line in range(height)
        for column in range(width)
    ]
    found = difference(one, other)
    assert (found.width, found.height) == (width, height)
    assert list(found.levels) == [max(values) for values in apart]
    assert found.mean == sum(map(sum, apart)) / (3 * width * height)
    assert found.largest == max(map(max, apart))
    assert found.equal == sum(max(values) == 0 for values in apart)


def test_the_ends_of_the_scale() -> None:
    black, white = Preview(2, 1, bytes(6)), Preview(2, 1, bytes([255] * 3 + [0] * 3))
    for pair in ((black, white), (white, black)):
        found = difference(*pair)
        assert (list(found.levels), found.mean, found.largest, found.equal) == ([255, 0], 127.5, 255, 1)
    same = difference(white, white)
    assert (same.mean, same.largest, same.equal) == (0.0, 0, 2)


def test_pictures_that_share_no_pixel_do_not_differ() -> None:
    found = difference(Preview(0, 3, b""), noise(4, 4, 1))
    assert (found.width, found.height, found.levels, found.mean, found.largest, found.equal) == (0, 3, b"", 0.0, 0, 0)
