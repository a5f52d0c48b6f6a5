"""Functions and methods of torch that need more than checked arguments: storages, sizes known before, print options.

Must not know the syntax tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.engine.console.limits import costly, weigh
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.torch_calls import check_device, checked_arguments, guarded
from tensorviz.engine.console.values import Function, GradSwitch, StorageHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.console.machine import Machine

PRINT_OPTIONS = frozenset({"precision", "threshold", "edgeitems", "linewidth", "profile", "sci_mode"})


def storage(machine: Machine, tensor: torch.Tensor) -> StorageHandle:
    """`tensor.storage()`: its memory as elements of its dtype."""
    with machine.recorder.muted():
        return StorageHandle(_with_memory(tensor), True)


def untyped_storage(machine: Machine, tensor: torch.Tensor) -> StorageHandle:
    """`tensor.untyped_storage()`: its memory as bytes."""
    with machine.recorder.muted():
        return StorageHandle(_with_memory(tensor), False)


def _with_memory(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_meta:
        raise Refused("A tensor on the meta device has a shape and no memory.")
    return tensor


def set_(machine: Machine, tensor: Any, source: Any = None, *layout: Any, **named: Any) -> Any:
    """`tensor.set_(storage or tensor, offset, size, stride)`, never past the end of that storage."""
    if source is None and not layout and not named:
        return tensor.set_()
    (source, *rest), named = checked_arguments(machine, "set_", (source, *layout), named)
    names = dict(zip(("storage_offset", "size", "stride"), rest, strict=False)) | named
    of = source.flat if isinstance(source, StorageHandle) else source
    if not isinstance(of, torch.Tensor):
        raise TypeError(f"set_ needs a storage or a tensor, not a {machine.type_text(source)}")
    if of.dtype != tensor.dtype and not (isinstance(source, StorageHandle) and not source.typed):
        raise TypeError(f"set_ needs elements of {tensor.dtype}, and the source has {of.dtype}")
    if isinstance(source, torch.Tensor) and not names:
        return tensor.set_(source)
    return tensor.set_(of.untyped_storage(), *_inside(of, tensor, names))


def _inside(of: torch.Tensor, tensor: torch.Tensor, names: dict[str, Any]) -> tuple[int, Any, Any]:
    """Offset, size and stride; Refused when they reach outside the storage, which torch would lengthen."""
    room = of.untyped_storage().nbytes() // tensor.itemsize
    offset = int(names.get("storage_offset", 0))
    size = torch.Size(names["size"]) if "size" in names else torch.Size([room - offset])
    stride = tuple(names.get("stride") or torch.empty(size, device="meta").stride())
    if len(stride) != len(size) or min((offset, *size, *stride)) < 0:
        raise Refused("Offset, sizes and strides are not negative, and there is a stride for each size.")
    last = offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    if 0 not in size and last >= room:
        raise Refused(f"That layout reaches element {last} of a storage of {room} elements.",
                      "The last element is at offset + sum of (size - 1) * stride.")  # fmt: skip
    return offset, size, stride


def tolist(machine: Machine, tensor: torch.Tensor) -> Any:
    """`tensor.tolist()`, as long as a list may be."""
    machine.budget.fit(tensor.numel(), "A list")
    return tensor.tolist()


def tensor(machine: Machine, data: Any, **options: Any) -> torch.Tensor:
    """`torch.tensor(data, ...)`. Numbers are counted before: lists in lists can hold more than memory does."""
    weigh(machine.budget, data, "What torch.tensor is given")
    (data,), options = checked_arguments(machine, "torch.tensor", (data,), options)
    if isinstance(data, torch.Tensor | np.ndarray):
        size = (data.numel() if isinstance(data, torch.Tensor) else data.size) * 8
        if size > machine.allowed_bytes() * 8:
            raise costly("The tensor", size)
    result: torch.Tensor = guarded(torch.tensor(data, **options))
    return result


def legacy_maker(name: str) -> Function:
    """`torch.FloatTensor` and its kin: sizes, or a list of values."""
    kind = getattr(torch, name)

    def make(machine: Machine, *args: Any, **options: Any) -> Any:
        if any(isinstance(value, StorageHandle) for value in args):
            raise Refused(f"torch.{name} is not made from a storage here.", "Use torch.empty(0).set_(storage, ...).")
        args, options = checked_arguments(machine, f"torch.{name}", args, options)
        return guarded(kind(*args, **options))

    return Function(f"torch.{name}", make, "python")


def set_printoptions(machine: Machine, *args: Any, **options: Any) -> None:
    """`torch.set_printoptions(...)`, for this session."""
    named = dict(zip(("precision", "threshold", "edgeitems", "linewidth", "profile", "sci_mode"), args, strict=False))
    named |= options
    if unknown := named.keys() - PRINT_OPTIONS:
        raise TypeError(f"set_printoptions() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    for name in ("precision", "threshold", "edgeitems", "linewidth"):
        if name in named and not (isinstance(named[name], int | float) and 0 <= named[name] <= 10_000_000):
            raise ValueError(f"{name} is a number from 0 to 10,000,000")
    machine.printer.set_options(**named)


def no_grad(_machine: Machine) -> GradSwitch:
    """`torch.no_grad()`, for `with`."""
    return GradSwitch(False)


def enable_grad(_machine: Machine) -> GradSwitch:
    """`torch.enable_grad()`, for `with`."""
    return GradSwitch(True)


def backward(machine: Machine, tensor: torch.Tensor, *args: Any, **options: Any) -> None:
    """`tensor.backward()`. Gradients are made inside of torch; what they write is kept before."""
    args, options = checked_arguments(machine, "backward", args, options)
    if "inputs" in options:
        raise Refused("backward(inputs=...) is not offered.", "Use torch.autograd.grad(output, inputs).")
    tensor.backward(*args, **options)


def cuda(_machine: Machine, tensor: torch.Tensor, index: int | None = None) -> torch.Tensor:
    """`tensor.cuda()`."""
    device = "cuda" if index is None else f"cuda:{index}"
    check_device(device)
    return tensor.to(device)


def is_tensor_storage(_machine: Machine, value: Any) -> bool:
    """`torch.is_storage(value)`."""
    return isinstance(value, StorageHandle)


OWN_METHODS: dict[str, Callable[..., Any]] = {
    "storage": storage, "untyped_storage": untyped_storage, "set_": set_, "tolist": tolist, "backward": backward,
    "cuda": cuda,
}  # fmt: skip
OWN_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tensor": tensor, "set_printoptions": set_printoptions, "no_grad": no_grad, "enable_grad": enable_grad,
    "is_storage": is_tensor_storage,
}  # fmt: skip
