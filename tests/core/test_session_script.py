"""The script of a session, run by Python itself: it ends with the session's tensors and prints what was shown.

Must not know how the script is written; torch is the judge.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import pytest
import torch

from tensorviz.core.session_data import StepRow, Trouble
from tensorviz.core.session_script import LOST, script
from tensorviz.engine.console.steps import split_steps
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.facts import step_row
from tests.engine.console import test_chapter3 as chapter3

SEED = 4_611_686_018_427_387_903
CHAPTER = {
    name: getattr(chapter3, name)
    for name in ("LISTS", "INDEXING", "CHANNELS", "TYPES", "API", "STORAGE", "STRIDES", "NUMPY", "EXERCISES")
}
OTHERS = {
    "gradients": """w = torch.ones(3, requires_grad=True)
loss = (w * torch.arange(3.)).sum()
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad
w.grad.zero_()
w""",
    "names that are there from the start": """x = nn.functional.relu(torch.arange(-2., 2.))
y = F.softmax(x, 0)
z = torch.tensor(math.pi) * torch.from_numpy(np.arange(3.0))""",
    "random numbers": "a = torch.rand(3)\nb = torch.from_numpy(np.random.rand(3))\nc = torch.randn(2).normal_()\na",
    "random numbers of a person's seed": "torch.manual_seed(3)\na = torch.rand(3)",
    "some numbers are seeded": "torch.manual_seed(3)\na = torch.rand(3)\nb = torch.tensor(np.random.rand())",
    "random arrays": "np.random.seed(3)\nb = torch.tensor(np.random.rand())\nc = torch.rand(2)",
    "what is shown": "torch.arange(3)\n_.sum()\nx = _ + 1\n'text'\n1, 2\n(3,\n 4)\nprint('yes')\n[\n5]",
    "refused": "x = torch.ones(3, 2)\nx.t().view(6)\ny = x.t(\nx.t()\n1 / 0\nz = x.t().reshape(6)\nunknown\nx[7] = 1",
    "statements": """parts = [torch.ones(2) * i for i in range(3)]
first, *rest = parts
for part in rest:
    part += 1
    print(part)
try:
    parts[9]
except IndexError as error:
    print(f"no {error}")
del first
total = sum(parts)  # of all""",
    "a loop variable that nobody looks at": "x = torch.zeros(2)\nfor _ in range(3):\n    x += 1\nx",
    "texts": 'text = """\n  # a\n"""\ncount = torch.tensor(len(text))\nlen(text)',
    "nothing": "",
}


def rows(code: str, session: Session) -> list[StepRow]:
    done = []
    for parsed in split_steps(code):
        session.run_step(parsed)
        done.append(step_row(session.here))
    return done


def run(text: str) -> tuple[dict[str, Any], str]:
    """The names at the end, and what was printed, by Python itself; torch's generators go on as before."""
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")
        exec(compile(text, "script", "exec"), names)
    return names, printed.getvalue()


@pytest.mark.parametrize("code", [*CHAPTER.values(), *OTHERS.values()], ids=[*CHAPTER, *OTHERS])
def test_the_script_ends_with_the_tensors_of_the_session(code: str) -> None:
    session = Session(seed=SEED)
    text = script(rows(code, session), SEED)
    names, _ = run(text)
    for name, value in session.tensors().items():
        assert torch.equal(names[name], value), name
        assert names[name].stride() == value.stride(), name
        assert names[name].requires_grad == value.requires_grad
    assert "import tensorviz" not in text


@pytest.mark.parametrize("code", [chapter3.INDEXING, chapter3.API, chapter3.STRIDES, OTHERS["statements"]])
def test_what_was_shown_is_printed(code: str) -> None:
    done = [row for row in rows(code, Session(seed=1)) if "storage()" not in row.code]  # those tell of their class
    assert run(script(done))[1] == "".join(row.output for row in done)


def test_tensors_that_share_memory_share_it_in_the_script() -> None:
    names, _ = run(script(rows("a = torch.zeros(4)\nb = a.view(2, 2)\nb[0, 0] = 7", Session())))
    assert names["a"][0] == 7
    assert names["a"].untyped_storage().data_ptr() == names["b"].untyped_storage().data_ptr()


def lines(code: str, seed: int | None = None) -> list[str]:
    return script(rows(code, Session(seed=1)), seed).splitlines()


def test_it_reads_like_something_a_person_wrote() -> None:
    assert lines("points = torch.ones(3, 2)\npoints_t = points.t()\npoints_t\npoints_t.view(6)\npoints.zero_()") == [
        "# A session of tensorviz as plain PyTorch: 5 steps.",
        "",
        "import torch",
        "",
        "points = torch.ones(3, 2)",
        "points_t = points.t()  # view",
        "print(points_t)  # same tensor",
        "# refused: " + lines_of_refusal(),
        "#     points_t.view(6)",
        "print(points.zero_())  # in place",
    ]


def lines_of_refusal() -> str:
    session = Session()
    row = rows("points_t = torch.ones(3, 2).t()\npoints_t.view(6)", session)[-1]
    assert row.trouble is not None
    return " ".join(row.trouble.message.split())


def test_only_what_is_used_is_imported() -> None:
    assert [line for line in lines("x = torch.ones(2)") if "import" in line] == ["import torch"]
    assert [line for line in lines("x = F.relu(torch.tensor(np.pi))") if "import" in line] == [
        "import torch", "import numpy as np", "import torch.nn.functional as F",
    ]  # fmt: skip


def test_what_a_step_imports_itself_is_not_imported_again() -> None:
    row = StepRow(1, 0, "def read():\n    import numpy as np\n    return torch.tensor(np.arange(3))\nx = read()")
    text = script([row])
    assert text.count("import numpy") == 1
    assert run(text)[0]["x"].tolist() == [0, 1, 2]


def test_random_numbers_without_a_known_seed_are_said_to_be_others() -> None:
    note = "# Random numbers: the session drew its own; this script draws others."
    assert note in lines("x = torch.rand(2)")
    assert note in lines("x = torch.rand(2)\ntorch.rand(2).view(9)", 1)  # who knows how many the refused step drew
    assert note in lines("np.random.rand()")
    assert note not in lines("np.random.seed(1)\nnp.random.rand()")
    assert note not in lines("torch.manual_seed(1)\nx = torch.rand(2)")
    assert note not in lines("x = torch.ones(2)")
    assert note not in lines("x = torch.rand(2)", 1)


def test_a_refused_step_that_wrote_says_that_the_script_does_not() -> None:
    found = lines("x = torch.zeros(2)\nfor i in range(3):\n    x[i] = 1")
    assert "# (it had written to memory before; this script does not)" in found
    assert found[-2:] == ["#     for i in range(3):", "#         x[i] = 1"]


def test_steps_that_were_cancelled_are_left_out() -> None:
    lost = StepRow(1, 0, f"{LOST}\nwhile True:\n    pass")
    stopped = StepRow(2, 1, "x = 1", trouble=Trouble("The step\nwas cancelled."))
    text = script([lost, stopped])
    assert run(text)[0].get("x") is None
    assert "# refused: It was cancelled half-way.\n#     while True:\n#         pass\n" in text
    assert "# refused: The step was cancelled.\n" in text
