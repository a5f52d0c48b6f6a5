"""Reasons say true numbers, and their repairs work when torch runs them.

Must not know how a reason is found.
"""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tensorviz.core.code_repair import repairs_of
from tensorviz.core.layout import Layout
from tensorviz.core.reasons import Repair, ViewImpossible, aligned
from tensorviz.core.runs import boundaries, runs_of
from tensorviz.core.session_data import Trouble
from tensorviz.core.why import (
    broadcast,
    memory_order,
    why_no_numpy,
    why_no_view,
    why_not_broadcast,
    why_not_in_place,
    why_not_squeezed,
)
from tests.core.layouts import layout_of, tensors

LAWS = settings(deadline=None, max_examples=300)


def run(tensor: torch.Tensor, repair: Repair) -> torch.Tensor:
    result = eval("tensor" + repair.code, {"tensor": tensor, "torch": torch})
    assert isinstance(result, torch.Tensor)
    return result


@st.composite
def factorings(draw: st.DrawFn, numel: int) -> list[int]:
    shape: list[int] = []
    while numel > 1 and len(shape) < 4:
        shape.append(draw(st.sampled_from([n for n in range(2, numel + 1) if numel % n == 0])))
        numel //= shape[-1]
    return [*shape, numel]


@LAWS
@given(tensors(), st.data())
def test_a_view_that_fails_has_true_numbers_and_repairs_that_work(tensor: torch.Tensor, data: st.DataObject) -> None:
    assume(tensor.numel())
    shape = data.draw(factorings(tensor.numel()))
    reason = why_no_view(layout_of(tensor), shape)
    if reason is None:
        assert tensor.view(shape).shape == torch.Size(shape)
        return
    with pytest.raises(RuntimeError):
        tensor.view(shape)
    edge = reason.boundary
    assert edge.outer_stride == tensor.stride(edge.outer)
    assert edge.needed == tensor.shape[edge.inner] * tensor.stride(edge.inner)
    assert edge.outer_stride != edge.needed
    assert all(tensor.shape[dim] == 1 for dim in range(edge.outer + 1, edge.inner))
    for repair in reason.repairs:
        repaired = run(tensor, repair)
        assert list(repaired.shape) == shape
        shared = repaired.data_ptr() == tensor.data_ptr()
        assert repair.nbytes == (0 if shared else tensor.numel() * 4)
        if not shared:
            assert repaired.flatten().tolist() == tensor.flatten().tolist()


@LAWS
@given(tensors())
def test_runs_are_what_torch_can_merge_and_no_longer(tensor: torch.Tensor) -> None:
    assume(tensor.numel())
    runs = runs_of(layout_of(tensor))
    assert [dim for run in runs for dim in run.dims] == list(range(tensor.ndim))
    merged = tensor.view([math.prod(tensor.shape[run.first : run.last + 1]) for run in runs])
    assert merged.shape == torch.Size([run.size for run in runs])
    for left, right in pairwise(runs):
        if left.size > 1 and right.size > 1:
            both = [run.size for run in runs if run not in (left, right)]
            both.insert(runs.index(left), left.size * right.size)
            with pytest.raises(RuntimeError):
                tensor.view(both)


def test_runs_of_the_notes() -> None:
    whole = torch.arange(24).reshape(2, 3, 4)
    assert [run.dims for run in runs_of(layout_of(whole))] == [(0, 1, 2)]
    assert [run.dims for run in runs_of(layout_of(whole.permute(0, 2, 1)))] == [(0,), (1,), (2,)]
    assert [run.dims for run in runs_of(layout_of(whole.permute(2, 0, 1)))] == [(0,), (1, 2)]
    assert [run.dims for run in runs_of(layout_of(torch.zeros(4, 8)[:, ::2]))] == [(0, 1)]
    assert [run.dims for run in runs_of(layout_of(torch.zeros(4, 8)[:, :7:2]))] == [(0, 1)]
    assert [run.dims for run in runs_of(layout_of(torch.zeros(4, 7)[:, ::2]))] == [(0,), (1,)]


def test_the_sentence_of_the_book() -> None:
    reason = why_no_view(layout_of(torch.zeros(3, 2).t()), (6,))
    assert reason is not None
    assert reason.short == "dims 0 and 1 cannot merge (stride 1 != 3*2)"
    assert "stride[0] = 1, but size[1]*stride[1] = 3*2 = 6" in reason.sentence
    assert [(repair.code, repair.nbytes) for repair in reason.repairs] == [
        (".permute(1, 0).view(6)", 0),
        (".reshape(6)", 24),
        (".contiguous().view(6)", 24),
    ]


@LAWS
@given(tensors())
def test_memory_order_makes_strides_fall(tensor: torch.Tensor) -> None:
    turned = tensor.permute(memory_order(layout_of(tensor)))
    assert list(turned.stride()) == sorted(tensor.stride(), reverse=True)
    assert all(edge.outer_stride != edge.needed for edge in boundaries(layout_of(tensor)))


