"""Random work, undone, done again and jumped about, against a session that only runs the way there; and killed at
random moments.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.tensors.desk import Desk
from tests.engine.tensors.rig import holds, new_desk, restored, run

ROOT = Path(__file__).resolve().parents[3]
CODES = (
    "x = torch.arange(12.).view(3, 4)", "y = x.t()", "x[0, 0] = 7", "x.mul_(2)", "y.add_(1)", "z = x[1:, ::2]",
    "z.zero_()", "r = torch.rand(3)", "x = x.clone()", "l = [x, y]", "l.append(torch.ones(2))", "l[0][0] = 5", "del y",
    "d = {'a': x}", "d['b'] = x[0]", "d.clear()", "x.resize_(2, 2)", "x.resize_(60).fill_(1)", "w = torch.empty(0)",
    "w.set_(x)",
    "x.data = torch.ones(3, 2)", "x.t_()", "x.unsqueeze_(0)", "c = torch.randn(2, dtype=torch.complex64)",
    "c.data = c.conj()", "e = torch.zeros(3).expand(2, 3)", "a = torch.ones(4)", "n = a.numpy()", "n[0] = 9",
    "a += r[0]", "np.random.seed(1)", "x.fill_(float('nan'))", "torch.manual_seed(3)", "i = torch.randint(5, (2,))",
    "x, y = x, x", "for k in range(3):\n    x.add_(k)", "1 / 0", "unknown", "x.view(7)", "_", "(x", "k = 3",
)  # fmt: skip
WORKER = """
import pathlib, random, sys
from tests.engine.tensors.rig import new_desk
from tests.engine.tensors.test_storms import codes_of
desk = new_desk(pathlib.Path(sys.argv[1]))
for number, code in enumerate(codes_of(int(sys.argv[2]), 10_000)):
    for _ in desk.run(code, None, None):
        pass
    print(number, flush=True)
"""


def codes_of(seed: int, count: int) -> list[str]:
    """Random steps; the first makes something to work with."""
    chance = random.Random(seed)
    return [CODES[0], *(chance.choice(CODES) for _ in range(count - 1))]


def replayed(desk: Desk) -> Desk:
    """A session that runs the way to where another stands, and nothing else."""
    other = new_desk()
    other._open(desk._seed)
    for node in desk.session.here.path()[1:]:
        assert node.step is not None
        run(other, node.step.code)
    return other


def told(desk: Desk) -> dict[str, object]:
    """What two sessions that went the same way have alike; numbers of steps and letters count what was tried too."""
    found = holds(desk)
    return {name: found[name] for name in ("tensors", "other", "random")}


def storm(seed: int, moves: int) -> None:
    """Random steps and moves; compares after each few."""
    chance, desk = random.Random(seed), new_desk()
    for move in range(moves):
        try:
            kind = chance.random()
            if kind < 0.6 or not move:
                run(desk, chance.choice(CODES) if move else CODES[0])
            elif kind < 0.8:
                desk.undo()
            elif kind < 0.9:
                desk.redo(-1)
            else:
                desk.jump(chance.randint(0, desk.session._count))
        except ValueRefused:
            continue
        if move % 13 == 12 or move == moves - 1:
            assert told(desk) == told(replayed(desk)), [n.step.code for n in desk.session.here.path()[1:] if n.step]


@pytest.mark.parametrize("seed", range(6))
def test_after_any_moves_the_session_is_as_if_only_the_way_had_been_run(seed: int) -> None:
    storm(seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 500))
def test_many_storms(seed: int) -> None:
    storm(seed, 150)


def killed(folder: Path, seed: int) -> int:
    """Lets a program work in the folder, kills it at a random moment; gives how many steps it said were done."""
    command = [sys.executable, "-c", WORKER, str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        wanted, done = random.Random(seed).randint(1, 60), 0
        for line in program.stdout:
            done = int(line) + 1
            if done >= wanted:
                program.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
                break
        done = max([done, *(int(line) + 1 for line in program.stdout)])
    return done


def check_killed(folder: Path, seed: int) -> None:
    """What is brought back is what was done, as if just that had been run."""
    done = killed(folder, seed)
    desk, steps, notes = restored(folder)
    assert notes == []
    assert done <= len(steps) <= done + 1
    other = new_desk()
    other._open(desk._seed)
    run(other, *codes_of(seed, len(steps)))
    assert holds(desk) == holds(other)


@pytest.mark.parametrize("seed", range(2))
def test_a_session_that_was_killed_comes_back_whole(tmp_path: Path, seed: int) -> None:
    check_killed(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_sessions_that_were_killed_come_back_whole(tmp_path: Path, seed: int) -> None:
    check_killed(tmp_path, seed)
