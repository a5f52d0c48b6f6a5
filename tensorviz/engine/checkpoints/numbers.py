"""From bits to numbers for a whole block: what core/dtypes says of one element, for a million at once.

Must not know files or tensors.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorviz.core.dtypes import DTYPES, DType, decode, unpacked

Array = NDArray[Any]


def as_numbers(bits: Array, dtype: DType) -> Array:
    """The values of a block, exactly: floats as float32 or float64, integers as they are, bool as uint8 0 and 1.

    A complex has its two parts, and a packed byte its two numbers, in one more dimension at the end.
    """
    if dtype.kind == "complex":
        part = DTYPES[{32: "float64", 16: "float64", 8: "float32", 4: "float16"}[dtype.itemsize]]
        split = bits.reshape(-1).view(f"<u{part.itemsize}").reshape(*bits.shape, 2)
        return as_numbers(split, part)
    if dtype.kind == "packed":
        return np.asarray(_table(dtype.name).take(bits, axis=0))
    if dtype.kind == "bool":
        return np.asarray(bits != 0).view(np.uint8)
    if dtype.kind != "float":
        return bits.view(str(dtype.numpy))
    return _floats(bits, dtype)


def _floats(bits: Array, dtype: DType) -> Array:
    if dtype.name == "bfloat16":
        return (bits.astype("<u4") << np.uint32(16)).view("<f4")
    if dtype.name == "float16":
        with np.errstate(invalid="ignore"):  # signalling NaN
            return bits.view("<f2").astype("<f4")
    return _table(dtype.name).take(bits) if dtype.itemsize == 1 else bits.view(str(dtype.numpy))


@cache
def _table(name: str) -> Array:
    """The value of each of the 256 codes (shape (256,), or (256, 2) for packed ones)."""
    dtype = DTYPES[name]
    if dtype.kind == "packed":
        return np.array([unpacked(code) for code in range(256)], "<f4")
    return np.array([decode(bytes((code,)), dtype) for code in range(256)], "<f4")
