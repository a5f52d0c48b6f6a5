"""Writes that are not what they seem: each is remarked or explained with numbers, and its way out does what it says.

Expectations are written out from which cells are common; the results of the ways out are computed apart.
"""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.code_repair import repairs_of
from tensorviz.core.reasons import ReadWhileWritten, SharedCells
from tensorviz.engine.console.writes import Write, surprise
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.facts import step_row
from tests.core.layouts import every_index, layout_of, reached

START = (
    "o = torch.arange(10.).as_strided((3, 3), (2, 1))",
    "a = torch.arange(10.)",
    "m = torch.arange(16.).view(4, 4)",
    "e = torch.zeros(3, 1).expand(3, 4)",
    "n = o.numpy()",
)
SHARED = "Elements [0, 2] and [1, 0] lie on one cell of the storage (2)"
COMMON = "Element [0, 0] of what is written and element [0, 1] of what is read lie on the same memory (byte 4"


def session() -> Session:
    made = Session()
    for code in START:
        list(made.run(code))
    return made


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("o.add_(1)", SHARED),
        ("o += 1", SHARED),
        ("o *= 2", SHARED),
        ("o[:] = torch.arange(9.).view(3, 3)", SHARED),
        ("o.data.add_(1)", SHARED),
        ("torch.mul(torch.ones(3, 3), 2, out=o)", SHARED),
        ("torch.nn.functional.relu(o, inplace=True)", SHARED),
        ("o.normal_()", SHARED),
        ("a.unfold(0, 3, 1).mul_(2)", "Elements [0, 1] and [1, 0] lie on one cell of the storage (1)"),
        ("m[:, 1:].copy_(m[:, :-1])", COMMON),
        ("m[:, 1:] = m[:, :-1]", COMMON),
        ("m[:, 1:] += m[:, :-1]", COMMON),
        ("torch.add(m[:, :-1], 1, out=m[:, 1:])", COMMON),
        ("for i in range(60):\n    m[:, 1:] += m[:, :-1]", COMMON),
        ("n += 1", f"{SHARED}; NumPy does not notice"),
        ("n[:] = np.arange(9.).reshape(3, 3)", f"{SHARED}; NumPy does not notice"),
    ],
)
def test_what_torch_and_numpy_do_not_notice_is_remarked(code: str, said: str) -> None:
    [step] = session().run(code)
    assert step.problem is None
    assert step.effect == "inplace"
    assert [text[: len(said)] for text in step.remarks] == [said]
    assert "depends on the order of the writes" in step.remarks[0]


@pytest.mark.parametrize(
    "code",
    [
        "o[0] = 7", "o[0] += 1", "o.T[0] = torch.arange(3.)", "o.fill_(3)", "o[:] = 2", "o.zero_()", "e.zero_()",
        "e.requires_grad_()", "o.t_()", "a += a", "a.add_(a)", "m[::2] += m[1::2]",
        "n[0] = np.arange(3.)", "n[:] = 4", "k = a.numpy()\nk[1:] = k[:-1]\nk[1:] += k[:-1]", "m[0].copy_(m[1])",
    ],
)  # fmt: skip
def test_what_is_safe_is_not_remarked(code: str) -> None:
    steps = list(session().run(code))
    assert [step.problem for step in steps] == [None] * len(steps)
    assert [step.remarks for step in steps] == [()] * len(steps)


