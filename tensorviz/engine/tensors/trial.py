"""What torch really does on the processor, where that can be tried at no cost: refusals, strides of what is made.

Must not know what it is tried for. Tensors without memory pass where real ones are refused ("not implemented for",
writing where elements share memory), and dimensions of size 1 may get other strides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from tensorviz.engine.console.effects import tensors_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGEST = 1 << 16  # bytes of all tensors of an operation that is tried as it is
REFUSALS = (
    "not implemented for", "not supported", "does not support", "not been implemented", "unsupported",
    "single memory location", "can't be cast",
)  # fmt: skip
OF_VALUES = ("singular", "positive-definite", "converge", "probab", "multinomial", "distribution", "NaN", "finite")
FAILURES = (RuntimeError, NotImplementedError, TypeError, ValueError, IndexError, AssertionError)


@dataclass(slots=True)
class Trial:
    """How it went. made: the tensors that came out, with the layouts they really get; None when it was not tried.

    exact: it was tried with the layouts of its arguments, not with one element.
    """

    made: list[torch.Tensor] | None = None
    error: Exception | None = None
    exact: bool = False

    @property
    def refused(self) -> bool:
        """Whether the operation is refused whatever the values are."""
        if self.error is None:
            return False
        said = str(self.error)
        if any(words in said for words in REFUSALS) or (self.exact and isinstance(self.error, IndexError)):
            return True
        return self.exact and not any(words in said for words in OF_VALUES)


def tried(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Trial:
    """Tries an operation on zeros with the layouts of its arguments, or on one element where those are large.

    Large results are not tried. Views are not: they need no memory.
    """
    if _only_looks(func):
        return Trial()
    with _disable_current_modes(), torch.no_grad():
        if _bytes(_asked(func, args, kwargs, _bare)) <= LARGEST:
            return replace(_try(func, args, kwargs, _same), exact=True)
        if _bytes(_asked(func, args, kwargs, _bare_single)) <= LARGEST:
            found = _try(func, args, kwargs, _single)
            return Trial(None, found.error if found.refused else None)
    return Trial()


def _only_looks(func: Any) -> bool:
    infos = [value.alias_info for value in func._schema.returns]
    return bool(infos) and all(info is not None and not info.is_write for info in infos)


def _try(func: Any, args: Sequence[Any], kwargs: dict[str, Any], stand_in: Callable[[torch.Tensor], Any]) -> Trial:
    try:
        return Trial(tensors_in((_called(func, args, kwargs, stand_in, "cpu"),)))
    except FAILURES as error:
        return Trial(None, error)


def _asked(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], stand_in: Callable[[torch.Tensor], Any]
) -> list[Any]:
    """The tensors that would take part, none of them with memory; a large one when it cannot be told."""
    inputs: list[torch.Tensor] = []

    def noted(tensor: torch.Tensor) -> torch.Tensor:
        inputs.append(stand_in(tensor))
        return inputs[-1]

    try:
        return [*tensors_in((_called(func, args, kwargs, noted, "meta"),)), *inputs]
    except FAILURES:
        return inputs


def _bytes(tensors: Sequence[torch.Tensor]) -> int:
    return sum(max(one.untyped_storage().nbytes(), one.numel() * one.itemsize) for one in tensors)


def _called(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], stand_in: Callable[[torch.Tensor], Any], device: str
) -> Any:
    held = [_replaced(value, stand_in, device) for value in args]
    return func(*held, **{name: _replaced(value, stand_in, device) for name, value in kwargs.items()})


def _replaced(value: Any, stand_in: Callable[[torch.Tensor], Any], device: str) -> Any:
    if isinstance(value, torch.Tensor):
        return stand_in(value)
    if isinstance(value, torch.device):
        return torch.device(device)
    if isinstance(value, list | tuple):
        items = [_replaced(item, stand_in, device) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def _bare(tensor: torch.Tensor) -> torch.Tensor:
    return torch.empty_strided(tensor.size(), tensor.stride(), dtype=tensor.dtype, device="meta")


def _same(tensor: torch.Tensor) -> torch.Tensor:
    whole = _bare(tensor).untyped_storage().nbytes()
    zeros = torch.zeros(whole, dtype=torch.uint8).untyped_storage()
    made = torch.empty(0, dtype=tensor.dtype).set_(zeros, 0, tensor.size(), tensor.stride())
    made = made.conj() if tensor.is_conj() else made
    return torch._neg_view(made) if tensor.is_neg() else made


def _bare_single(tensor: torch.Tensor) -> torch.Tensor:
    return _repeated(tensor, torch.empty((1,) * tensor.dim(), dtype=tensor.dtype, device="meta"))


def _single(tensor: torch.Tensor) -> torch.Tensor:
    zeros = torch.zeros(tensor.itemsize, dtype=torch.uint8).untyped_storage()
    ones = (1,) * tensor.dim()
    return _repeated(tensor, torch.empty(0, dtype=tensor.dtype).set_(zeros, 0, ones, ones))


def _repeated(tensor: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """Where the tensor repeats elements, what stands for it does so too."""
    twice = [size > 1 and stride == 0 for size, stride in zip(tensor.size(), tensor.stride(), strict=True)]
    return made.expand([2 if repeats else 1 for repeats in twice]) if any(twice) else made
