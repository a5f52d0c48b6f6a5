"""Giving the tensors of a checkpoint to a network, strictly: what does not fit is a sentence, never a wrong number.

Must not know which network it is, files, or devices.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import plural, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

COUNTER = "num_batches_tracked"  # of a batch norm: absent from old files, and no answer depends on it
CHANGED = "Was it trained with a changed copy of the code?"


def assign(network: nn.Module, tensors: Mapping[str, Tensor], what: str = "answer") -> tuple[str, ...]:
    """Puts the tensors, as float32, into a network that was built on the device "meta"; gives honest remarks.

    what: a word for what the network gives, for sentences ("picture"). The network is in eval mode afterwards and
    wants no gradients. Raises CheckpointMismatch for tensors that are missing, too many, of another shape or kind, or
    not numbers.
    """
    own = network.state_dict()
    _check_fit(own, tensors)
    _check_numbers(tensors, what)
    counters = {name: torch.zeros((), dtype=torch.long) for name in own if name.endswith(COUNTER)}
    used = {name: _plain(value) for name, value in tensors.items()}
    network.load_state_dict({**counters, **used}, assign=True)
    network.eval().requires_grad_(False)
    return _precision_note(tensors)


def _check_fit(own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    """That the two have the same names and shapes; an absent counter does not matter."""
    for name, value in own.items():
        if name not in given and not name.endswith(COUNTER):
            raise CheckpointMismatch(f"The checkpoint lacks the tensor {name}.", "Was it cut short?")
        if name in given and given[name].shape != value.shape:
            raise CheckpointMismatch(
                f"The tensor {name} of the checkpoint is {_size(given[name])}, and the network needs {_size(value)}.",
                CHANGED,
            )
    extra = next((name for name in given if name not in own), None)
    if extra is not None:
        raise CheckpointMismatch(f"The checkpoint has a tensor that the network does not: {printable(extra)}.", CHANGED)


def _size(value: Tensor) -> str:
    return "x".join(map(str, value.shape)) or "a single number"


def _check_numbers(tensors: Mapping[str, Tensor], what: str) -> None:
    numbers = {name: value for name, value in tensors.items() if not name.endswith(COUNTER)}
    whole = next((name for name, value in numbers.items() if not value.is_floating_point()), None)
    if whole is not None:
        raise CheckpointMismatch(
            f"The tensor {whole} of the checkpoint is of type {str(numbers[whole].dtype).removeprefix('torch.')}.",
            "Give the checkpoint with floating-point numbers that it was made from.",
        )
    bad = [name for name, value in numbers.items() if not _is_finite(value)]
    if bad:
        verb = "hold" if len(bad) > 1 else "holds"
        raise CheckpointMismatch(
            f"{plural(len(bad), 'tensor')} of the checkpoint {verb} NaN or infinity ({bad[0]} first), so every {what}"
            " would be empty.",
            "Its training failed, or the file is damaged: take an earlier one, or download it again.",
        )


def _is_finite(value: Tensor) -> bool:
    """A sum is finite only where all is; it reads the numbers once, and overflows only where they are huge."""
    return math.isfinite(float(value.sum(dtype=torch.float32))) or bool(torch.isfinite(value.float()).all())


def _plain(value: Tensor) -> Tensor:
    plain: Tensor = value.detach()
    return plain.float().contiguous() if plain.is_floating_point() else plain


def _precision_note(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    kinds = {str(value.dtype).removeprefix("torch.") for value in tensors.values() if value.is_floating_point()}
    other = sorted(kinds - {"float32"})
    return (f"the checkpoint's {' and '.join(other)} weights are computed with as float32",) if other else ()
