"""A captioner made from the tensors of a checkpoint and its infos, checked against each other.

Must not know where they come from, pictures or devices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import count_text, printable
from tensorviz.engine.tasks.caption.network import Captioner, empty_captioner
from tensorviz.engine.tasks.caption.recognise import names_of, plan_of
from tensorviz.engine.weights.assigning import assign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tensorviz.engine.tasks.caption.infos import Infos
    from tensorviz.engine.tasks.caption.plan import CaptionerPlan

# Options that say what the tensors' shapes say too; 0 in a plan means that it is not looked at.
SAID_TWICE = ("rnn_size", "input_encoding_size", "fc_feat_size", "att_feat_size", "att_hid_size")


@dataclass(frozen=True, slots=True)
class Built:
    """A captioner in eval mode, float32, on the processor. notes: honest remarks about the checkpoint."""

    network: Captioner
    notes: tuple[str, ...] = ()


def build_captioner(tensors: Mapping[str, Tensor], infos: Infos) -> Built:
    """The network that the tensors are, loaded strictly; which one is told by their names and shapes.

    Raises CheckpointMismatch for another network, tensors that are missing, too many or of another shape or kind, NaN,
    a vocabulary of another size, and options that say otherwise than the shapes.
    """
    ours = names_of(tensors)
    named = {ours[name]: value for name, value in tensors.items()}
    _check_sizes(named)
    plan = plan_of({name: tuple(value.shape) for name, value in named.items()})
    _check_words(plan, infos)
    _check_options(plan, infos)
    network = _empty(plan)
    return Built(network, assign(network, named, "sentence"))


def _empty(plan: CaptionerPlan) -> Captioner:
    try:
        with torch.device("meta"):
            return empty_captioner(plan)
    except (ValueError, RuntimeError) as error:  # widths of 0 and the like
        raise CheckpointMismatch(
            f"No network can be built of these shapes: {error}.", "Is the file damaged?"
        ) from error


def _check_sizes(tensors: Mapping[str, Tensor]) -> None:
    nothing = next((name for name, value in tensors.items() if not value.numel()), None)
    if nothing is not None:
        raise CheckpointMismatch(f"The tensor {printable(nothing)} of the checkpoint is empty.", "Is the file damaged?")


def _check_words(plan: CaptionerPlan, infos: Infos) -> None:
    if plan.words != len(infos.words) + 1:
        raise CheckpointMismatch(
            f"The weights know {count_text(plan.words - 1)} words, and the vocabulary of the infos has"
            f" {count_text(len(infos.words))}.",
            "They do not belong together, and every sentence would be gibberish. Give the infos published with them.",
        )


def _check_options(plan: CaptionerPlan, infos: Infos) -> None:
    said = infos.options.get("vocab_size")
    if isinstance(said, int) and said != plan.words - 1:
        raise CheckpointMismatch(
            f"The infos say vocab_size {count_text(said)}, and their vocabulary has {count_text(plan.words - 1)}"
            " words.",
            "They were changed by hand, or are damaged. Give the infos published with these weights.",
        )
    for name in SAID_TWICE:
        known, said = getattr(plan, name), infos.options.get(name)
        if known and isinstance(said, int) and said not in (known, 0):
            raise CheckpointMismatch(
                f"The infos say {name} {count_text(said)}, and the weights have {count_text(known)}.",
                "They do not belong together. Give the infos published with these weights.",
            )
