"""Parameters and bytes by module: the names of tensors, taken apart at their dots, as a tree.

Must not know files or values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.tensor_index import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.stored import Contents


@dataclass(frozen=True, slots=True)
class Module:
    """A part of a network by name, and what lies in it: tensors, elements, bytes, each by name (tied ones each time).

    name: the last part; path: all of it. children: the largest first, equal ones by name.
    """

    name: str
    path: str
    tensors: int
    elements: int
    nbytes: int
    children: tuple[Module, ...] = ()

    def walk(self, depth: int) -> Iterator[tuple[int, Module]]:
        """The modules below, largest first, with their depth from 0, down to `depth` levels."""
        for child in self.children if depth > 0 else ():
            yield 0, child
            yield from ((level + 1, module) for level, module in child.walk(depth - 1))


class _Node:
    __slots__ = ("children", "elements", "nbytes", "tensors")

    def __init__(self) -> None:
        self.tensors = self.elements = self.nbytes = 0
        self.children: dict[str, _Node] = {}


def module_tree(contents: Contents) -> Module:
    """The tree of all tensors; its root has the whole. A tensor is a leaf of its own."""
    root = _Node()
    for tensor in contents.tensors:
        elements, nbytes = tensor.layout.numel, tensor.nbytes
        node = root
        for part in (None, *tensor.name.split(".")):
            node = node if part is None else node.children.setdefault(part, _Node())
            node.tensors += 1
            node.elements += elements
            node.nbytes += nbytes
    return _finished(root)


def _largest_first(module: Module) -> tuple[int, str, str]:
    return -module.nbytes, natural_key(module.name), module.name


def _finished(root: _Node) -> Module:
    """The tree with its largest parts first; without recursion, as names may have thousands of dots."""
    order: list[tuple[_Node, str, str]] = [(root, "", "")]
    for node, _, path in order:
        order += [(child, name, f"{path}.{name}" if path else name) for name, child in node.children.items()]
    done: dict[int, Module] = {}
    for node, name, path in reversed(order):
        children = sorted((done.pop(id(child)) for child in node.children.values()), key=_largest_first)
        done[id(node)] = Module(name, path, node.tensors, node.elements, node.nbytes, tuple(children))
    return done[id(root)]
