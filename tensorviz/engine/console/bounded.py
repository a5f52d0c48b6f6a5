"""Operators on Python's own values, with sizes known before anything is computed.

Must not know the syntax tree: one C call such as 10**(10**7) would hold every thread for seconds.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.engine.console.arrays import check_binary
from tensorviz.engine.console.formatting import percent
from tensorviz.engine.console.limits import weigh
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.values import StorageHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.console.machine import Machine

SEQUENCES = (str, list, tuple)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow, "LShift": operator.lshift,
    "RShift": operator.rshift, "BitOr": operator.or_, "BitAnd": operator.and_, "BitXor": operator.xor,
    "MatMult": operator.matmul,
}  # fmt: skip
IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.iadd, "Sub": operator.isub, "Mult": operator.imul, "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv, "Mod": operator.imod, "Pow": operator.ipow, "LShift": operator.ilshift,
    "RShift": operator.irshift, "BitOr": operator.ior, "BitAnd": operator.iand, "BitXor": operator.ixor,
    "MatMult": operator.imatmul,
}  # fmt: skip
UNARY: dict[str, Callable[[Any], Any]] = {"USub": operator.neg, "UAdd": operator.pos, "Invert": operator.invert}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
    "GtE": operator.ge, "Is": operator.is_, "IsNot": operator.is_not,
}  # fmt: skip


def binary(machine: Machine, name: str, left: Any, right: Any) -> Any:
    """`left <operator> right`; `name` is that of the syntax tree."""
    if name == "Mod" and isinstance(left, str):
        return percent(machine, left, right)
    left, right = _checked(machine, name, left, right)
    return _result(machine, OPERATORS[name](left, right))


def in_place(machine: Machine, name: str, left: Any, right: Any) -> Any:
    """What `left <operator>= right` binds."""
    if not isinstance(left, torch.Tensor | np.ndarray | list | set | dict):
        return binary(machine, name, left, right)
    left, right = _checked(machine, name, left, right)
    if isinstance(left, np.ndarray):
        machine.recorder.writing_array(left, left)
    if isinstance(left, list) and name == "Add":
        if not isinstance(right, list | tuple | str | range | set | dict):
            right = list(machine.budget.counted(right, "A list"))
        machine.budget.fit(len(left) + len(right), "A list")
    return _result(machine, IN_PLACE[name](left, right))


def _checked(machine: Machine, name: str, left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, int) and isinstance(right, int):
        _check_integers(machine, name, left, right)
    elif isinstance(left, SEQUENCES) or isinstance(right, SEQUENCES):
        return _checked_sequences(machine, name, left, right)
    elif isinstance(left, np.ndarray | np.generic) or isinstance(right, np.ndarray | np.generic):
        check_binary(machine, name, left, right)
    return left, right


def _check_integers(machine: Machine, name: str, left: int, right: int) -> None:
    bits = machine.budget.bits
    if name == "Pow" and right > 0:
        bits(left.bit_length() * right if abs(left) > 1 else 1)
    elif name == "Mult":
        bits(left.bit_length() + right.bit_length() - 1)
    elif name == "LShift" and left and right > 0:
        bits(left.bit_length() + right)


def _checked_sequences(machine: Machine, name: str, left: Any, right: Any) -> tuple[Any, Any]:
    """List times number, list plus list; the number may be a tensor, which Python would take for one too."""
    if name == "Mult":
        if isinstance(left, SEQUENCES) and not isinstance(right, np.ndarray):
            right = operator.index(right)
            machine.budget.fit(len(left) * max(right, 0))
        elif isinstance(right, SEQUENCES) and not isinstance(left, np.ndarray):
            left = operator.index(left)
            machine.budget.fit(len(right) * max(left, 0))
        else:
            check_binary(machine, name, left, right)
    elif isinstance(left, SEQUENCES) and isinstance(right, SEQUENCES):
        machine.budget.fit(len(left) + len(right))
    elif isinstance(left, np.ndarray | np.generic) or isinstance(right, np.ndarray | np.generic):
        check_binary(machine, name, left, right)
    return left, right


def _result(machine: Machine, value: Any) -> Any:
    return machine.budget.whole(value) if isinstance(value, int) else value


def unary(machine: Machine, name: str, value: Any) -> Any:
    """`-value`, `+value`, `~value`, `not value`."""
    if name == "Not":
        return not value
    return _result(machine, UNARY[name](value))


def compare(machine: Machine, name: str, left: Any, right: Any) -> Any:
    """`left <comparison> right`."""
    if name in ("In", "NotIn"):
        found = _contains(machine, left, right)
        return found if name == "In" else not found
    if name not in ("Is", "IsNot"):
        weigh(machine.budget, left, "What is compared")
        weigh(machine.budget, right, "What is compared")
        if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
            check_binary(machine, name, left, right)
    return COMPARISONS[name](left, right)


def _contains(machine: Machine, item: Any, holder: Any) -> bool:
    if not isinstance(holder, str | list | tuple | dict | set | range | torch.Tensor | np.ndarray):
        raise TypeError(f"argument of type {type(holder).__name__!r} is not iterable")
    weigh(machine.budget, item, "What is looked for")
    weigh(machine.budget, holder, "What is searched")
    if isinstance(holder, range) and type(item) is not int:  # Python would walk through all of it
        machine.budget.fit(len(holder), "A range searched for something that is no integer")
    return item in holder


def hashable(machine: Machine, key: Any) -> Any:
    """`key`, when hashing it ends soon: a tuple of a tuple of a tuple is walked anew at each level."""
    weigh(machine.budget, key, "A key")
    if isinstance(key, list | dict | set):
        raise TypeError(f"unhashable type: {type(key).__name__!r}")
    return key


def subscript(machine: Machine, value: Any, index: Any) -> Any:
    """`value[index]`."""
    if isinstance(value, str | list | tuple | range):
        if isinstance(index, slice):
            result = value[index]
            machine.budget.fit(0 if isinstance(value, range) else len(result))
            return result
        return value[operator.index(index)]
    if isinstance(value, dict):
        return value[hashable(machine, index)]
    if isinstance(value, torch.Tensor):
        return value[machine.index(index)]
    if isinstance(value, np.ndarray):
        return machine.array_item(value, index)
    if isinstance(value, StorageHandle):
        with machine.recorder.muted():
            return value[index]
    raise Refused(f"{machine.a_type_text(value)} cannot be indexed.")
