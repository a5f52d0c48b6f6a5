"""Random chains of operations: what is reported of every tensor and every effect is what torch says itself.

Must not know how effects are found. torch runs the same chain beside the console and is the judge.
"""

from __future__ import annotations

import math
import os
import random
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.engine.console.report import report
from tensorviz.engine.session import Session

CHAINS = int(os.environ.get("TENSORVIZ_CHAINS", "300"))
MANY = int(os.environ.get("TENSORVIZ_MANY_CHAINS", "5000"))
LENGTH = 7
DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "uint8", "bool", "complex64")
# A view wherever torch can make one; MOVES hold the same elements in a new storage, or are views or the same.
MOVES = (
    "{x}.t()", "{x}.T", "{x}.mT", "{x}.transpose(0, -1)", "{x}.permute(*reversed(range({x}.dim())))", "{x}[0]",
    "{x}[-1:]",
    "{x}[..., ::2]", "{x}[None]", "{x}[1:]", "{x}[:, 1:]", "{x}.unsqueeze(-1)", "{x}.squeeze()", "{x}.flatten()",
    "{x}.reshape(-1)", "{x}.view(-1)", "{x}.view(2, -1)", "{x}.reshape(-1, 2)", "{x}.contiguous()", "{x}.clone()",
    "{x}.flip(0)", "{x}.roll(1)", "{x}.expand(2, *{x}.shape)", "{x}.detach()", "{x}.data", "{x}.unfold(0, 2, 1)",
    "{x}.narrow(0, 0, 1)", "{x}.diagonal()", "{x}.chunk(2)[0]", "{x}.split(1, -1)[-1]", "{x}.unbind()[0]",
    "{x}.repeat(2, 1)",
    "{x}.to({x}.dtype)", "{x}.cpu()", "{x}.movedim(0, -1)", "{x}.swapaxes(0, 1)", "torch.cat([{x}, {x}])",
    "torch.stack([{x}, {x}])", "{x}[[0, 0]]", "{x}.index_select(0, torch.tensor([0]))", "{x}.ravel()", "{x}.rot90()",
    "{x}.as_strided((2, 2), (1, 1))", "{x}.conj()", "{x}.resolve_conj()", "{x}.real", "{x}.as_strided((3,), (0,), 1)",
    "torch.as_tensor({x})", "{x}.view_as({x})", "{x}.tile(2)", "{x}.broadcast_to(3, *{x}.shape)",
    "{x}.unflatten(0, (1, -1))",
)  # fmt: skip
COMPUTATIONS = (
    "{x} + {x}", "{x} * 2", "{x}.sum()", "{x}.abs()", "{x} == {x}", "{x}.to(torch.int32) + 0",
    "torch.zeros_like({x})",
    "torch.ones(2, 3)", "{x}.new_zeros(2)", "-{x}", "{x}.sum(0)", "torch.tensor({x}.tolist())", "{x}.mean()",
    "{x}.nonzero()",
)  # fmt: skip
WRITES = (
    "{x}.zero_()", "{x}.fill_(1)", "{x}[0] = 1", "{x}.copy_({x}.flip(0))", "{x} += 1", "{x}.t_()",
    "{x}.unsqueeze_(0)",
    "{x}.mul_(2)", "{x}.squeeze_()", "{x}[..., 0] = 0", "{x}.transpose_(0, -1)", "{x}.data.zero_()",
    "{x}.numpy()[...] = 1",
)  # fmt: skip


def a_beginning(chance: random.Random) -> str:
    """Code that makes a tensor of a random shape, dtype, offset and layout."""
    shape = [chance.choice((0, 1, 2, 3, 4)) if chance.random() < 0.1 else chance.choice((1, 2, 3, 4))
             for _ in range(chance.randint(0, 4))]  # fmt: skip
    count, dtype = math.prod(shape), chance.choice(DTYPES)
    offset = chance.randint(0, 3)
    code = f"torch.arange({count + offset}).to(torch.{dtype})[{offset}:].reshape({shape})"
    return code + chance.choice(("", "", ".clone()", f".permute({chance.sample(range(len(shape)), len(shape))})"))


