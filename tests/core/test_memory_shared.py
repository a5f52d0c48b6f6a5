"""Two tensors on one storage, and how far a view can be moved in it: held against listing every byte.

Must not know how either is worked out.
"""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core import strided_bounds
from tensorviz.core.layout import Layout
from tensorviz.core.meeting import meeting
from tests.core.layouts import any_layouts, reached

LAWS = settings(deadline=None, max_examples=300)


def bytes_of(layout: Layout) -> set[int]:
    return {byte for a in reached(layout) for byte in range(a * layout.itemsize, (a + 1) * layout.itemsize)}


@LAWS
@given(any_layouts(), any_layouts())
def test_common_bytes(left: Layout, right: Layout) -> None:
    common = bytes_of(left) & bytes_of(right)
    found = meeting(left, right)
    assert (found is not None) == bool(common)
    if found:
        assert found.byte == min(common)
        assert found.nbytes == len(common)
        for layout, index in ((left, found.left), (right, found.right)):
            first, stop = layout.byte_range(index)
            assert first <= found.byte < stop


def test_even_and_odd_elements_never_meet() -> None:
    assert meeting(Layout((5,), (2,), 0), Layout((5,), (2,), 1)) is None
    found = meeting(Layout((5,), (2,), 0), Layout((5,), (3,), 1))
    assert found is not None
    assert found.sentence("a", "b") == (
        "a[2] and b[1] lie on the same memory (byte 16), so writing one changes the other."
    )


def test_large_tensors_that_meet_at_once() -> None:
    began = time.process_time()
    found = meeting(Layout((1 << 20, 1 << 20), (1 << 20, 1)), Layout((1 << 20, 1 << 20), (1, 1 << 20)))
    assert found is not None
    assert (found.byte, found.nbytes) == (0, None)
    assert time.process_time() - began < 1


@LAWS
@given(any_layouts(negative=False), st.integers(0, 60))
def test_bounds_are_exactly_what_fits(layout: Layout, elements: int) -> None:
    legal = strided_bounds.offsets(layout, elements)
    assert [n for n in range(elements + 1) if layout.at(n).fits(elements)] == list(legal)
    for dim in range(layout.ndim):
        others = (*layout.shape[:dim], *layout.shape[dim + 1 :])

        def sized(size: int, dim: int = dim) -> Layout:
            return replace(layout, shape=(*layout.shape[:dim], size, *layout.shape[dim + 1 :]))

        def strided(stride: int, dim: int = dim) -> Layout:
            return replace(layout, stride=(*layout.stride[:dim], stride, *layout.stride[dim + 1 :]))

        if layout.stride[dim] and 0 not in others:
            assert [n for n in range(elements + 2) if sized(n).fits(elements)] == list(
                strided_bounds.sizes(layout, dim, elements)
            )
        if layout.shape[dim] > 1 and layout.numel:
            assert [n for n in range(elements + 2) if strided(n).fits(elements)] == list(
                strided_bounds.strides(layout, dim, elements)
            )
        assert all(sized(n).fits(elements) for n in strided_bounds.sizes(layout, dim, elements))
