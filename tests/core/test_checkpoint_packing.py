"""Storages packed: the same elements at their new places, nothing shared that was not, nothing parted that was.

Must not know files: a storage is a list of numbers here.
"""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.checkpoint_bytes import used_bytes
from tensorviz.core.checkpoint_packing import packed
from tensorviz.core.layout import Layout


@st.composite
def layouts(draw: st.DrawFn, items: tuple[int, ...] = (1, 2, 4, 8)) -> Layout:
    shape = tuple(draw(st.lists(st.integers(0, 6), max_size=3)))
    stride = tuple(draw(st.sampled_from((0, 1, 2, 3, 4, 5, 8, 12, 24))) for _ in shape)
    return Layout(shape, stride, draw(st.integers(0, 20)), draw(st.sampled_from(items)))


def cells(layout: Layout) -> list[int]:
    return [layout.address(index) for index in itertools.product(*map(range, layout.shape))]


def bytes_reached(layout: Layout) -> set[int]:
    return {cell * layout.itemsize + at for cell in cells(layout) for at in range(layout.itemsize)}


@settings(max_examples=400, deadline=None)
@given(st.lists(layouts(), min_size=1, max_size=4))
def test_each_byte_is_counted_once(some: list[Layout]) -> None:
    reached = set().union(*map(bytes_reached, some))
    assert used_bytes(10_000, some) == len(reached)


@settings(max_examples=400, deadline=None)
@given(st.lists(layouts(items=(4,)), min_size=1, max_size=4))
def test_a_packed_storage_holds_the_same_elements(some: list[Layout]) -> None:
    old = list(range(1000))
    packing = packed(some)
    new = [-1] * (packing.nbytes // 4)
    for region in packing.regions:
        part = (
            old[region.start // 4 : region.stop // 4]
            if region.layout is None
            else [old[c] for c in cells(region.layout)]
        )
        new[region.to // 4 : region.to // 4 + len(part)] = part
    for before, after in zip(some, packing.layouts, strict=True):
        assert [old[cell] for cell in cells(before)] == [new[cell] for cell in cells(after)]
        assert before.shape == after.shape
    shared = [bytes_reached(a) & bytes_reached(b) for a, b in itertools.combinations(some, 2)]
    still = [bytes_reached(a) & bytes_reached(b) for a, b in itertools.combinations(packing.layouts, 2)]
    assert list(map(len, shared)) == list(map(len, still))
    assert packing.left == packing.nbytes - len(set().union(*map(bytes_reached, some)))


@settings(max_examples=200, deadline=None)
@given(st.lists(layouts(), min_size=1, max_size=4))
def test_packing_never_grows_by_more_than_alignment(some: list[Layout]) -> None:
    packing = packed(some)
    ends = [max(bytes_reached(layout), default=-1) + 1 for layout in some]
    assert packing.nbytes <= max(ends, default=0) + 8 * len(some)
    for layout in packing.layouts:
        assert max(bytes_reached(layout), default=-1) < packing.nbytes


def test_a_slice_leaves_the_rest_behind() -> None:
    packing = packed([Layout((10,), (1,), 0, 4)])
    assert (packing.nbytes, packing.left) == (40, 0)
    columns = packed([Layout((1000, 3), (8, 1), 0, 4), Layout((1000, 3), (8, 1), 5, 4)])
    assert (columns.nbytes, columns.left) == (24_000, 0)
    turned = packed([Layout((3, 100), (1, 8), 0, 4)])
    assert turned.layouts == (Layout((3, 100), (1, 3), 0, 4),)


def test_overlapping_columns_keep_what_lies_between() -> None:
    packing = packed([Layout((10, 3), (8, 1), 0, 4), Layout((10, 3), (8, 1), 2, 4)])
    assert packing.left == packing.nbytes - 10 * 5 * 4
    assert packing.left > 0


def test_huge_storages_are_counted_without_looking_at_each_byte() -> None:
    rows = [Layout((1 << 20, 1000), (4096, 1), 1000 * part, 4) for part in range(4)]
    assert used_bytes(1 << 34, rows) == (1 << 20) * 16_000
    assert used_bytes(100, [Layout((26,), (1,), 0, 4)]) is None  # reaches beyond the storage
