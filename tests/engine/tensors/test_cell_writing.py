"""The code that the canvas writes cells with runs in the session, and writes that cell.

Must not know how the canvas is drawn.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.core.canvas_writing import writing_code
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.session_data import TensorFacts
from tensorviz.engine.session import Session
from tests.core.layouts import layout_of

VALUES = {"bool": "True", "uint": "3", "int": "-3", "float": "2", "complex": "1-2j"}


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("dtype", [name for name, kind in DTYPES.items() if kind.kind != "packed"])
def test_every_type_is_written(dtype: str, reached: bool) -> None:
    kind, session = DTYPES[dtype], Session()
    made = session.run(f"base = torch.zeros(6, dtype=torch.float32).to(torch.{dtype})\nx = base[::2]\ndel base")
    assert all(step.problem is None for step in made)
    x = session.tensors()["x"]
    facts = TensorFacts("x", layout_of(x), dtype, "cpu", "A")
    address = 4 if reached else 5
    code = writing_code(VALUES[kind.kind], address, kind, (facts,))
    assert code.startswith("x[2] = " if reached else "x.storage()[5] = ")
    [step] = session.run(code)
    assert step.problem is None
    flat = torch.empty(0, dtype=x.dtype).set_(x.untyped_storage(), 0, (6,), (1,))
    expected = torch.tensor(eval(VALUES[kind.kind]), dtype=torch.complex64 if kind.kind == "complex" else torch.float32)
    assert flat[address].to(expected.dtype) == expected


def test_not_finite_numbers_and_learnt_tensors() -> None:
    session = Session()
    list(session.run("w = torch.zeros(3, requires_grad=True)\ns = torch.tensor(1.)"))
    tensors = {name: one for name, one in session.tensors().items() if name in ("w", "s")}
    kind = DTYPES["float32"]
    for text in ("nan", "-inf"):
        facts = TensorFacts("w", layout_of(tensors["w"]), "float32", "cpu", "A", requires_grad=True)
        [step] = session.run(writing_code(text, 1, kind, (facts,)))
        assert step.problem is None
    assert tensors["w"].tolist() == [0.0, float("-inf"), 0.0]
    [step] = session.run(
        writing_code("5", 0, kind, (TensorFacts("s", layout_of(tensors["s"]), "float32", "cpu", "B"),))
    )
    assert step.problem is None
    assert tensors["s"].item() == 5.0