@LAWS
@given(tensors())
def test_writing_in_place(tensor: torch.Tensor) -> None:
    reason = why_not_in_place(layout_of(tensor))
    # What torch writes, judged by memory: as many cells change as there are elements, or some were shared.
    cells = {sum(i * s for i, s in zip(index, tensor.stride(), strict=True)) for index in _indices(tensor)}
    assert (reason is not None) == (len(cells) < tensor.numel())
    if reason is None:
        tensor.add_(1000)
        return
    assert reason.first != reason.second
    tensor[reason.first] = -5
    assert int(tensor[reason.second]) == -5
    assert reason.times == sum(1 for index in _indices(tensor) if int(tensor[index]) == -5)
    assert not torch._debug_has_internal_overlap(run(tensor, reason.repairs[0]))
    if reason.detected:
        with pytest.raises(RuntimeError, match="single memory location"):
            tensor.add_(1000)
    else:
        tensor.add_(1000)


def test_sharing_that_is_too_much_to_count_is_found_all_the_same() -> None:
    reason = why_not_in_place(Layout((1 << 23, 1 << 23, 1 << 23), (1, 1, 1)))
    assert reason is not None
    assert reason.first != reason.second
    assert sum(reason.first) == sum(reason.second) == reason.address


def _indices(tensor: torch.Tensor) -> list[tuple[int, ...]]:
    return list(map(tuple, torch.cartesian_prod(*map(torch.arange, tensor.shape)).reshape(-1, tensor.ndim).tolist())) \
        if tensor.ndim and tensor.numel() else [()] * tensor.numel()  # fmt: skip


@LAWS
@given(st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=3))
def test_broadcasting(shapes: list[list[int]]) -> None:
    clash = why_not_broadcast(*shapes)
    try:
        expected = torch.broadcast_shapes(*shapes)
    except RuntimeError:
        assert clash is not None
        with pytest.raises(ViewImpossible) as met:
            broadcast(*shapes)
        assert met.value.reason == clash
        column = {row[clash.dim] for row in clash.rows}
        assert len(column - {1, None}) > 1
        return
    assert clash is None
    assert broadcast(*shapes) == tuple(expected)


def test_alignment_from_the_right() -> None:
    assert aligned([(3, 4), (5,)]) == ((3, 4), (None, 5))
    clash = why_not_broadcast((3, 4), (5,))
    assert clash is not None
    assert clash.sentence.startswith("The shapes [3, 4], [5] cannot be broadcast: aligned from the right, dimension -1")


def test_squeeze_keeps_what_is_larger() -> None:
    layout = Layout((1, 3), (3, 1))
    assert why_not_squeezed(layout, 0) is None
    kept = why_not_squeezed(layout, 1)
    assert kept is not None
    assert kept.sentence == "Dimension 1 has size 3; only a dimension of size 1 can be squeezed, so it stays."


@pytest.mark.parametrize(
    ("tensor", "numpy_knows"),
    [
        (torch.ones(2, requires_grad=True), True),
        (torch.ones(2, dtype=torch.complex64).conj(), True),
        (torch.ones(2, dtype=torch.complex64).conj().imag, True),
        (torch.ones(2, dtype=torch.bfloat16), False),
        (torch.ones(2, dtype=torch.bfloat16, requires_grad=True), False),
        (torch.arange(2, dtype=torch.uint8).view(torch.float4_e2m1fn_x2), False),
        (torch.ones(2).to(torch.float8_e4m3fn), False),
        (torch.eye(2).to_sparse(), True),
        (torch.ones(2), True),
    ],
)
def test_numpy(tensor: torch.Tensor, numpy_knows: bool) -> None:
    obstacles = why_no_numpy(
        str(tensor.dtype).removeprefix("torch."),
        layout=str(tensor.layout).removeprefix("torch."),
        requires_grad=tensor.requires_grad,
        conjugated=tensor.is_conj(),
        negated=tensor.is_neg(),
        numpy_knows=numpy_knows,
    )
    if not obstacles:
        tensor.numpy()
        return
    with pytest.raises((RuntimeError, TypeError)):
        tensor.numpy()
    for obstacle in obstacles:
        tensor = run(tensor, obstacle.repair)
    tensor.numpy()


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_a_type_that_numpy_has_not_becomes_one_with_the_same_numbers() -> None:
    for value, dtype in ((1 + 2j, torch.complex32), (1.5, torch.bfloat16), (1.5, torch.float8_e4m3fn)):
        tensor = torch.tensor([value]).to(dtype)
        [obstacle] = why_no_numpy(str(dtype).removeprefix("torch."), numpy_knows=False)
        assert run(tensor, obstacle.repair).numpy()[0] == value


def test_numbers_that_are_nowhere_cannot_be_handed_over() -> None:
    [obstacle] = why_no_numpy("float32", device="meta", requires_grad=True)
    assert "no numbers" in obstacle.sentence
    trouble = Trouble("no", subject="x", obstacles=(obstacle,))
    assert repairs_of(trouble, "x.numpy()") == ()
