"""Python's own names: the builtins that may be called, and the types that have a name.

Must not know the syntax tree or torch's names. Whatever walks through values walks within the budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tensorviz.engine.console import bounded
from tensorviz.engine.console.formatting import formatted
from tensorviz.engine.console.limits import weigh
from tensorviz.engine.console.problems import file_refusal
from tensorviz.engine.console.values import Function, StorageHandle, TypeName, identity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.engine.console.machine import Machine

EXCEPTIONS = (
    Exception, ArithmeticError, AssertionError, AttributeError, FloatingPointError, IndexError, KeyError, LookupError,
    MemoryError, NameError, NotImplementedError, OverflowError, RuntimeError, StopIteration, TypeError, ValueError,
    ZeroDivisionError,
)  # fmt: skip


def items_of(machine: Machine, value: Any, what: str) -> list[Any]:
    """The elements of `value`, as many as a sequence may have."""
    if isinstance(value, range):
        machine.budget.fit(len(value), what)
    return list(machine.budget.counted(machine.iterate(value), what))


def _print(machine: Machine, *values: Any, sep: str | None = " ", end: str | None = "\n") -> None:
    between, last = " " if sep is None else sep, "\n" if end is None else end
    for position, value in enumerate(values):
        machine.printer.write((between if position else "") + machine.words(value))
    machine.printer.write(last)


def _len(machine: Machine, value: Any) -> int:
    if isinstance(value, Function | TypeName):
        raise TypeError(f"object of type {machine.type_text(value)!r} has no len()")
    return len(value)


def _range(_machine: Machine, *bounds: Any) -> range:
    return range(*(int(value) if isinstance(value, torch.Tensor) else value for value in bounds))


def _list(machine: Machine, values: Any = ()) -> list[Any]:
    return items_of(machine, values, "A list")


def _tuple(machine: Machine, values: Any = ()) -> tuple[Any, ...]:
    return tuple(items_of(machine, values, "A tuple"))


def _set(machine: Machine, values: Any = ()) -> set[Any]:
    return {bounded.hashable(machine, value) for value in items_of(machine, values, "A set")}


def dict_of(machine: Machine, values: Any = (), **named: Any) -> dict[Any, Any]:
    """`dict(...)`."""
    pairs = values.items() if isinstance(values, dict) else (
        tuple(machine.iterate(pair)) for pair in items_of(machine, values, "A dict")
    )
    return {**{bounded.hashable(machine, key): value for key, value in pairs}, **named}


def _int(machine: Machine, value: Any = 0, base: int | None = None) -> int:
    if isinstance(value, str):
        machine.budget.fit(len(value), "A text")
    number = int(value) if base is None else int(value, base)
    return machine.budget.whole(number)


def _float(_machine: Machine, value: Any = 0.0) -> float:
    return float(value)


def _complex(_machine: Machine, *parts: Any) -> complex:
    return complex(*parts)


def _bool(_machine: Machine, value: Any = False) -> bool:
    return bool(value)


def _str(machine: Machine, value: Any = "") -> str:
    return machine.words(value)


def _slice(_machine: Machine, *parts: Any) -> slice:
    return slice(*parts)


def _sum(machine: Machine, values: Any, start: Any = 0) -> Any:
    total = start
    for value in machine.budget.counted(machine.iterate(values), "A sum"):
        total = bounded.binary(machine, "Add", total, value)
    return total


def _extreme(name: str) -> Callable[..., Any]:
    function = max if name == "max" else min

    def found(machine: Machine, *values: Any, key: Any = None, **default: Any) -> Any:
        items = items_of(machine, values[0], f"What {name} walks through") if len(values) == 1 else list(values)
        weigh(machine.budget, items)
        return function(items, key=callable_of(machine, key), **default) if items else function(items, **default)

    return found


def _sorted(machine: Machine, values: Any, *, key: Any = None, reverse: bool = False) -> list[Any]:
    items = items_of(machine, values, "What is sorted")
    weigh(machine.budget, items)
    return sorted(items, key=callable_of(machine, key), reverse=reverse)


def callable_of(machine: Machine, function: Any) -> Callable[..., Any] | None:
    """A function of the language as Python can call it, for `key=`."""
    return None if function is None else lambda *args: machine.call(function, args, {})


def _any_or_all(machine: Machine, values: Any, wanted: bool) -> bool:
    for value in machine.iterate(values):
        if machine.truth(value) is wanted:
            return wanted
    return not wanted


def _any(machine: Machine, values: Any) -> bool:
    return _any_or_all(machine, values, True)


def _all(machine: Machine, values: Any) -> bool:
    return _any_or_all(machine, values, False)


def _enumerate(machine: Machine, values: Any, start: int = 0) -> Iterator[tuple[int, Any]]:
    return enumerate(machine.iterate(values), start)


def _zip(machine: Machine, *values: Any, strict: bool = False) -> Iterator[tuple[Any, ...]]:
    return zip(*(machine.iterate(value) for value in values), strict=strict)


def _map(machine: Machine, function: Any, *values: Any) -> Iterator[Any]:
    return (machine.call(function, items, {}) for items in zip(*map(machine.iterate, values), strict=False))


def _filter(machine: Machine, function: Any, values: Any) -> Iterator[Any]:
    return (item for item in machine.iterate(values)
            if machine.truth(item if function is None else machine.call(function, (item,), {})))


def _reversed(machine: Machine, values: Any) -> Iterator[Any]:
    if isinstance(values, range):
        return iter(values[::-1])
    return iter(items_of(machine, values, "What is reversed")[::-1])


def _iter(machine: Machine, values: Any) -> Iterator[Any]:
    return machine.iterate(values)


def _next(_machine: Machine, values: Any, *default: Any) -> Any:
    if not hasattr(type(values), "__next__"):
        raise TypeError("next() needs an iterator: iter(...)")
    return next(values, *default)


def _abs(_machine: Machine, value: Any) -> Any:
    return abs(value)


def _round(machine: Machine, value: Any, digits: int | None = None) -> Any:
    if isinstance(digits, int):
        machine.budget.bits(abs(digits))
    return round(value) if digits is None else round(value, digits)


def _pow(machine: Machine, base: Any, exponent: Any, modulus: int | None = None) -> Any:
    if modulus is None:
        return bounded.binary(machine, "Pow", base, exponent)
    return pow(base, exponent, modulus)


def _divmod(_machine: Machine, left: Any, right: Any) -> Any:
    return divmod(left, right)


def _repr(machine: Machine, value: Any) -> str:
    return machine.text(value)


def _format(machine: Machine, value: Any, spec: str = "") -> str:
    return formatted(machine, value, spec)


def _id(_machine: Machine, value: Any) -> int:
    """For a storage the identity of its memory: every handle on it gives the same number, as in older PyTorch."""
    return identity_of(value.flat)[1] if isinstance(value, StorageHandle) else id(value)


def _type(machine: Machine, value: Any) -> TypeName:
    return machine.type_of(value)


def classes_of(kinds: Any) -> tuple[type, ...]:
    """The classes that a type, or a tuple of types, names."""
    named = kinds if isinstance(kinds, tuple) else (kinds,)
    found: list[type] = []
    for kind in named:
        if isinstance(kind, tuple):
            found.extend(classes_of(kind))
        elif isinstance(kind, TypeName):
            found.append(kind.of)
        else:
            raise TypeError("a type, or a tuple of types, is needed here")
    return tuple(found)


def _isinstance(_machine: Machine, value: Any, kinds: Any) -> bool:
    return isinstance(value, classes_of(kinds))


def _hash(machine: Machine, value: Any) -> int:
    return hash(bounded.hashable(machine, value))


def _based(function: Callable[[int], str]) -> Callable[..., str]:
    def text(_machine: Machine, value: Any) -> str:
        return function(value)

    return text


def _chr(_machine: Machine, value: Any) -> str:
    return chr(value)


def _ord(_machine: Machine, value: str) -> int:
    return ord(value)


def _callable_name(_machine: Machine, value: Any) -> bool:
    return isinstance(value, Function) or (isinstance(value, TypeName) and value.make is not None)


def _open(_machine: Machine, *_args: Any, **_kwargs: Any) -> Any:
    raise file_refusal("open()")


def _raised(kind: type[Exception]) -> Function:
    def make(machine: Machine, *args: Any) -> Exception:
        return kind(*(machine.plain(value) for value in args))

    return Function(kind.__name__, make, "python")


TYPES: dict[type, Callable[..., Any]] = {
    int: _int, float: _float, complex: _complex, bool: _bool, str: _str, list: _list, tuple: _tuple, dict: dict_of,
    set: _set, range: _range, slice: _slice,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "print": _print, "len": _len, "sum": _sum, "max": _extreme("max"), "min": _extreme("min"), "sorted": _sorted,
    "any": _any, "all": _all, "enumerate": _enumerate, "zip": _zip, "map": _map, "filter": _filter,
    "reversed": _reversed, "iter": _iter, "next": _next, "abs": _abs, "round": _round, "pow": _pow, "divmod": _divmod,
    "repr": _repr, "format": _format, "id": _id, "type": _type, "isinstance": _isinstance, "hash": _hash,
    "bin": _based(bin), "oct": _based(oct), "hex": _based(hex), "chr": _chr, "ord": _ord, "callable": _callable_name,
    "open": _open,
}  # fmt: skip


def builtin_types() -> dict[type, TypeName]:
    """The types of Python that have a name here, exceptions included."""
    named = {kind: TypeName(kind, kind.__name__, Function(kind.__name__, make, "python"))
             for kind, make in TYPES.items()}  # fmt: skip
    return named | {kind: TypeName(kind, kind.__name__, _raised(kind)) for kind in EXCEPTIONS}


def builtin_names() -> dict[str, Any]:
    """Everything that can be said without a dot and without assigning it first, torch and numpy not counted."""
    names: dict[str, Any] = {kind.__name__: value for kind, value in builtin_types().items()}
    return names | {name: Function(name, call, "python") for name, call in FUNCTIONS.items()}
