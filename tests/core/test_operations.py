"""The table of operations: code lines, names, ranges and the reasons why something cannot be done, by arithmetic.

Must not know torch: that every line runs is tested with the engine.
"""

from __future__ import annotations

import ast
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.operation_data import Subject, Value, indexed, subject_of, suggested_name
from tensorviz.core.operation_ranges import CHECKS, RULES
from tensorviz.core.operations import (
    GROUPS,
    OPERATIONS,
    code_for,
    offer_of,
    operation_named,
    problem_of,
    settled,
    shape_from_text,
    why_not,
)
from tensorviz.core.session_data import SessionFacts, TensorFacts
from tests.core.layouts import any_layouts

DERIVED = {"x", "slice", "along"}


def subject(*shape: int, dtype: str = "float32") -> Subject:
    facts = TensorFacts("points", contiguous(shape), dtype, "cpu", "A", tuple(range(len(shape))))
    other = TensorFacts("other", contiguous((2, 2)), dtype, "cpu", "B", (0, 1))
    found = subject_of(SessionFacts(tensors=(facts, other), other=(("n", "3"),)), "points")
    assert found is not None
    return found


def line(key: str, what: Subject, target: str = "y", **values: Value) -> str:
    operation = operation_named(key)
    return code_for(operation, what, settled(operation, what, values), target)


def test_the_table_makes_sense() -> None:
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)
    assert {one.group for one in OPERATIONS} == set(GROUPS)
    for one in OPERATIONS:
        assert one.tip.endswith("."), one.id
        assert one.in_place == one.title.endswith("_"), one.id
        asked = {field for _, field, _, _ in string.Formatter().parse(one.template) if field}
        given = {parameter.id for parameter in one.parameters}
        assert asked - DERIVED <= given, one.id
        assert given <= asked or asked & DERIVED, one.id
        assert {parameter.rule for parameter in one.parameters} <= RULES.keys()
    assert CHECKS.keys() <= RULES.keys()


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("t", {}, "y = points.t()"),
        ("transpose", {}, "y = points.transpose(0, 1)"),
        ("permute", {"order": (1, 0)}, "y = points.permute(1, 0)"),
        ("movedim", {}, "y = points.movedim(0, 1)"),
        ("select", {"dim": 1, "index": 1}, "y = points.select(1, 1)"),
        ("narrow", {"dim": 0, "start": 1, "length": 2}, "y = points.narrow(0, 1, 2)"),
        ("slice", {"dim": 0, "start": 1, "stop": 3, "step": 2}, "y = points[1:3:2]"),
        ("slice", {"dim": 1, "start": 0, "stop": 2, "step": 1}, "y = points[:, 0:2]"),
        ("diagonal", {"offset": -1}, "y = points.diagonal(-1, 0, 1)"),
        ("unfold", {"dim": 0, "size": 2, "step": 1}, "y = points.unfold(0, 2, 1)"),
        ("chunk", {}, "y = points.chunk(2, 0)"),
        ("unsqueeze", {"dim": 2}, "y = points.unsqueeze(2)"),
        ("unflatten", {"dim": 0, "sizes": (3, 1)}, "y = points.unflatten(0, (3, 1,))"),
        ("view", {"shape": (2, -1)}, "y = points.view(2, -1)"),
        ("contiguous", {}, "y = points.contiguous()"),
        ("to_dtype", {"dtype": "int32"}, "y = points.to(torch.int32)"),
        ("view_dtype", {"dtype": "uint8"}, "y = points.view(torch.uint8)"),
        ("zero_", {}, "points.zero_()"),
        ("fill_", {"value": "2.5"}, "points.fill_(2.5)"),
        ("sum", {}, "y = points.sum()"),
        ("sum", {"dim": 1}, "y = points.sum(dim=1)"),
        ("sum", {"dim": 1, "keepdim": True}, "y = points.sum(dim=1, keepdim=True)"),
        ("sum", {"dim": None, "keepdim": True}, "y = points.sum()"),
        ("add", {"other": "other"}, "y = points + other"),
        ("cat", {"other": "other", "dim": 1}, "y = torch.cat((points, other), 1)"),
        ("pow", {"power": "-1"}, "y = points ** -1"),
    ],
)
def test_code_lines(key: str, values: dict[str, Value], expected: str) -> None:
    operation, what = operation_named(key), subject(3, 2)
    found = code_for(operation, what, settled(operation, what, values), "y")
    assert found == expected
    ast.parse(found)


def test_without_a_name_the_line_only_shows() -> None:
    assert line("t", subject(3, 2), "") == "points.t()"


def test_numbers_for_bool_are_said_as_bool() -> None:
    assert line("fill_", subject(3, dtype="bool"), value="1") == "points.fill_(True)"


def test_squeeze_of_all_and_of_one() -> None:
    assert line("squeeze", subject(3, 1)) == "y = points.squeeze()"
    assert line("squeeze", subject(3, 1), dim=1) == "y = points.squeeze(1)"


def test_suggested_names_are_free_and_read_well() -> None:
    what = subject(3, 2)
    assert suggested_name(operation_named("transpose"), what) == "points_t"
    assert suggested_name(operation_named("view"), what) == "points_view"
    assert suggested_name(operation_named("fill_"), what) == ""
    taken = Subject("points", "points", what.layout, "float32", taken=frozenset({"points_t", "points_t2"}))
    assert suggested_name(operation_named("t"), taken) == "points_t3"
    inside = Subject("parts[0]", "parts[0]", what.layout, "float32")
    assert suggested_name(operation_named("clone"), inside) == "parts_0_copy"


