"""Chapter 3 of the book that the program comes from: its cells run in the console as at a prompt.

Must not know how the interpreter works; what Python prints is found by running the same code with Python.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.engine.session import Session
from tests.engine.console.prompt import at_prompt

LISTS = """
a = [1.0, 2.0, 1.0]
a[0]
a[2] = 3.0
a
import torch
a = torch.ones(3)
a
a[1]
float(a[1])
a[2] = 2.0
a
points = torch.zeros(6)
points[0] = 4.0
points[1] = 1.0
points[2] = 5.0
points[3] = 3.0
points[4] = 2.0
points[5] = 1.0
points = torch.tensor([4.0, 1.0, 5.0, 3.0, 2.0, 1.0])
points
float(points[0]), float(points[1])
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
points
points.shape
points = torch.zeros(3, 2)
points
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
points[0, 1]
points[0]
"""
INDEXING = """
some_list = list(range(6))
some_list[:]
some_list[1:4]
some_list[1:]
some_list[:4]
some_list[:-1]
some_list[1:4:2]
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
points[1:]
points[1:, :]
points[1:, 0]
points[None]
"""
CHANNELS = """
_ = torch.manual_seed(1)
img_t = torch.randn(3, 5, 5) # shape [channels, rows, columns]
weights = torch.tensor([0.2126, 0.7152, 0.0722])
batch_t = torch.randn(2, 3, 5, 5) # shape [batch, channels, rows, columns]
img_gray_naive = img_t.mean(-3)
batch_gray_naive = batch_t.mean(-3)
img_gray_naive.shape, batch_gray_naive.shape
unsqueezed_weights = weights.unsqueeze(-1).unsqueeze_(-1)
img_weights = (img_t * unsqueezed_weights)
batch_weights = (batch_t * unsqueezed_weights)
img_gray_weighted = img_weights.sum(-3)
batch_gray_weighted = batch_weights.sum(-3)
batch_weights.shape, batch_t.shape, unsqueezed_weights.shape
img_gray_weighted_fancy = torch.einsum('...chw,c->...hw', img_t, weights)
batch_gray_weighted_fancy = torch.einsum('...chw,c->...hw', batch_t, weights)
batch_gray_weighted_fancy.shape
"""
TYPES = """
double_points = torch.ones(10, 2, dtype=torch.double)
short_points = torch.tensor([[1, 2], [3, 4]], dtype=torch.short)
short_points.dtype
double_points = torch.zeros(10, 2).double()
short_points = torch.ones(10, 2).short()
double_points = torch.zeros(10, 2).to(torch.double)
short_points = torch.ones(10, 2).to(dtype=torch.short)
points_64 = torch.rand(5, dtype=torch.double)
points_short = points_64.to(torch.short)
points_64 * points_short
(points_64 * points_short).dtype
"""
API = """
a = torch.ones(3, 2)
a_t = torch.transpose(a, 0, 1)
a.shape, a_t.shape
a = torch.ones(3, 2)
a_t = a.transpose(0, 1)
a.shape, a_t.shape
a = torch.ones(3, 2)
a.zero_()
a
"""
STORAGE = """
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
points.storage()
points_storage = points.storage()
points_storage[0]
points.storage()[1]
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
points_storage = points.storage()
points_storage[0] = 2.0
points
"""
STRIDES = """
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
second_point = points[1]
second_point.storage_offset()
second_point.size()
second_point.shape
points.stride()
second_point.stride()
second_point[0] = 10.0
points
points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
second_point = points[1].clone()
second_point[0] = 10.0
points
points_t = points.t()
points_t
points_t.stride()
some_t = torch.ones(3, 4, 5)
transpose_t = some_t.transpose(0, 2)
some_t.shape
transpose_t.shape
some_t.stride()
transpose_t.stride()
points.is_contiguous()
points_t.is_contiguous()
points.storage()
points_t.storage()
points_t_cont = points_t.contiguous()
points_t_cont
points_t_cont.stride()
points_t_cont.storage()
"""
NUMPY = """
points = torch.ones(3, 4)
points_np = points.numpy()
points_np
points = torch.from_numpy(points_np)
points
"""
EXERCISES = """
a = torch.tensor(list(range(9)))
a.size(), a.storage_offset(), a.stride()
b = a.view(3, 3)
b.size(), b.storage_offset(), b.stride()
a[1] = 7
b
c = b[1:, 1:]
c.size(), c.storage_offset(), c.stride()
c
torch.cos(a)
torch.sqrt(a)
a.sqrt_()
a.float().sqrt_()
"""


@pytest.mark.parametrize("cells", [LISTS, INDEXING, CHANNELS, TYPES, API, STORAGE, STRIDES, NUMPY, EXERCISES])
def test_the_cells_of_the_chapter_do_what_they_do_at_a_prompt(cells: str) -> None:
    torch.manual_seed(5)
    theirs, _ = at_prompt(cells)
    torch.manual_seed(5)
    steps = list(Session().run(cells))
    assert [step.output for step in steps] == [output for output, _ in theirs]
    assert [step.problem is None for step in steps] == [kind is None for _, kind in theirs]


def test_a_transpose_lies_on_the_same_storage_by_id() -> None:
    """In the book `id(points.storage()) == id(points_t.storage())` is True; here it is so for its reason."""
    code = "points = torch.ones(3, 2)\npoints_t = points.t()\nid(points.storage()) == id(points_t.storage())\n"
    more = "id(points.storage()) == id(points.clone().storage())\nid(points.storage()) == points.storage().data_ptr()"
    outputs = [step.output for step in Session().run(code + more)]
    assert outputs[2:] == ["True\n", "False\n", "True\n"]


def test_effects_of_the_chapter() -> None:
    code = """points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
