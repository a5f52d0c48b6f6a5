"""Effects of steps and of operations: what is a view, a copy, in place, the same or new, and the bytes copied.

Must not know how effects are found; expectations are what PyTorch's documentation and the contract say.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.engine.console.effects import keeps_values
from tensorviz.engine.console.history import StepDone
from tensorviz.engine.session import Session

START = """
import torch
x = torch.arange(12.).reshape(3, 4)
v = torch.arange(4.)
i = torch.tensor([0, 2])
c = torch.tensor([1 + 2j, 3 - 1j])
g = torch.ones(2, requires_grad=True)
a = np.arange(4.)
"""
VIEWS = """
x.t()|x.T|x.mT|x[0]|x[:, 1]|x[..., None]|x[None]|x[1:, ::2]|x.view(12)|x.view(2, 6)|x.reshape(4, 3)|x.flatten()
x.ravel()
x.permute(1, 0)|x.transpose(0, 1)|x.swapaxes(0, 1)|x.movedim(0, 1)|x.unsqueeze(0)|x[:1].squeeze()|x.expand(2, 3, 4)
x[0].expand(5, 4)|x.narrow(0, 1, 2)|x.select(0, 1)|x.diagonal()|x.unfold(0, 2, 1)|x.as_strided((2, 2), (1, 2))
x.detach()
x.data|x.chunk(2)|x.split(1)|x.unbind()|x.tensor_split(2)|x.view(torch.int32)|x.view_as(x.view(4, 3).T.T)|c.conj()
c.real
c.imag|torch.view_as_real(c)|x.numpy()|torch.from_numpy(a)|torch.as_tensor(a)|x.unflatten(0, (3, 1))|list(x)
x.broadcast_to(2, 3, 4)
x.hsplit(2)|[x[0], x[1]]|(x.t(), 3)|{'k': x.t()}|a[1:]|a[::-1]|a.reshape(2, 2)|torch.from_numpy(a[1:])|x.numpy()[0]
torch.squeeze(x[:1])|torch.atleast_3d(x)|torch.broadcast_tensors(x, v)[1]|x.reshape(-1)|x.t().t()
torch.transpose(x, 0, 1)
x.contiguous().t()|x.adjoint()|x.H|g.detach()|g.data|x.view(3, 2, 2)[:, 0]|torch.unbind(x, 1)
x.expand_as(torch.zeros(2, 3, 4))
"""
COPIES = """
x.clone()|x.t().contiguous()|x.t().reshape(12)|x.t().flatten()|x.flip(0)|x.repeat(2, 1)|x.roll(1)|x.double()
x.to(torch.float64)
x[i]|x[[0, 1]]|x[x > 3]|x.index_select(0, i)|x.gather(0, torch.zeros(1, 4, dtype=torch.long))|torch.cat([x, x])
torch.stack([x, x])
torch.tensor(x)|x.to(torch.float32, copy=True)|x.rot90()|torch.clone(x)|x.masked_select(x > 2)|x.take(i)
c.conj().resolve_conj()
x.tile(2, 1)|x.fliplr()|g.detach().clone()|x.expand(2, 3, 4).contiguous()
x.expand(2, 3, 4).reshape(24)|x.repeat_interleave(2)|x.to(memory_format=torch.contiguous_format, copy=True)
torch.hstack([x, x])
x.t().clone().t()|x[:, [0]].squeeze()
"""
NEW = """
torch.zeros(3)|torch.tensor([1., 2.])|torch.ones_like(x)|torch.empty(2)|x + 1|x * x|x.sum()|x.mean(0)|x @ v|x.exp()
x.int()|x.bool()
x.half()|torch.rand(2)|torch.arange(3)|torch.eye(2)|x > 2|x.max(0)|torch.from_numpy(np.zeros(2))|x.new_zeros(2)|-x
x.abs()|(x + 1).clone()
(x + 1).t()|torch.zeros(2).flip(0)|np.zeros(2)|x.numpy().copy()|torch.einsum('ij,j->i', x, v)|x.sort()
torch.where(x > 0, x, x)|x.argmax()
torch.stack([torch.zeros(1)])|x.clone().add_(1)|x.clone().mul_(0)|torch.tensor(3)|torch.full((2,), 1.)|torch.tril(x)
a + 1|a.copy()
"""
SAME = """
x|x.contiguous()|x.to(torch.float32)|x.float()|x.cpu()|x.to('cpu')|torch.as_tensor(x)|torch.asarray(x)
x.type(torch.float32)|[x]|(x, v)
x.type_as(v)|a|np.asarray(a)|g.requires_grad_()|x.resolve_conj()|x.real|v.conj()|x.to(x.device)|torch.atleast_1d(x)
"""
WRITES = """
x.zero_()|x.add_(1)|x.t_()|x.copy_(torch.ones(3, 4))|x.fill_(2)|x[0].fill_(1)|x.t().mul_(2)|x.unsqueeze_(0)
x.resize_(2, 2)|x.resize_(5, 5)
x.set_(v)|x.transpose_(0, 1)|x.clamp_(0, 1)|torch.add(x, 1, out=x)|torch.zeros(3, out=v)|x.view(12).mul_(3)
x.detach().zero_()
x.data.zero_()|x.numpy().fill(3)|x.storage().fill_(1)|c.conj().mul_(2)|c.imag.zero_()|x.index_fill_(0, i, 5.)
x.uniform_()|x.as_strided_((2,), (1,))
x.set_(v.storage(), 0, (2,), (2,))|x.expand(1, 3, 4).mul_(2)|torch.nn.functional.relu_(x)|x.chunk(2)[0].zero_()
np.add(a, 1, out=a)|np.add(x.numpy(), 1, out=x.numpy())|torch.abs(v, out=v)|x.masked_fill_(x > 3, 0.)
"""
NOTHING = """
3|x.shape|x.tolist()|x.sum().item()|print(x)|x.stride()|x.numel()|'text'|None|x.storage()|len(x)|x.is_contiguous()
float(x[0, 0])
"""
STATEMENTS = (
    ("x[0] = 5", "inplace"), ("x[x > 3] = 0", "inplace"), ("x += 1", "inplace"), ("x[0] += 1", "inplace"),
    ("x = x + 1", "new"), ("x = x.t()", "view"), ("y = x", "same"), ("y = x.clone()", "copy"), ("n = x.shape", None),
    ("a[0] = 3", "inplace"), ("x.numpy()[0] = 7", "inplace"), ("b = x.numpy(); b[0, 0] = 7", "inplace"),
    ("torch.from_numpy(a)[0] = 5", "inplace"), ("x.storage()[3] = 9.", "inplace"), ("x.data[0] = 1", "inplace"),
    ("x.data = v", "inplace"), ("x.untyped_storage()[0] = 7", "inplace"), ("del x", None), ("import torch", None),
    ("g.sum().backward()", "new"), ("g.requires_grad = False", None), ("p, q = x.chunk(2)", "view"),
    ("p, q = x.t(), x.clone()", "copy"), ("parts = []; parts.append(x.t())", "view"), ("for r in x: r.mul_(2)",
    "inplace"),
    ("for r in x: pass", "view"), ("y = x[0]; y[0] = 1", "inplace"), ("if x.sum() > 0: z = x * 2", "new"),
    ("z = torch.empty(3, 4).copy_(x)", "new"), ("w = torch.tensor(x.tolist())", "new"),
    ("x.add(torch.ones(99))", None),
    ("x.zero_(); x.add(torch.ones(99))", None), ("x = 3", None), ("assert x.sum() > 0", None),
    ("t = torch.from_numpy(a); t[0] = 5", "inplace"), ("m = x.max(0).values", "new"),
    ("u = x.untyped_storage()", None),
)  # fmt: skip


def cases(text: str) -> list[str]:
    return [code for line in text.strip().splitlines() for code in line.split("|")]


def last(code: str) -> StepDone:
    steps = list(Session().run(START + code))
    return steps[-1]


@pytest.mark.parametrize(
    ("code", "effect"),
    [(code, effect) for text, effect in ((VIEWS, "view"), (COPIES, "copy"), (NEW, "new"), (SAME, "same"),
                                         (WRITES, "inplace"), (NOTHING, None)) for code in cases(text)],
)  # fmt: skip
@pytest.mark.parametrize("bound", [False, True], ids=["shown", "assigned"])
def test_the_effect_of_an_expression(code: str, effect: str | None, bound: bool) -> None:
    step = last(f"result = {code}" if bound else code)
    assert step.problem is None
    assert step.effect == effect
    assert (step.bytes_copied > 0) == (effect == "copy")


@pytest.mark.parametrize(("code", "effect"), STATEMENTS)
def test_the_effect_of_a_statement(code: str, effect: str | None) -> None:
    assert last(code).effect == effect


@pytest.mark.parametrize(
    ("code", "size"),
    [("x.clone()", 48), ("x.t().contiguous()", 48), ("x.flip(0)", 48), ("x.double()", 96), ("x.repeat(2, 1)", 96),
     ("x[0].clone()", 16), ("x.expand(2, 3, 4).contiguous()", 96), ("x.t().reshape(12)", 48), ("x[i]", 32),
     ("c.clone()", 16), ("i.clone()", 16), ("x.t()", 0), ("x + 1", 0), ("x.zero_()", 0), ("x.contiguous()", 0)],
)  # fmt: skip
def test_bytes_copied_are_those_of_the_result(code: str, size: int) -> None:
    assert last(code).bytes_copied == size


@pytest.mark.parametrize(
    ("code", "ops"),
    [
        ("x.t()", [("aten.t", "view", 0)]),
        ("x.t().reshape(12)", [("aten.t", "view", 0), ("aten.clone", "copy", 48), ("aten._unsafe_view", "view", 0)]),
        ("x.contiguous()", []),
        ("torch.tensor([1., 2.])", [("aten.lift_fresh", "new", 0)]),
        ("x.add_(1)", [("aten.add_", "inplace", 0)]),
        ("x.t_()", [("aten.t_", "inplace", 0)]),
        ("x.expand(2, 3, 4)", [("aten.expand", "view", 0)]),
        ("x.chunk(2)", [("aten.split", "view", 0)]),
        ("torch.zeros(3, out=v)", [("aten.zeros", "inplace", 0)]),
        ("c.conj()", [("aten._conj", "view", 0)]),
        ("x.resize_(3, 4)", [("aten.resize_", "same", 0)]),
        ("x.resize_(2, 2)", [("aten.resize_", "inplace", 0)]),
        ("x.set_(v)", [("aten.set_", "inplace", 0)]),
        ("x.flip(0)", [("aten.flip", "copy", 48)]),
        ("x + 1", [("aten.add", "new", 0)]),
        ("print(x)", []),
        ("x.numpy()[0] = 1", [("aten.detach", "view", 0)]),
    ],
)
def test_operations_as_the_dispatcher_saw_them(code: str, ops: list[tuple[str, str, int]]) -> None:
    assert [(one.name, one.effect, one.bytes_copied) for one in last(code).ops] == ops


def test_a_write_through_numpy_to_a_large_storage_is_seen() -> None:
    steps = list(Session().run("x = torch.zeros(2_000_000)\na = x.numpy()\na[5] = 1\nx[5].item()"))
    assert [step.effect for step in steps] == ["new", "view", "inplace", None]
    assert steps[-1].output == "1.0\n"


def test_a_failed_step_that_wrote_says_so() -> None:
    step = last("for k in (1, 2):\n    x.zero_()\n    x.view(5)")
    assert step.problem is not None
    assert step.effect == "inplace"


FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


@pytest.mark.parametrize("source", [*FLOATS, *INTEGERS, torch.bool])
@pytest.mark.parametrize("target", [*FLOATS, *INTEGERS, torch.bool])
def test_converting_keeps_values_exactly_when_every_value_survives(source: torch.dtype, target: torch.dtype) -> None:
    values = extremes(source)
    there_and_back = values.to(target).to(source)
    survives = bool(torch.equal(there_and_back, values)) and bool(torch.equal(values.to(target).double(),
        values.double()))
    assert keeps_values(source, target) == survives


def extremes(dtype: torch.dtype) -> torch.Tensor:
    """Values of `dtype` that the narrower ones cannot hold: its ends, its smallest steps, and all of few bits."""
    if dtype == torch.bool:
        return torch.tensor([False, True])
    if dtype.is_floating_point:
        facts = torch.finfo(dtype)
        ends = [facts.max, facts.min, facts.smallest_normal, facts.smallest_normal * facts.eps, 1 + facts.eps, 0.5,
            -2.0]
        return torch.tensor(ends, dtype=torch.float64).to(dtype)
    limits = torch.iinfo(dtype)
    ends = [limits.max, limits.min, limits.max - 1, limits.max // 2 + 1, 0, 1, 2, 3]
    return torch.tensor(ends, dtype=dtype)