@pytest.mark.parametrize(
    ("code", "kind", "subject", "repaired"),
    [
        ("e.add_(1)", SharedCells, "e", "e = e.clone(memory_format=torch.contiguous_format)\ne.add_(1)"),
        ("e += 1", SharedCells, "e", "e = e.clone(memory_format=torch.contiguous_format)\ne += 1"),
        ("e[1] = 5", SharedCells, "e", "e = e.clone(memory_format=torch.contiguous_format)\ne[1] = 5"),
        ("torch.add(torch.ones(3, 4), 1, out=e)", SharedCells, "e",
         "e = e.clone(memory_format=torch.contiguous_format)\ntorch.add(torch.ones(3, 4), 1, out=e)"),
        ("a[1:].copy_(a[:-1])", ReadWhileWritten, "a[1:]", "a[1:].copy_(a[:-1].clone())"),
        ("a[1:] = a[:-1]", ReadWhileWritten, "a", "a[1:] = a[:-1].clone()"),
        ("a[1:] += a[:-1]", ReadWhileWritten, "a[1:]", "a[1:] += a[:-1].clone()"),
        ("a[1:].mul_(a[:-1] )  # é", ReadWhileWritten, "a[1:]", "a[1:].mul_(a[:-1].clone() )  # é"),
        ("m[0:1].add_(m[0])", ReadWhileWritten, "m[0:1]", "m[0:1].add_(m[0].clone())"),
        ("m.copy_(m.t())", ReadWhileWritten, "m", "m.copy_(m.t().clone())"),
    ],
)  # fmt: skip
def test_what_torch_refuses_has_its_numbers_and_a_way_out_that_works(
    code: str, kind: type, subject: str, repaired: str
) -> None:
    made = session()
    before = {name: one.clone() for name, one in made.tensors().items()}
    [step] = made.run(code)
    assert step.problem is not None
    trouble = step_row(made.here).trouble
    assert trouble is not None
    assert isinstance(trouble.reason, kind)
    assert trouble.subject == subject
    [way] = repairs_of(trouble, code)
    assert way.sure
    assert way.code == repaired
    assert [one.problem for one in made.run(way.code)] == [None] * (1 + way.code.count("\n"))
    name = subject.partition("[")[0]
    assert torch.equal(made.tensors()[name], expected(code, before))


def expected(code: str, before: dict[str, torch.Tensor]) -> torch.Tensor:
    """What the step would have given if nothing shared memory: the sources are copies made beforehand."""
    copy, m, e = (before[name] for name in "ame")
    match code[:6]:
        case "e.add_" | "e += 1":
            return e + 1
        case "e[1] =":
            return torch.stack([e[0], torch.full((4,), 5.0), e[2]])
        case "torch.":
            return torch.full((3, 4), 2.0)
        case "m.copy":
            return m.t()
        case "m[0:1]":
            return torch.cat([m[:1] * 2, m[1:]])
    if ".mul_" in code:
        return torch.cat([copy[:1], copy[1:] * copy[:-1]])
    return torch.cat([copy[:1], copy[:-1] + (copy[1:] if "+=" in code else 0)])


def test_a_way_out_that_is_not_sure_is_left_to_the_person() -> None:
    made = session()
    code = "torch.add(a[:-1], 1, out=a[1:])"
    list(made.run(code))
    trouble = step_row(made.here).trouble
    assert trouble is not None
    [way] = repairs_of(trouble, code)
    assert not way.sure
    assert way.code == code


def test_a_write_that_fails_for_another_reason_is_not_blamed_on_the_memory() -> None:
    made = session()
    [step] = made.run("o.add_(torch.ones(7))")
    assert step.problem is not None
    assert "one cell" not in step.problem.explanation
    assert "aligned from the right" in step.problem.explanation


@st.composite
def two_views(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Two views of one shape over one storage."""
    base = torch.arange(60, dtype=torch.float32)
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    views = []
    for _ in range(2):
        stride = draw(st.lists(st.integers(0, 6), min_size=len(shape), max_size=len(shape)))
        views.append(base.as_strided(shape, stride, draw(st.integers(0, 4))))
    return views[0], views[1]


@settings(max_examples=300, deadline=None)
@given(two_views())
def test_the_numbers_are_those_of_brute_force(views: tuple[torch.Tensor, torch.Tensor]) -> None:
    target, source = views
    to, of = layout_of(target), layout_of(source)
    found = surprise(Write("add_", (target,), (source,)))
    counts = reached(to)
    if max(counts.values()) > 1:
        assert isinstance(found, SharedCells)
        assert found.times == counts[found.address] > 1
        assert to.address(found.first) == to.address(found.second) == found.address
        assert found.first != found.second
        return
    common = counts.keys() & reached(of).keys()
    same = all(to.address(index) == of.address(index) for index in every_index(to))
    if same or not common:
        assert found is None
        return
    assert isinstance(found, ReadWhileWritten)
    assert found.nbytes == 4 * len(common)
    assert to.address(found.written) * 4 == of.address(found.read) * 4 == found.byte