def a_chain(seed: int) -> list[tuple[str, str]]:
    """Pairs of code and kind; each step works on one of the names before it."""
    chance = random.Random(seed)
    chain = [(f"v0 = {a_beginning(chance)}", "any")]
    for number in range(1, LENGTH):
        name = f"v{chance.randrange(number)}"
        kind = chance.choices(("move", "compute", "write"), (6, 2, 2))[0]
        table = {"move": MOVES, "compute": COMPUTATIONS, "write": WRITES}[kind]
        code = chance.choice(table).format(x=name)
        chain.append((code, kind) if kind == "write" else (f"v{number} = {code}", kind))
    return chain


def contents(names: dict[str, Any]) -> dict[str, Any]:
    return {name: (layout(tensor), bits(tensor)) for name, tensor in names.items() if isinstance(tensor,
        torch.Tensor)}


def layout(tensor: torch.Tensor) -> Any:
    return (tensor.untyped_storage()._cdata, tensor.shape, tensor.stride(), tensor.storage_offset(), tensor.dtype)


def bits(tensor: torch.Tensor) -> Any:
    return tensor.untyped_storage().tolist()


def expected(
    kind: str, code: str, before: dict[str, Any], names: dict[str, Any], old: dict[str, Any]
) -> set[str | None]:
    """The effects that are true of the step, from names before and after and the bytes of their storages."""
    kept = {name: contents({name: old[name]})[name] for name in before}
    if kept != before:
        return {"inplace"}
    if kind == "write":  # it wrote what was there before, or changed no layout; numpy wrote no element at all
        return {"inplace", "same", *([None] if "numpy" in code else [])}
    result = names[code.partition(" = ")[0]]
    if any(result is tensor for tensor in old.values()):
        return {"same"}
    if layout(result)[0] in {value[0][0] for value in before.values()}:
        return {"view"}
    return {"copy"} if kind == "move" else {"new"} if kind == "compute" else {"new", "copy"}


def check_chain(seed: int) -> None:
    session, names = Session(), dict[str, Any](torch=torch)
    for code, kind in a_chain(seed):
        old = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
        before = contents(old)
        error = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(code, names)
        except Exception as failure:  # noqa: BLE001 - the console has to fail likewise
            error = failure
        (step,) = session.run(code)
        if error is not None:
            assert step.problem is not None, (code, error)
            continue
        assert step.problem is None, (code, step.problem)
        assert step.effect in expected(kind, code, before, names, old), (seed, code, step)
        assert (step.bytes_copied > 0) <= (step.effect == "copy")
        compare(session, {name: value for name, value in names.items() if isinstance(value, torch.Tensor)})


def compare(session: Session, judged: dict[str, torch.Tensor]) -> None:
    """Every row of the report against torch's own tensor, and who shares a storage with whom."""
    rows = {row["name"]: row for row in report(session, [])["tensors"]}
    assert set(rows) == set(judged)
    for name, tensor in judged.items():
        row = rows[name]
        assert row["shape"] == list(tensor.shape)
        assert row["stride"] == list(tensor.stride())
        assert row["storage_offset"] == tensor.storage_offset()
        assert f"torch.{row['dtype']}" == str(tensor.dtype)
        assert row["is_contiguous"] == tensor.is_contiguous()
        assert row["is_view"] == tensor._is_view()
        assert row["numel"] == tensor.numel()
        assert repr(row.get("values")) == repr(as_json(tensor.tolist()) if tensor.numel() <= 1000 else None)
    pairs = [(one, other) for one in judged for other in judged]
    for one, other in pairs:
        shared = judged[one].untyped_storage()._cdata == judged[other].untyped_storage()._cdata
        assert (rows[one]["storage"] == rows[other]["storage"]) == shared


def as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, complex):
        return [as_json(value.real), as_json(value.imag)]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value


@settings(max_examples=CHAINS, deadline=None, database=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_chains_are_reported_as_torch_has_them(seed: int) -> None:
    check_chain(seed)


@pytest.mark.slow
@pytest.mark.timeout(3000)
@settings(max_examples=MANY, deadline=None, database=None)
@given(st.integers(0, 10**12))
def test_thousands_of_chains(seed: int) -> None:
    check_chain(seed)


@pytest.mark.parametrize("seed", range(40))
def test_undo_and_redo_along_a_chain_give_the_same_bytes(seed: int) -> None:
    session, states = Session(), []
    for code, _ in a_chain(seed):
        states.append(contents(dict(session.tensors())))
        list(session.run(code))
    states.append(contents(dict(session.tensors())))
    for state in reversed(states[:-1]):
        session.undo()
        assert contents(dict(session.tensors())) == state
    for state in states[1:]:
        session.redo()
        assert contents(dict(session.tensors())) == state
