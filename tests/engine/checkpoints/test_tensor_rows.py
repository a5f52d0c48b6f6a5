"""The tree of a real file's tensors against the modules of the network that was saved."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import torch
import torchvision

from tensorviz.core.file_facts import FileFacts
from tensorviz.core.tensor_index import TensorIndex
from tensorviz.core.tensor_tree import Folding, Rows, Wish
from tensorviz.engine.formats import read_contents

T = TypeVar("T")


def done(work: Generator[None, None, T]) -> T:
    """Runs a work to its end."""
    while True:
        try:
            next(work)
        except StopIteration as result:
            return result.value  # type: ignore[no-any-return]  # what the generator returns


def test_modules_have_the_tensors_and_bytes_that_torch_says(tmp_path: Path) -> None:
    network = torchvision.models.resnet18(num_classes=7)
    torch.save(network.state_dict(), tmp_path / "x.pth")
    contents = read_contents(str(tmp_path / "x.pth"))
    index = TensorIndex(contents, FileFacts(contents).names)
    done(index.build())
    rows = Rows(index, Wish())
    nodes = done(rows.arrange(Folding(rest=True)))
    told = {rows.path(node): (rows.count(node), rows.nbytes(node)) for node in nodes if node.kind == "module"}
    wanted = {}
    for name, module in network.named_modules():
        tensors = module.state_dict().values()
        below = [child for child in module.children() if child.state_dict()]
        only_a_way = len(below) == 1 and len(below[0].state_dict()) == len(tensors)
        if name and len(tensors) > 1 and not only_a_way:
            wanted[name] = (len(tensors), sum(one.numel() * one.element_size() for one in tensors))
    assert told == wanted
    assert sorted(rows.path(node) for node in nodes if node.kind == "tensor") == sorted(network.state_dict())
    in_file = done(Rows(index, Wish(flat=True, order="file")).arrange(Folding()))
    assert [index.names[node.place] for node in in_file] == list(network.state_dict())
