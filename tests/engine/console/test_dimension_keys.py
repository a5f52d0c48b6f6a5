"""Colours of dimensions: a dimension keeps its own through views, copies and arithmetic.

Must not know colours, only the keys that stand for them.
"""

from __future__ import annotations

import pytest

from tensorviz.engine.session import Session

START = "x = torch.arange(24.).reshape(2, 3, 4)"


@pytest.mark.parametrize(
    ("made", "keys"),
    [
        ("x", (0, 1, 2)),
        ("x.transpose(0, 2)", (2, 1, 0)),
        ("x.permute(1, 2, 0)", (1, 2, 0)),
        ("x[1]", (1, 2)),
        ("x[:, 1:]", (0, 1, 2)),
        ("x.transpose(0, 2).contiguous()", (2, 1, 0)),
        ("x.transpose(0, 2) * 2 + 1", (2, 1, 0)),
        ("(x.permute(2, 0, 1) * 2).t() if False else x.permute(2, 0, 1).exp().transpose(0, 1)", (0, 2, 1)),
        ("x.permute(1, 2, 0).double()", (1, 2, 0)),
        ("x.unsqueeze(0)", (3, 0, 1, 2)),
        ("x.clone()[0].t()", (2, 1)),
    ],
)
def test_a_dimension_keeps_its_colour(made: str, keys: tuple[int, ...]) -> None:
    session = Session()
    steps = list(session.run(f"{START}\ny = {made}"))
    assert [step.problem for step in steps] == [None, None]
    assert session.dimension_keys.of(session.tensors()["y"]) == keys


def test_in_place_and_after_the_source_is_gone() -> None:
    session = Session()
    list(session.run("x = torch.zeros(2, 3)\ny = x.t()\nx.t_()\ndel y\nz = x.clone()\ndel x"))
    assert session.dimension_keys.of(session.tensors()["z"]) == (1, 0)


def test_keys_stay_when_the_first_tensor_goes() -> None:
    session = Session()
    list(session.run("x = torch.zeros(2, 3)\ny = x.t()\ndel x\nz = y.t()"))
    assert session.dimension_keys.of(session.tensors()["y"]) == (1, 0)
    assert session.dimension_keys.of(session.tensors()["z"]) == (0, 1)
