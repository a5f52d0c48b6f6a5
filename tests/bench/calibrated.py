"""Networks with seeded numbers whose answers are not all the same, for benchmarks and agreement tests.

Must not know tensorviz: torchvision only. Raw random weights saturate every softmax and test nothing; one forward in
train mode with momentum 1 gives each batch norm the statistics of its own input, and the last layer is scaled so that
scores spread by about two.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torchvision
from torch import nn


def calibrated(name: str, seed: int = 0, **options: object) -> nn.Module:
    """The torchvision network `name` with seeded weights, calibrated on seeded noise, in eval mode."""
    torch.manual_seed(seed)
    network: nn.Module = torchvision.models.get_model(name, weights=None, **options)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    network.train()
    with torch.no_grad():
        network(torch.randn(8, 3, 224, 224))
        network.eval()
        last = [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)][-1]
        if not last.weight.any():  # vision transformers begin with a last layer of zeros
            last.weight.normal_()
        spread = network(torch.randn(8, 3, 224, 224)).std()
        last.weight.mul_(2.0 / spread)
    for norm in norms:
        norm.momentum = 0.1
    return network


def saved(name: str, folder: Path, seed: int = 0, **options: object) -> Path:
    """The state_dict of `calibrated`, in a file that is made once."""
    path = folder / f"{name}-{seed}.pth"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(calibrated(name, seed, **options).state_dict(), path)
    return path
