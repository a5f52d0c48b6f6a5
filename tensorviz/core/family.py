"""What a checkpoint seems to be, as data.

Must not know how it was found out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family of checkpoints. name: one phrase ("torchvision resnet101, 1000 classes").

    facts: what else was seen. repairs: what to do before the tensors can be loaded, in order. exact: every tensor is
    where the family has one, with its shape; otherwise the name says what differs.
    """

    name: str
    facts: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    exact: bool = True

    def sentence(self) -> str:
        """The name with the repairs: 'CycleGAN generator, 9 blocks, with running statistics; drop running_mean...'."""
        return "; ".join((self.name, *self.repairs))
