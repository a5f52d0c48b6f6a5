"""Writing a cell gives exactly the code that writes it; a text that is no value is refused with what the type takes.

torch is the judge of which values a type holds.
"""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.canvas_position import address_of
from tensorviz.core.canvas_walk import walk
from tensorviz.core.canvas_writing import largest, literal, whole_range, writing_code
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import Layout
from tensorviz.core.session_data import TensorFacts
from tests.core.layouts import any_layouts, every_index


@pytest.mark.parametrize("name", [name for name, kind in DTYPES.items() if kind.kind in ("float", "complex")])
def test_the_largest_number_is_torchs(name: str) -> None:
    assert largest(DTYPES[name]) == torch.finfo(getattr(torch, name)).max


@pytest.mark.parametrize("name", [name for name, kind in DTYPES.items() if kind.kind in ("int", "uint")])
def test_the_range_of_whole_numbers_is_torchs(name: str) -> None:
    info = torch.iinfo(getattr(torch, name))
    assert whole_range(DTYPES[name]) == (info.min, info.max)


@pytest.mark.parametrize(
    ("text", "dtype", "code"),
    [
        ("7", "float32", "7"),
        (" -1.5e-3 ", "float16", "-1.5e-3"),
        ("4.", "float32", "4."),
        ("007", "float32", "7.0"),
        ("nan", "float32", "float('nan')"),
        ("-inf", "float64", "float('-inf')"),
        ("-3", "int8", "-3"),
        ("0xff", "uint8", "255"),
        ("true", "bool", "True"),
        ("0", "bool", "False"),
        ("1-2j", "complex64", "complex(1.0, -2.0)"),
        ("nan", "complex64", "complex(float('nan'), 0.0)"),
    ],
)
def test_texts_as_code(text: str, dtype: str, code: str) -> None:
    assert literal(text, DTYPES[dtype]) == code
    eval(code, {"float": float, "complex": complex})  # it is Python


@pytest.mark.parametrize(
    ("text", "dtype", "said"),
    [
        ("", "float32", "No value"),
        ("1,5", "float32", "'1,5' is not a value of float32."),
        ("__import__('os')", "float32", "is not a value"),
        ("300", "uint8", "300 does not fit into uint8."),
        ("-1", "uint8", "does not fit"),
        ("1.5", "int32", "is not a value of int32"),
        ("1e9", "float16", "does not fit into float16"),
        ("inf", "float8_e4m3fn", "has no infinity"),
        ("maybe", "bool", "True or False"),
        ("1+", "complex64", "is not a value of complex64"),
        ("3", "float4_e2m1fn_x2", "two numbers"),
    ],
)
def test_what_is_no_value_is_refused(text: str, dtype: str, said: str) -> None:
    with pytest.raises(ValueRefused, match=r".") as error:
        literal(text, DTYPES[dtype])
    assert said in str(error.value)
    assert error.value.hint


def facts(name: str, layout: Layout, dtype: str = "float32", requires_grad: bool = False) -> TensorFacts:
    return TensorFacts(name, layout, dtype, "cpu", "A", requires_grad=requires_grad)


def test_the_code_goes_through_a_tensor_that_reaches_the_cell() -> None:
    kind = DTYPES["float32"]
    rows, columns = facts("x", Layout((3, 2), (2, 1))), facts("y", Layout((2, 3), (1, 2)))
    assert writing_code("7", 3, kind, (rows, columns)) == "x[1, 1] = 7"
    assert writing_code("7", 4, kind, (rows, columns), "y") == "y[0, 2] = 7"
    single = facts("s", Layout((), (), 5))
    assert writing_code("7", 5, kind, (single,)) == "s[()] = 7"
    assert writing_code("7", 1, kind, (single,)) == "s.storage()[1] = 7"
    whole, learnt = facts("i", Layout((6,), (1,)), "int32"), facts("w", Layout((6,), (1,)), requires_grad=True)
    assert writing_code("7", 1, kind, (whole, learnt)) == "w.storage()[1] = 7"
    with pytest.raises(ValueRefused):
        writing_code("7", 1, kind, (whole,))


@settings(deadline=None, max_examples=200)
@given(any_layouts())
def test_a_walk_visits_every_index_once_in_the_order_of_memory(layout: Layout) -> None:
    steps = list(walk(layout))
    assert sorted(step.index for step in steps) == sorted(every_index(layout))
    assert [step.number for step in steps] == list(range(1, layout.numel + 1))
    assert [step.address for step in steps] == sorted(step.address for step in steps)
    assert all(layout.address(step.index) == step.address for step in steps)


def test_a_walk_leaps_over_gaps() -> None:
    steps = walk(Layout((1000, 2), (1 << 40, 1)))
    assert [(next(steps).address, next(steps).address) for _ in range(1000)][-1] == (999 << 40, (999 << 40) + 1)


@pytest.mark.parametrize(
    ("text", "address"),
    [("12", 12), ("0x1f", 31), ("48b", 12), ("1,000", 1000), ("51 bytes", 12), ("0x30 b", 12), ("0x1b", 27)],
)
def test_places_in_a_storage(text: str, address: int) -> None:
    assert address_of(text, 2000, 4) == address


@pytest.mark.parametrize("text", ["", "x", "-1", "2000", "8000b", "1.5"])
def test_places_that_are_none(text: str) -> None:
    with pytest.raises(ValueRefused) as error:
        address_of(text, 2000, 4)
    assert error.value.hint


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_every_float_can_be_written_back(value: float) -> None:
    code = literal(repr(value), DTYPES["float32"])
    assert math.copysign(1, float(code)) == math.copysign(1, value)
    assert float(code) == value
