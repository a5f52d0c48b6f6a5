"""A network as a tree of layers, as data.

Must not know torch: the engine fills the tree, the window and scripts read it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """One module. name: its attribute name ("layer1"). kind: its class ("Conv2d"). detail: its own settings.

    parameters: count including everything below. buffers: count of numbers kept but not learned.
    """

    name: str
    kind: str
    detail: str
    parameters: int
    buffers: int
    children: tuple[Layer, ...] = ()

    def lines(self, depth: int = 0) -> list[str]:
        """The tree as indented text, one layer a line."""
        here = f"{'  ' * depth}({self.name}) {self.kind}({self.detail})  {self.parameters:,}"
        return [here, *(line for child in self.children for line in child.lines(depth + 1))]