second_point = points[1]
second_point[0] = 10.0
copied = points[1].clone()
points_t = points.t()
points_t_cont = points_t.contiguous()
points.contiguous()
points.storage()[0] = 2.0
points.zero_()
points_np = points.numpy()
doubled = points.double()
products = points * 2"""
    effects = [step.effect for step in Session().run(code)]
    assert effects == [
        "new", "view", "inplace", "copy", "view", "copy", "same", "inplace", "inplace", "view", "copy", "new",
    ]  # fmt: skip


def test_gradients_as_in_the_book() -> None:
    code = """params = torch.tensor([1.0, 0.0], requires_grad=True)
params.grad is None
t_c = torch.tensor([0.5, 14.0, 15.0])
t_u = torch.tensor([35.7, 55.9, 58.2])
loss = ((params[0] * t_u + params[1] - t_c) ** 2).mean()
loss.backward()
params.grad
if params.grad is not None:
    params.grad.zero_()

for epoch in range(3):
    if params.grad is not None:
        params.grad.zero_()
    loss = ((params[0] * t_u + params[1] - t_c) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        params -= 1e-4 * params.grad
    print(f'Epoch {epoch}, Loss {float(loss):.4f}')
params"""
    theirs, names = at_prompt(code)
    session = Session()
    steps = list(session.run(code))
    assert [step.output for step in steps] == [output for output, _ in theirs]
    assert [step.effect for step in steps][5:8] == ["new", "same", "inplace"]
    assert torch.equal(session.tensors()["params"], names["params"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a GPU")
@pytest.mark.parametrize("cell", [
    "points_gpu = torch.tensor([[4.0, 1.0], [5.0, 3.0]], device='cuda')",
    "points_gpu = torch.ones(2).to(device='cuda')",
    "points_gpu = torch.ones(2).to(device='cuda:0')", "points_gpu = torch.ones(2).cuda()", "torch.ones(2).cuda(0)",
])  # fmt: skip
def test_cells_for_a_gpu_say_that_there_is_none(cell: str) -> None:
    problem = next(Session().run(cell)).problem
    assert problem is not None
    assert "no usable NVIDIA GPU on this computer" in problem.message


@pytest.mark.parametrize("cell", [
    "weights_named = torch.tensor([0.2, 0.7, 0.1], names=['channels'])", "img = torch.ones(3).refine_names(..., 'c')",
    "torch.ones(3).align_as(torch.ones(3))", "torch.ones(3).rename(None)",
])  # fmt: skip
def test_named_tensors_say_that_torch_removed_them(cell: str) -> None:
    problem = next(Session().run(cell)).problem
    assert problem is not None
    assert "PyTorch removed its named tensors" in problem.message
