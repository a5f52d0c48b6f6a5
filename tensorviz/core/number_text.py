"""Numbers as they stand in a cell: the shortest text that names the value, and an honest mark when it had to be cut.

Must not know torch or how cells are drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tensorviz.core.dtypes import DTYPES, DType, Number

NAN, INFINITE = "nan", "inf"
# Of types with few bits the shortest name may look like another number: 65500 names the half 65504, 450 the float8 448.
# So a value is written exactly there when that takes no more than so many digits.
COARSE, EXACT = 10, 6


@dataclass(frozen=True)
class NumberText:
    """What stands in a cell; `exact` is False when digits were left out to fit."""

    text: str
    exact: bool = True


def number_text(value: Number, dtype: DType | str, width: int | None = None) -> NumberText:
    """The value as text, whole floats with their point ("4."), at most `width` characters (None: as many as needed).

    The text of a float names exactly one number of its dtype, unless `exact` is False. A number that does not fit in
    `width` even with one digit comes out as "#", which is not exact either.
    """
    kind = DTYPES[dtype] if isinstance(dtype, str) else dtype
    full = _full(value, kind)
    if width is None or len(full) <= width:
        return NumberText(full)
    if isinstance(value, bool):
        return NumberText(full[:1], width >= 1)
    return NumberText(_cut(value, width), False)


def _full(value: Number, dtype: DType) -> str:
    if isinstance(value, complex):
        imaginary = _float_text(value.imag, dtype)
        sign = "" if imaginary.startswith("-") else "+"
        return f"{_float_text(value.real, dtype)}{sign}{imaginary}j"
    return _float_text(value, dtype) if isinstance(value, float) else str(value)


def _float_text(value: float, dtype: DType) -> str:
    if not math.isfinite(value):
        return NAN if math.isnan(value) else INFINITE if value > 0 else f"-{INFINITE}"
    if dtype.mantissa <= COARSE and float(text := f"{value:.{EXACT}g}") == value:
        return _tidy(text)
    return _tidy(next(text for digits in range(1, 18) if _names(text := f"{value:.{digits}g}", value, dtype)))


def _names(text: str, value: float, dtype: DType) -> bool:
    """Whether the text is nearer to the value than to any other number of the type."""
    if value == 0 or float(text) == value:
        return True
    smallest = dtype.lowest_power if dtype.exponent else -1074
    power = math.frexp(value)[1] - 1 - dtype.mantissa
    # Below a power of two the neighbours are twice as near.
    half = math.ldexp(1.0, max(power, smallest) - (2 if math.frexp(abs(value))[0] == 0.5 else 1))
    return abs(float(text) - value) < half


def _tidy(text: str) -> str:
    """Of `%g`: a point after a whole number, exponents without padding: "4." "1e-07" -> "1e-7"."""
    mantissa, letter, exponent = text.partition("e")
    if letter:
        plain = _plain(float(text), text)
        return plain if plain else f"{mantissa}e{int(exponent)}"
    return text if "." in text else f"{text}."


def _plain(value: float, text: str) -> str:
    """Whole numbers below a million without exponent: %.1g writes 100 as 1e+02."""
    return f"{int(value)}." if value == int(value) and abs(value) < 1e6 and float(text) == value else ""


def _cut(value: int | float | complex, width: int) -> str:
    """The text with the most digits that fits, a leading zero left out only if nothing else does."""
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        return "#"
    forms = [_shortened(value, digits) for digits in range(1, 18)]
    fitting = [text for usual, _ in forms for text in reversed(usual) if len(text) <= width]
    bare = [text for _, text in forms if len(text) <= width]
    return fitting[-1] if fitting else bare[-1] if bare else "#"


def _shortened(value: float, digits: int) -> tuple[list[str], str]:
    """The value to so many digits as it is usually written and with an exponent; and without its leading zero."""
    try:
        text, mantissa = _tidy(f"{value:.{digits}g}"), f"{value:.{digits - 1}e}"
    except OverflowError:  # an integer beyond what a float holds
        return [], "#"
    bare = text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") and len(text) > 3 else text
    number, _, exponent = mantissa.partition("e")
    return [text, f"{number}e{int(exponent)}"], bare
