"""Why torch refused a call, with its numbers; and what is worth saying of one that it did not refuse.

Must not know the syntax tree or the session: a call is its name, its arguments and the code of what it was called on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.contiguity import contiguity
from tensorviz.core.layout import Layout
from tensorviz.core.meeting import meeting
from tensorviz.core.reasons import Obstacle, Reason, ViewImpossible
from tensorviz.core.view_shapes import view_dtype, whole_shape
from tensorviz.core.why import why_no_numpy, why_no_view, why_not_broadcast, why_not_in_place, why_not_squeezed
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Sequence


MOST_OVERLAP = 1 << 22  # elements of a tensor that is searched for shared cells after each write


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was made. subject: the code of what the method was called on, or of the first operand."""

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


def layout_of(tensor: torch.Tensor) -> Layout:
    """Size, stride, offset and element size of a strided tensor."""
    return Layout(tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()), tensor.element_size())


def explain(call: Call) -> Explained | None:
    """Why the call, which failed, could not be done; None when nothing is known beyond torch's own words."""
    tensor = call.tensor
    if tensor is None:
        return _broadcast(call)
    if call.method == "view":
        return _view(tensor, call.args[1:], call.kwargs)
    if call.method == "numpy":
        return _numpy(tensor)
    if call.method.endswith("_") and not call.method.endswith("__"):
        shared = why_not_in_place(layout_of(tensor))
        if shared is not None:
            return Explained(shared.sentence, shared)
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


def remark(call: Call, result: Any) -> str:
    """What a person may not have expected of a call that was done; empty when there is nothing to say."""
    tensor = call.tensor
    if tensor is None:
        return ""
    if call.method in ("squeeze", "squeeze_"):
        return _kept(tensor, call, result)
    if call.method == "contiguous" and result is tensor:
        wanted = _memory_format(call)
        why = contiguity(layout_of(tensor), wanted).reason if wanted else ""
        return f"contiguous() did nothing: the tensor is contiguous already. {why}".strip()
    if call.method == "to" and result is tensor:
        return "to() did nothing: the tensor is of that type, on that device, already."
    if call.method == "copy_" and len(call.args) > 1 and isinstance(call.args[1], torch.Tensor):
        return _overlapping_copy(tensor, call.args[1], call.subject)
    if call.method.endswith("_") and tensor.numel() <= MOST_OVERLAP:
        shared = why_not_in_place(layout_of(tensor))
        return "" if shared is None else shared.sentence
    return ""


def _memory_format(call: Call) -> str:
    asked = call.kwargs.get("memory_format", call.args[1] if len(call.args) > 1 else torch.contiguous_format)
    name = str(asked).removeprefix("torch.")
    return name if name in ("contiguous_format", "channels_last", "channels_last_3d") else ""


def _kept(tensor: torch.Tensor, call: Call, result: Any) -> str:
    if call.method == "squeeze_" or (len(call.args) < 2 and "dim" not in call.kwargs):
        return ""
    dims = call.kwargs.get("dim", call.args[1] if len(call.args) > 1 else ())
    asked = [dims] if isinstance(dims, int) else list(dims)
    layout = layout_of(tensor)
    kept = [why_not_squeezed(layout, dim % tensor.dim()) for dim in asked if tensor.dim()]
    return " ".join(one.sentence for one in kept if one is not None)


def _overlapping_copy(target: torch.Tensor, source: torch.Tensor, subject: str) -> str:
    """A copy onto memory that it reads: torch does not look for it, and the result depends on the order."""
    if identity_of(target) != identity_of(source) or target.numel() > MOST_OVERLAP:
        return ""
    left, right = layout_of(target), layout_of(source)
    if left == right:
        return ""
    met = meeting(left, right)
    if met is None:
        return ""
    return (
        f"{subject or 'The target'} and what is copied onto it share memory (byte {met.byte}); torch does not notice, "
        "and the result depends on the order of the writes. clone() the source."
    )
