"""Every view equals torch's: size, stride, offset, whether the storage is shared, and what is refused.

Must not know how a view is worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core import contiguity, view_shapes, views
from tensorviz.core.layout import Layout
from tensorviz.core.reasons import ViewImpossible
from tensorviz.core.views import NeedsCopy, Outcome, View
from tests.core.layouts import layout_of, tensors

LAWS = settings(deadline=None, max_examples=150)
Result = Outcome | tuple[View, ...]
FORMATS = {name: getattr(torch, name) for name in contiguity.FORMATS}


def judge(
    tensor: torch.Tensor, ours: Callable[[Layout], Result], theirs: Callable[[torch.Tensor], Any], same: bool = False
) -> None:
    """Ours and torch's result are equal, or both refuse."""
    layout = layout_of(tensor)
    try:
        expected = theirs(tensor)
    except (RuntimeError, IndexError, ValueError) as refusal:
        with pytest.raises(ViewImpossible):
            print(ours(layout), "where torch says", refusal)  # noqa: T201 - shown when the refusal is missing
        return
    found = ours(layout)
    results = expected if isinstance(expected, Sequence) else [expected]
    outcomes = found if isinstance(found, tuple) else [found]
    assert len(results) == len(outcomes)
    for result, outcome in zip(results, outcomes, strict=True):
        assert outcome.layout == layout_of(result)
        assert len(outcome.origins) == result.ndim
        shared = result.untyped_storage()._cdata == tensor.untyped_storage()._cdata
        assert isinstance(outcome, View) == shared
        if same:
            assert (outcome.effect == "same") == (result is tensor)


dims = st.integers(-6, 5)
some_dims = st.lists(st.integers(-3, 3), max_size=5)


@LAWS
@given(tensors(), dims, dims)
def test_transpose(tensor: torch.Tensor, a: int, b: int) -> None:
    judge(tensor, lambda layout: views.transpose(layout, a, b), lambda x: x.transpose(a, b))
    judge(tensor, views.t, lambda x: x.t())


@LAWS
@given(tensors(), st.data())
def test_permute(tensor: torch.Tensor, data: st.DataObject) -> None:
    order = data.draw(st.one_of(st.permutations(range(tensor.ndim)), some_dims))
    judge(tensor, lambda layout: views.permute(layout, order), lambda x: x.permute(order))
    back = data.draw(st.permutations(range(-tensor.ndim, 0)))
    judge(tensor, lambda layout: views.permute(layout, back), lambda x: x.permute(back))


@LAWS
@given(tensors(), st.one_of(dims, some_dims), st.one_of(dims, some_dims))
def test_movedim(tensor: torch.Tensor, a: Any, b: Any) -> None:
    if isinstance(a, int) == isinstance(b, int):
        judge(tensor, lambda layout: views.movedim(layout, a, b), lambda x: x.movedim(a, b))


@LAWS
@given(tensors(), dims, st.integers(-8, 8), st.integers(-1, 8))
def test_select_and_narrow(tensor: torch.Tensor, dim: int, start: int, length: int) -> None:
    judge(tensor, lambda layout: views.select(layout, dim, start), lambda x: x.select(dim, start))
    judge(tensor, lambda layout: views.narrow(layout, dim, start, length), lambda x: x.narrow(dim, start, length))


ends = st.one_of(st.none(), st.integers(-9, 9))


@LAWS
@given(tensors(), dims, ends, ends, st.integers(0, 4))
def test_slice(tensor: torch.Tensor, dim: int, start: int | None, end: int | None, step: int) -> None:
    theirs = torch.ops.aten.slice.Tensor
    judge(
        tensor, lambda layout: views.slice_(layout, dim, start, end, step), lambda x: theirs(x, dim, start, end, step)
    )


items = st.one_of(
    st.integers(-4, 4), st.just(None), st.just(Ellipsis), st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, 3]))
)


@LAWS
@given(tensors(), st.lists(items, max_size=6))
def test_basic_indexing(tensor: torch.Tensor, key: list[Any]) -> None:
    # bool(...) of Ellipsis twice is an error of torch's with another text; both refuse.
    judge(tensor, lambda layout: view_shapes.index(layout, key), lambda x: x[tuple(key)])


