"""Layouts for the laws: random ones of every kind, and what brute force says of them.

Must not know the code under test beyond the constructor of a layout.
"""

from __future__ import annotations

from collections import Counter
from itertools import product

import torch
from hypothesis import strategies as st

from tensorviz.core.layout import Layout


@st.composite
def any_layouts(draw: st.DrawFn, negative: bool = True) -> Layout:
    """Any sizes, strides and offsets, overlapping or not; few enough elements to be listed."""
    ndim = draw(st.integers(0, 5))
    largest = (60, 24, 8, 5, 4, 3)[ndim]
    shape = tuple(draw(st.lists(st.integers(0 if draw(st.booleans()) else 1, largest), min_size=ndim, max_size=ndim)))
    strides = st.integers(-9 if negative else 0, 12)
    stride = tuple(draw(st.lists(strides, min_size=ndim, max_size=ndim)))
    least = sum((n - 1) * s for n, s in zip(shape, stride, strict=True) if n > 1 and s < 0)
    return Layout(shape, stride, -least + draw(st.integers(0, 5)), draw(st.sampled_from([1, 2, 4, 8])))


@st.composite
def tensors(draw: st.DrawFn, most_dims: int = 5) -> torch.Tensor:
    """A tensor over a storage of distinct numbers: as_strided with sizes 0 and 1, stride 0 and overlap among them."""
    ndim = draw(st.integers(0, most_dims))
    largest = (1, 12, 7, 5, 4, 3)[min(ndim, 5)]
    sizes = st.one_of(st.integers(1, largest), st.integers(1, largest), st.just(1), st.integers(0, largest))
    shape = draw(st.lists(sizes, min_size=ndim, max_size=ndim))
    stride = [0] * ndim
    if draw(st.booleans()):
        step = 1
        for dim in draw(st.permutations(range(ndim))):
            stride[dim] = step
            step *= max(shape[dim], 1) + draw(st.sampled_from([0, 0, 0, 1]))
    else:
        stride = draw(st.lists(st.integers(0, 12), min_size=ndim, max_size=ndim))
    offset = draw(st.integers(0, 6))
    room = offset + sum(max(n - 1, 0) * s for n, s in zip(shape, stride, strict=True)) + 1
    return torch.arange(room + draw(st.integers(0, 3)), dtype=torch.int32).as_strided(shape, stride, offset)


def layout_of(tensor: torch.Tensor) -> Layout:
    return Layout(tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()), tensor.element_size())


def every_index(layout: Layout) -> list[tuple[int, ...]]:
    return list(product(*map(range, layout.shape)))


def reached(layout: Layout) -> Counter[int]:
    """How often each address is reached, by listing."""
    return Counter(
        layout.offset + sum(i * s for i, s in zip(index, layout.stride, strict=True)) for index in every_index(layout)
    )
