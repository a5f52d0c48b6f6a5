"""Which architecture a checkpoint belongs to, judged by the names and shapes of its tensors.

Must not know files: a mapping of tensors in, a name out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.engine.tasks.classify.empty import architectures, build_empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

# A key that only this family has, and how the names of its members begin. The first that is found decides.
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"^conv_proj\.weight$", ("vit_",)),
    (r"^trunk_output\.", ("regnet_",)),
    (r"^features\.denseblock1\.", ("densenet",)),
    (r"^layers\.8\.0\.layers\.", ("mnasnet",)),
    (r"^inception3a\.", ("googlenet",)),
    (r"^Mixed_5b\.", ("inception_v3",)),
    (r"^layer1\.0\.", ("resnet", "resnext", "wide_resnet")),
    (r"^stage2\.0\.", ("shufflenet",)),
    (r"^blocks\.0\.layers\.0\.", ("maxvit",)),
    (r"^features\.\d+\.squeeze\.", ("squeezenet",)),
    (r"\.attn\.qkv\.", ("swin",)),
    (r"\.layer_scale$", ("convnext",)),
    (r"^features\.\d+\.conv\.", ("mobilenet_v2",)),
    (r"^features\.\d+(\.\d+)?\.block\.", ("efficientnet", "mobilenet_v3")),
    (r"^whiten\.", ("cifar10_small",)),
    (r"^features\.0\.weight$", ("alexnet", "vgg")),
)
ENOUGH = 0.6  # the share of tensors that must fit before a name is said


@dataclass(frozen=True, slots=True)
class Match:
    """How well an architecture fits: the share (0 to 1) of tensors that are the same by name and shape."""

    architecture: str
    share: float


def recognise(tensors: Mapping[str, Tensor]) -> str | None:
    """The architecture that fits the tensors best, or None when none fits well enough.

    The last layer may have any number of classes. Only the members of one family are built, without numbers.
    """
    matches = [Match(name, _share(name, tensors)) for name in candidates(tensors)]
    best = max(matches, key=lambda match: match.share, default=None)
    return best.architecture if best is not None and best.share >= ENOUGH else None


def candidates(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    """The architectures of the family that the tensors' names tell of; empty when they tell of none."""
    for pattern, beginnings in FAMILIES:
        if any(re.search(pattern, key) for key in tensors):
            return tuple(name for name in architectures() if name.startswith(beginnings))
    return ()


def _share(architecture: str, tensors: Mapping[str, Tensor]) -> float:
    own = {name: value.shape for name, value in build_empty(architecture).state_dict().items()}
    fitting = sum(1 for name, shape in own.items() if name in tensors and tensors[name].shape == shape)
    return fitting / max(1, len(own.keys() | tensors.keys()))
