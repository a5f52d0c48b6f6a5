"""What functions of torch may be given, and what may come back.

Must not know the syntax tree. Only plain values, tensors, dtypes, devices and shapes pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.errors import DeviceUnavailable
from tensorviz.engine.console.limits import weigh
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.values import StorageHandle, TypeName

if TYPE_CHECKING:
    from tensorviz.engine.console.machine import Machine

PLAIN = (
    bool, int, float, complex, str, type(None), type(Ellipsis), slice, range, torch.Tensor, torch.dtype,
    torch.device, torch.Size, torch.Generator, torch.memory_format, torch.layout, np.ndarray, np.generic,
)  # fmt: skip
PYTHON_TYPES = (bool, int, float, complex)  # that torch takes as dtypes
NAMED = "PyTorch removed its named tensors in 2.13, and the console follows it."


def checked_arguments(
    machine: Machine, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as torch gets them; raises Refused for what it may not get, DeviceUnavailable for absent devices."""
    if kwargs.get("names") is not None:
        raise Refused(NAMED, "Dimension names are tensorviz's own: see the Tensors page.")
    whole = tuple(_checked(machine, name, value) for value in args)
    return whole, {key: _checked(machine, name, value) for key, value in kwargs.items()}


def _checked(machine: Machine, name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        weigh(machine.budget, value, f"What {name} is given")
        return _checked_items(machine, name, value)
    if isinstance(value, torch.device) or (isinstance(value, str) and value.startswith(("cuda", "mps"))):
        check_device(value)
    if isinstance(value, int):
        return value
    if isinstance(value, TypeName) and value.of in PYTHON_TYPES:
        return value.of
    if isinstance(value, range):
        machine.budget.fit(len(value), "A range")
    if isinstance(value, StorageHandle):
        return value
    if not isinstance(value, PLAIN):
        raise TypeError(f"{name} cannot take a {machine.type_text(value)} here")
    return value


def _checked_items(machine: Machine, name: str, values: Any) -> Any:
    """A list or tuple of the same kind; the common case, numbers only, is not rebuilt."""
    if all(type(value) in (int, float, bool) for value in values):
        return values
    items = [_checked(machine, name, value) for value in values]
    return items if isinstance(values, list) else tuple(items)


def check_device(device: torch.device | str) -> None:
    """Raises DeviceUnavailable with a sentence when `device` is not on this computer."""
    kind = torch.device(device).type
    if kind == "cuda" and not torch.cuda.is_available():
        raise DeviceUnavailable(
            f"A tensor on {device} was asked for, and this torch finds no usable NVIDIA GPU on this computer.",
            "Everything works on the processor as well: leave the device out, or write device='cpu'.",
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceUnavailable(
            "A tensor on mps was asked for, and this is no Mac with a GPU that torch can use.", "Use device='cpu'."
        )


def guarded(value: Any) -> Any:
    """What torch gave back, when the language can hold it."""
    if isinstance(value, torch.Tensor) and (value.is_sparse or value.is_quantized or value.is_nested):
        raise Refused("Sparse, quantised and nested tensors have no storage to look at; the console has none.")
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        raise Refused("An array of Python objects was about to be made.")
    return value
