"""The layers of any network as a tree with parameter counts, without its weights.

Must not know how a tree is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tensorviz.core.structure import Layer, OwnTensor
from tensorviz.engine.tasks.classify.empty import build_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from tensorviz.core.catalogue import ModelRow, WeightsRow


def describe_network(model: ModelRow, weights: WeightsRow | None = None) -> Layer:
    """The tree of a catalogue model as the builder makes it, for the classes and picture size of `weights`.

    Nothing is loaded: the weights need not be on this computer. Raises NameUnknown for an unknown architecture.
    """
    row = weights or model.default()
    options: dict[str, Any] = {"num_classes": row.classes} if row.classes else {}
    if model.architecture.startswith("vit_"):
        options["image_size"] = row.recipe.crop
    if model.architecture == "googlenet":  # whose published network comes without them, unlike inception_v3
        options["aux_logits"] = False
    return layer_of(build_empty(model.architecture, **options))


def layer_of(module: nn.Module, name: str = "") -> Layer:
    """The tree of a module; a weight that two layers share is counted in both, and once in what holds them."""
    return Layer(
        name=name,
        kind=type(module).__name__,
        detail=module.extra_repr().replace("\n", " "),
        parameters=sum(value.numel() for value in module.parameters()),
        buffers=sum(value.numel() for value in module.buffers()),
        children=tuple(layer_of(child, own) for own, child in module.named_children()),
        tensors=tuple(_own_tensors(module)),
    )


def _own_tensors(module: nn.Module) -> Iterator[OwnTensor]:
    for name, value in module.named_parameters(recurse=False, remove_duplicate=False):
        yield OwnTensor(name, tuple(value.shape))
    for name, kept in module.named_buffers(recurse=False, remove_duplicate=False):
        if name not in module._non_persistent_buffers_set:  # those are in no checkpoint
            yield OwnTensor(name, tuple(kept.shape), learned=False)
