"""Texts with fields: f-strings, `format`, `%`. No field reaches an attribute, no width is without bound.

Must not know the syntax tree. `'{0.__class__}'.format(x)` is the door that naive consoles leave open.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from tensorviz.engine.console.limits import weigh
from tensorviz.engine.console.problems import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tensorviz.engine.console.machine import Machine

PERCENT = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(\*|\d+)?(?:\.(\*|\d+))?[hlL]?.", re.DOTALL)
NESTED = 2  # levels of fields within fields, as in Python


def formatted(machine: Machine, value: Any, spec: str) -> str:
    """`format(value, spec)` as the language may have it."""
    for digits in re.findall(r"\d+", spec):
        if len(digits) > 7:
            raise Refused(f"The width {digits} in a format is too large.")
        machine.budget.fit(int(digits), "A text")
    weigh(machine.budget, value, "What is formatted")
    if not spec:
        return machine.words(value)
    with machine.recorder.muted():
        return format(value, spec)


def converted(machine: Machine, value: Any, conversion: str | None) -> Any:
    """The value after `!r`, `!s` or `!a`."""
    if conversion in (None, ""):
        return value
    if conversion == "s":
        return machine.words(value)
    text = machine.text(value)
    return text.encode("ascii", "backslashreplace").decode("ascii") if conversion == "a" else text


def format_method(machine: Machine, text: str, *args: Any, **kwargs: Any) -> str:
    """`text.format(...)`."""
    return _fields(machine, text, args, kwargs, _Numbering(), 0)


class _Numbering:
    """Numbers of fields without a number; Python takes either these or written ones, not both."""

    def __init__(self) -> None:
        self._next = 0
        self._written = False

    def automatic(self) -> int:
        if self._written:
            raise ValueError("cannot switch from manual field specification to automatic field numbering")
        self._next += 1
        return self._next - 1

    def written(self, digits: str) -> int:
        if self._next:
            raise ValueError("cannot switch from automatic field numbering to manual field specification")
        self._written = True
        return int(digits)


def _fields(
    machine: Machine, text: str, args: Sequence[Any], kwargs: Mapping[str, Any], numbers: _Numbering, depth: int
) -> str:
    if depth >= NESTED:
        raise ValueError("Max string recursion exceeded")
    parts = []
    for literal, field, spec, conversion in string.Formatter().parse(text):
        parts.append(literal)
        if field is None:
            continue
        value = converted(machine, _field(machine, field, args, kwargs, numbers), conversion)
        parts.append(formatted(machine, value, _fields(machine, spec or "", args, kwargs, numbers, depth + 1)))
        machine.budget.fit(sum(map(len, parts)), "A text")
    return "".join(parts)


def _field(machine: Machine, field: str, args: Sequence[Any], kwargs: Mapping[str, Any], numbers: _Numbering) -> Any:
    name = re.match(r"[^.\[]*", field)
    first = name.group() if name else ""
    if first == "":
        value = args[numbers.automatic()]
    elif first.isdecimal():
        value = args[numbers.written(first)]
    else:
        value = kwargs[first]
    for attribute, index in re.findall(r"\.([^.\[]*)|\[([^\]]*)\]", field[len(first) :]):
        if attribute or not index:
            value = machine.attribute(value, attribute)
        else:
            value = machine.subscript(value, int(index) if index.isdecimal() else index)
    return value


def percent(machine: Machine, text: str, values: Any) -> str:
    """`text % values`."""
    weigh(machine.budget, values, "What is formatted")
    for width, precision in PERCENT.findall(text):
        for number in (width, precision):
            if number == "*" or len(number) > 7:
                raise Refused("A width in a `%` format is given as * or is too large.", "Use an f-string.")
            machine.budget.fit(int(number or 0), "A text")
    plain = tuple(map(machine.plain, values)) if isinstance(values, tuple) else machine.plain(values)
    with machine.recorder.muted():
        result = text % plain
    machine.budget.fit(len(result), "A text")
    return result
