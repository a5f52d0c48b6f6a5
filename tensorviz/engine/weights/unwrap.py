"""Finding the tensors in what a training program saved: under `state_dict`, `model`, behind `module.` prefixes.

Must not know files or networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

WRAPPERS = (
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "ema_state_dict", "model_ema",
    "ema", "weights", "params", "params_ema", "generator", "shadow",
)  # fmt: skip  # in the order in which they are believed
PREFIXES = ("module.", "_orig_mod.")
DEEPEST = 4


def find_tensors(loaded: object) -> tuple[dict[str, torch.Tensor], tuple[str, ...]]:
    """The tensors by name, and what was done to find them, in sentences; an empty dict when there are none."""
    notes: list[str] = []
    found = _descend(loaded, notes, DEEPEST)
    tensors = _tensors_of(found, notes)
    return _without_prefixes(tensors, notes), tuple(notes)


def groups(loaded: object) -> tuple[str, ...]:
    """The names under which more than one group of tensors lies, of which none is known to be the one that is meant."""
    found = [key for key in loaded if _holds_tensors(loaded[key], DEEPEST)] if isinstance(loaded, Mapping) else []
    return tuple(map(str, found)) if len(found) > 1 else ()


def _descend(loaded: object, notes: list[str], depth: int) -> Mapping[Any, Any]:
    if not isinstance(loaded, Mapping):
        return {}
    inner = [key for key in loaded if _holds_tensors(loaded[key], depth)]
    known = next((key for key in WRAPPERS if key in inner), None)
    if known is None and len(inner) == 1 and not _has_tensors(loaded):
        known = inner[0]
    if known is None or depth == 0:
        return loaded
    others = [str(key) for key in inner if key != known and key in WRAPPERS]
    beside = f"; {', '.join(others)} beside it was left" if others else ""
    notes.append(f'The tensors were found under "{known}"{beside}.')
    return _descend(loaded[known], notes, depth - 1)


def _has_tensors(value: Mapping[Any, Any]) -> bool:
    return any(isinstance(item, torch.Tensor) for item in value.values())


def _holds_tensors(value: object, depth: int) -> bool:
    if not isinstance(value, Mapping) or depth == 0:
        return False
    return _has_tensors(value) or any(_holds_tensors(item, depth - 1) for item in value.values())


def _tensors_of(found: Mapping[Any, Any], notes: list[str]) -> dict[str, torch.Tensor]:
    tensors = {
        key: value.detach()
        for key, value in found.items()
        if isinstance(key, str) and isinstance(value, torch.Tensor) and value.layout is torch.strided
    }
    left = len(found) - len(tensors)
    if tensors and left:
        notes.append(
            f"{left} {'entry that is' if left == 1 else 'entries that are'} no plain tensor with a name were left."
        )
    return tensors


def _without_prefixes(tensors: dict[str, torch.Tensor], notes: list[str]) -> dict[str, torch.Tensor]:
    prefix = next((p for p in PREFIXES if tensors and all(key.startswith(p) and key != p for key in tensors)), None)
    if prefix is None:
        return tensors
    notes.append(f'The prefix "{prefix}" was taken off all names.')
    return _without_prefixes({key.removeprefix(prefix): value for key, value in tensors.items()}, notes)
