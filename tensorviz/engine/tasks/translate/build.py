"""A generator made from the tensors of a checkpoint, without a wrong picture waiting in it.

Must not know where the tensors come from, what pictures are, or on which device the network will run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import plural, printable
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator
from tensorviz.engine.tasks.translate.recognise import needless, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

COUNTER = "num_batches_tracked"  # of a batch norm: absent from old files, and used by no picture
COLOURS = 3


@dataclass(frozen=True, slots=True)
class Built:
    """A generator in eval mode, float32, on the processor. notes: honest remarks about the checkpoint."""

    network: ResNetGenerator
    notes: tuple[str, ...] = ()


def build_generator(tensors: Mapping[str, Tensor]) -> Built:
    """The generator that the tensors are, loaded strictly; which one is told by their names and shapes.

    Running statistics of instance norms are dropped. Raises CheckpointMismatch for another network, tensors that are
    missing, too many or of another shape or kind, numbers that are none (NaN), and pictures that are not RGB.
    """
    plan = plan_of(tensors)
    used = {name: value for name, value in tensors.items() if not needless(name, plan)}
    network = _empty(plan)
    _check_fit(network.state_dict(), used)
    _check_numbers(used)
    _check_colours(plan)
    network.load_state_dict({name: _plain(value) for name, value in used.items()}, strict=False, assign=True)
    notes = (*_dropped_note(len(tensors) - len(used)), *_precision_note(used))
    return Built(network.eval().requires_grad_(False), notes)


def _empty(plan: GeneratorPlan) -> ResNetGenerator:
    """The network without numbers; they must be assigned before use."""
    try:
        with torch.device("meta"):
            return ResNetGenerator(plan)
    except (ValueError, RuntimeError) as error:  # channels of 0 and the like
        raise CheckpointMismatch(
            f"No network can be built of these shapes: {error}.", "Is the file damaged?"
        ) from error


def _check_fit(own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    """That the two have the same names and shapes; an absent counter does not matter."""
    for name, value in own.items():
        if name not in given and not name.endswith(COUNTER):
            raise CheckpointMismatch(f"The checkpoint lacks the tensor {name}.", "Was it cut short?")
        if name in given and given[name].shape != value.shape:
            raise CheckpointMismatch(
                f"The tensor {name} of the checkpoint is {_size(given[name])}, and the network needs {_size(value)}.",
                "Was it trained with a changed copy of the code?",
            )
    extra = next((name for name in given if name not in own), None)
    if extra is not None:
        raise CheckpointMismatch(
            f"The checkpoint has a tensor that the network does not: {printable(extra)}.",
            "Was it trained with a changed copy of the code?",
        )


def _size(value: Tensor) -> str:
    return "x".join(map(str, value.shape)) or "a single number"


def _check_numbers(tensors: Mapping[str, Tensor]) -> None:
    numbers = {name: value for name, value in tensors.items() if not name.endswith(COUNTER)}
    whole = next((name for name, value in numbers.items() if not value.is_floating_point()), None)
    if whole is not None:
        raise CheckpointMismatch(
            f"The tensor {whole} of the checkpoint is of type {str(numbers[whole].dtype).removeprefix('torch.')}.",
            "Give the checkpoint with floating-point numbers that it was made from.",
        )
    bad = [name for name, value in numbers.items() if not bool(torch.isfinite(value.float()).all())]
    if bad:
        raise CheckpointMismatch(
            f"{plural(len(bad), 'tensor')} of the checkpoint hold NaN or infinity ({bad[0]} first), so every picture"
            " would be empty.",
            "Its training failed, or the file is damaged: take an earlier one, or download it again.",
        )


def _check_colours(plan: GeneratorPlan) -> None:
    if (plan.channels_in, plan.channels_out) != (COLOURS, COLOURS):
        raise CheckpointMismatch(
            f"The generator takes {plural(plan.channels_in, 'channel')} and gives {plan.channels_out}; pictures have"
            f" {COLOURS}.",
            "Only generators from RGB to RGB can translate pictures.",
        )


def _plain(value: Tensor) -> Tensor:
    plain: Tensor = value.detach()
    return plain.float().contiguous() if plain.is_floating_point() else plain


def _dropped_note(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"{plural(count, 'running statistic')} of instance norms in the checkpoint were dropped, as always",)


def _precision_note(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    kinds = {str(value.dtype).removeprefix("torch.") for value in tensors.values() if value.is_floating_point()}
    other = sorted(kinds - {"float32"})
    return (f"the checkpoint's {' and '.join(other)} weights are computed with as float32",) if other else ()
