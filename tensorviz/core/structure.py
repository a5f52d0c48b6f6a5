"""A network as a tree of layers, as data.

Must not know torch: the engine fills the tree, the window and scripts read it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnTensor:
    """A tensor that a module keeps itself. name: its attribute name ("weight"). learned: a parameter, no buffer."""

    name: str
    shape: tuple[int, ...]
    learned: bool = True

    @property
    def numel(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def shape_text(self) -> str:
        """As in "64x3x7x7"; "one number" where it has no dimension."""
        return "x".join(map(str, self.shape)) or "one number"


@dataclass(frozen=True, slots=True)
class Layer:
    """One module. name: its attribute name ("layer1"). kind: its class ("Conv2d"). detail: its own settings.

    parameters: count including everything below. buffers: count of numbers kept but not learned. tensors: what it
    keeps itself and a checkpoint holds, nothing of what is below.
    """

    name: str
    kind: str
    detail: str
    parameters: int
    buffers: int
    children: tuple[Layer, ...] = ()
    tensors: tuple[OwnTensor, ...] = ()

    def lines(self, depth: int = 0) -> list[str]:
        """The tree as indented text, one layer a line."""
        here = f"{'  ' * depth}({self.name}) {self.kind}({self.detail})  {self.parameters:,}"
        return [here, *(line for child in self.children for line in child.lines(depth + 1))]
