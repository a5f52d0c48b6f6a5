"""A session: undo, redo, branches, random numbers, letters of storages, and what is kept after errors.

Must not know how steps are evaluated.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
import torch

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.console.report import report
from tensorviz.engine.console.storage_names import letters
from tensorviz.engine.session import Session

START = "x = torch.arange(6.).reshape(2, 3)\nv = x.t()\na = x.numpy()\nxs = [1, [2]]\nd = {'k': 1}\nb = np.zeros(3)"


def started(code: str = START) -> Session:
    session = Session()
    assert [step.problem for step in session.run(code) if step.problem] == []
    return session


def shown(session: Session, code: str) -> str:
    """What a step prints; taken back at once."""
    (step,) = session.run(code)
    session.undo()
    return step.output


@pytest.mark.parametrize(
    "write",
    [
        "x.zero_()", "x[0, 1] = 9", "v[2] = 7", "x += 1", "a[0, 0] = 5", "a += 1", "a.fill(3)", "x.t_()",
        "x.unsqueeze_(0)",
        "xs.append(3)", "xs[1].append(4)", "xs[1] = 0", "d['z'] = 1", "del d['k']", "xs.sort(key=str)", "x = 5",
        "del x",
        "x.data = torch.ones(2)", "x.set_(torch.zeros(3))", "x.requires_grad_()", "np.add(a, 1, out=a)",
        "torch.add(x, 1, out=x)", "x.storage()[4] = -1.", "b[0] = 1", "torch.from_numpy(b).fill_(2)", "b.sort()",
        "for row in x: row.mul_(2)", "x.expand(2, 2, 3)[0].zero_()", "x.as_strided((2, 2), (1, 1)).mul_(2)",
        "x.copy_(v.t().flip(0))", "x, v = v, x", "x[x > 2] = 0", "y = x.clone(); y.zero_()", "x.zero_(); x.add_(5)",
        "x.uniform_()", "x.view(torch.int32).zero_()", "x.zero_(); 1 / 0",
    ],
)  # fmt: skip
def test_undo_takes_back_everything_and_redo_does_it_again(write: str) -> None:
    session = started()
    before = state(session)
    count = len(list(session.run(write)))
    after = state(session)
    for _ in range(count):
        session.undo()
    assert state(session) == before
    for _ in range(count):
        session.redo()
    assert state(session) == after


def state(session: Session) -> list[tuple[Any, ...]]:
    """Names in order, values, layouts, and whether autograd follows."""
    return [
        (name, repr(value), getattr(value, "requires_grad", None), getattr(value, "_is_view", bool)(),
         value.stride() if isinstance(value, torch.Tensor) else None)
        for name, value in session.variables.items()
    ]  # fmt: skip


def test_undo_keeps_the_very_objects() -> None:
    session = started()
    tensor = session.tensors()["x"]
    list(session.run("x.zero_()\nx = x + 1"))
    session.undo()
    session.undo()
    assert session.tensors()["x"] is tensor
    assert tensor.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_random_numbers_belong_to_the_step() -> None:
    session = started("torch.manual_seed(3)")
    first = [step.output for step in session.run("torch.rand(2)\ntorch.rand(2)\nnp.random.rand(1)")]
    for _ in range(3):
        session.undo()
    assert [step.output for step in session.run("torch.rand(2)\ntorch.rand(2)\nnp.random.rand(1)")] == first
    assert first[0] != first[1]


def test_random_numbers_of_the_program_are_not_disturbed() -> None:
    torch.manual_seed(11)
    wanted = torch.rand(3)
    torch.manual_seed(11)
    list(Session().run("torch.manual_seed(5)\ntorch.rand(100)"))
    assert torch.equal(torch.rand(3), wanted)


def test_two_sessions_draw_their_own_numbers() -> None:
    one, other = started("torch.manual_seed(1)"), started("torch.manual_seed(1)")
    assert shown(one, "torch.rand(2)") == shown(other, "torch.rand(2)")


def test_branches_and_jumps() -> None:
    session = started("x = torch.zeros(2)")
    list(session.run("x += 1\nx += 10"))
    session.undo()
    list(session.run("x += 100"))
    values: dict[int, list[Any]] = {}
    for number in (0, 1, 2, 3, 4, 2, 4, 3, 1, 0, 4):
        session.jump(number)
        found = session.tensors().get("x")
        values.setdefault(number, []).append(None if found is None else found.tolist())
    assert values == {
        0: [None, None], 1: [[0.0, 0.0]] * 2, 2: [[1.0, 1.0]] * 2, 3: [[11.0, 11.0]] * 2, 4: [[101.0, 101.0]] * 3,
    }  # fmt: skip
    assert [child.number for child in session.root.children[0].children[0].children] == [3, 4]


def test_undo_at_the_beginning_and_redo_at_the_end_say_so() -> None:
    session = Session()
    with pytest.raises(ValueRefused, match="no step to undo"):
        session.undo()
    with pytest.raises(ValueRefused, match="no step to do again"):
        session.redo()
    with pytest.raises(ValueRefused, match="no step 7"):
        session.jump(7)


def test_gradients_are_taken_back() -> None:
    session = started("w = torch.ones(2, requires_grad=True)\nloss = (w * w).sum()")
    list(session.run("loss.backward()"))
    assert session.tensors()["w"].grad is not None
    session.undo()
    assert session.tensors()["w"].grad is None
    session.redo()
    gradient = session.tensors()["w"].grad
    assert gradient is not None
    assert gradient.tolist() == [2.0, 2.0]


def test_a_step_that_autograd_recorded_in_place_is_not_undone_but_said() -> None:
    session = started("w = torch.ones(2, requires_grad=True)\ny = w * 2")
    list(session.run("y.mul_(3)"))
    with pytest.raises(ValueRefused, match="autograd recorded it"):
        session.undo()


def test_without_history_nothing_is_kept() -> None:
    session = Session(history=False)
    list(session.run("x = torch.zeros(3)\nx += 1"))
    assert session.root.children == []


def test_letters_come_in_the_order_of_appearance_and_stay() -> None:
    session = started("a = torch.zeros(2)\nb = torch.zeros(3)\nc = a[1:]\nb2 = b.view(3, 1)\na.resize_(100)")
    assert [(row["id"], row["tensors"]) for row in report(session, [])["storages"]] == [
        ("A", ["a", "c"]), ("B", ["b", "b2"]),
    ]  # fmt: skip
    list(session.run("del b, b2\nd = torch.ones(1)"))
    assert [row["id"] for row in report(session, [])["storages"]] == ["A", "C"]
    session.undo()
    session.undo()
    assert [row["id"] for row in report(session, [])["storages"]] == ["A", "B"]


def test_from_numpy_twice_is_one_memory() -> None:
    session = started("a = np.zeros(3)\nx = torch.from_numpy(a)\ny = torch.from_numpy(a)\nz = torch.as_tensor(a)")
    assert [row["tensors"] for row in report(session, [])["storages"]] == [["x", "y", "z"]]


def test_a_storage_that_numpy_never_saw_can_still_be_resized() -> None:
    (step,) = list(started("x = torch.zeros(2)").run("x.resize_(50)"))
    assert step.problem is None
    assert step.effect == "inplace"


@pytest.mark.parametrize(("count", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"),
    (701, "ZZ"), (702, "AAA")])
def test_letters(count: int, name: str) -> None:
    assert letters(count) == name


def test_a_small_step_is_answered_soon() -> None:
    """The median of many: a busy machine makes single steps late."""
    session, taken = started("x = torch.arange(6.).reshape(2, 3)"), []
    for _ in range(31):
        start = time.perf_counter()
        list(session.run("y = x.t().contiguous() + 1"))
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[15] < 0.03


def test_the_underscore_is_taken_back_too() -> None:
    session = Session()
    for code in ("a = torch.ones(2)", "a + 1", "a + 2"):
        list(session.run(code))
    session.undo()
    list(session.run("b = _"))
    assert session.variables["b"].tolist() == [2, 2]
    session.jump(3)
    list(session.run("c = _"))
    assert session.variables["c"].tolist() == [3, 3]
    session.jump(1)
    [step] = session.run("d = _")
    assert step.problem is not None