@LAWS
@given(tensors(), st.data())
def test_expand(tensor: torch.Tensor, data: st.DataObject) -> None:
    # Of a single number torch makes a tensor of size [0, -1] without complaint: not asked.
    new = data.draw(st.lists(st.integers(-1 if tensor.ndim else 0, 3), max_size=2))
    kept = [data.draw(st.sampled_from([size, -1, 3 if size == 1 else size, size + 1])) for size in tensor.shape]
    shape = [*new, *kept]
    judge(tensor, lambda layout: views.expand(layout, shape), lambda x: x.expand(shape))
    judge(tensor, lambda layout: views.expand(layout, shape[1:]), lambda x: x.expand(shape[1:]))
    positive = [abs(size) for size in shape]
    judge(tensor, lambda layout: views.broadcast_to(layout, positive), lambda x: x.broadcast_to(positive))


@LAWS
@given(tensors(), dims, some_dims)
def test_squeeze_and_unsqueeze(tensor: torch.Tensor, dim: int, several: list[int]) -> None:
    judge(tensor, views.squeeze, lambda x: x.squeeze())
    judge(tensor, lambda layout: views.squeeze(layout, dim), lambda x: x.squeeze(dim))
    judge(tensor, lambda layout: views.squeeze(layout, several), lambda x: x.squeeze(tuple(several)))
    judge(tensor, lambda layout: views.unsqueeze(layout, dim), lambda x: x.unsqueeze(dim))


@st.composite
def shapes(draw: st.DrawFn, numel: int) -> list[int]:
    """Shapes of so many elements, most of the time."""
    shape: list[int] = []
    rest = numel
    while rest > 1 and len(shape) < 6:
        size = draw(st.sampled_from([*[n for n in range(1, rest + 1) if rest % n == 0][:12], rest]))
        shape.append(size)
        rest //= size
    shape += [rest] if rest != 1 or draw(st.booleans()) else []
    shape.insert(draw(st.integers(0, len(shape))), 1)
    if draw(st.integers(0, 3)) == 0:
        shape[draw(st.integers(0, len(shape) - 1))] = draw(st.sampled_from([-1, -1, -1, 2, 0, -2]))
    return shape


@settings(deadline=None, max_examples=600)
@given(tensors(), st.data())
def test_view_and_reshape(tensor: torch.Tensor, data: st.DataObject) -> None:
    shape = data.draw(shapes(tensor.numel()))
    judge(tensor, lambda layout: view_shapes.view(layout, shape), lambda x: x.view(shape))
    judge(tensor, lambda layout: view_shapes.reshape(layout, shape), lambda x: x.reshape(shape))
    judge(tensor, lambda layout: view_shapes.reshape(layout, list(tensor.shape)), lambda x: x.reshape(tensor.shape))


@LAWS
@given(tensors(), dims, dims, st.lists(st.integers(-1, 4), max_size=3))
def test_flatten_and_unflatten(tensor: torch.Tensor, a: int, b: int, sizes: list[int]) -> None:
    judge(tensor, lambda layout: view_shapes.flatten(layout, a, b), lambda x: x.flatten(a, b), same=True)
    judge(tensor, view_shapes.flatten, lambda x: x.flatten(), same=True)
    judge(tensor, lambda layout: view_shapes.unflatten(layout, a, sizes), lambda x: x.unflatten(a, sizes))


@LAWS
@given(tensors(), dims, st.integers(-1, 6), st.integers(0, 4))
def test_unfold(tensor: torch.Tensor, dim: int, size: int, step: int) -> None:
    judge(tensor, lambda layout: views.unfold(layout, dim, size, step), lambda x: x.unfold(dim, size, step))


@LAWS
@given(tensors(), st.integers(-6, 6), dims, dims)
def test_diagonal(tensor: torch.Tensor, offset: int, a: int, b: int) -> None:
    judge(tensor, lambda layout: views.diagonal(layout, offset, a, b), lambda x: x.diagonal(offset, a, b))


@LAWS
@given(tensors(), some_dims, some_dims, st.one_of(st.none(), st.integers(-1, 30)))
def test_as_strided(tensor: torch.Tensor, shape: list[int], stride: list[int], offset: int | None) -> None:
    elements = tensor.untyped_storage().nbytes() // 4
    # torch takes negative sizes for a slip of its own and may read past the storage: not asked.
    shape = [abs(size) for size in shape]
    judge(
        tensor,
        lambda layout: views.as_strided(layout, shape, stride, offset, elements),
        lambda x: x.as_strided(shape, stride, offset),
    )


