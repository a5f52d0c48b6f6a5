"""Networks with known answers for the classifier's tests: seeded, and never saturated.

Must not know the program: torchvision, Pillow and plain torch only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision import models
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
Make = Callable[..., nn.Module]


def seeded_network(
    name: str, side: int = 224, seed: int = 1, pictures: Tensor | None = None, **options: Any
) -> nn.Module:
    """A torchvision network with random weights, batch norms calibrated by one training step, scores spread out.

    Raw random weights give the same probability to every class, or all of it to one: a test on them tests nothing.
    """
    torch.manual_seed(seed)
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    network: nn.Module = models.get_model(name, **options)
    if pictures is None:
        pictures = torch.randn(4, 3, side, side)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None  # the statistics of exactly this batch
        network.train()(pictures)
        network.eval()
        last = [module for module in network.modules() if isinstance(module, nn.Linear | nn.Conv2d)][-1]
        if not last.weight.any():  # vision transformers begin with a last layer of zeros
            last.weight.normal_()
        spread = network(pictures).std(dim=1).mean()
        last.weight.mul_(2.0 / spread)
    return network


def torchvision_answer(network: nn.Module, path: Path, resize: int = 256, crop: int = 224, **values: Any) -> Tensor:
    """The probabilities as a plain torchvision script computes them, one picture at a time."""
    with torch.no_grad():
        scores: Tensor = network(torchvision_input(path, resize, crop, **values).unsqueeze(0))
    return scores.softmax(1)[0]


def torchvision_input(path: Path, resize: int = 256, crop: int = 224, **values: Any) -> Tensor:
    """The picture as torchvision's transforms give it to a network: (3, crop, crop)."""
    normalise = Normalize(values.get("mean", MEAN), values.get("std", STD))
    steps = Compose([Resize(resize), CenterCrop(crop), ToTensor(), normalise])
    with Image.open(path) as image:
        result: Tensor = steps(image.convert("RGB"))
    return result


@pytest.fixture(scope="session")
def make_network() -> Make:
    return seeded_network


@pytest.fixture(scope="session")
def answer_of() -> Callable[..., Tensor]:
    return torchvision_answer


@pytest.fixture(scope="session")
def input_of() -> Callable[..., Tensor]:
    return torchvision_input


@pytest.fixture(scope="session")
def small_network() -> nn.Module:
    """shufflenet_v2_x0_5 for six classes: 1.4 MB, and a few milliseconds a picture."""
    return seeded_network("shufflenet_v2_x0_5", num_classes=6)


@pytest.fixture(scope="session")
def small_file(small_network: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "small.pth"
    torch.save(small_network.state_dict(), path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Five pictures of noise in different proportions, drawn here."""
    generator = torch.Generator().manual_seed(7)
    paths = []
    for index, size in enumerate(((300, 260, 3), (260, 300, 3), (256, 256, 3), (500, 240, 3), (64, 64, 3))):
        pixels = torch.randint(0, 256, size, generator=generator, dtype=torch.uint8)
        path = tmp_path / f"picture{index}.png"
        Image.fromarray(pixels.numpy()).save(path)
        paths.append(path)
    return paths
