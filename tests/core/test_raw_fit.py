"""What is said of raw bytes before they are read: as NumPy takes them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.raw_fit import GROUPS, fit, shape_text
from tensorviz.core.stored import RawForm


def test_every_element_type_is_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(DTYPES)


@given(
    st.sampled_from(["uint8", "int16", "float32", "complex128"]),
    st.lists(st.integers(1, 5), min_size=0, max_size=4),
    st.booleans(),
    st.integers(0, 9),
    st.integers(0, 2000),
)
def test_it_is_what_numpy_makes_of_the_bytes(dtype: str, sizes: list[int], free: bool, first: int, size: int) -> None:
    """The bytes left over are those behind the last element; too few are refused as NumPy refuses them."""
    shape = [*sizes, -1] if free else sizes
    text = ", ".join(map(str, shape)) if shape else "()"
    found = fit(dtype, text, str(first), False, size)
    kind = np.dtype(dtype)
    if first > size:
        assert found.form is None
        return
    behind = np.zeros(size, np.uint8)[first:]
    if free:
        row = int(np.prod(sizes)) * kind.itemsize
        whole = behind[: len(behind) // row * row].view(kind).reshape(shape)
    else:
        count = int(np.prod(sizes)) * kind.itemsize
        if count > len(behind):
            assert found.form is None
            assert f"{count - len(behind):,} more than there are" in found.sentence
            return
        whole = behind[:count].view(kind).reshape(shape)
    assert found.form == RawForm(dtype, tuple(shape), first)
    assert found.left == len(behind) - whole.nbytes


def test_what_is_said() -> None:
    assert fit("float32", "10, -1", "0", False, 4003).sentence == (
        "10 x 100 = 1,000 elements of float32, 4,000 bytes. 3 bytes after that are left over."
    )
    assert fit("uint8", "", "16", True, 17).sentence == "1 element of uint8, 1 byte. Nothing is left over."
    assert fit("float32", "3x224x224", "0", False, 602_111).sentence == (
        "3 x 224 x 224 = 150,528 elements of float32 are 602,112 bytes: 1 more than there are from the first byte on. "
        "Give a smaller shape or another element type."
    )
    assert fit("int64", "", "0", False, 7).left == 7
    assert fit("float32", "", "0x10", True, 20).form == RawForm("float32", None, 16, True)


@pytest.mark.parametrize(
    ("shape", "first"),
    [("2;3", "0"), ("-1, -1", "0"), ("-2", "0"), ("0, -1", "0"), ("3", "-1"), ("3", "x"), ("3", "21"), ("9" * 13, "0")],
)
def test_nonsense_is_refused_with_a_sentence(shape: str, first: str) -> None:
    found = fit("float32", shape, first, False, 20)
    assert found.form is None
    assert found.sentence.endswith(".")


def test_without_a_size_only_nonsense_is_refused() -> None:
    assert fit("float32", "3, -1", "0", False, None).form == RawForm("float32", (3, -1))
    assert fit("float32", "3;", "0", False, None).form is None
    assert fit("float64", "9999999999999, 9999999999999", "0", False, None).form is None


def test_sizes_are_written_as_they_are_typed() -> None:
    for shape in (None, (), (3,), (3, -1, 2)):
        form = fit("uint8", shape_text(shape), "0", False, 60).form
        assert form is not None
        assert form.shape == shape
