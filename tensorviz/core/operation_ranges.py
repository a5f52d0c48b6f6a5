"""What each parameter of an operation may be, from the tensor's layout and dtype and the parameters before it.

Must not know forms, or which operations there are. A rule gives an Offer; checks of typed text give sentences.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tensorviz.core.contiguity import FORMATS
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.operation_data import Offer, Parameter, Subject, Values, whole_numbers
from tensorviz.core.reasons import ViewImpossible
from tensorviz.core.view_shapes import view_dtype, whole_shape
from tensorviz.core.views import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.core.operation_data import Operation, Value

# What torch neither makes from other dtypes nor computes with.
PACKED = frozenset(name for name, dtype in DTYPES.items() if dtype.kind == "packed")
LONGEST_SHAPE = 25  # dimensions; torch has 64, nobody reads them
LARGEST = 1 << 40  # of a size that is typed


def settled(operation: Operation, subject: Subject, values: Values) -> Values:
    """The values with what is missing filled in and what is out of range put back into it, in their order."""
    found: Values = {}
    for parameter in operation.parameters:
        offer = offer_of(parameter, subject, found)
        value = values.get(parameter.id, offer.initial)
        asked = parameter.kind in ("choice", "whole")
        found[parameter.id] = offer.fitting(value) if asked else _kept(parameter, offer, value)
    return found


def _kept(parameter: Parameter, offer: Offer, value: Value) -> Value:
    if parameter.kind == "order":
        good = isinstance(value, tuple) and sorted(value) == list(range(offer.high))
        return value if good else offer.initial
    wanted = {"shape": tuple, "number": str, "flag": bool}[parameter.kind]
    return value if isinstance(value, wanted) else offer.initial


def offer_of(parameter: Parameter, subject: Subject, values: Values) -> Offer:
    """What a parameter may be, given the values of those before it."""
    return RULES[parameter.rule](subject, values, parameter.initial)


def problem_of(operation: Operation, subject: Subject, values: Values) -> tuple[str, str]:
    """The first typed parameter that makes no sense, and why; two empty texts when all do."""
    for parameter in operation.parameters:
        check = CHECKS.get(parameter.rule)
        said = check(subject, values, values[parameter.id]) if check else ""
        if said:
            return parameter.id, said
    return "", ""


def shape_from_text(text: str) -> tuple[int, ...] | None:
    """The sizes in "2, -1", "2x3" or "(2, 3)"; None when it is no shape."""
    inner = text.strip().removeprefix("(").removesuffix(")").removeprefix("[").removesuffix("]").strip(" ,")
    parts = re.split(r"\s*[x,×*]\s*|\s+", inner) if inner else []  # noqa: RUF001 - the sign that people copy
    if not all(re.fullmatch(r"-?\d{1,13}", part) for part in parts) or len(parts) > LONGEST_SHAPE:
        return None
    return tuple(int(part) for part in parts)


# ------------------------------------------------------------------------------------------------------ dimensions


def _dims(subject: Subject, which: Iterable[int], initial: Value, first: tuple[tuple[Value, str], ...] = ()) -> Offer:
    shape = subject.layout.shape
    choices = (*first, *((dim, f"{dim} (size {shape[dim]})") for dim in which))
    values = [value for value, _ in choices]
    if isinstance(initial, int) and initial < 0:
        initial += subject.layout.ndim
    begin = initial if initial in values else values[0] if values else None
    return Offer(begin, choices=choices)


def _dim(subject: Subject, values: Values, initial: Value) -> Offer:
    return _dims(subject, range(subject.layout.ndim), initial)


def _dim_or_all(subject: Subject, values: Values, initial: Value) -> Offer:
    return _dims(subject, range(subject.layout.ndim), initial, ((None, "all"),))


def _dim_with_elements(subject: Subject, values: Values, initial: Value) -> Offer:
    return _dims(subject, (d for d, size in enumerate(subject.layout.shape) if size), initial)


def _dim_of_one(subject: Subject, values: Values, initial: Value) -> Offer:
    ones = [dim for dim, size in enumerate(subject.layout.shape) if size == 1]
    return _dims(subject, ones, initial, ((None, "all of size 1"),))


def _dim_but_first(subject: Subject, values: Values, initial: Value) -> Offer:
    return _dims(subject, (d for d in range(subject.layout.ndim) if d != values["dim1"]), initial)


def _dim_from_start(subject: Subject, values: Values, initial: Value) -> Offer:
    (start,) = whole_numbers(values, "start")
    return _dims(subject, range(start, subject.layout.ndim), -1)


def _place(subject: Subject, values: Values, initial: Value) -> Offer:
    ndim = subject.layout.ndim
    before = tuple((dim, f"{dim} (before dimension {dim})") for dim in range(ndim))
    return Offer(0, choices=(*before, (ndim, f"{ndim} (at the end)")))


def _order(subject: Subject, values: Values, initial: Value) -> Offer:
    ndim = subject.layout.ndim
    return Offer(tuple(reversed(range(ndim))), high=ndim)


# ----------------------------------------------------------------------------------------------------------- parts


def _size(subject: Subject, values: Values) -> int:
    """The size of the dimension that was chosen."""
    (dim,) = whole_numbers(values, "dim")
    return subject.layout.shape[dim]


def _index(subject: Subject, values: Values, initial: Value) -> Offer:
    return Offer(0, 0, _size(subject, values) - 1)


def _start(subject: Subject, values: Values, initial: Value) -> Offer:
    return Offer(0, 0, _size(subject, values))


def _length(subject: Subject, values: Values, initial: Value) -> Offer:
    left = _size(subject, values) - whole_numbers(values, "start")[0]
    return Offer(left, 0, left)


def _stop(subject: Subject, values: Values, initial: Value) -> Offer:
    size = _size(subject, values)
    return Offer(size, whole_numbers(values, "start")[0], size)


def _step(subject: Subject, values: Values, initial: Value) -> Offer:
    high = max(_size(subject, values), 1)
    return Offer(min(initial, high) if isinstance(initial, int) else 1, 1, high)


def _window(subject: Subject, values: Values, initial: Value) -> Offer:
    size = _size(subject, values)
    return Offer(min(2, size), 1, size)


def _offset(subject: Subject, values: Values, initial: Value) -> Offer:
    down, right = (subject.layout.shape[dim] for dim in whole_numbers(values, "dim1", "dim2"))
    return Offer(0, -max(down - 1, 0), max(right - 1, 0))


def _pieces(subject: Subject, values: Values, initial: Value) -> Offer:
    size = max(_size(subject, values), 1)
    return Offer(min(2, size), 1, size)


# ----------------------------------------------------------------------------------------------------------- shapes


def _shape(subject: Subject, values: Values, initial: Value) -> Offer:
    return Offer((subject.layout.numel,))


def _sizes(subject: Subject, values: Values, initial: Value) -> Offer:
    size = _size(subject, values)
    factor = next((n for n in range(2, 1000) if n < size and size % n == 0), 1)
    return Offer((factor, size // factor))


def _expanded(subject: Subject, values: Values, initial: Value) -> Offer:
    grown = tuple(2 if size == 1 else size for size in subject.layout.shape)
    return Offer(grown if grown != subject.layout.shape else (2, *grown))


def _check_shape(subject: Subject, values: Values, value: Value) -> str:
    return _said(lambda: whole_shape(_tuple(value), subject.layout.numel))


def _check_sizes(subject: Subject, values: Values, value: Value) -> str:
    if not _tuple(value):
        return "Name at least one size."
    return _said(lambda: whole_shape(_tuple(value), _size(subject, values)))


def _check_expanded(subject: Subject, values: Values, value: Value) -> str:
    return _said(lambda: expand(subject.layout, _tuple(value)))


def _tuple(value: Value) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else ()


def _said(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except ViewImpossible as error:
        return f"{error.message} {error.hint}".strip()
    return ""


# ----------------------------------------------------------------------------------------------------- other kinds


def _dtype(subject: Subject, values: Values, initial: Value) -> Offer:
    names = [name for name in DTYPES if name not in PACKED]
    begin = "float32" if subject.dtype != "float32" else "float64"
    return Offer(begin, choices=tuple((name, _dtype_text(name)) for name in names))


def _view_dtype(subject: Subject, values: Values, initial: Value) -> Offer:
    names = [name for name, one in DTYPES.items() if name not in PACKED and _can_be_read_as(subject, one.itemsize)]
    others = [name for name in names if DTYPES[name].itemsize == subject.layout.itemsize and name != subject.dtype]
    choices = tuple((name, _dtype_text(name)) for name in names)
    return Offer(others[-1] if others else names[0], choices=choices)


def _can_be_read_as(subject: Subject, itemsize: int) -> bool:
    return not _said(lambda: view_dtype(subject.layout, itemsize))


def _dtype_text(name: str) -> str:
    size = DTYPES[name].itemsize
    return f"{name} ({size} byte{'' if size == 1 else 's'})"


def _format(subject: Subject, values: Values, initial: Value) -> Offer:
    ndim = subject.layout.ndim
    names = [name for name, order in FORMATS.items() if order is None or len(order) == ndim]
    return Offer(names[0], choices=tuple((name, name) for name in names))


def _channels(subject: Subject, values: Values, initial: Value) -> Offer:
    names = [name for name, order in FORMATS.items() if order is not None and len(order) == subject.layout.ndim]
    return Offer(names[0], choices=tuple((name, name) for name in names))


def _tensor(subject: Subject, values: Values, initial: Value) -> Offer:
    choices = tuple((one.name, f"{one.name}  {one.shape_text} {one.dtype}") for one in subject.others)
    rest = [one.name for one in subject.others if one.name != subject.base]
    same = [one.name for one in subject.others if one.layout.shape == subject.layout.shape and one.name in rest]
    return Offer((same or rest or [subject.base])[0], choices=choices)


def _flag(subject: Subject, values: Values, initial: Value) -> Offer:
    return Offer(bool(initial))


def _number(subject: Subject, values: Values, initial: Value) -> Offer:
    return Offer(str(initial))


def _check_stored(subject: Subject, values: Values, value: Value) -> str:
    """A number that an element of the tensor can be: whole for whole dtypes, and within their range."""
    kind, text = subject.kind, str(value).strip()
    if kind.kind == "bool":
        return "" if text in ("0", "1", "True", "False") else f"{text!r} is not 0 or 1, as bool has them."
    if kind.kind in ("int", "uint"):
        if not re.fullmatch(r"[+-]?\d{1,20}", text):
            return f"{text!r} is not a whole number, and {subject.dtype} holds no others."
        bits = 8 * kind.itemsize
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if kind.kind == "int" else (0, (1 << bits) - 1)
        return "" if low <= int(text) <= high else f"{subject.dtype} goes from {low} to {high}."
    return _check_number(subject, values, value)


def _check_number(subject: Subject, values: Values, value: Value) -> str:
    text = str(value).strip()
    if re.fullmatch(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})(e[+-]?\d{1,3})?", text, re.IGNORECASE):
        return ""
    return f"{text!r} is not a number." if text else "A number is needed."


def _check_deviation(subject: Subject, values: Values, value: Value) -> str:
    said = _check_number(subject, values, value)
    return said or ("A deviation is not below 0." if float(str(value)) < 0 else "")


def _check_power(subject: Subject, values: Values, value: Value) -> str:
    text = str(value).strip()
    if subject.kind.kind not in ("int", "uint") or not re.fullmatch(r"[+-]?\d{1,20}", text):
        return _check_number(subject, values, value)
    if int(text) < 0:
        return "torch has no negative whole powers of whole numbers: convert to a float dtype first."
    return _check_stored(subject, values, value)


def _check_high(subject: Subject, values: Values, value: Value) -> str:
    said = _check_number(subject, values, value) or _check_number(subject, values, values["low"])
    return said or ("" if float(str(values["low"])) <= float(str(value)) else "The second is not below the first.")


RULES: dict[str, Callable[[Subject, Values, Value], Offer]] = {
    "dim": _dim, "dim or all": _dim_or_all, "dim with elements": _dim_with_elements, "dim of one": _dim_of_one,
    "dim but first": _dim_but_first, "dim from start": _dim_from_start, "place": _place, "order": _order,
    "index": _index, "start": _start, "length": _length, "stop": _stop, "step": _step, "window": _window,
    "offset": _offset, "pieces": _pieces, "shape": _shape, "sizes": _sizes, "expanded": _expanded, "dtype": _dtype,
    "view dtype": _view_dtype, "format": _format, "channels": _channels, "tensor": _tensor, "flag": _flag,
    "number": _number, "stored": _number, "deviation": _number, "high": _number, "power": _number,
}  # fmt: skip
CHECKS: dict[str, Callable[[Subject, Values, Value], str]] = {
    "shape": _check_shape, "sizes": _check_sizes, "expanded": _check_expanded, "number": _check_number,
    "stored": _check_stored, "deviation": _check_deviation, "high": _check_high, "power": _check_power,
}  # fmt: skip
