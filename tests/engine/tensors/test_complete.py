"""How code may go on: what is offered for names, attributes and arguments, and that nothing is ever run."""

from __future__ import annotations

import time
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.engine.console.attributes import offered
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.complete import MOST, completions

SETUP = """
points = torch.arange(6.).view(3, 2)
parts = [points, 3, "text", {"w": points}]
named = {"k": points, 1: "one"}
weight = torch.ones(2, requires_grad=True)
store = points.storage()
big = torch.zeros(2, dtype=torch.int64)
"""


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    assert all(step.problem is None for step in made.run(SETUP))
    return made


def words(session: Session, code: str, position: int | None = None) -> list[str]:
    return [one.word for one in completions(session, code, len(code) if position is None else position)[1]]


def test_a_variable_comes_with_what_it_is(session: Session) -> None:
    start, found = completions(session, "y = poi", 7)
    assert start == 4
    assert (found[0].word, found[0].about) == ("points", "tensor 3x2 float32")
    about = {one.word: one.about for one in completions(session, "", 0)[1]}
    assert about["parts"] == "list of 4 items"
    assert about["big"] == "tensor 2 int64"
    assert about["print"] == "function"
    assert about["torch"] == "module"
    assert about["for"] == "keyword"


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("torch.nn.functional.sigm", "sigmoid"), ("points.transp", "transpose"), ("x = (points.t().unsq", "unsqueeze"),
        ("parts[0].unsq", "unsqueeze"), ("parts[-1]['w'].unsq", "unsqueeze"), ("named['k'].unsq", "unsqueeze"),
        ("parts[2].upp", "upper"), ("named[1].upp", "upper"), ("points.shape.num", "numel"), ("points[0, 1:].unsq",
        "unsqueeze"), ("points.T.unsq", "unsqueeze"), ("(points + 1).unsq", "unsqueeze"), ("torch.zeros(2).unsq",
        "unsqueeze"), ("torch.tensor([1, 2]).unsq", "unsqueeze"), ("'a b'.upp", "upper"), ("points\n  .unsq",
        "unsqueeze"), ("np.aran", "arange"), ("math.sq", "sqrt"), ("weight.grad.unsq", "unsqueeze"),
        ("store.nby", "nbytes"), ("points.dtype.items", "itemsize"), ("f(1, points.unsq", "unsqueeze"),
        ("-points.unsq", "unsqueeze"), ("if points.unsq", "unsqueeze"),
    ],
)  # fmt: skip
def test_attributes_of_what_can_be_told_without_running(session: Session, code: str, first: str) -> None:
    assert words(session, code)[0] == first


def test_attributes_are_those_that_the_console_offers(session: Session) -> None:
    names = [name for name in offered(torch.ones(1)) if name.startswith("unsq")]
    assert words(session, "points.unsq") == names
    assert set(words(session, "points.")) <= set(offered(torch.ones(1)))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("points.sum(", "dim="), ("points.sum(0, keep", "keepdim="), ("torch.zeros(3, dty", "dtype="),
        ("torch.zeros(3, req", "requires_grad="), ("torch.nn.functional.softmax(points, di", "dim="),
        ("print(1, se", "sep="), ("sorted(parts, ke", "key="), ("torch.tensor([1], dt", "dtype="),
        ("f(points.sum(di", "dim="), ("torch.linalg.norm(points, di", "dim="), ("points.sum(dim=1, keep", "keepdim="),
    ],
)  # fmt: skip
def test_arguments_are_named_inside_a_call(session: Session, code: str, wanted: str) -> None:
    assert wanted in words(session, code)[:3]


def test_what_stands_after_the_position_does_not_matter(session: Session) -> None:
    code = "points.tra + 1"
    assert words(session, code, 10) == words(session, "points.tra")


def test_beginnings_come_before_parts_and_letters_in_order(session: Session) -> None:
    found = words(session, "points.view")
    assert found[0] == "view"
    assert all(word.startswith("view") for word in found[:2])
    assert "torch" in words(session, "tch")  # letters in order
    assert "points" in words(session, "POI")


@pytest.mark.parametrize(
    "code",
    ["'poi", "# poi", "f'{poi", "x = 3.", "unknown.", "unknown().x", "points.item().", "points.__", "torch.load.",
     "torch.zeros(10**12)[0].item().", "().", "parts[9].", "parts['k'].", "named[points].", "big.a.b.", ".x.",
     "points..", "1e5.", "parts[unknown].", "''' poi"],
)  # fmt: skip
def test_where_nothing_is_known_nothing_is_offered(session: Session, code: str) -> None:
    assert not any(word == "points" or word == "unsqueeze" for word in words(session, code))


def test_private_names_are_not_offered(session: Session) -> None:
    for code in ("points.", "torch.", "''.", "parts.", "points.__cla", "''.__"):
        assert not any(word.startswith("_") for word in words(session, code))


def test_nothing_is_run() -> None:
    session = Session()
    list(session.run("x = torch.zeros(3)\ni = iter([1, 2, 3])"))
    here = session.here
    for code in (
        "x.add_(1).",
        "next(i).",
        "print('heard').",
        "x.zero_().sum(",
        "(y := 3).",
        "[x.add_(1)][0].",
        "x.fill_(",
    ):
        completions(session, code, len(code))
    assert session.here is here
    assert session.tensors()["x"].tolist() == [0.0, 0.0, 0.0]
    assert session.tensors()["x"]._version == 0
    assert "y" not in session.variables
    assert [step.output for step in session.run("next(i)")] == ["1\n"]


def test_positions_outside_are_the_nearest(session: Session) -> None:
    assert completions(session, "poi", 99)[0] == 0
    assert completions(session, "poi", -5)[0] == 0


def test_there_is_a_bound(session: Session) -> None:
    assert len(words(session, "points.")) == MOST


HOSTILE = ["(" * 20_000, "x." * 20_000, "[" * 500 + "points.", "a" * 100_000, "\\" * 3000 + "points.", "'" * 9999,
           "points" + ".T" * 3000 + ".", "-" * 10_000 + "points.", "f(" * 3000, "\x00points.", "\ud800points.",
           "points" + "[0]" * 2000 + ".", "lambda x: " * 800 + "points.", "{1: " * 500 + "points."]  # fmt: skip


@pytest.mark.parametrize("code", HOSTILE, ids=lambda code: code[:8].encode("unicode_escape").decode())
def test_hostile_texts_are_answered_soon(session: Session, code: str) -> None:
    started = time.process_time()
    start, found = completions(session, code, len(code))
    assert time.process_time() - started < 2
    assert 0 <= start <= len(code)
    assert len(found) <= MOST


@settings(max_examples=300)
@given(st.text(alphabet="points.tarch()[]{}'\"#=,: \n\\0123_é", max_size=40), st.integers(-2, 45))
def test_any_text_is_answered(code: str, position: int) -> None:
    shared = _shared()
    start, found = completions(shared, code, position)
    assert 0 <= start <= len(code)
    inside = max(0, min(position, len(code)))
    assert start <= inside
    assert code[start:inside] == "" or code[start:inside].isidentifier()
    assert len({one.word for one in found}) == len(found)


@cache
def _shared() -> Session:
    made = Session()
    list(made.run(SETUP))
    return made
