"""Folding batch norms into convolutions changes no answer.

Must not know pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from tensorviz.engine.tasks.classify.build import build_network
from tensorviz.engine.tasks.classify.speed import fuse

NETWORKS = (
    "resnet18",
    "mobilenet_v2",
    "densenet121",
    "shufflenet_v2_x0_5",
    "efficientnet_b0",
    "regnet_y_400mf",
    "vgg11_bn",
)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_fused_network_answers_the_same(name: str, make_network: Callable[..., nn.Module]) -> None:
    network = make_network(name, num_classes=20)
    built = build_network(name, network.state_dict()).network
    before = sum(isinstance(module, nn.BatchNorm2d) for module in built.modules())
    folded = fuse(built)
    after = sum(isinstance(module, nn.BatchNorm2d) for module in built.modules())
    pictures = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        wanted, got = network(pictures).softmax(1), built(pictures).softmax(1)
    assert folded == before - after > 0
    assert 0.05 < float(wanted.max()) < 0.999
    assert torch.allclose(got, wanted, atol=1e-5)


def test_a_network_that_cannot_be_followed_is_left_as_it_is() -> None:
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

        def forward(self, x: Tensor) -> Tensor:
            result: Tensor = self.norm(self.conv(x))
            return -result if result.sum() > 0 else result

    network = Branching().eval()
    assert fuse(network) == 0
    assert isinstance(network.norm, nn.BatchNorm2d)


def test_a_convolution_used_twice_is_not_folded() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

        def forward(self, x: Tensor) -> Tensor:
            result: Tensor = self.norm(self.conv(self.conv(x)))
            return result

    network = Twice().eval()
    assert fuse(network) == 0


def test_a_convolution_whose_result_goes_two_ways_is_not_folded() -> None:
    class TwoWays(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

        def forward(self, x: Tensor) -> Tensor:
            seen = self.conv(x)
            result: Tensor = self.norm(seen) + seen
            return result

    assert fuse(TwoWays().eval()) == 0


def test_a_batch_norm_without_gain_is_folded_too() -> None:
    torch.manual_seed(1)
    network = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4, affine=False)).train()
    pictures = torch.randn(4, 3, 8, 8)
    with torch.no_grad():
        network(pictures)
        wanted = network.eval()(pictures)
        assert fuse(network) == 1
        assert torch.allclose(network(pictures), wanted, atol=1e-6)
