"""Numbers as they are written in grids, and as they are typed."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import ValueRefused
from tensorviz.core.number_format import NumberFormat, literal, value_code
from tensorviz.core.number_text import NumberText


@pytest.mark.parametrize(
    ("form", "value", "dtype", "expected"),
    [
        (NumberFormat("fixed", 2), 1.5, "float32", NumberText("1.50")),
        (NumberFormat("fixed", 2), 0.125, "float32", NumberText("0.12", False)),
        (NumberFormat("scientific", 1), 1500.0, "float32", NumberText("1.5e+03")),
        (NumberFormat("hex"), -1, "int16", NumberText("ffff")),
        (NumberFormat("hex"), 10, "uint8", NumberText("0a")),
        (NumberFormat("hex"), 1.5, "float32", NumberText("1.5")),
        (NumberFormat("fixed", 1), math.nan, "float32", NumberText("nan")),
        (NumberFormat("fixed", 1), 7, "int32", NumberText("7")),
        (NumberFormat("fixed", 2), 12345678.0, "float32", NumberText("#", False)),
        (NumberFormat("fixed", 1), 1 - 2j, "complex64", NumberText("1.0-2.0j")),
        (NumberFormat(), 1 - 2j, "complex64", NumberText("1.-2.j")),
        (NumberFormat(), 1 / 3 + 2j, "complex64", NumberText("0.3+2.j", False)),
    ],
)
def test_formats(form: NumberFormat, value: complex, dtype: str, expected: NumberText) -> None:
    assert form.text(value, DTYPES[dtype], 9) == expected


@given(st.floats(width=32, allow_nan=False), st.integers(0, 9))
def test_a_fixed_text_is_exact_only_when_it_names_the_number(value: float, decimals: int) -> None:
    shown = NumberFormat("fixed", decimals).text(value, DTYPES["float32"], 400)
    if shown.exact:
        assert struct.pack("<f", float(shown.text)) == struct.pack("<f", value)


@given(st.floats(width=32))
def test_a_literal_gives_the_value(value: float) -> None:
    again = eval(literal(value, DTYPES["float32"]))  # a literal of our own
    assert struct.pack("<f", again) == struct.pack("<f", value) or (math.isnan(value) and math.isnan(again))


@pytest.mark.parametrize(
    ("typed", "dtype", "code"),
    [
        ("1.5", "float32", "1.5"),
        (" 3 ", "float32", "3"),
        ("nan", "float16", "float('nan')"),
        ("-inf", "float64", "float('-inf')"),
        ("true", "bool", "True"),
        ("0", "bool", "False"),
        ("255", "uint8", "255"),
        ("0x10", "int32", "16"),
        ("2.0", "int8", "2"),
        ("1+2j", "complex64", "(1+2j)"),
        ("True", "float32", "1"),
    ],
)
def test_what_is_typed(typed: str, dtype: str, code: str) -> None:
    assert value_code(typed, DTYPES[dtype]) == code


@pytest.mark.parametrize(
    ("typed", "dtype"),
    [
        ("", "float32"),
        ("x", "float32"),
        ("__import__('os')", "float32"),
        ("[1]", "float32"),
        ("256", "uint8"),
        ("-1", "uint8"),
        ("1.5", "int32"),
        ("nan", "int32"),
        ("1j", "float32"),
        ("2", "bool"),
        ("1", "float4_e2m1fn_x2"),
    ],
)
def test_what_is_refused(typed: str, dtype: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        value_code(typed, DTYPES[dtype])
    assert caught.value.hint
