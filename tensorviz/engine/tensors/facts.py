"""The session as plain data: every tensor that a name leads to, the storages, and steps as the screen shows them.

Must not know how it travels.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.session_data import OperationRow, SessionFacts, StepRow, StorageFacts, TensorFacts, Trouble
from tensorviz.engine.storage_views import has_memory, layout_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tensorviz.engine.console.history import HistoryNode, StepDone
    from tensorviz.engine.console.problems import StepProblem
    from tensorviz.engine.session import Session

MOST_LISTED = 1000  # tensors; what a list holds beyond is counted, not listed
MOST_IN_ONE = 64  # of one list or dict
DEEPEST = 2  # lists in lists
LONGEST_KEY = 40  # characters of a key
VALUE_LENGTH = 60

Named = dict[str, torch.Tensor]


def named_tensors(variables: Mapping[str, Any]) -> tuple[Named, int]:
    """Every tensor that the console can name, by that name, and how many are left out.

    Variables, what lists, tuples and dicts hold ("parts[0]"), and gradients ("w.grad").
    """
    found: Named = {}
    left_out = 0
    for name, tensor in _walk(variables):
        if name and len(found) < MOST_LISTED:
            found[name] = tensor
        else:
            left_out += 1
    return found, left_out


def _walk(variables: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """Tensors with their names, "" for those too deep or too far back in a list to be listed."""
    for name, value in variables.items():
        yield from _inside(name, value, 0)


def _inside(name: str, value: Any, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield name, value
        if value.is_leaf and value.grad is not None:
            yield f"{name}.grad", value.grad
    elif isinstance(value, list | tuple | dict):
        yield from _in_container(name, value, depth)


def _in_container(
    name: str, value: list[Any] | tuple[Any, ...] | dict[Any, Any], depth: int
) -> Iterator[tuple[str, torch.Tensor]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    first = list(itertools.islice(pairs, MOST_IN_ONE if depth < DEEPEST else 0))
    for key, item in first:
        part = _key_text(key)
        if part:
            yield from _inside(f"{name}{part}", item, depth + 1)
        elif isinstance(item, torch.Tensor):
            yield "", item
    rest = itertools.islice(value.values() if isinstance(value, dict) else value, len(first), None)
    yield from (("", item) for item in rest if isinstance(item, torch.Tensor))


def _key_text(key: Any) -> str:
    """A key as it is written: "[0]", "['a']"; "" for one that is too long, or no plain value."""
    plain = isinstance(key, int | float | bool | str | type(None))
    text = f"[{key!r}]" if plain and not (isinstance(key, str) and len(key) > LONGEST_KEY) else ""
    return text if len(text) <= LONGEST_KEY + 4 else ""


Rows = dict[str, tuple[object, TensorFacts]]


def session_facts(session: Session, memory: int, known: Rows | None = None) -> SessionFacts:
    """The session as it is now. known: what was told last; the rows of tensors that did not change are used again."""
    tensors, left_out = named_tensors(session.variables)
    rows = _rows(session, tensors, {} if known is None else known)
    return SessionFacts(
        rows,
        _storages(tensors, rows),
        session.here.number,
        memory,
        session.here.parent is not None,
        bool(session.here.children),
        left_out,
        tuple((name, _value(value)) for name, value in session.variables.items() if _is_plain(value)),
    )


def storages_of(session: Session) -> dict[str, torch.UntypedStorage]:
    """The storages of the session's tensors by their letters."""
    tensors, _ = named_tensors(session.variables)
    return {session.storage_names.name_of(one): one.untyped_storage() for one in tensors.values() if has_memory(one)}


def _rows(session: Session, tensors: Named, known: Rows) -> tuple[TensorFacts, ...]:
    states, before = session.noted, dict(known)
    known.clear()
    for name, tensor in tensors.items():
        state, told = states.get(id(tensor)), before.get(name)
        if told is not None and told[0] is state and state is not None:
            known[name] = told
            continue
        letter = session.storage_names.name_of(tensor) if has_memory(tensor) else None
        known[name] = state, _tensor(name, tensor, letter, session.dimension_keys.of(tensor))
    return tuple(row for _, row in known.values())


def _tensor(name: str, tensor: torch.Tensor, letter: str | None, keys: tuple[int, ...]) -> TensorFacts:
    return TensorFacts(
        name=name,
        layout=layout_of(tensor),
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        storage=letter,
        keys=keys,
        identity=id(tensor),
        variable=name.isidentifier(),
        is_view=tensor._is_view(),
        requires_grad=tensor.requires_grad,
        has_grad=tensor.is_leaf and tensor.grad is not None,
        conjugated=tensor.is_conj(),
        negated=tensor.is_neg(),
    )


def _storages(tensors: Named, rows: tuple[TensorFacts, ...]) -> tuple[StorageFacts, ...]:
    members: dict[str, list[TensorFacts]] = {}
    for row in rows:
        if row.storage is not None:
            members.setdefault(row.storage, []).append(row)
    ordered = sorted(members, key=lambda letter: (len(letter), letter))
    return tuple(_storage(letter, members[letter], tensors[members[letter][0].name]) for letter in ordered)


def _storage(letter: str, members: list[TensorFacts], tensor: torch.Tensor) -> StorageFacts:
    dtype = members[0].dtype
    if len(members) > 1:
        [(dtype, _)] = Counter(one.dtype for one in members).most_common(1)
    nbytes = tensor.untyped_storage().nbytes()
    return StorageFacts(letter, nbytes, members[0].device, dtype, tuple(one.name for one in members))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, torch.Tensor)


def _value(value: Any) -> str:
    """A short text of a value; what is long to print is told by its kind."""
    if isinstance(value, list | tuple | dict | set) or (isinstance(value, str) and len(value) > VALUE_LENGTH):
        return f"{type(value).__name__} of {len(value)}"
    text = repr(value) if isinstance(value, int | float | complex | str | bool | type(None)) else type(value).__name__
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}..."


def step_row(node: HistoryNode, seconds: float = 0.0, replayed: bool = False) -> StepRow:
    """A step of the history as the screen shows it."""
    assert node.step is not None
    assert node.parent is not None
    return row_of(node.step, node.number, node.parent.number, seconds, replayed)


def row_of(step: StepDone, number: int, parent: int, seconds: float, replayed: bool) -> StepRow:
    """A step with its place in the history."""
    return StepRow(
        number=number,
        parent=parent,
        code=step.code,
        output=step.output,
        trouble=None if step.problem is None else _trouble(step.problem),
        effect=step.effect,
        bytes_copied=step.bytes_copied,
        ops=tuple(OperationRow(one.name, one.effect, one.bytes_copied) for one in step.ops),
        warnings=step.warnings,
        remarks=step.remarks,
        surprise=None if step.surprise is None else Trouble(step.surprise.sentence, reason=step.surprise),
        seconds=seconds,
        replayed=replayed,
    )


def _trouble(problem: StepProblem) -> Trouble:
    found = problem.found
    return Trouble(
        problem.message,
        problem.hint,
        problem.explanation,
        problem.subject,
        found.reason if found is not None else None,
        found.obstacles if found is not None else (),
    )
