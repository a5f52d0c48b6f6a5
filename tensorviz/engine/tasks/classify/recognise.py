"""Whose a checkpoint file is.

Must not know how files are read or networks built: it asks those who do.
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import path_text
from tensorviz.engine.tasks.classify.build import build_network
from tensorviz.engine.tasks.classify.empty import architectures
from tensorviz.engine.tasks.classify.matching import recognise
from tensorviz.engine.weights.checkpoint import read_checkpoint


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose a checkpoint is. classes: how many scores its last layer gives. notes: what was unwrapped or is odd."""

    architecture: str
    classes: int
    notes: tuple[str, ...] = ()


def recognise_file(path: str) -> Recognised:
    """Reads a checkpoint without running it, and builds the network it fits, to be sure.

    Raises CheckpointUnreadable, or CheckpointMismatch when it fits no known architecture.
    """
    checkpoint = read_checkpoint(path)
    found = recognise(checkpoint.tensors)
    if found is None:
        raise CheckpointMismatch(
            f"The checkpoint {path_text(path)} fits none of the {len(architectures())} architectures that are known.",
            "Only the weights of torchvision's classification models can be used as they are.",
        )
    built = build_network(found, checkpoint.tensors)
    return Recognised(found, built.classes, (*checkpoint.notes, *built.notes))
