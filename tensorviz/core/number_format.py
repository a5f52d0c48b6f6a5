"""Numbers in the way a person chose to read them, and what a person typed as a value of an element type.

Must not know torch, or how cells are drawn.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tensorviz.core.errors import ValueRefused
from tensorviz.core.number_text import NumberText, number_text

if TYPE_CHECKING:
    from tensorviz.core.dtypes import DType, Number

FormatKind = Literal["fit", "fixed", "scientific", "hex"]


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers are written. decimals: behind the point, for "fixed" and "scientific"."""

    kind: FormatKind = "fit"
    decimals: int = 3

    def text(self, value: Number, dtype: DType, width: int) -> NumberText:
        """The value as text; "#" where it does not fit in `width` characters. "hex" is for whole numbers."""
        whole = dtype.kind in ("int", "uint", "bool")
        if self.kind == "hex" and whole:
            return _fitting(f"{int(value.real) % (1 << 8 * dtype.itemsize):0{2 * dtype.itemsize}x}", True, width)
        if self.kind in ("fixed", "scientific") and not whole:
            return self._decimal(value, dtype, width)
        if isinstance(value, complex):
            parts = [number_text(part, dtype, width // 2 - 1) for part in (value.real, value.imag)]
            sign = "" if parts[1].text.startswith("-") else "+"
            return NumberText(f"{parts[0].text}{sign}{parts[1].text}j", parts[0].exact and parts[1].exact)
        return number_text(value, dtype, width)

    def _decimal(self, value: Number, dtype: DType, width: int) -> NumberText:
        if isinstance(value, complex):
            real, imaginary = (self._decimal(part, dtype, width) for part in (value.real, value.imag))
            sign = "" if imaginary.text.startswith("-") else "+"
            return _fitting(f"{real.text}{sign}{imaginary.text}j", real.exact and imaginary.exact, width)
        if not math.isfinite(value):
            return number_text(value, dtype)
        text = f"{value:.{self.decimals}{'f' if self.kind == 'fixed' else 'e'}}"
        return _fitting(text, float(text) in (value, float(number_text(value, dtype).text)), width)

    def wants(self, dtype: DType, fitting: int) -> int:
        """About how many characters a cell should have."""
        if self.kind == "hex":
            return max(2 * dtype.itemsize, 3)
        size = {"fit": fitting, "fixed": 5 + self.decimals, "scientific": 7 + self.decimals}[self.kind]
        return size * 2 + 2 if dtype.kind == "complex" else size


def _fitting(text: str, exact: bool, width: int) -> NumberText:
    return NumberText(text, exact) if len(text) <= width else NumberText("#", False)


def value_code(typed: str, dtype: DType) -> str:
    """What was typed as code for a value of the type: "1.5", "True", "float('nan')".

    Raises ValueRefused for what is no number, or none that the type can hold.
    """
    text = typed.strip()
    value = _value_of(text)
    if dtype.kind == "bool":
        return str(_boolean(value, text))
    if dtype.kind in ("int", "uint"):
        return str(_whole(value, text, dtype))
    if dtype.kind == "packed":
        raise ValueRefused(f"An element of {dtype.name} holds two numbers and cannot be set.", "Convert it first.")
    if isinstance(value, complex) and dtype.kind != "complex":
        raise ValueRefused(f"{text} is complex; an element of {dtype.name} is not.", "Give a number without j.")
    return _real_code(value) if not isinstance(value, complex) else str(value)


def _value_of(text: str) -> Number:
    special = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "true": True, "false": False}
    if text.lower() in special:
        return special[text.lower()]
    try:
        value = complex(text) if text.lower().endswith("j") else ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if isinstance(value, bool | int | float | complex):
        return value
    raise ValueRefused(f"{text or 'Nothing'} is no number.", "Type a number such as 1.5, -3, nan or inf.")


def _boolean(value: Number, text: str) -> bool:
    if value in (0, 1):
        return bool(value)
    raise ValueRefused(f"{text} is neither True nor False.", "Type True, False, 1 or 0.")


def _whole(value: Number, text: str, dtype: DType) -> int:
    bits = 8 * dtype.itemsize
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if dtype.kind == "int" else (0, (1 << bits) - 1)
    if isinstance(value, complex) or not math.isfinite(value) or value != int(value):
        raise ValueRefused(f"{text} is no whole number; an element of {dtype.name} is one.", "Type a whole number.")
    if not low <= value <= high:
        raise ValueRefused(f"{text} does not fit in {dtype.name}.", f"Type a number from {low} to {high}.")
    return int(value)


def _real_code(value: float) -> str:
    """A number as code that gives it."""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if math.isfinite(value) else f"float('{value}')"


def literal(value: Number, dtype: DType) -> str:
    """A value of the type as Python code, as short as names it: "4.", "float('nan')"."""
    if isinstance(value, complex):
        parts = [literal(part, dtype) for part in (value.real, value.imag)]
        return f"complex({parts[0]}, {parts[1]})"
    if isinstance(value, float) and not math.isfinite(value):
        return _real_code(value)
    return number_text(value, dtype).text
