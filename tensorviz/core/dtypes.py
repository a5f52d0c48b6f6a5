"""The element types: size, kind and bits of each, and the value that given bytes hold.

Must not know torch or NumPy: names are torch's, everything else is arithmetic on the bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

from tensorviz.core.errors import NameUnknown
from tensorviz.core.names import did_you_mean

Number = bool | int | float | complex


@dataclass(frozen=True)
class DType:
    """One element type. `kind`: bool, uint, int, float, complex (two floats) or packed (bytes of codes).

    `exponent`, `mantissa`: bits of a float (of one part of a complex), the sign aside. `specials` says what the largest
    exponent means: "ieee" (infinities, NaN), "fn" (finite, NaN only at all ones), "fnuz" (finite, no -0, NaN in its
    place), "scale" (no sign, no mantissa: a power of two).
    """

    name: str
    itemsize: int
    kind: str
    exponent: int = 0
    mantissa: int = 0
    specials: str = "ieee"
    numpy: str | None = None  # NumPy's name; None where it has no such type

    @property
    def is_float(self) -> bool:
        """Whether its elements are single floating-point numbers."""
        return self.kind == "float"

    @property
    def bias(self) -> int:
        """What is taken off a stored exponent."""
        return (1 << (self.exponent - 1)) - (0 if self.specials == "fnuz" else 1)

    @property
    def lowest_power(self) -> int:
        """The power of two between neighbours near zero."""
        return 1 - self.bias - self.mantissa


def _floats() -> list[DType]:
    return [
        DType("float64", 8, "float", 11, 52, numpy="float64"),
        DType("float32", 4, "float", 8, 23, numpy="float32"),
        DType("float16", 2, "float", 5, 10, numpy="float16"),
        DType("bfloat16", 2, "float", 8, 7),
        DType("float8_e4m3fn", 1, "float", 4, 3, "fn"),
        DType("float8_e5m2", 1, "float", 5, 2),
        DType("float8_e4m3fnuz", 1, "float", 4, 3, "fnuz"),
        DType("float8_e5m2fnuz", 1, "float", 5, 2, "fnuz"),
        DType("float8_e8m0fnu", 1, "float", 8, 0, "scale"),
        DType("float4_e2m1fn_x2", 1, "packed", 2, 1, "fn"),
    ]


def _others() -> list[DType]:
    whole = [
        DType(f"{kind}{8 * size}", size, kind, numpy=f"{kind}{8 * size}")
        for kind in ("uint", "int")
        for size in (1, 2, 4, 8)
    ]
    complexes = [
        DType("complex128", 16, "complex", 11, 52, numpy="complex128"),
        DType("complex64", 8, "complex", 8, 23, numpy="complex64"),
        DType("complex32", 4, "complex", 5, 10),
    ]
    return [DType("bool", 1, "bool", numpy="bool"), *whole, *complexes]


DTYPES = MappingProxyType({dtype.name: dtype for dtype in (*_floats(), *_others())})


def dtype_named(name: str) -> DType:
    """The element type of that name, with or without "torch." in front. Raises NameUnknown."""
    short = name.removeprefix("torch.")
    if short not in DTYPES:
        raise NameUnknown(f"There is no element type {name}.", did_you_mean(short, DTYPES))
    return DTYPES[short]


def decode(raw: bytes, dtype: DType) -> Number:
    """The value of one element from its bytes in memory order (little-endian); a packed element gives its code.

    `raw` has dtype.itemsize bytes.
    """
    code = int.from_bytes(raw, "little")
    if dtype.kind == "bool":
        return code != 0
    if dtype.kind == "int":
        return int.from_bytes(raw, "little", signed=True)
    if dtype.kind == "float":
        return _float(code, dtype)
    if dtype.kind == "complex":
        half = dtype.itemsize // 2
        return complex(_float(_whole(raw[:half]), dtype), _float(_whole(raw[half:]), dtype))
    return code


def unpacked(code: int) -> tuple[float, float]:
    """The two numbers of one byte of float4_e2m1fn_x2: the lower four bits first."""
    return _four_bits(code & 15), _four_bits(code >> 4)


def _four_bits(code: int) -> float:
    size = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)[code & 7]
    return -size if code & 8 else size


def _whole(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _float(code: int, dtype: DType) -> float:
    if dtype.specials == "scale":
        return math.nan if code == 255 else math.ldexp(1.0, code - 127)
    sign, exponent, fraction = fields(code, dtype)
    top, ones = (1 << dtype.exponent) - 1, (1 << dtype.mantissa) - 1
    if dtype.specials == "fnuz" and sign and not exponent and not fraction:
        return math.nan
    if dtype.specials == "fn" and exponent == top and fraction == ones:
        return math.nan
    if dtype.specials == "ieee" and exponent == top:
        return math.nan if fraction else -math.inf if sign else math.inf
    whole = fraction if exponent == 0 else fraction + ones + 1
    size = math.ldexp(whole, max(exponent, 1) - dtype.bias - dtype.mantissa)
    return -size if sign else size


def fields(code: int, dtype: DType) -> tuple[int, int, int]:
    """Sign, exponent and mantissa bits of a float's code, as they are stored."""
    fraction = code & ((1 << dtype.mantissa) - 1)
    exponent = (code >> dtype.mantissa) & ((1 << dtype.exponent) - 1)
    return code >> (dtype.mantissa + dtype.exponent) & 1, exponent, fraction


def bits_text(raw: bytes, dtype: DType) -> str:
    """The bits, highest first, with gaps between sign, exponent and mantissa: "0 01111111 00000000000000000000000".

    A complex gives its two parts, real first, joined by " | "; other kinds their bits in fours.
    """
    if dtype.kind == "complex":
        half = dtype.itemsize // 2
        part = DType("", half, "float", dtype.exponent, dtype.mantissa)
        return f"{bits_text(raw[:half], part)} | {bits_text(raw[half:], part)}"
    bits = format(_whole(raw), f"0{8 * len(raw)}b")
    if dtype.specials == "scale":
        return bits
    if dtype.kind == "float":
        return " ".join((bits[0], bits[1 : 1 + dtype.exponent], bits[1 + dtype.exponent :]))
    return " ".join(bits[at : at + 4] for at in range(0, len(bits), 4))


def hex_text(raw: bytes) -> str:
    """The bytes as one number, highest first: "0x3F800000"."""
    return f"0x{_whole(raw):0{2 * len(raw)}X}"
