"""The session as data against torch itself: layouts, storages, names, colours, what is left out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
import torch

from tensorviz.core.layout import Layout
from tensorviz.engine.console.describe import describe
from tensorviz.engine.console.storage_names import StorageNames
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.facts import MOST_IN_ONE, MOST_LISTED, named_tensors, session_facts, step_row, storages_of
from tensorviz.ui.tensors.inspector_text import describe_line

if TYPE_CHECKING:
    from tensorviz.core.session_data import SessionFacts

CODE = """
a = torch.arange(24.).reshape(2, 3, 4)
t = a.permute(2, 0, 1)
row = a[1, 2]
e = torch.ones(1, 3).expand(4, 3)
h = a[:, ::2, 1:]
z = torch.tensor(5)
c = torch.tensor([1 + 2j, 3j]).conj()
i = torch.tensor([1 + 2j, 3j]).conj().imag
w = torch.ones(3, requires_grad=True)
(w * w).sum().backward()
y = w * 2
m = torch.empty(5, device="meta")
none = torch.ones(0, 3)
parts = list(a.unbind(0))
pair = (z, [row, row])
table = {"one": row, 2: z}
same = a
n, text, flag = 5, "word", True
bytes_ = torch.zeros(3, dtype=torch.uint8)
last = torch.ones(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
"""


def opened(code: str) -> tuple[Session, SessionFacts]:
    session = Session()
    for step in session.run(code):
        assert step.problem is None, step
    return session, session_facts(session, 7)


def tensors_of(session: Session) -> dict[str, torch.Tensor]:
    """Every tensor by the code that names it, evaluated by Python itself."""
    names = dict(session.variables)
    facts = session_facts(session, 0)
    return {one.name: eval(one.name, {}, names) for one in facts.tensors}


def test_every_tensor_is_as_torch_says() -> None:
    session, facts = opened(CODE)
    for name, tensor in tensors_of(session).items():
        one = facts.tensor(name)
        assert one is not None
        expected = Layout(tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()), tensor.element_size())
        assert one.layout == expected, name
        assert f"torch.{one.dtype}" == str(tensor.dtype)
        assert one.device == str(tensor.device)
        assert one.requires_grad == tensor.requires_grad
        assert one.is_view == tensor._is_view()
        assert (one.conjugated, one.negated) == (tensor.is_conj(), tensor.is_neg())
        assert one.has_grad == (tensor.is_leaf and tensor.grad is not None)
        assert len(one.keys) == len(set(one.keys)) == tensor.dim()


def test_all_names_and_no_other() -> None:
    _, facts = opened(CODE)
    lists = ["parts[0]", "parts[1]", "pair[0]", "pair[1][0]", "pair[1][1]", "table['one']", "table[2]"]
    variables = ["a", "t", "row", "e", "h", "z", "c", "i", "w", "y", "m", "none", "same", "bytes_", "last"]
    assert sorted(one.name for one in facts.tensors) == sorted([*variables, "w.grad", *lists])
    assert sorted(one.name for one in facts.tensors if one.variable) == sorted(variables)
    values = {"n": "5", "text": "'word'", "flag": "True"}
    lists_told = {"parts": "list of 2", "pair": "tuple of 2", "table": "dict of 2"}
    assert dict(facts.other) == {**values, **lists_told}
    assert (facts.left_out, facts.memory, facts.here) == (0, 7, session_steps())


def session_steps() -> int:
    return len(CODE.strip().splitlines())


def test_storages_are_those_of_torch() -> None:
    session, facts = opened(CODE)
    tensors = tensors_of(session)
    for (left, a), (right, b) in itertools.combinations(tensors.items(), 2):
        if a.is_meta or b.is_meta:
            continue
        one, other = facts.tensor(left), facts.tensor(right)
        assert one is not None
        assert other is not None
        together = a.untyped_storage()._cdata == b.untyped_storage()._cdata
        assert (one.storage == other.storage) == together, (left, right)
        assert (one.identity == other.identity) == (a is b), (left, right)
    assert facts.tensor("m").storage is None  # type: ignore[union-attr]
    for storage in facts.storages:
        members = [one.name for one in facts.on(storage.id)]
        assert list(storage.tensors) == members
        assert {tensors[name].untyped_storage().nbytes() for name in members} == {storage.nbytes}
    held = storages_of(session)
    assert {letter: one.nbytes() for letter, one in held.items()} == {one.id: one.nbytes for one in facts.storages}


def test_letters_are_kept_and_not_used_twice() -> None:
    session, before = opened("a = torch.ones(2)\nb = torch.ones(3)")
    for step in session.run("del a\nc = torch.ones(4)\nd = b"):
        assert step.problem is None
    after = session_facts(session, 1)
    assert [(one.name, one.storage) for one in before.tensors] == [("a", "A"), ("b", "B")]
    assert [(one.name, one.storage) for one in after.tensors] == [("b", "B"), ("c", "C"), ("d", "B")]


def test_a_storage_that_moved_does_not_leave_its_letter_to_the_next_one_there() -> None:
    for size in (4, 16, 1000, 100_000, 1_000_000):
        for _ in range(20):
            names, grown = StorageNames(), torch.ones(size)
            first, place = names.name_of(grown), grown.untyped_storage().data_ptr()
            grown.resize_(3 * size)
            others = [torch.ones(size) for _ in range(5)]
            if place in [one.untyped_storage().data_ptr() for one in others]:
                letters = [names.name_of(one) for one in others]
                assert len({first, *letters}) == 6
                assert names.name_of(grown) == first
                return
    pytest.skip("no storage came to lie where another had been")


def test_two_objects_over_one_memory_have_one_letter() -> None:
    names, tensor = StorageNames(), torch.ones(4)
    other = torch.from_numpy(tensor.numpy())
    assert other.untyped_storage()._cdata != tensor.untyped_storage()._cdata
    assert names.name_of(other) == names.name_of(tensor)


def test_a_dimension_keeps_its_colour_through_a_transpose() -> None:
    _, facts = opened("a = torch.ones(2, 3, 4)\nt = a.permute(2, 0, 1)\nrow = a[1]")
    a, t, row = (facts.tensor(name) for name in ("a", "t", "row"))
    assert a is not None
    assert t is not None
    assert row is not None
    assert t.keys == (a.keys[2], a.keys[0], a.keys[1])
    assert row.keys == a.keys[1:]


def test_the_describe_line_of_the_window_is_that_of_the_library() -> None:
    session, facts = opened(CODE)
    for name, tensor in tensors_of(session).items():
        one = facts.tensor(name)
        assert one is not None
        assert describe_line(one, facts.storage(one.storage)) == describe(tensor), name


@pytest.mark.parametrize("name", ["parts", "others"])
def test_what_is_not_listed_is_counted(name: str) -> None:
    code = f"{name} = [torch.ones(1) for i in range({MOST_IN_ONE + 5})]\ndeep = [[[torch.ones(1), 3]]]"
    _, facts = opened(code)
    assert len(facts.tensors) == MOST_IN_ONE
    assert facts.left_out == 5 + 1


def test_a_dict_of_keys_that_cannot_be_written_is_counted() -> None:
    tensors = {"x" * 500: torch.ones(1), (1, 2): torch.ones(1), "ok": torch.ones(1)}
    found, left_out = named_tensors({"d": tensors})
    assert (list(found), left_out) == (["d['ok']"], 2)


def test_there_are_at_most_so_many() -> None:
    found, left_out = named_tensors({f"t{number}": torch.ones(1) for number in range(MOST_LISTED + 3)})
    assert (len(found), left_out) == (MOST_LISTED, 3)


def test_a_list_in_itself_ends() -> None:
    inside: list[object] = [torch.ones(1)]
    inside.append(inside)
    found, _ = named_tensors({"l": inside})
    assert list(found) == ["l[0]", "l[1][0]"]


def test_a_long_list_of_numbers_costs_little() -> None:
    found, left_out = named_tensors({"l": list(range(1_000_000)), "x": torch.ones(1)})
    assert (list(found), left_out) == (["x"], 0)


def test_undo_and_redo_are_told() -> None:
    session, facts = opened("a = torch.ones(2)")
    assert (facts.can_undo, facts.can_redo) == (True, False)
    session.undo()
    facts = session_facts(session, 1)
    assert (facts.here, facts.can_undo, facts.can_redo, facts.tensors) == (0, False, True, ())


def test_a_refused_step_has_its_reason() -> None:
    session = Session()
    list(session.run("x = torch.arange(6.).reshape(2, 3).t()\nx.view(6)"))
    row = step_row(session.here)
    assert row.trouble is not None
    assert row.trouble.subject == "x"
    assert type(row.trouble.reason).__name__ == "BrokenView"


@pytest.mark.parametrize("value", [2**4000, "x" * 100, [1] * 7, {1: 2}, 1.5, None, 3 + 4j, {1}, (1,)])
def test_values_are_told_in_short(value: object) -> None:
    session = Session()
    session.put("# put", {"v": value})
    [(name, text)] = session_facts(session, 0).other
    assert name == "v"
    assert len(text) <= 64
