"""Sizes of numpy arrays before numpy makes them, and which arguments numpy may be given.

Must not know the syntax tree. numpy has no stand-in without memory as torch has: shapes are worked out here.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.engine.console.limits import TooCostly, costly, weigh
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.values import TypeName
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.console.machine import Machine

WIDEST = 16  # bytes of complex128
# Of all texts that numpy takes as arguments, those that name a choice; never a dtype of objects, nor a file.
TEXTS = frozenset(words(
    "C F A K ij xy constant edge reflect symmetric wrap raise clip left right quicksort mergesort stable linear "
    "float16 float32 float64 f2 f4 f8 int8 int16 int32 int64 i1 i2 i4 i8 uint8 uint16 uint32 uint64 u1 u2 u4 u8 "
    "bool complex64 complex128 c8 c16 float int complex"
))
PLAIN = (bool, int, float, complex, type(None), np.ndarray, np.generic, np.dtype, type(Ellipsis), slice, torch.Tensor)


def check_size(machine: Machine, count: int, itemsize: int = 8) -> None:
    """Raises TooCostly when an array of `count` elements is more than one may have."""
    if count * itemsize > machine.allowed_bytes():
        raise costly("A numpy array of this size", count * itemsize)


def check_binary(machine: Machine, name: str, left: Any, right: Any) -> None:
    """Looks at what an operator makes of two arrays, broadcast, before it makes it."""
    for value in (left, right):
        check_argument(machine, value)
    shapes = [np.shape(value) for value in (left, right)]
    if name == "MatMult":
        if all(shapes):
            inner = shapes[0][-1]
            count = math.prod(shapes[0][:-1]) * (math.prod(shapes[1]) // max(1, inner))
            _check_work(machine, count * inner)
            check_size(machine, count)
        return
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        return  # numpy says it in its own words
    check_size(machine, math.prod(shape))


def check_argument(machine: Machine, value: Any) -> Any:
    """`value`, when numpy may be given it; raises Refused for the rest. Types become Python's own."""
    if isinstance(value, TypeName):
        if issubclass(value.of, bool | int | float | complex | np.generic) and value.of is not np.object_:
            return value.of
        raise Refused(f"numpy is not given the type {value.name} here.")
    if isinstance(value, str):
        if value not in TEXTS:
            raise Refused(f"numpy is not given the text {value!r} here.")
    elif isinstance(value, list | tuple | range):
        weigh(machine.budget, value if not isinstance(value, range) else None)
        machine.budget.fit(len(value))
        _check_items(machine, value, 0)
    elif isinstance(value, int):
        if value.bit_length() > 64:
            raise OverflowError("Python int too large for numpy")
    elif not isinstance(value, PLAIN):
        raise Refused(f"numpy is not given a {machine.type_text(value)} here.")
    return value


def _check_items(machine: Machine, values: Any, depth: int) -> None:
    if isinstance(values, range):
        return
    for value in values:
        if isinstance(value, list | tuple):
            _check_items(machine, value, depth + 1)
        elif not isinstance(value, float):
            check_argument(machine, value)


def _check_work(machine: Machine, work: int) -> None:
    if work > machine.limits.work:
        raise TooCostly("This matrix product would take very long, and nothing can stop it.", "Use smaller ones.")


def check_result(value: Any) -> Any:
    """`value`, when it holds numbers; raises Refused for arrays of Python objects."""
    for item in value if isinstance(value, list | tuple) else (value,):
        if isinstance(item, np.ndarray | np.generic) and (item.dtype.hasobject or item.dtype.kind not in "biufcSU"):
            raise Refused("An array of Python objects was about to be made.", "Arrays hold numbers here.")
    return value


def check_call(machine: Machine, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Looks at how large a result `name` makes of `args`, before numpy makes it."""
    rule: Callable[..., int] | None = RULES.get(name)
    count = rule(*args, **kwargs) if rule else _broadcast_count([*args, *kwargs.values()])
    check_size(machine, count)


def _broadcast_count(values: list[Any]) -> int:
    total = sum(value.size if isinstance(value, np.ndarray) else 1 for value in _flat(values))
    shapes = [value.shape for value in values if isinstance(value, np.ndarray)]
    try:
        return max(total, math.prod(np.broadcast_shapes(*shapes)))
    except ValueError:
        return total


def _flat(values: list[Any]) -> list[Any]:
    out: list[Any] = []
    for value in values:
        out.extend(value if isinstance(value, list | tuple) else [value])
    return out


def _of_shape(shape: Any = (), *_rest: Any, **kwargs: Any) -> int:
    given = kwargs.get("shape", kwargs.get("size", shape))
    if given is None:
        return 1
    return math.prod(map(operator.index, given)) if isinstance(given, list | tuple) else operator.index(given)


def _of_numbers(*sizes: Any, **_kwargs: Any) -> int:
    return math.prod(map(operator.index, sizes))


def _arange(*args: Any, **_kwargs: Any) -> int:
    start, stop, step = (0, *args, 1)[:3] if len(args) == 1 else (*args, 1)[:3]
    return max(0, math.ceil((stop - start) / step)) if step else 0


def _counted(start: Any, stop: Any, count: Any = 50, *_rest: Any, **kwargs: Any) -> int:
    return operator.index(kwargs.get("num", count)) * int(np.size(start)) * int(np.size(stop))


def _square(rows: Any, columns: Any = None, *_rest: Any, **kwargs: Any) -> int:
    return operator.index(rows) * operator.index(kwargs.get("M", columns) or rows)


def _tiled(array: Any, counts: Any, **_kwargs: Any) -> int:
    return int(np.size(array)) * math.prod(max(1, operator.index(count)) for count in np.ravel(counts).tolist())


def _repeated(array: Any, counts: Any, *_rest: Any, **_kwargs: Any) -> int:
    each = np.ravel(counts).tolist()
    return int(np.size(array)) * operator.index(each[0]) if len(each) == 1 else sum(map(operator.index, each))


def _outer(left: Any, right: Any, *_rest: Any, **_kwargs: Any) -> int:
    return int(np.size(left)) * int(np.size(right))


def _product(left: Any, right: Any, *_rest: Any, **_kwargs: Any) -> int:
    inner = max(1, np.shape(left)[-1] if np.ndim(left) else 1)
    return _outer(left, right) // inner + int(np.size(left)) + int(np.size(right))


def _random_between(_low: Any, _high: Any = None, size: Any = None, *_rest: Any, **kwargs: Any) -> int:
    return _of_shape(kwargs.get("size", size))


def _meshed(*arrays: Any, **_kwargs: Any) -> int:
    return len(arrays) * math.prod(int(np.size(array)) for array in arrays)


RULES: dict[str, Callable[..., int]] = {
    "zeros": _of_shape, "ones": _of_shape, "empty": _of_shape, "full": _of_shape, "broadcast_to": lambda *_a, **_k: 0,
    "arange": _arange, "linspace": _counted, "eye": _square, "identity": _square, "tile": _tiled, "repeat": _repeated,
    "outer": _outer, "dot": _product, "matmul": _product, "meshgrid": _meshed, "random.rand": _of_numbers,
    "random.randn": _of_numbers, "random.randint": _random_between, "random.random": _of_shape,
    "random.normal": lambda _mean=0, _deviation=1, size=None: _of_shape(size),
    "random.uniform": lambda _low=0, _high=1, size=None: _of_shape(size),
}  # fmt: skip
