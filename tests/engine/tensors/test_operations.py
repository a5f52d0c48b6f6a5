"""Every operation of the menu with every value that a form lets through is something that torch does.

Must not know forms. torch is the judge, and a preview is asked before each step.
"""

from __future__ import annotations

import itertools
import math
import os
import random
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.operation_data import Offer, Operation, Parameter, Subject, Value, Values, subject_of
from tensorviz.core.operations import OPERATIONS, code_for, offer_of, problem_of, settled, suggested_name, why_not
from tensorviz.core.reasons import BrokenView
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.facts import session_facts
from tensorviz.engine.tensors.preview import preview

CASES = int(os.environ.get("TENSORVIZ_OPERATIONS", "25"))
FREE = ("copy_", "add", "sub", "mul", "div", "matmul", "cat", "stack")  # a second tensor may not fit: that is shown
ORDINARY = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex64")


def a_tensor(chance: random.Random) -> str:
    """Code of a tensor of a random shape, dtype, offset and layout."""
    shape = [chance.choice((0, 1, 2, 3, 4)) if chance.random() < 0.1 else chance.choice((1, 2, 3, 4))
             for _ in range(chance.randint(0, 5))]  # fmt: skip
    offset, dtype = chance.randint(0, 2), chance.choice(ORDINARY)
    code = f"torch.arange({math.prod(shape) + offset}).to(torch.{dtype})[{offset}:].reshape({shape})"
    order = chance.sample(range(len(shape)), len(shape))
    return code + chance.choice(("", ".clone()", f".permute({order})", f".expand(2, *{shape})", ".unsqueeze(0)"))


def a_value(parameter: Parameter, offer: Offer, subject: Subject, values: Values, chance: random.Random) -> Value:
    """One of what is offered."""
    if offer.choices:
        return chance.choice(offer.choices)[0]
    if parameter.kind == "whole":
        return chance.randint(offer.low, offer.high)
    if parameter.kind == "order":
        return tuple(chance.sample(range(offer.high), offer.high))
    if parameter.kind == "flag":
        return chance.random() < 0.5
    if parameter.kind == "number":
        return chance.choice(("0", "1", "2", "-1", "0.5", "1e2", "300", "True", ""))
    numel = subject.layout.numel
    return chance.choice((offer.initial, (-1,), (numel, 1), (1, numel), (2, -1), (-1, *subject.layout.shape)))


def values_for(operation: Operation, subject: Subject, chance: random.Random) -> Values:
    chosen: Values = {}
    for parameter in operation.parameters:
        chosen[parameter.id] = a_value(parameter, offer_of(parameter, subject, chosen), subject, chosen, chance)
    return chosen


def subject_in(session: Session, name: str) -> Subject:
    found = subject_of(session_facts(session, 0), name)
    assert found is not None
    return found


def check(operation: Operation, seed: int) -> None:
    chance = random.Random(f"{operation.id} {seed}")
    session = Session(seed=seed)
    for step in session.run(f"x = {a_tensor(chance)}\ny = {a_tensor(chance)}"):
        assert step.problem is None, step
    subject = subject_in(session, "x")
    if why_not(operation, subject):
        return
    values = settled(operation, subject, values_for(operation, subject, chance))
    if problem_of(operation, subject, values)[1]:
        values = settled(operation, subject, {})
        assert problem_of(operation, subject, values) == ("", ""), "a form begins with what can be done"
    code = code_for(operation, subject, values, suggested_name(operation, subject))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = preview(session, code)
        (step,) = session.run(code)
    assert not told.unknown, code
    if step.problem is None:
        assert told.trouble is None, code
        assert (told.effect, told.bytes_copied) == (step.effect, step.bytes_copied), code
        return
    assert told.trouble is not None, code
    impossible = operation.id == "view" and isinstance(told.trouble.reason, BrokenView)
    assert impossible or operation.id in FREE, (code, subject, step.problem)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
@settings(max_examples=CASES, deadline=None, database=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_what_a_form_lets_through_can_be_done(operation: Operation, seed: int) -> None:
    check(operation, seed)


@pytest.mark.parametrize("name", [name for name, one in DTYPES.items() if one.kind != "packed"])
def test_every_dtype_has_its_operations(name: str) -> None:
    """What is enabled for a dtype works, with the values that the form begins with."""
    for operation, shape in itertools.product(OPERATIONS, ((), (4,), (2, 3), (2, 1, 2, 2))):
        session = Session()
        list(session.run(f"x = torch.zeros({shape}, dtype=torch.{name})"))
        subject = subject_in(session, "x")
        if why_not(operation, subject):
            continue
        code = code_for(operation, subject, settled(operation, subject, {}), "y")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = preview(session, code)
            (step,) = session.run(code)
        if operation.id == "matmul" and shape == (2, 3):
            continue
        assert step.problem is None, (code, shape, step.problem)
        assert told.trouble is None, (code, told.trouble)


def test_ranges_hold_all_that_torch_takes() -> None:
    """Narrow, unfold and diagonal: every value offered gives elements where it can, and one more is refused."""
    x = torch.zeros(3, 4)
    session = Session()
    list(session.run("x = torch.zeros(3, 4)"))
    subject, by_id = subject_in(session, "x"), {one.id: one for one in OPERATIONS}
    for dim, start in itertools.product((0, 1), range(4)):
        offer = offer_of(by_id["narrow"].parameter("length"), subject, {"dim": dim, "start": min(start, x.shape[dim])})
        x.narrow(dim, min(start, x.shape[dim]), offer.high)
        with pytest.raises(RuntimeError):
            x.narrow(dim, min(start, x.shape[dim]), offer.high + 1)
    window = offer_of(by_id["unfold"].parameter("size"), subject, {"dim": 1})
    assert x.unfold(1, window.high, 1).shape == (3, 1, 4)
    with pytest.raises(RuntimeError):
        x.unfold(1, window.high + 1, 1)
    offset = offer_of(by_id["diagonal"].parameter("offset"), subject, {"dim1": 0, "dim2": 1})
    assert [x.diagonal(n).numel() for n in (offset.low - 1, offset.low, offset.high, offset.high + 1)] == [0, 1, 1, 0]
