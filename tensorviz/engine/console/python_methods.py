"""The methods of texts, lists, dicts, sets and numbers that may be called, and a part of `math`.

Must not know the syntax tree or torch's names. What makes a value longer works out how long before it does.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

from tensorviz.engine.console import bounded
from tensorviz.engine.console.formatting import format_method
from tensorviz.engine.console.limits import weigh
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.python_names import callable_of, dict_of, items_of
from tensorviz.engine.console.values import Function
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.console.machine import Machine


def _join(machine: Machine, text: str, parts: Any) -> str:
    items = items_of(machine, parts, "A text")
    machine.budget.fit(sum(len(item) for item in items if isinstance(item, str)) + len(text) * len(items), "A text")
    return text.join(items)


def _replace(machine: Machine, text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    machine.budget.fit(len(text) + found * len(new), "A text")
    return text.replace(old, new, count)


def _padded(name: str) -> Callable[..., str]:
    def pad(machine: Machine, text: str, width: int, *fill: str) -> str:
        machine.budget.fit(max(width, 0), "A text")
        result: str = getattr(text, name)(width, *fill)
        return result

    return pad


def _expandtabs(machine: Machine, text: str, size: int = 8) -> str:
    machine.budget.fit(len(text) + text.count("\t") * max(size, 0), "A text")
    return text.expandtabs(size)


def _append(machine: Machine, values: list[Any], item: Any) -> None:
    if len(values) >= machine.limits.length:
        machine.budget.fit(len(values) + 1, "A list")
    values.append(item)


def _extend(machine: Machine, values: list[Any], more: Any) -> None:
    items = items_of(machine, more, "A list")
    machine.budget.fit(len(values) + len(items), "A list")
    values.extend(items)


def _insert(machine: Machine, values: list[Any], index: int, item: Any) -> None:
    machine.budget.fit(len(values) + 1, "A list")
    values.insert(index, item)


def _sort(machine: Machine, values: list[Any], *, key: Any = None, reverse: bool = False) -> None:
    weigh(machine.budget, values)
    values.sort(key=callable_of(machine, key), reverse=reverse)


def _update(machine: Machine, values: dict[Any, Any], more: Any = (), **named: Any) -> None:
    pairs = dict_of(machine, more, **named)
    machine.budget.fit(len(values) + len(pairs), "A dict")
    values.update(pairs)


def _setdefault(machine: Machine, values: dict[Any, Any], key: Any, default: Any = None) -> Any:
    machine.budget.fit(len(values) + 1, "A dict")
    return values.setdefault(bounded.hashable(machine, key), default)


def _add(machine: Machine, values: set[Any], item: Any) -> None:
    machine.budget.fit(len(values) + 1, "A set")
    values.add(bounded.hashable(machine, item))


def _plain(kind: type, name: str) -> Callable[..., Any]:
    """A method that makes nothing longer; what it is given is weighed, since it may be compared or hashed."""
    function = getattr(kind, name)

    @functools.wraps(function)
    def method(machine: Machine, value: Any, *args: Any, **kwargs: Any) -> Any:
        for item in itertools.chain((value,), args, kwargs.values()):
            weigh(machine.budget, item)
            if isinstance(item, range):
                machine.budget.fit(len(item), "A range")
            if isinstance(item, Function) or hasattr(type(item), "__next__"):
                raise Refused(f"{name} takes no function and no iterator here.", "Make a list of it first.")
        return function(value, *args, **kwargs)

    return method


_SAFE: dict[type, str] = {
    str: "capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit islower isspace istitle "
         "isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip split "
         "splitlines startswith strip swapcase title upper",
    list: "clear copy count index pop remove reverse",
    tuple: "count index",
    dict: "clear copy get items keys pop popitem values",
    set: "clear copy difference discard intersection isdisjoint issubset issuperset pop remove "
         "symmetric_difference union",
    int: "bit_length bit_count conjugate as_integer_ratio",
    float: "is_integer hex conjugate as_integer_ratio",
    complex: "conjugate",
}  # fmt: skip
_OWN: dict[type, dict[str, Callable[..., Any]]] = {
    str: {"join": _join, "replace": _replace, "expandtabs": _expandtabs, "format": format_method,
          **{name: _padded(name) for name in ("ljust", "rjust", "center", "zfill")}},
    list: {"append": _append, "extend": _extend, "insert": _insert, "sort": _sort},
    dict: {"update": _update, "setdefault": _setdefault},
    set: {"add": _add},
}  # fmt: skip
METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    kind: {**{name: _plain(kind, name) for name in names.split()}, **_OWN.get(kind, {})}
    for kind, names in _SAFE.items()
}
FIELDS: dict[type, tuple[str, ...]] = {
    int: ("real", "imag", "numerator", "denominator"),
    float: ("real", "imag"),
    complex: ("real", "imag"),
    range: ("start", "stop", "step"),
    slice: ("start", "stop", "step"),
}
MATH = {
    name: Function(f"math.{name}", getattr(math, name), "numpy")
    for name in words(
        "sqrt exp log log2 log10 sin cos tan asin acos atan atan2 sinh cosh tanh floor ceil trunc fabs hypot isnan "
        "isinf isfinite degrees radians copysign gcd"
    )
} | {name: getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")}
