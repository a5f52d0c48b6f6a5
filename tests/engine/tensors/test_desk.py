"""The session of the window: run, undo, jump, put; brought back as it was, also from a log that was cut or made up."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from tensorviz.core.errors import Cancelled, ValueRefused
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.console.limits import Limits, TooCostly
from tensorviz.engine.tensors.board import Board
from tensorviz.engine.tensors.desk import Desk, Questions
from tensorviz.engine.tensors.log import NAME
from tests.engine.tensors.rig import brought, holds, new_desk, restored, run

WORK = (
    "points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])",
    "points_t = points.t()",
    "noise = torch.randn(2, 3)",
    "points.add_(noise.t())",
    "part = points[1:, 0]",
    "part.zero_()",
    "w = torch.ones(3, requires_grad=True)",
    "(w * torch.rand(3)).sum().backward()",
    "parts = list(points.unbind(0))",
    "print(nobody)",
    "n = 5\nc = torch.tensor([1 + 2j]).conj()",
    "drawn = np.random.rand()",
    "points.numpy()[0, 0] = 9",
    "x = torch.arange(4)\nx.resize_(3, 3).fill_(7)",
)


def tree_of(desk: Desk) -> list[tuple[int, int]]:
    return sorted((n.number, n.parent.number) for n in desk.session.root.all() if n.parent is not None)


def test_a_step_is_told_with_its_place() -> None:
    desk = new_desk()
    [first, second] = run(desk, "x = torch.ones(2)\ny = x.t()")
    assert (first.number, first.parent, first.effect) == (1, 0, "new")
    assert (second.number, second.parent, second.effect) == (2, 1, "view")
    assert first.seconds > 0


def test_memory_is_counted_when_it_may_have_changed() -> None:
    desk = new_desk()
    run(desk, "x = torch.ones(2)")
    before = desk.board.memory
    run(desk, "y = x.t()")
    assert desk.board.memory == before
    for number, code in enumerate(
        ("x.add_(1)", "y = x.add_(1).t()", "x.numpy()[0] = 3", "for i in [1]: x.mul_(2); x[9]")
    ):
        run(desk, code)
        assert desk.board.memory == before + number + 1, code
    desk.undo()
    assert desk.board.memory == before + 5


def test_undo_redo_and_jump_give_the_same_bytes() -> None:
    desk = new_desk()
    states = []
    for code in WORK:
        states.append(holds(desk)["tensors"])
        run(desk, code)
    last = holds(desk)
    backwards: list[Any] = []
    while desk.facts().can_undo:
        try:
            desk.undo()
        except ValueRefused:
            break
        backwards.append(desk.facts().here)
    while desk.facts().can_redo:
        desk.redo(-1)
    again = holds(desk)
    assert backwards
    assert again == last


def test_undo_gives_back_each_state() -> None:
    desk = new_desk()
    codes = [code for code in WORK if "backward" not in code and "\n" not in code]
    states = []
    for code in codes:
        states.append((holds(desk)["tensors"], holds(desk)["random"]))
        run(desk, code)
    for state in reversed(states):
        desk.undo()
        assert (holds(desk)["tensors"], holds(desk)["random"]) == state


def test_another_step_after_undo_is_a_branch() -> None:
    desk = new_desk()
    run(desk, "a = torch.zeros(2)", "a.add_(1)")
    desk.undo()
    run(desk, "a.add_(5)")
    assert tree_of(desk) == [(1, 0), (2, 1), (3, 1)]
    desk.jump(2)
    assert desk.session.tensors()["a"].tolist() == [1, 1]
    desk.jump(3)
    assert desk.session.tensors()["a"].tolist() == [5, 5]


@pytest.mark.parametrize("move", [lambda d: d.undo(), lambda d: d.redo(-1), lambda d: d.jump(9)])
def test_what_cannot_be_done_is_refused_and_not_kept(tmp_path: Path, move: Any) -> None:
    desk = new_desk(tmp_path)
    with pytest.raises(ValueRefused):
        move(desk)
    run(desk, "x = torch.ones(1)")
    assert holds(restored(tmp_path)[0])["tensors"] == holds(desk)["tensors"]


def test_values_from_outside_are_a_step() -> None:
    desk = new_desk()
    row = desk.put({"made": 3})
    assert (row.number, row.code, row.effect) == (1, "# brought 3", "new")
    assert desk.session.tensors()["given"].tolist() == [1, 1, 1]
    desk.undo()
    assert desk.session.tensors() == {}


# --------------------------------------------------------------------------------------------------- brought back


def worked(folder: Path) -> Desk:
    """A session with everything in it: random numbers, gradients, branches, refusals, undone steps, things put."""
    desk = new_desk(folder)
    run(desk, *WORK)
    desk.put({"made": 2})
    run(desk, "given.add_(torch.rand(2))")
    desk.undo()
    run(desk, "given.mul_(7)", "extra = torch.randn(2)")
    desk.undo()
    desk.undo()
    desk.redo(0)
    with pytest.raises(ValueRefused):
        desk.jump(99)
    run(desk, "torch.zeros(10**13)")
    desk.jump(desk.facts().here - 1)
    run(desk, "last = torch.randperm(5)")
    return desk


def test_a_session_comes_back_as_it_was(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    again, rows, notes = restored(tmp_path)
    assert notes == []
    assert holds(again) == holds(desk)
    assert all(row.replayed for row in rows)
    [ours], [theirs] = run(desk, "torch.rand(3)"), run(again, "torch.rand(3)")
    assert ours.output == theirs.output != ""


def test_it_comes_back_again_and_again_and_goes_on(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    for number in range(3):
        desk, _, notes = restored(tmp_path)
        assert notes == []
        run(desk, f"more{number} = torch.rand(2)")
    assert holds(restored(tmp_path)[0]) == holds(desk)


def test_a_new_session_is_what_comes_back(tmp_path: Path) -> None:
    desk = worked(tmp_path)
    desk.begin_anew()
    assert desk.facts().tensors == ()
    run(desk, "x = torch.rand(2)")
    assert holds(restored(tmp_path)[0]) == holds(desk)


def test_a_log_cut_anywhere_brings_back_a_beginning(tmp_path: Path) -> None:
    worked(tmp_path)
    whole = (tmp_path / NAME).read_bytes()
    steps = len(restored(tmp_path)[1])
    lines = whole.split(b"\n")
    ends = {0, len(whole)}
    at = 0
    for one in lines:
        ends |= {at + len(one) // 2, at + len(one), at + len(one) + 1}
        at += len(one) + 1
    counts = []
    for number, end in enumerate(sorted(ends)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / NAME).write_bytes(whole[:end])
        desk, rows, notes = restored(folder)
        assert notes == []
        counts.append(len(rows))
        run(desk, "checked = 1")
    assert counts == sorted(counts)
    assert counts[-1] == steps


HOSTILE: list[dict[str, Any]] = [
    {"code": 5},
    {"code": ""},
    {"code": "x ="},
    {"code": "\x00"},
    {"code": "import os; os.system('touch hacked')"},
    {"code": "().__class__"},
    {"code": None, "lost": True},
    {"redo": "x"},
    {"redo": 99},
    {"redo": None},
    {"jump": "x"},
    {"jump": 10**30},
    {"jump": []},
    {"undo": True},
    {},
    {"made": -1},
    {"made": "many"},
    {"stage": "../../secret"},
]


@pytest.mark.parametrize("action", HOSTILE, ids=str)
def test_a_made_up_action_ends_bringing_back_with_a_sentence_at_most(tmp_path: Path, action: dict[str, Any]) -> None:
    lines: list[dict[str, Any]] = [{"version": 1, "seed": 3}]
    for one in ({"code": "x = torch.ones(2)"}, action, {"code": "y = 1"}):
        lines += [{"run": one}, {"ran": True}]
    (tmp_path / NAME).write_text("\n".join(map(json.dumps, lines)))
    desk, rows, notes = restored(tmp_path)
    assert rows[0].code == "x = torch.ones(2)"
    assert len(notes) <= 1
    if notes:
        assert "in part only" in notes[0]
        again, more, none = restored(tmp_path)  # the rest is kept aside, so it is not tried again
        assert (len(more), none) == (len(rows), [])
        assert holds(again)["tensors"] == holds(desk)["tensors"]
    run(desk, "z = 3")
    assert holds(restored(tmp_path)[0]) == holds(desk)


def test_bringing_back_that_nobody_waits_for_leaves_a_log_of_what_is_there(tmp_path: Path) -> None:
    worked(tmp_path)
    desk = new_desk(tmp_path)
    saved = desk.saved()
    assert saved is not None
    steps = desk.restore(saved, None)
    for _ in range(4):
        next(steps)
    steps.close()  # type: ignore[attr-defined]  # it is a generator
    run(desk, "z = torch.rand(1)")
    assert holds(restored(tmp_path)[0]) == holds(desk)


def test_bringing_back_can_be_cancelled(tmp_path: Path) -> None:
    worked(tmp_path)
    desk, token = new_desk(tmp_path), CancelToken()
    saved = desk.saved()
    assert saved is not None
    steps = desk.restore(saved, token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    assert holds(restored(tmp_path)[0]) == holds(desk)


def test_that_nothing_can_be_saved_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    desk = new_desk(tmp_path / "file")
    first, second = run(desk, "x = 1", "y = 2")
    assert "not being saved" in first.remarks[0]
    assert second.remarks == ()


# --------------------------------------------------------------------------------------------------- cancelled


def test_a_cancelled_step_is_told_and_stays_in_the_history(tmp_path: Path) -> None:
    desk, token = new_desk(tmp_path), CancelToken()
    run(desk, "x = torch.zeros(2)")
    token.cancel()
    steps = desk.run("for i in range(10**9):\n    x.add_(1)", token, None)
    row = next(steps)
    assert (row.number, row.parent) == (2, 1)
    assert row.trouble is not None
    with pytest.raises(Cancelled):
        next(steps)
    assert desk.facts().here == 2
    run(desk, "y = 1")
    again, _, notes = restored(tmp_path)
    assert notes == []
    assert tree_of(again) == tree_of(desk) == [(1, 0), (2, 1), (3, 2)]
    lost = next(node for node in again.session.root.all() if node.number == 2)
    assert lost.step is not None
    assert "not brought back" in lost.step.code


# --------------------------------------------------------------------------------------------------- questions


class Asking:
    """A desk whose questions are answered from another thread, as the window does."""

    def __init__(self, folder: Path | None = None) -> None:
        self.questions = Questions()
        self.desk = Desk(folder, Board(), self.questions, brought)
        self.asked: list[TooCostly] = []

    def run(self, code: str, answer: bool | None, token: CancelToken | None = None) -> Any:
        def asked(number: int, error: TooCostly) -> None:
            self.asked.append(error)
            work = token.cancel if answer is None and token is not None else self._answer(number, bool(answer))
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()

        return list(self.desk.run(code, token, asked))

    def _answer(self, number: int, allowed: bool) -> Any:
        return lambda: self.questions.answer(number, allowed)


CODE = f"big = torch.empty({Limits().bytes + 1}, dtype=torch.uint8)"  # memory that nobody touches costs nothing


@pytest.fixture
def code() -> str:
    """Code that asks first, on a computer that could do it."""
    if psutil.virtual_memory().available < 2 * Limits().bytes:
        pytest.skip("needs more memory")
    return CODE


def test_yes_runs_it_and_is_remembered(tmp_path: Path, code: str) -> None:
    asking = Asking(tmp_path)
    [row] = asking.run(code, True)
    assert row.trouble is None
    assert len(asking.asked) == 1
    again, rows, notes = restored(tmp_path)
    assert notes == []
    assert "big" in again.session.tensors()
    assert rows[-1].trouble is None


def test_no_refuses_the_step(tmp_path: Path, code: str) -> None:
    asking = Asking(tmp_path)
    [row] = asking.run(code, False)
    assert row.trouble is not None
    assert "big" not in asking.desk.session.tensors()
    again, rows, _ = restored(tmp_path)
    assert "big" not in again.session.tensors()
    assert rows[-1].trouble is not None


def test_to_cancel_is_an_answer(code: str) -> None:
    asking = Asking()
    with pytest.raises(Cancelled):
        asking.run(code, None, CancelToken())
    assert "big" not in asking.desk.session.tensors()


def test_an_answer_that_nobody_waits_for_is_passed_over() -> None:
    Questions().answer(12, True)


def test_two_desks_do_not_disturb_torch_s_own_random_numbers() -> None:
    torch.manual_seed(5)
    expected = torch.rand(2).tolist()
    torch.manual_seed(5)
    desk = new_desk()
    run(desk, "torch.rand(9)")
    assert torch.rand(2).tolist() == expected
