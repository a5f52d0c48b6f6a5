"""Laws of layouts, held against listing every index and against torch.

Must not know how a layout finds its answers.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import Layout, contiguous, contiguous_strides
from tensorviz.core.reach import UNCOUNTED
from tests.core.layouts import any_layouts, every_index, layout_of, reached, tensors

LAWS = settings(deadline=None, max_examples=300)


@LAWS
@given(any_layouts())
def test_counts_are_those_of_listing_every_index(layout: Layout) -> None:
    by_hand = reached(layout)
    start, stop = layout.offset - 30, layout.offset + 90
    assert layout.reach.counts(start, stop).tolist() == [by_hand[a] for a in range(start, stop)]
    assert layout.reach.seen(start, stop).tolist() == [by_hand[a] > 0 for a in range(start, stop)]


@LAWS
@given(any_layouts())
def test_the_whole_of_a_layout(layout: Layout) -> None:
    by_hand = reached(layout)
    assert layout.distinct == len(by_hand)
    assert layout.overlaps == (len(by_hand) < layout.numel)
    if by_hand:
        assert layout.extent == (min(by_hand), max(by_hand) + 1)
        assert layout.gaps == max(by_hand) + 1 - min(by_hand) - len(by_hand)
    else:
        assert layout.extent == (layout.offset, layout.offset)


@LAWS
@given(any_layouts(), st.integers(-40, 120), st.integers(0, 100))
def test_distinct_addresses_in_a_window(layout: Layout, start: int, length: int) -> None:
    by_hand = reached(layout)
    assert layout.reach.within(start, start + length) == sum(start <= a < start + length for a in by_hand)
    runs, gaps = layout.reach.runs(start, start + length), layout.reach.gaps(start, start + length)
    assert [a for first, stop in runs for a in range(first, stop)] == sorted(
        a for a in by_hand if start <= a < start + length
    )
    outside = range(max(start, layout.extent[0]), min(start + length, layout.extent[1]))
    assert [a for first, stop in gaps for a in range(first, stop)] == [a for a in outside if a not in by_hand]


@LAWS
@given(any_layouts(), st.data())
def test_addresses_and_indices_are_each_others_inverse(layout: Layout, data: st.DataObject) -> None:
    assume(layout.numel)
    index = data.draw(st.sampled_from(every_index(layout)))
    address = layout.address(index)
    found = list(layout.indices_at(address))
    assert len(found) == len(set(found)) == reached(layout)[address] == layout.times_seen(address)
    assert index in found
    assert all(layout.address(other) == address for other in found)


@LAWS
@given(any_layouts())
def test_memory_order_passes_every_element_once(layout: Layout) -> None:
    order = list(layout.in_memory_order())
    assert sorted(index for _, index in order) == sorted(every_index(layout))
    assert [address for address, _ in order] == sorted(address for address, _ in order)


@LAWS
@given(tensors(), st.data())
def test_the_formula_names_the_cell_that_torch_reads(tensor: torch.Tensor, data: st.DataObject) -> None:
    layout = layout_of(tensor)
    assume(layout.numel)
    index = data.draw(st.sampled_from(every_index(layout)))
    left, _, right = layout.formula(index).partition(" = ")
    storage = torch.tensor([], dtype=tensor.dtype).set_(tensor.untyped_storage())
    assert eval(left) == int(right) == layout.address(index)
    assert storage[int(right)] == tensor[index]
    first, stop = layout.byte_range(index)
    raw = bytes(tensor.untyped_storage()[at] for at in range(first, stop))
    assert int.from_bytes(raw, "little") == tensor[index].item()
    assert layout.bytes_in_words(index) == f"byte {first}..{stop}"


@LAWS
@given(tensors())
def test_torch_knows_of_overlap_only_what_it_does_not_find_too_hard(tensor: torch.Tensor) -> None:
    answer = torch._debug_has_internal_overlap(tensor)
    if answer in (0, 1) and tensor.numel():
        assert layout_of(tensor).overlaps == (answer == 1)


@given(st.lists(st.integers(0, 4), max_size=12))
def test_new_tensors_have_torchs_strides(shape: list[int]) -> None:
    assume(np.prod([max(n, 1) for n in shape], dtype=float) < 1e6)
    assert contiguous_strides(shape) == torch.empty(shape).stride()


def test_the_formula_of_the_book() -> None:
    layout = Layout((2, 3, 4), (12, 4, 1), 3)
    assert layout.formula((1, 0, 2)) == "3 + 1*12 + 0*4 + 2*1 = 17"
    assert layout.formula_in_words() == "offset + i*stride[0] + j*stride[1] + k*stride[2]"
    assert layout.bytes_in_words((1, 0, 2)) == "byte 68..72"
    assert Layout((), (), 5).formula(()) == "5 = 5"
    assert Layout((3,), (-2,), 4).formula((1,)) == "4 + 1*(-2) = 2"


@pytest.mark.parametrize(
    ("shape", "stride", "distinct"),
    [
        ((1 << 20, 1 << 20), (1 << 20, 1), 1 << 40),
        ((1 << 20, 1 << 20), (1, 1 << 20), 1 << 40),
        ((1 << 20, 1 << 19), (1 << 20, 2), 1 << 39),
        ((1 << 30, 512), (1, 1), (1 << 30) + 511),
        ((1 << 15, 1 << 15, 3, 3), (1 << 17, 1, 1 << 17, 1), ((1 << 15) + 2) ** 2),
        ((7, 1 << 33), (0, 5), 1 << 33),
        ((1 << 20, 1 << 20, 5), (6, 10, 0), (1 << 40) - ((1 << 20) - 5) * ((1 << 20) - 3)),
    ],
)
def test_huge_layouts_are_not_enumerated(shape: tuple[int, ...], stride: tuple[int, ...], distinct: int) -> None:
    began = time.process_time()
    layout = Layout(shape, stride)
    middle = layout.extent[1] // 2
    counts = layout.reach.counts(middle, middle + 500)
    assert [len(list(zip(layout.indices_at(middle + at), range(9), strict=False))) for at in (0, 1, 499)] == [
        min(int(counts[at]), 9) for at in (0, 1, 499)
    ]
    assert layout.distinct == distinct
    assert layout.overlaps == (layout.distinct != layout.numel)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("shape", "stride"),
    [
        ((1 << 26, 2, 2), (1, 1, 1)),
        ((1 << 26, 3, 3, 3), (1, 1, 1, 1)),
        ((5000, 5000, 5000), (3000, 3001, 2999)),
        ((5000, 700, 3, 3), (3001, 1000, 999, 7)),
        ((1 << 23, 1 << 23, 1 << 23), (1, 1, 1)),
    ],
)
def test_dimensions_that_overlap_three_and_more_at_a_time(shape: tuple[int, ...], stride: tuple[int, ...]) -> None:
    began = time.process_time()
    layout = Layout(shape, stride)
    middle = layout.extent[1] // 2
    counts = layout.reach.counts(middle, middle + 60)
    seen = layout.reach.seen(middle, middle + 60)
    for at in (0, 7, 31, 59):
        few = sum(1 for _ in zip(range(300), layout.indices_at(middle + at), strict=False))
        assert bool(seen[at]) == (few > 0)
        assert counts[at] == few or few == 300 or counts[at] == UNCOUNTED
        assert few < 300 or counts[at] >= 300 or counts[at] == UNCOUNTED
    assert layout.overlaps
    assert time.process_time() - began < 8


def test_what_cannot_be_answered_is_refused() -> None:
    with pytest.raises(ValueRefused, match="too many"):
        Layout((1 << 20, 1 << 20, 1 << 20), (1000003, 1000033, 1000037)).reach.seen(0, 10)


def test_what_no_layout_is() -> None:
    with pytest.raises(ValueRefused, match="2 sizes and 1 strides met"):
        Layout((1, 2), (1,))
    with pytest.raises(ValueRefused, match="sizes below 0"):
        Layout((-1,), (1,))
    with pytest.raises(ValueRefused, match="Index 3 is outside dimension 1"):
        contiguous((2, 3)).address((0, 3))
    with pytest.raises(ValueRefused, match="needs 2 indices"):
        contiguous((2, 3)).address((0,))
