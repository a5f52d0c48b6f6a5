"""The architecture of the CycleGAN generators, with the names and shapes of the published checkpoints.

Must not know files, pictures or devices: a plan in, a module out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable

Norm = Literal["instance", "batch"]
FIRST_BLOCK = 10  # the place of the first residual block among the children of `model`


@dataclass(frozen=True, slots=True)
class GeneratorPlan:
    """What tells the published generators apart.

    width: channels after the first convolution (`ngf` in the published code). blocks: residual blocks, 6 or 9 there.
    dropout: whether each block has a layer that is idle outside training, which shifts the names behind it.
    norm: "instance" without numbers of its own, or "batch" with them (the convolutions before it have no bias then).
    """

    width: int = 64
    blocks: int = 9
    dropout: bool = False
    norm: Norm = "instance"
    channels_in: int = 3
    channels_out: int = 3


class ResNetBlock(nn.Module):
    """x + conv_block(x): two 3x3 convolutions on a picture mirrored by one pixel. Takes and gives (N, C, H, W)."""

    def __init__(self, channels: int, plan: GeneratorPlan) -> None:
        super().__init__()
        middle = [nn.Dropout(0.5)] if plan.dropout else []
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=_has_bias(plan)),
            _norm(plan)(channels),
            nn.ReLU(inplace=True),
            *middle,
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=_has_bias(plan)),
            _norm(plan)(channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, C, H, W) with what the block adds to them."""
        added: Tensor = self.conv_block(features)
        return features + added


class ResNetGenerator(nn.Module):
    """The generator of "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks".

    Zhu, Park, Isola, Efros, arXiv 1703.10593; layers as in the authors' code and in the book's chapter 2. Takes
    (N, channels_in, H, W), sides of 4 pixels or more; gives (N, channels_out, H', W') in -1 to 1, where H' is H
    rounded up to a multiple of four.
    """

    def __init__(self, plan: GeneratorPlan | None = None) -> None:
        super().__init__()
        self.plan = plan or GeneratorPlan()
        self.model = nn.Sequential(
            *_entrance(self.plan),
            *(ResNetBlock(4 * self.plan.width, self.plan) for _ in range(self.plan.blocks)),
            *_exit(self.plan),
        )

    @property
    def residual_blocks(self) -> tuple[ResNetBlock, ...]:
        """The residual blocks, in order."""
        return tuple(child for child in self.model if isinstance(child, ResNetBlock))

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (N, channels_out, H', W') in -1 to 1."""
        drawn: Tensor = self.model(pictures)
        return drawn


def _entrance(plan: GeneratorPlan) -> list[nn.Module]:
    width, bias = plan.width, _has_bias(plan)
    layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(plan.channels_in, width, 7, bias=bias)]
    layers += [_norm(plan)(width), nn.ReLU(inplace=True)]
    for size in (width, 2 * width):
        layers += [nn.Conv2d(size, 2 * size, 3, stride=2, padding=1, bias=bias)]
        layers += [_norm(plan)(2 * size), nn.ReLU(inplace=True)]
    return layers


def _exit(plan: GeneratorPlan) -> list[nn.Module]:
    width, bias = plan.width, _has_bias(plan)
    layers: list[nn.Module] = []
    for size in (4 * width, 2 * width):
        layers += [nn.ConvTranspose2d(size, size // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)]
        layers += [_norm(plan)(size // 2), nn.ReLU(inplace=True)]
    return [*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, plan.channels_out, 7), nn.Tanh()]


def _has_bias(plan: GeneratorPlan) -> bool:
    return plan.norm == "instance"  # a batch norm has a shift of its own


def _norm(plan: GeneratorPlan) -> Callable[[int], nn.Module]:
    return nn.BatchNorm2d if plan.norm == "batch" else nn.InstanceNorm2d
