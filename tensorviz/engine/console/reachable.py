"""Which tensors, arrays and containers can be reached from the variables of a session.

Must not know what becomes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

ATOMS = frozenset({int, float, bool, str, complex, type(None)})  # hold nothing; a list may have a million of them


@dataclass(slots=True)
class Reachable:
    """What was found, each once, by `id`; alive as long as this is."""

    tensors: dict[int, torch.Tensor] = field(default_factory=dict)
    arrays: dict[int, np.ndarray[Any, Any]] = field(default_factory=dict)
    containers: list[Any] = field(default_factory=list)


def reachable(values: Iterable[Any]) -> Reachable:
    """Everything reachable from `values` through lists, tuples, dicts, sets and gradients."""
    found, waiting, seen = Reachable(), list(values), set[int]()
    while waiting:
        value = waiting.pop()
        if not isinstance(value, torch.Tensor | np.ndarray | list | tuple | dict | set) or id(value) in seen:
            continue
        seen.add(id(value))
        waiting.extend(_take(found, value))
    return found


def _take(found: Reachable, value: Any) -> Iterable[Any]:
    """Notes one value; gives what it holds."""
    if isinstance(value, torch.Tensor):
        found.tensors[id(value)] = value
        return () if not value.is_leaf or value.grad is None else (value.grad,)
    if isinstance(value, np.ndarray):
        found.arrays[id(value)] = value
        return ()
    if not isinstance(value, tuple):
        found.containers.append(value)
    held = (*value.keys(), *value.values()) if isinstance(value, dict) else value
    return [item for item in held if type(item) not in ATOMS]
