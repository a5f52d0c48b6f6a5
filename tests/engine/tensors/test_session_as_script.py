"""The script of a session: random sessions with branches, undone steps, writes and random numbers, run by Python.

Must not know how the script is written; torch is the judge.
"""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tensorviz.core.errors import TensorvizError
from tensorviz.core.session_script import OTHERS, script
from tensorviz.engine.console.values import identity_of
from tensorviz.engine.tensors.facts import step_row
from tests.engine.tensors.rig import new_desk, run

if TYPE_CHECKING:
    from tensorviz.core.session_data import StepRow
    from tensorviz.engine.tensors.desk import Desk

MADE = (
    "torch.rand(2, 3)", "torch.arange(6.).view(2, 3)", "torch.randn(3, 2).t()", "torch.randperm(6).view(2, 3).float()",
    "torch.from_numpy(np.random.rand(2, 3)).float()", "torch.zeros(2, 3)",
)  # fmt: skip
DONE = (
    "{new} = {x}.t()", "{new} = {x}[:, 1:]", "{new} = {x}.clone()", "{new} = {x}.expand(2, *{x}.shape)",
    "{new} = {x}.reshape(-1)", "{new} = {x} + torch.rand_like({x})", "{x}.add_(1)", "{x}.normal_()", "{x}[0] = 7",
    "{x} += {x}.mean()", "{x}.mul_(torch.rand(1))", "{x}.view(-1, 6)", "{x} = {x}.flip(0)", "del {x}", "{x}.sum()",
    "for i in range(3):\n    {x} += i", "{new} = [{x}, {x}.t()]", "{new} = torch.nn.functional.dropout({x}, 0.5)",
    "{x}.numpy()[0] = 3", "{new} = _", "{x}.t_()", "torch.add({x}, 1, out={x})", "{x}.view(7)", "{x}[9] = 1",
    "{new} = torch.utils", "print(f'{{{x}.sum():.1f}}')",
)  # fmt: skip


def wander(desk: Desk, draw: random.Random) -> None:
    """Steps, steps taken back, other steps from there, jumps."""
    run(desk, *(f"x{number} = {draw.choice(MADE)}" for number in range(2)))
    for number in range(2, 14):
        names = list(desk.session.tensors()) or ["x0"]
        run(desk, draw.choice(DONE).format(x=draw.choice(names), new=f"x{number}"))
        with contextlib.suppress(TensorvizError):  # there is nothing to take back, or it cannot be
            move = draw.random()
            if move < 0.2:
                desk.undo()
            elif move < 0.3:
                desk.jump(draw.randrange(1, number))
            elif move < 0.35:
                desk.redo(-1)


def path(desk: Desk) -> list[StepRow]:
    """The steps that lead to where the session stands."""
    rows, node = [], desk.session.here
    while node.parent is not None:
        rows.append(step_row(node))
        node = node.parent
    return rows[::-1]


def by_python(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        exec(compile(text, "script", "exec"), names)
    return names


def shared(tensors: dict[str, torch.Tensor]) -> set[frozenset[str]]:
    """Which names have one storage."""
    keys = {name: identity_of(one) for name, one in tensors.items()}
    return {frozenset(name for name in keys if keys[name] == key) for key in keys.values()}


def check(seed: int) -> bool:
    """One session; gives whether the script said that it draws the session's numbers."""
    desk, draw = new_desk(), random.Random(seed)
    wander(desk, draw)
    text = script(path(desk), desk.facts().seed)
    names = by_python(text)
    tensors = desk.session.tensors()
    for name, tensor in tensors.items():
        again = names[name]
        assert OTHERS in text or torch.equal(again, tensor), (name, text)
        assert (again.stride(), again.storage_offset()) == (tensor.stride(), tensor.storage_offset()), (name, text)
    assert shared({name: names[name] for name in tensors}) == shared(tensors), text
    assert "tensorviz" not in "".join(line for line in text.splitlines() if "import" in line)
    return OTHERS not in text


@pytest.mark.parametrize("part", range(5))
def test_the_script_gives_the_tensors_of_the_session(part: int) -> None:
    assert sum(check(seed) for seed in range(part * 20, part * 20 + 20)) > 15


@pytest.mark.slow
@pytest.mark.parametrize("part", range(50))
def test_many_scripts(part: int) -> None:
    assert sum(check(1000 + seed) for seed in range(part * 40, part * 40 + 40)) > 30
