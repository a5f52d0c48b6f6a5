"""Networks without numbers: any architecture built in moments, its large tensors without memory.

Must not know checkpoints, files or pictures.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.engine.small_net import SmallNet

if TYPE_CHECKING:
    from collections.abc import Callable

BUNDLED = {"cifar10_small": SmallNet}
DRAWS_AT_BIRTH = ("googlenet", "inception_v3")  # their builders fill weights slowly unless told not to


class _EmptyOnMeta(TorchFunctionMode):
    """Sends `torch.empty`, from which layers make their weights, to the meta device, and nothing else.

    With the whole build on meta, RegNet cannot compute its widths and Swin loses its position indices.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        if func is torch.empty:
            options["device"] = "meta"
        return func(*args, **options)


def architectures() -> tuple[str, ...]:
    """The names that `build_empty` knows: torchvision's classification builders and the bundled ones."""
    models = importlib.import_module("torchvision.models")
    return (*models.list_models(module=models), *BUNDLED)


def build_empty(architecture: str, **options: Any) -> nn.Module:
    """The network of a builder in eval mode, its weights on the meta device (they must be assigned before use).

    options: what the builder takes (num_classes, image_size, ...). Raises NameUnknown, or ValueRefused when the
    builder refuses the options.
    """
    builder = _builder(architecture)
    if architecture in DRAWS_AT_BIRTH:
        options["init_weights"] = False
    try:
        with _EmptyOnMeta():
            network = builder(**options)
    except ValueError as error:
        said = str(error).split(". ")[0].strip().rstrip(".")
        raise ValueRefused(
            f"{architecture} cannot be built with {options}: {said}.", "Use the model's own size."
        ) from error
    return network.eval()


def _builder(architecture: str) -> Callable[..., nn.Module]:
    if architecture in BUNDLED:
        return BUNDLED[architecture]
    known = architectures()
    if architecture not in known:
        hint = did_you_mean(architecture, known) or "`tensorviz models` lists them."
        raise NameUnknown(f"There is no model {architecture!r}.", hint)
    models = importlib.import_module("torchvision.models")
    builder: Callable[..., nn.Module] = models.get_model_builder(architecture)
    return builder
