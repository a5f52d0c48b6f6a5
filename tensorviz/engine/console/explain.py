"""Why torch refused a call, with its numbers; and what is worth saying of one that it did not refuse.

Must not know the syntax tree or the session: a call is its name, its arguments and the code of what it was called on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.contiguity import contiguity
from tensorviz.core.reasons import Obstacle, Reason, ViewImpossible
from tensorviz.core.view_shapes import view_dtype, whole_shape
from tensorviz.core.why import why_no_numpy, why_no_view, why_not_broadcast, why_not_squeezed
from tensorviz.engine.console.writes import plain_layout as layout_of
from tensorviz.engine.console.writes import surprise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.engine.console.writes import Write


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was made. subject: the code of what the method was called on, is written to, or is on the left."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    subject: str = ""

    @property
    def tensor(self) -> torch.Tensor | None:
        """What it was called on, when that is a tensor with memory."""
        found = self.args[0] if self.args else None
        return found if isinstance(found, torch.Tensor) and found.layout is torch.strided else None

    @property
    def method(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Explained:
    """What was found out: a sentence, and the numbers behind it where there are some."""

    sentence: str
    reason: Reason | None = None
    obstacles: tuple[Obstacle, ...] = ()


def explain(call: Call, refused: Write | None = None) -> Explained | None:
    """Why the call, which failed, could not be done; None when nothing is known beyond torch's own words.

    refused: the write that torch refused for the memory that it writes, when that was it.
    """
    found = None if refused is None else surprise(refused, refused=True)
    if found is not None:
        return Explained(found.sentence, found)
    tensor = call.tensor
    if tensor is None:
        return _broadcast(call)
    if call.method == "view":
        return _view(tensor, call.args[1:], call.kwargs)
    if call.method == "numpy":
        return _numpy(tensor)
    return _broadcast(call)


def _view(tensor: torch.Tensor, args: Sequence[Any], kwargs: dict[str, Any]) -> Explained | None:
    layout = layout_of(tensor)
    wanted = kwargs.get("dtype", args[0] if len(args) == 1 else None)
    try:
        if isinstance(wanted, torch.dtype):
            view_dtype(layout, wanted.itemsize)
            return None
        sizes = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
        reason = why_no_view(layout, whole_shape([int(size) for size in sizes], layout.numel))
    except ViewImpossible as error:
        return Explained(f"{error.message} {error.hint}".strip(), error.reason)
    except (TypeError, ValueError):
        return None
    return None if reason is None else Explained(reason.sentence, reason)


def _numpy(tensor: torch.Tensor) -> Explained | None:
    try:
        np.dtype(str(tensor.dtype).removeprefix("torch."))
        known = True
    except TypeError:
        known = False
    found = why_no_numpy(
        str(tensor.dtype).removeprefix("torch."), str(tensor.device), str(tensor.layout).removeprefix("torch."),
        tensor.requires_grad, tensor.is_conj(), tensor.is_neg(), known,
    )  # fmt: skip
    return Explained(" ".join(one.sentence for one in found), obstacles=found) if found else None


def _broadcast(call: Call) -> Explained | None:
    operands = [value for value in call.args[:2] if isinstance(value, torch.Tensor)]
    operands += [value for value in call.kwargs.values() if isinstance(value, torch.Tensor)][: 2 - len(operands)]
    if len(operands) != 2 or call.method in ("matmul", "mm", "MatMult", "bmm", "mv", "dot", "cat", "stack"):
        return None
    clash = why_not_broadcast(*(tuple(one.shape) for one in operands))
    return None if clash is None else Explained(clash.sentence, clash)


def remark(call: Call, result: Any) -> Explained | None:
    """What a person may not have expected of a call that was done; None when there is nothing to say."""
    tensor = call.tensor
    if tensor is None:
        return None
    if call.method == "squeeze":
        return _kept(tensor, call)
    if call.method == "contiguous" and result is tensor:
        wanted = _memory_format(call)
        why = contiguity(layout_of(tensor), wanted).reason if wanted else ""
        return Explained(f"contiguous() did nothing: the tensor is contiguous already. {why}".strip())
    if call.method == "to" and result is tensor:
        return Explained("to() did nothing: the tensor is of that type, on that device, already.")
    return None


def _memory_format(call: Call) -> str:
    asked = call.kwargs.get("memory_format", call.args[1] if len(call.args) > 1 else torch.contiguous_format)
    name = str(asked).removeprefix("torch.")
    return name if name in ("contiguous_format", "channels_last", "channels_last_3d") else ""


def _kept(tensor: torch.Tensor, call: Call) -> Explained | None:
    if len(call.args) < 2 and "dim" not in call.kwargs:
        return None
    dims = call.kwargs.get("dim", call.args[1] if len(call.args) > 1 else ())
    asked = [dims] if isinstance(dims, int) else list(dims)
    layout = layout_of(tensor)
    found = (why_not_squeezed(layout, dim % tensor.dim()) for dim in asked if tensor.dim())
    kept = [one for one in found if one is not None]
    return Explained(" ".join(one.sentence for one in kept), kept[0]) if kept else None
