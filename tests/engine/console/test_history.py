"""What the history keeps is bounded, by bytes and by number, and what was let go says so."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.console.history import LESS, SHORT, Kept
from tensorviz.engine.session import Session


def session_keeping(most_bytes: int = 10**12, most_steps: int = 10**9) -> Session:
    session = Session(seed=1)
    session._kept = Kept(most_bytes, most_steps)
    return session


def run(session: Session, *codes: str) -> None:
    for code in codes:
        for step in session.run(code):
            assert step.problem is None, step.problem


def test_so_many_steps_can_be_undone_and_no_more() -> None:
    session = session_keeping(most_steps=20)
    run(session, "x = torch.zeros(3)", *("x.add_(1)",) * 60)
    undone = 0
    while not session.here.forgotten:
        session.undo()
        undone += 1
    with pytest.raises(ValueRefused, match="no longer kept"):
        session.undo()
    assert LESS * 20 <= undone <= 20
    assert session.tensors()["x"].tolist() == [60 - undone] * 3  # what is left is exact


def test_what_a_dropped_storage_held_is_given_back() -> None:
    session = session_keeping(most_bytes=2_000_000)
    alive: list[weakref.ref[torch.Tensor]] = []
    for _ in range(20):
        run(session, "x = torch.zeros(100_000)")  # 400,000 bytes each
        alive.append(weakref.ref(session.tensors()["x"]))
    gc.collect()
    assert sum(one() is not None for one in alive) * 400_000 <= 2_000_000 + 400_000


def test_an_abandoned_branch_is_let_go_before_newer_steps() -> None:
    session = session_keeping(most_steps=30)
    run(session, "x = torch.zeros(3)", *("x.add_(1)",) * 10)
    session.jump(1)
    run(session, *("x.add_(2)",) * 25)
    session.undo()
    session.undo()
    assert session.tensors()["x"].tolist() == [46.0] * 3
    with pytest.raises(ValueRefused, match="no longer kept"):
        session.jump(11)
    assert session.here.number == 34  # nothing was undone on the way to what cannot be reached
    assert session.tensors()["x"].tolist() == [46.0] * 3


def test_what_cannot_be_done_again_says_so() -> None:
    session = session_keeping(most_steps=10)
    run(session, "x = torch.zeros(3)", "x.add_(1)", "x.add_(1)")
    session.jump(1)
    run(session, *("x.add_(2)",) * 9)
    session.jump(5)
    with pytest.raises(ValueRefused):
        session.jump(3)
    assert session.here.number == 5


def test_the_list_of_a_long_loop_is_one_object_per_kind_of_operation() -> None:
    session = Session(seed=1)
    run(session, "x = torch.zeros(2)", "for i in range(500):\n    x.add_(1)")
    assert session.here.step is not None
    ops = session.here.step.ops
    assert len(ops) >= 500
    assert len({id(one) for one in ops}) == len(set(ops))


def test_the_output_of_a_step_that_is_let_go_is_cut() -> None:
    session = session_keeping(most_steps=3)
    run(session, "'a' * 50_000", "1", "2", "3", "4")
    first = next(node for node in session.root.all() if node.number == 1)
    assert first.step is not None
    assert (first.forgotten, len(first.step.output)) == (True, SHORT)


def test_random_numbers_that_nobody_drew_are_kept_once() -> None:
    session = Session(seed=1)
    run(session, "x = torch.zeros(2)", "y = x.view(2)", "torch.rand(2)", "y = x + 1")
    path = session.here.path()[1:]
    states = [node.after.random for node in path if node.after is not None]
    assert [states[0] is states[1], states[1] is states[2], states[2] is states[3]] == [True, False, True]
