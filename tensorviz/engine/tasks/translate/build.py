"""A generator made from the tensors of a checkpoint, without a wrong picture waiting in it.

Must not know where the tensors come from, what pictures are, or on which device the network will run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import plural
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator
from tensorviz.engine.tasks.translate.recognise import needless, plan_of
from tensorviz.engine.weights.assigning import assign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

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
    _check_colours(plan)
    network = _empty(plan)
    notes = assign(network, used, "picture")
    return Built(network, (*_dropped_note(len(tensors) - len(used)), *notes))


def _empty(plan: GeneratorPlan) -> ResNetGenerator:
    """The network without numbers; they must be assigned before use."""
    try:
        with torch.device("meta"):
            return ResNetGenerator(plan)
    except (ValueError, RuntimeError) as error:  # channels of 0 and the like
        raise CheckpointMismatch(
            f"No network can be built of these shapes: {error}.", "Is the file damaged?"
        ) from error


def _check_colours(plan: GeneratorPlan) -> None:
    if (plan.channels_in, plan.channels_out) != (COLOURS, COLOURS):
        raise CheckpointMismatch(
            f"The generator takes {plural(plan.channels_in, 'channel')} and gives {plan.channels_out}; pictures have"
            f" {COLOURS}.",
            "Only generators from RGB to RGB can translate pictures.",
        )


def _dropped_note(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"{plural(count, 'running statistic')} of instance norms in the checkpoint were dropped, as always",)