@given(any_layouts(negative=False), st.data())
def test_what_is_settled_is_within_what_is_offered(layout: Layout, data: st.DataObject) -> None:
    """Whatever a form holds, after settling every value is one that is offered then."""
    what = Subject("x", "x", layout, "uint8", others=(TensorFacts("x", layout, "uint8", "cpu", "A"),))
    operation = data.draw(st.sampled_from(OPERATIONS))
    if why_not(operation, what):
        return
    anything = st.one_of(st.none(), st.integers(-50, 50), st.booleans(), st.text(max_size=3), st.just((1, 0)))
    values = settled(operation, what, {one.id: data.draw(anything) for one in operation.parameters})
    for parameter in operation.parameters:
        offer = offer_of(parameter, what, values)
        if parameter.kind == "choice":
            assert values[parameter.id] in [value for value, _ in offer.choices]
        elif parameter.kind == "whole":
            value = values[parameter.id]
            assert isinstance(value, int)
            assert offer.low <= value <= offer.high
    assert settled(operation, what, values) == values


def test_dependent_ranges() -> None:
    what, narrow = subject(5, 3), operation_named("narrow")
    length = narrow.parameter("length")
    assert [offer_of(length, what, {"dim": 0, "start": start}).high for start in range(6)] == [5, 4, 3, 2, 1, 0]
    kept = settled(narrow, what, {"dim": 1, "start": 5, "length": 5})
    assert kept == {"dim": 1, "start": 3, "length": 0}
    second = operation_named("diagonal").parameter("dim2")
    assert [value for value, _ in offer_of(second, subject(2, 3, 4), {"dim1": 1}).choices] == [0, 2]
    end = operation_named("flatten").parameter("end")
    assert [value for value, _ in offer_of(end, subject(2, 3, 4), {"start": 1}).choices] == [1, 2]


@pytest.mark.parametrize(
    ("text", "shape"),
    [("2, 3", (2, 3)), ("2x-1", (2, -1)), ("(2,3,)", (2, 3)), ("[6]", (6,)), ("2 3", (2, 3)), ("", ()), ("()", ()),
     ("2,,3", None), ("a", None), ("2.5", None), ("1e3", None), ("9" * 14, None), ("2;3", None)],
)  # fmt: skip
def test_shapes_from_text(text: str, shape: tuple[int, ...] | None) -> None:
    assert shape_from_text(text) == shape


@pytest.mark.parametrize(
    ("key", "values", "bad", "word"),
    [
        ("view", {"shape": (4,)}, "shape", "6"),
        ("view", {"shape": (-1, -1)}, "shape", "-1"),
        ("reshape", {"shape": (2, 3)}, "", ""),
        ("unflatten", {"dim": 0, "sizes": (2, 2)}, "sizes", "3"),
        ("expand", {"shape": (4, 2)}, "shape", "size 3"),
        ("fill_", {"value": "one"}, "value", "number"),
        ("normal_", {"mean": "0", "deviation": "-1"}, "deviation", "below 0"),
        ("uniform_", {"low": "2", "high": "1"}, "high", "second"),
    ],
)
def test_typed_values_are_checked(key: str, values: dict[str, Value], bad: str, word: str) -> None:
    what, operation = subject(3, 2), operation_named(key)
    found, said = problem_of(operation, what, settled(operation, what, values))
    assert found == bad
    assert word in said


def test_numbers_fit_the_dtype() -> None:
    fill = operation_named("fill_")
    for dtype, good, bad in (("uint8", "255", "256"), ("int8", "-128", "-129"), ("int64", "7", "1.5")):
        what = subject(3, dtype=dtype)
        assert problem_of(fill, what, {"value": good}) == ("", "")
        assert problem_of(fill, what, {"value": bad})[0] == "value"


@pytest.mark.parametrize(
    ("key", "what", "word"),
    [
        ("t", subject(2, 2, 2), "2 dimensions"), ("transpose", subject(3), "two dimensions"),
        ("squeeze", subject(3, 2), "size 1"), ("mean", subject(3, dtype="int64"), "int64"),
        ("real", subject(3), "imaginary"), ("channels_last", subject(3, 2), "4 or 5"), ("take", subject(3), "selected"),
        ("abs", subject(3, dtype="bool"), "bool"), ("exp", subject(3, dtype="float8_e5m2"), "float8_e5m2"),
        ("amax", subject(0, 2), "no elements"), ("cuda", subject(3), "cuda"), ("select", subject(0), "empty"),
        ("amax", subject(3, dtype="complex64"), "order"), ("flip", subject(), "no dimensions"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_says_why(key: str, what: Subject, word: str) -> None:
    assert word in why_not(operation_named(key), what)


def test_writing_where_elements_share_cells_is_not_offered() -> None:
    layout = Layout((2, 3), (0, 1))
    what = Subject("x", "x", layout, "float32")
    assert "one cell" in why_not(operation_named("mul_"), what)
    assert not why_not(operation_named("zero_"), what), "torch fills expanded tensors"


@given(any_layouts(negative=False), st.data())
def test_a_part_has_the_layout_that_indexing_gives(layout: Layout, data: st.DataObject) -> None:
    ranges = []
    for size in layout.shape:
        first = data.draw(st.integers(0, size))
        ranges.append((first, data.draw(st.integers(first, size))))
    part = indexed(layout, ranges)
    sizes = [b - a for (a, b), size in zip(ranges, layout.shape, strict=True) if b - a != 1 or size == 1]
    assert part.shape == tuple(sizes)
    if part.numel:
        corner = [a for a, _ in ranges]
        assert part.address([0] * part.ndim) == layout.address(corner)
