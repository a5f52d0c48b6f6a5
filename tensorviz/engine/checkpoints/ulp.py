"""How far apart two elements are: in steps of their element type (ulp), exactly, and as a share of the larger.

Must not know files or tensors: blocks of bits in, arrays of distances out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorviz.core.dtypes import DTYPES, DType
from tensorviz.engine.checkpoints.numbers import as_numbers

Array = NDArray[Any]


def parts_of(bits: Array, dtype: DType) -> tuple[Array, DType]:
    """The bits of single numbers, flat: both parts of a complex and both codes of a packed byte, one after another."""
    flat = bits.reshape(-1)
    if dtype.kind == "complex":
        part = DTYPES[{16: "float64", 8: "float32", 4: "float16"}[dtype.itemsize]]
        return flat.view(f"<u{part.itemsize}"), part
    if dtype.kind == "packed":
        return np.stack((flat & 15, flat >> 4), axis=-1).reshape(-1), dtype
    return flat, dtype


def is_nan(bits: Array, dtype: DType) -> Array:
    """Where single numbers are NaN, told by their bits."""
    if dtype.kind != "float":
        return np.zeros(bits.shape, bool)
    if dtype.specials == "scale":
        return np.asarray(bits == 255)
    if dtype.specials == "fnuz":
        return np.asarray(bits == 128)
    magnitude = bits & bits.dtype.type((1 << (8 * dtype.itemsize - 1)) - 1)
    top = ((1 << dtype.exponent) - 1) << dtype.mantissa
    if dtype.specials == "fn":
        return np.asarray(magnitude == top + (1 << dtype.mantissa) - 1)
    return np.asarray(magnitude > top)


def steps(bits: Array, dtype: DType) -> Array:
    """The place of each number among all of its type: neighbours are 1 apart, 0 and -0 in one place.

    int64, or uint64 for elements of 8 bytes. NaN has no place; what stands there means nothing.
    """
    if dtype.kind == "bool":
        return np.asarray(bits != 0).astype(np.int64)
    if dtype.itemsize == 8:
        return _steps_of_eight(bits, dtype)
    if dtype.kind == "uint" or dtype.specials == "scale":
        return bits.astype(np.int64)
    if dtype.kind == "int":
        return bits.view(f"<i{dtype.itemsize}").astype(np.int64)
    half = 1 << (3 if dtype.kind == "packed" else 8 * dtype.itemsize - 1)
    wide = bits.astype(np.int64)
    return np.where(wide >= half, half - wide, wide)


def _steps_of_eight(bits: Array, dtype: DType) -> Array:
    """The same as uint64, counted from the least."""
    half = np.uint64(1 << 63)
    if dtype.kind == "uint":
        return bits
    if dtype.kind == "int":
        return bits ^ half
    magnitude = bits & (half - np.uint64(1))
    return np.where(bits & half, half - magnitude, half + magnitude)


def ulp_between(one: Array, other: Array, dtype: DType) -> Array:
    """Steps between two blocks of single numbers (exact). Where one is NaN it means nothing."""
    a, b = steps(one, dtype), steps(other, dtype)
    return np.abs(a - b) if a.dtype == np.int64 else np.where(a > b, a - b, b - a)


def doubles(bits: Array, dtype: DType) -> Array:
    """Single numbers as float64; integers above 2^53 are rounded."""
    if dtype.kind == "packed":
        return np.asarray(as_numbers(bits.astype("u1"), dtype)[..., 0], "<f8")
    with np.errstate(invalid="ignore"):  # signalling NaN
        return as_numbers(bits, dtype).astype("<f8")


def distances_between(a: Array, b: Array) -> tuple[Array, Array]:
    """|a - b| over the larger size, and |a - b|, of float64.

    Both are 0 for equal ones, infinities too, and inf where just one is infinite.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        far = np.abs(a - b)
        larger = np.maximum(np.abs(a), np.abs(b))
        share = far / larger
        odd = ~np.isfinite(share)
        if odd.any():  # zeros, infinities, NaN, and differences beyond the largest double
            x, y, most = a[odd], b[odd], larger[odd]
            share[odd] = np.where(x == y, 0.0, np.where(np.isinf(most), np.inf, np.abs(x / most - y / most)))
            far[odd] = np.where(x == y, 0.0, far[odd])
    return share, far
