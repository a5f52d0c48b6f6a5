"""Element types and number texts, held against torch.

Must not know how bits are taken apart or digits chosen.
"""

from __future__ import annotations

import math
import struct

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.dtypes import DTYPES, bits_text, decode, dtype_named, hex_text, unpacked
from tensorviz.core.errors import NameUnknown
from tensorviz.core.number_text import number_text

FLOATS = [name for name, dtype in DTYPES.items() if dtype.kind == "float"]
SMALL = [name for name in FLOATS if DTYPES[name].itemsize <= 2]


def alike(a: complex, b: complex) -> bool:
    return repr(a) == repr(b) or (a == b and math.copysign(1, a.real) == math.copysign(1, b.real))


@pytest.mark.filterwarnings("ignore:ComplexHalf support")
@pytest.mark.parametrize("name", sorted(DTYPES))
def test_sizes_and_kinds_are_torchs(name: str) -> None:
    theirs, ours = getattr(torch, name), DTYPES[name]
    assert ours.itemsize == theirs.itemsize
    assert (ours.kind == "complex") == theirs.is_complex
    assert (ours.kind in ("float", "packed")) == theirs.is_floating_point
    try:
        known = str(torch.empty(0, dtype=theirs).numpy().dtype)
    except TypeError:
        known = None
    assert ours.numpy == known


@pytest.mark.parametrize("name", SMALL)
def test_every_code_of_the_small_floats(name: str) -> None:
    size = DTYPES[name].itemsize
    codes = range(256) if size == 1 else range(0, 65536, 7)
    raw = b"".join(code.to_bytes(size, "little") for code in codes)
    expected = torch.frombuffer(bytearray(raw), dtype=getattr(torch, name)).double().tolist()
    found = [decode(raw[at : at + size], DTYPES[name]) for at in range(0, len(raw), size)]
    assert [repr(value) for value in found] == [repr(value) for value in expected]


@pytest.mark.parametrize("name", sorted(set(DTYPES) - set(SMALL) - {"float4_e2m1fn_x2", "complex32"}))
@given(raw=st.binary(min_size=16, max_size=16))
@settings(deadline=None, max_examples=100)
def test_codes_of_the_large_types(name: str, raw: bytes) -> None:
    dtype = DTYPES[name]
    raw = bytes([raw[0] & 1]) if name == "bool" else raw[: dtype.itemsize]
    expected = torch.frombuffer(bytearray(raw), dtype=getattr(torch, name)).item()
    assert alike(decode(raw, dtype), expected)


def test_four_bits() -> None:
    # The OCP table of E2M1.
    assert unpacked(0xF1) == (0.5, -6.0)
    assert unpacked(0x27) == (6.0, 1.0)


def test_bits_of_one() -> None:
    raw = struct.pack("<f", 1.0)
    assert bits_text(raw, DTYPES["float32"]) == "0 01111111 00000000000000000000000"
    assert hex_text(raw) == "0x3F800000"
    assert bits_text(b"\x81", DTYPES["uint8"]) == "1000 0001"
    assert bits_text(struct.pack("<ff", 1.0, -0.0), DTYPES["complex64"]).endswith("| 1 00000000 " + "0" * 23)


def test_names() -> None:
    assert dtype_named("torch.bfloat16") is DTYPES["bfloat16"]
    with pytest.raises(NameUnknown, match="float23"):
        dtype_named("float23")


@pytest.mark.parametrize("name", [name for name in FLOATS if name != "float8_e8m0fnu"])
@given(raw=st.binary(min_size=8, max_size=8))
@settings(deadline=None, max_examples=200)
def test_the_text_names_the_value_and_no_other(name: str, raw: bytes) -> None:
    dtype = DTYPES[name]
    value = decode(raw[: dtype.itemsize], dtype)
    assert isinstance(value, float)
    text = number_text(value, dtype)
    assert text.exact
    back = torch.tensor(float(text.text), dtype=torch.float64).to(getattr(torch, name)).double().item()
    assert alike(back, value)


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.complex_numbers()), st.integers(1, 12))
@settings(deadline=None, max_examples=400)
def test_a_text_fits_and_says_when_it_is_cut(value: complex, width: int) -> None:
    dtype = DTYPES["complex128" if type(value) is complex else "float64"]
    text = number_text(value, dtype, width)
    assert len(text.text) <= width
    if text.exact and text.text not in ("T", "F", "True", "False"):
        assert alike(complex(text.text), complex(value)) or float(text.text) == value


@pytest.mark.parametrize(
    ("value", "name", "width", "text", "exact"),
    [
        (4.0, "float32", None, "4.", True),
        (100.0, "float32", None, "100.", True),
        (torch.tensor(0.1).item(), "float32", None, "0.1", True),
        (torch.tensor(0.1, dtype=torch.bfloat16).item(), "bfloat16", None, "0.1", True),
        (-0.25, "float64", 3, "-.2", False),
        (1e-7, "float64", None, "1e-7", True),
        (0.123456, "float64", 5, "0.123", False),
        (123456.0, "float64", 5, "1.2e5", False),
        (123456789, "int64", 6, "1.23e8", False),
        (math.nan, "float32", 4, "nan", True),
        (-math.inf, "float32", 4, "-inf", True),
        (True, "bool", 2, "T", True),
        (1 - 2j, "complex64", None, "1.-2.j", True),
        (-0.0, "float32", None, "-0.", True),
        (7, "int8", None, "7", True),
        (65504.0, "float16", None, "65504.", True),  # the largest; 65500 would name it, and looks like another number
        (448.0, "float8_e4m3fn", None, "448.", True),
        (3.140625, "bfloat16", None, "3.14", True),
    ],
)
def test_examples(value: complex, name: str, width: int | None, text: str, exact: bool) -> None:
    found = number_text(value, name, width)
    assert (found.text, found.exact) == (text, exact)
