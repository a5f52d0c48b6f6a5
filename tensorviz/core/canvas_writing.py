"""Writing a cell: whether a text is a value of its type, and the code that writes it.

Must not know torch, or who runs the code.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DType, decode
from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.session_data import TensorFacts

LONGEST = 200  # characters of a value
WORDS = {"true": "True", "false": "False", "1": "True", "0": "False"}
WHOLE = re.compile(r"[+-]?\d+|[+-]?0[xX][0-9a-fA-F]+|[+-]?0[bB][01]+")
FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NOT_FINITE = {"nan": "nan", "inf": "inf", "infinity": "inf"}


def literal(text: str, kind: DType) -> str:
    """The code of a value that a person wrote for a cell of that type.

    Raises ValueRefused with what the type takes.
    """
    text = text.strip()[:LONGEST]
    if not text:
        raise ValueRefused("No value was given.", f"Write {_takes(kind)}.")
    if kind.kind == "packed":
        raise ValueRefused(f"A cell of {kind.name} holds two numbers.", "Write its byte through a tensor of uint8.")
    if kind.kind == "bool":
        return _bool(text)
    if kind.kind in ("int", "uint"):
        return _whole(text, kind)
    return _complex(text, kind) if kind.kind == "complex" else _float(text, kind)


def _refused(text: str, kind: DType) -> ValueRefused:
    return ValueRefused(f"{text!r} is not a value of {kind.name}.", f"Write {_takes(kind)}.")


def _takes(kind: DType) -> str:
    if kind.kind == "bool":
        return "True or False"
    if kind.kind in ("int", "uint"):
        return "a whole number from {:,} to {:,}".format(*whole_range(kind))
    if kind.kind == "complex":
        return "a number such as 1.5, 2j or 1-2j"
    return "a number such as 1.5, 2e-3" + (", nan or -inf" if kind.specials == "ieee" else " or nan")


def _bool(text: str) -> str:
    found = WORDS.get(text.lower())
    if found is None:
        raise ValueRefused(f"{text!r} is not a value of bool.", "Write True or False.")
    return found


def whole_range(kind: DType) -> tuple[int, int]:
    """The smallest and the largest number of an integer type."""
    bits = 8 * kind.itemsize
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind.kind == "int" else (0, (1 << bits) - 1)


def _whole(text: str, kind: DType) -> str:
    plain = text.replace("_", "")
    if not WHOLE.fullmatch(plain):
        raise _refused(text, kind)
    value = int(plain, 0) if plain.lower().lstrip("+-").startswith(("0x", "0b")) else int(plain)
    low, high = whole_range(kind)
    if not low <= value <= high:
        raise ValueRefused(f"{text} does not fit into {kind.name}.", f"Write a number from {low:,} to {high:,}.")
    return str(value)


def _float(text: str, kind: DType) -> str:
    sign, bare = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    special = NOT_FINITE.get(bare.lower())
    if special is not None:
        if special == "inf" and kind.specials != "ieee":
            raise ValueRefused(f"{kind.name} has no infinity.", f"Its largest number is {largest(kind):g}.")
        return f"float('{sign if special == 'inf' else ''}{special}')"
    plain = text.replace("_", "").removeprefix("+")
    if not FLOAT.fullmatch(plain):
        raise _refused(text, kind)
    _check_size(float(plain), kind, text)
    # A leading zero ("007") is a number to people and a mistake to Python.
    return plain if not re.match(r"-?0\d+$", plain) else repr(float(plain))


def _check_size(value: float, kind: DType, text: str) -> None:
    # Halfway to the next number that the type would have is still rounded down to the largest.
    most = largest(kind)
    if abs(value) > most * (1 + 2.0 ** -(kind.mantissa + 2)) or (kind.specials == "scale" and value <= 0):
        least = "above 0 and " if kind.specials == "scale" else ""
        raise ValueRefused(f"{text} does not fit into {kind.name}.", f"Write a number {least}up to {most:g} in size.")


def largest(kind: DType) -> float:
    """The largest finite number of a float type (of one part of a complex)."""
    part = DType(kind.name, 0, "float", kind.exponent, kind.mantissa, kind.specials)
    top, ones = (1 << kind.exponent) - 1, (1 << kind.mantissa) - 1
    if kind.specials == "scale":
        return math.ldexp(1.0, 127)
    if kind.specials == "ieee":
        code = (top << kind.mantissa) - 1
    else:
        code = (top << kind.mantissa) | (ones - 1 if kind.specials == "fn" else ones)
    value = decode(code.to_bytes(8, "little"), part)
    assert isinstance(value, float)
    return value


def _complex(text: str, kind: DType) -> str:
    plain = text.replace(" ", "").replace("_", "").replace("i", "j") if "inf" not in text.lower() else text
    try:
        value = complex(plain.replace(" ", ""))
    except ValueError:
        raise _refused(text, kind) from None
    for part in (value.real, value.imag):
        if math.isfinite(part):
            _check_size(part, kind, text)
    return f"complex({_part(value.real)}, {_part(value.imag)})"


def _part(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float('{value}')"


def writing_code(
    text: str, address: int, kind: DType, tensors: Sequence[TensorFacts], current: str | None = None
) -> str:
    """The code that writes a value into cell `address` of a storage whose cells are of type `kind`.

    tensors: those that look at the storage. It is written through a tensor that reaches the cell, the current one if it
    does; else through the storage. Raises ValueRefused for a text that is no value of the type.
    """
    value = literal(text, kind)
    usable = [one for one in tensors if one.dtype == kind.name]
    if not usable:
        raise ValueRefused(
            f"No tensor of {kind.name} looks at this storage.", "Make one with .view(dtype) and write through it."
        )
    usable.sort(key=lambda one: (one.name != current, not one.variable))
    for one in usable:
        index = next(one.layout.indices_at(address), None) if _is_plain(one) else None
        if index is not None:
            return f"{one.name}[{', '.join(map(str, index)) if index else '()'}] = {value}"
    return f"{usable[0].name}.storage()[{address}] = {value}"


def _is_plain(tensor: TensorFacts) -> bool:
    """Whether what is written is what lies in memory, and may be written in place."""
    return not (tensor.conjugated or tensor.negated or tensor.requires_grad)
