"""The bits of an element, part by part, and what each part means.

Must not know Qt, tensors or memory: the bytes of one element are given.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DType, bits_text, decode, fields, unpacked
from tensorviz.ui.tensors.inspector_lines import Line, Span, line, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

TONES = {"sign": "danger", "exponent": "accent", "mantissa": "good"}
GROUP = 8


def bit_lines(raw: bytes, kind: DType) -> list[Line]:
    """The bits: of floats by sign, exponent and mantissa, with what they mean; of others in fours."""
    if kind.kind == "complex":
        half = kind.itemsize // 2
        part = DType("", half, "float", kind.exponent, kind.mantissa)
        parts = (("real", raw[:half]), ("imaginary", raw[half:]))
        return [each for title, code in parts for each in (line("", Span(title, "muted")), *_float(code, part))]
    if kind.kind == "packed":
        low, high = unpacked(raw[0])
        bits = format(raw[0], "08b")
        return [line("first", numbers(bits[4:]), f"  {low:g}"), line("second", numbers(bits[:4]), f"  {high:g}")]
    if kind.is_float:
        return list(_float(raw, kind))
    return [line("bits", numbers(bits_text(raw, kind)))]


def _float(raw: bytes, kind: DType) -> Iterator[Line]:
    code = int.from_bytes(raw, "little")
    if kind.specials == "scale":
        power = "NaN" if code == 255 else f"2^{code - kind.bias}"
        yield _part("exponent", format(code, "08b"), f"{code} - {kind.bias}: {power}")
        return
    sign, exponent, fraction = fields(code, kind)
    value = decode(raw, kind)
    assert isinstance(value, float)
    yield _part("sign", str(sign), "-" if sign else "+")
    yield _part("exponent", format(exponent, f"0{kind.exponent}b"), _exponent(exponent, value, kind))
    yield _part(
        "mantissa", _grouped(format(fraction, f"0{kind.mantissa}b")), _mantissa(exponent, fraction, value, kind)
    )


def _part(name: str, bits: str, meaning: str) -> Line:
    return Line(name, (Span(bits, TONES[name], number=True, strong=True), Span(f"  {meaning}", "muted")))


def _exponent(exponent: int, value: float, kind: DType) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinite"
    if exponent == 0:
        return "zero" if value == 0 else f"0, subnormal: 2^{1 - kind.bias}"
    return f"{exponent} - {kind.bias}: 2^{exponent - kind.bias}"


def _mantissa(exponent: int, fraction: int, value: float, kind: DType) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinite"
    return f"times {(exponent != 0) + fraction / (1 << kind.mantissa)!r}"


def _grouped(bits: str) -> str:
    """With gaps from the right, where a line may end."""
    first = len(bits) % GROUP
    groups = [bits[:first]] if first else []
    return " ".join(groups + [bits[at : at + GROUP] for at in range(first, len(bits), GROUP)])
