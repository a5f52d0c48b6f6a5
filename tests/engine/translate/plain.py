"""The published generator as plain calls of torch.nn.functional, and checkpoints of it with seeded numbers.

Must not know tensorviz: written from the published description (arXiv 1703.10593, the authors' networks.py and the
book's chapter 2), so that it can judge what tensorviz draws. No module of torch.nn is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor
from torch.nn import functional

State = dict[str, Tensor]


@dataclass(frozen=True)
class Variant:
    """width: the authors' ngf. second: the place of a block's second convolution, 6 where dropout comes before it."""

    width: int = 64
    blocks: int = 9
    dropout: bool = False
    batch: bool = False

    @property
    def second(self) -> int:
        return 6 if self.dropout else 5


ALL = tuple(Variant(8, blocks, dropout, batch) for blocks in (6, 9) for dropout in (False, True) for batch in (False, True))  # fmt: skip  # noqa: E501


def checkpoint(variant: Variant, seed: int = 0) -> State:
    """The tensors of a variant, under the names and with the shapes that were published, with seeded numbers."""
    numbers = torch.Generator().manual_seed(seed)
    width, state = variant.width, State()

    def layer(name: str, shape: tuple[int, ...], channels: int, normed: bool = True) -> None:
        fan = shape[1] * shape[2] * shape[3]
        gain = 0.5 if not normed else 0.8 if variant.batch else 2.0  # so that values neither grow nor end at -1 and 1
        state[f"{name}.weight"] = torch.randn(shape, generator=numbers) * sqrt(gain / fan)
        if variant.batch and normed:
            stem, _, at = name.rpartition(".")
            norm = f"{stem}.{int(at) + 1}"
            state[f"{norm}.weight"] = 1 + 0.1 * torch.randn(channels, generator=numbers)
            state[f"{norm}.bias"] = 0.1 * torch.randn(channels, generator=numbers)
            state[f"{norm}.running_mean"] = 0.1 * torch.randn(channels, generator=numbers)
            state[f"{norm}.running_var"] = 0.5 + torch.rand(channels, generator=numbers)
            state[f"{norm}.num_batches_tracked"] = torch.tensor(7)
        else:
            state[f"{name}.bias"] = 0.1 * torch.randn(channels, generator=numbers)

    layer("model.1", (width, 3, 7, 7), width)
    layer("model.4", (2 * width, width, 3, 3), 2 * width)
    layer("model.7", (4 * width, 2 * width, 3, 3), 4 * width)
    for block in range(10, 10 + variant.blocks):
        for at in (1, variant.second):
            layer(f"model.{block}.conv_block.{at}", (4 * width, 4 * width, 3, 3), 4 * width)
    up = 10 + variant.blocks
    layer(f"model.{up}", (4 * width, 2 * width, 3, 3), 2 * width)  # of transposed convolutions: in, out
    layer(f"model.{up + 3}", (2 * width, width, 3, 3), width)
    layer(f"model.{up + 7}", (3, width, 7, 7), 3, normed=False)
    return state


def with_statistics(state: State, variant: Variant) -> State:
    """The same as old versions of torch saved it: each instance norm with statistics that the network does not use."""
    quarter, added = 4 * variant.width, dict(state)
    up = 10 + variant.blocks
    norms = {"model.2": variant.width, "model.5": quarter // 2, "model.8": quarter}
    norms |= {f"model.{up + 1}": quarter // 2, f"model.{up + 4}": variant.width}
    for block in range(10, up):
        norms |= {f"model.{block}.conv_block.{at}": quarter for at in (2, variant.second + 1)}
    for name, channels in norms.items():
        added[f"{name}.running_mean"] = torch.full((channels,), 3.0)
        added[f"{name}.running_var"] = torch.full((channels,), 9.0)
        added[f"{name}.num_batches_tracked"] = torch.tensor(1000)
    return added


def drawn(state: State, pictures: Tensor, variant: Variant) -> Tensor:
    """What the network gives for pictures (N, 3, H, W)."""

    def normed(values: Tensor, name: str) -> Tensor:
        if not variant.batch:
            return functional.instance_norm(values, eps=1e-5)
        mean, var = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        return functional.batch_norm(values, mean, var, state[f"{name}.weight"], state[f"{name}.bias"], eps=1e-5)

    def weights(name: str) -> tuple[Tensor, Tensor | None]:
        return state[f"{name}.weight"], state.get(f"{name}.bias")

    values = functional.conv2d(functional.pad(pictures, (3, 3, 3, 3), mode="reflect"), *weights("model.1"))
    values = functional.relu(normed(values, "model.2"))
    for at in (4, 7):
        values = functional.conv2d(values, *weights(f"model.{at}"), stride=2, padding=1)
        values = functional.relu(normed(values, f"model.{at + 1}"))
    for block in range(10, 10 + variant.blocks):
        name, inner = f"model.{block}.conv_block", values
        inner = functional.conv2d(functional.pad(inner, (1, 1, 1, 1), mode="reflect"), *weights(f"{name}.1"))
        inner = functional.relu(normed(inner, f"{name}.2"))
        inner = functional.pad(inner, (1, 1, 1, 1), mode="reflect")  # dropout does nothing outside training
        inner = functional.conv2d(inner, *weights(f"{name}.{variant.second}"))
        values = values + normed(inner, f"{name}.{variant.second + 1}")
    for at in (10 + variant.blocks, 13 + variant.blocks):
        values = functional.conv_transpose2d(values, *weights(f"model.{at}"), stride=2, padding=1, output_padding=1)
        values = functional.relu(normed(values, f"model.{at + 1}"))
    last = f"model.{17 + variant.blocks}"
    return torch.tanh(functional.conv2d(functional.pad(values, (3, 3, 3, 3), mode="reflect"), *weights(last)))