@LAWS
@given(tensors(), st.integers(-1, 6), dims, st.lists(st.integers(-1, 5), max_size=4))
def test_pieces(tensor: torch.Tensor, count: int, dim: int, sizes: list[int]) -> None:
    judge(tensor, lambda layout: view_shapes.split(layout, count, dim), lambda x: x.split(count, dim))
    judge(tensor, lambda layout: view_shapes.split(layout, sizes, dim), lambda x: x.split(sizes, dim))
    judge(tensor, lambda layout: view_shapes.chunk(layout, count, dim), lambda x: x.chunk(count, dim))
    judge(tensor, lambda layout: view_shapes.tensor_split(layout, count, dim), lambda x: x.tensor_split(count, dim))
    judge(tensor, lambda layout: view_shapes.unbind(layout, dim), lambda x: x.unbind(dim))


@settings(deadline=None, max_examples=300)
@given(tensors(), st.sampled_from([torch.uint8, torch.int16, torch.int32, torch.int64, torch.complex128]))
def test_view_of_the_bytes(tensor: torch.Tensor, dtype: torch.dtype) -> None:
    judge(tensor, lambda layout: view_shapes.view_dtype(layout, dtype.itemsize), lambda x: x.view(dtype))


@settings(deadline=None, max_examples=400)
@given(tensors(), st.sampled_from(sorted(FORMATS)))
def test_contiguity(tensor: torch.Tensor, name: str) -> None:
    layout = layout_of(tensor)
    answer = contiguity.contiguity(layout, name)
    assert answer.holds == tensor.is_contiguous(memory_format=FORMATS[name])
    judge(
        tensor,
        lambda layout: contiguity.contiguous(layout, name),
        lambda x: x.contiguous(memory_format=FORMATS[name]),
        same=True,
    )
    if tensor.numel():
        dense = torch.ops.aten.is_non_overlapping_and_dense.default(tensor)
        assert contiguity.is_dense(layout) == dense
    if answer.dim is not None:
        assert layout.stride[answer.dim] == answer.found != answer.needed


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 2), min_size=12, max_size=12), st.data())
def test_twelve_dimensions(shape: list[int], data: st.DataObject) -> None:
    tensor = torch.arange(4096, dtype=torch.int32)[: torch.Size(shape).numel()].view(shape)
    order = data.draw(st.permutations(range(12)))
    turned = tensor.permute(order)
    assert views.permute(layout_of(tensor), order).layout == layout_of(turned)
    new = data.draw(shapes(tensor.numel()))
    judge(turned, lambda layout: view_shapes.view(layout, new), lambda x: x.view(new))
    judge(turned, lambda layout: view_shapes.reshape(layout, new), lambda x: x.reshape(new))


@LAWS
@given(tensors(), st.data())
def test_origins_keep_the_dimensions_that_go_on(tensor: torch.Tensor, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(tensor.ndim)))
    layout = layout_of(tensor)
    assert views.permute(layout, order).origins == tuple(order)
    for outcome in (views.squeeze(layout), views.unsqueeze(layout, 0), view_shapes.reshape(layout, tensor.shape)):
        for dim, origin in enumerate(outcome.origins):
            if origin is not None:
                assert outcome.layout.shape[dim] == layout.shape[origin]


def test_origins_of_a_reshape() -> None:
    assert view_shapes.origins_of((2, 3, 4), (2, 12)) == (0, None)
    assert view_shapes.origins_of((2, 12), (2, 3, 4)) == (0, None, None)
    assert view_shapes.origins_of((6, 4), (2, 3, 4)) == (None, None, 1)


def test_a_copy_says_what_it_costs() -> None:
    turned = views.t(Layout((3, 2), (2, 1))).layout
    outcome = view_shapes.reshape(turned, (6,))
    assert isinstance(outcome, NeedsCopy)
    assert (outcome.nbytes, outcome.layout) == (24, Layout((6,), (1,)))
    assert outcome.reason is not None
    assert outcome.reason.short == "dims 0 and 1 cannot merge (stride 1 != 3*2)"


def test_why_a_memory_format_holds() -> None:
    nhwc = Layout((2, 3, 4, 5), (60, 1, 15, 3), 0, 4)
    plain, last = contiguity.contiguities(nhwc)
    assert (plain.holds, plain.reason) == (False, "stride[3] is 3 and would have to be 1.")
    assert last.holds
    assert last.reason == "In the order of dimensions 0, 2, 3, 1 each stride is the product of the sizes that follow."
    assert contiguity.channels_last_name(nhwc) == "channels_last"
    assert contiguity.channels_last_name(Layout((2, 1, 4, 5), (20, 1, 5, 1), 0, 4)) == ""
    assert contiguity.channels_last_name(Layout((2, 3, 1, 1, 2), (6, 1, 6, 6, 3), 0, 4)) == "channels_last_3d"
