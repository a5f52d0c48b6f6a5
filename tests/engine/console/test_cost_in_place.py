"""An operation in place is never asked about for the memory it is said to make: it makes none."""

from __future__ import annotations

import pytest

from tensorviz.engine.console import cost
from tensorviz.engine.console.limits import Limits, TooCostly
from tensorviz.engine.session import Session


def test_nothing_is_worked_out_for_an_operation_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[str] = []

    def note(func: object, *rest: object) -> list[object]:
        worked_out.append(str(func))
        return []

    monkeypatch.setattr(cost, "_predicted", note)
    session = Session(seed=1)
    steps = list(session.run("x = torch.arange(6.)\nx.clamp_(1, 2)\nx += x\nx[0] = 3\nx.t_()\nx.resize_(2)\nx + 1"))
    assert all(step.problem is None for step in steps)
    assert [one for one in worked_out if "clamp_" in one or "add_" in one or "fill_" in one] == []
    assert any("resize_" in one for one in worked_out)
    assert any("aten.add.Tensor" in one for one in worked_out)


def test_what_is_written_in_place_is_not_asked_about_and_what_grows_is() -> None:
    asked: list[str] = []

    def refuse(error: TooCostly) -> bool:
        asked.append(error.message)
        return False

    session = Session(Limits(bytes=1000), ask=refuse)
    steps = list(session.run("x = torch.zeros(200)\nx += 1\nx.mul_(2).clamp_(0, 1)\nx.resize_(2000)\nx + x"))
    assert asked == ["The result of resize_ would take 8.0 kB of memory."]
    assert [step.problem is None for step in steps] == [True, True, True, False, True]
    assert session.tensors()["x"].tolist() == [1.0] * 200
