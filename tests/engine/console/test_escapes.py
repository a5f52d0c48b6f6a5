"""Ways out of the console: each is refused, soon, with little memory, and nothing outside was touched.

Must not know how the interpreter works.
"""

from __future__ import annotations

import builtins
import os
import resource
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tensorviz.core.errors import Cancelled
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.console.history import StepDone
from tensorviz.engine.console.limits import Limits, TooCostly
from tensorviz.engine.session import Session
from tests.engine.console import escapes

MOST_KILOBYTES = 700_000  # that all attempts together may add to the peak of this process
QUICK = Limits(operations=30_000)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with a secret; opening files and starting processes raises what no console may catch."""
    last("torch.zeros(1) + 1")  # what torch imports with its first operation is not the console's doing
    (tmp_path / "secret.txt").write_text("12345678")
    monkeypatch.chdir(tmp_path)

    opened = builtins.open

    def never(*args: Any, **kwargs: Any) -> Any:
        if args[0] == "/proc/meminfo":  # how much memory is free
            return opened(*args, **kwargs)
        raise SystemExit("the console got out")

    for module, name in ((builtins, "open"), (os, "system"), (os, "fork"), (subprocess, "Popen"), (socket, "socket")):
        monkeypatch.setattr(module, name, never)
    return tmp_path


def last(code: str) -> StepDone:
    return list(Session(QUICK).run(code))[-1]


@pytest.mark.parametrize("code", escapes.EVERY, ids=lambda code: code[:50])
def test_every_way_out_is_refused_with_a_sentence(code: str, watched: Path) -> None:
    step = last(code)
    assert step.problem is not None
    assert step.problem.message.endswith((".", "?"))
    assert not step.problem.message.startswith("Something unexpected")
    assert [path.name for path in watched.iterdir()] == ["secret.txt"]


def test_there_are_enough_of_them() -> None:
    assert len(set(escapes.EVERY)) >= 60


def test_giants_are_refused_before_they_take_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for code in escapes.GIANTS:
        assert last(code).problem is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES


@pytest.mark.parametrize("code", escapes.FILE_CELLS)
def test_file_cells_point_to_open_and_save(code: str, watched: Path) -> None:
    problem = last(code).problem
    assert problem is not None
    assert "Open and Save" in problem.hint
    assert [path.name for path in watched.iterdir()] == ["secret.txt"]


def test_the_session_is_kept_after_an_attempt() -> None:
    steps = list(Session(QUICK).run("x = torch.ones(2)\nwhile True: pass\ntorch.zeros(10**12)\nx.sum()"))
    assert [step.problem is None for step in steps] == [True, False, False, True]
    assert steps[-1].output == "tensor(2.)\n"


def test_a_bare_except_does_not_outlive_the_budget() -> None:
    step = last("while True:\n    try:\n        x = 1\n    except:\n        pass")
    assert step.problem is not None
    assert "was stopped" in step.problem.message


class AfterSome(CancelToken):
    """A token that somebody cancels at its fiftieth look."""

    looks = 0

    def check(self) -> None:
        self.looks += 1
        if self.looks == 50:
            self.cancel()
        super().check()


def test_cancel_acts_between_operations_and_keeps_what_was_done() -> None:
    session = Session()
    list(session.run("x = torch.zeros(1)"))
    with pytest.raises(Cancelled):
        list(session.run("while True: x += 1", AfterSome()))
    assert session.tensors()["x"].item() > 0
    session.undo()
    assert session.tensors()["x"].item() == 0


def test_a_costly_step_asks_and_obeys() -> None:
    asked: list[int] = []

    def no(error: TooCostly) -> bool:
        asked.append(error.bytes)
        return False

    code = "x = torch.zeros(3000)"
    refused = Session(Limits(bytes=10_000), ask=no)
    problem = next(refused.run(code)).problem
    assert problem is not None
    assert "--" not in problem.hint, "who was asked has no command line"
    assert asked == [12_000]
    assert "x" not in refused.variables
    allowed = Session(Limits(bytes=10_000), ask=lambda _error: True)
    assert next(allowed.run(code)).problem is None
    assert allowed.tensors()["x"].numel() == 3000


def test_allowed_bytes_are_the_limit() -> None:
    session = Session(allow_bytes=4000)
    steps = list(session.run("a = torch.zeros(1000)\nb = torch.zeros(1001)\nc = np.zeros(501)"))
    assert [step.problem is None for step in steps] == [True, False, False]


def test_memory_that_is_promised_counts_although_nobody_touched_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=10**9, available=10**9))
    code = "xs = [torch.empty(5 * 10**7) for i in range(4)]\nxs.append(torch.empty(5 * 10**7))\n"
    steps = list(Session(history=False).run(code + "del xs\nx = torch.empty(5 * 10**7)"))
    assert [step.problem is None for step in steps] == [True, False, True, True]
    assert steps[1].problem is not None
    assert "free" in steps[1].problem.message
