"""The ResNet-101 that the published captioners see with, and the features that it gives.

Must not know files, sentences or vocabularies. It is not torchvision's: the network was converted from Caffe, strides
in the first convolution of a block and pools without padding. The names and shapes of its tensors are the same, so
that the wrong numbers load without a word and every sentence is nonsense. misc/resnet.py and misc/resnet_utils.py of
deep-learning-with-pytorch/ImageCaptioning.pytorch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet101

if TYPE_CHECKING:
    from torchvision.models import ResNet
    from torchvision.models.resnet import Bottleneck

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PLACES = 14  # each way
FEATURES = 2048
LEAST = 32  # pixels a side: less than one place of the last layer is nothing to see


def empty_resnet() -> ResNet:
    """The network, with numbers that mean nothing yet. Its head is there, since published files have it."""
    network = resnet101(weights=None)
    network.maxpool = nn.MaxPool2d(3, stride=2, padding=0, ceil_mode=True)
    for layer in (network.layer2, network.layer3, network.layer4):
        first: Bottleneck = layer[0]
        first.conv1.stride, first.conv2.stride = (2, 2), (1, 1)
    return network


class CaffeFeatures(nn.Module):
    """Features of one picture at a time, at its own size."""

    def __init__(self, network: ResNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 2048) and (N, 14, 14, 2048) of pictures (N, 3, H, W), normalised.

        The mean over all places, and the places averaged to 14 x 14, whatever the size of the picture.
        """
        network = self.network
        maps = network.maxpool(network.relu(network.bn1(network.conv1(pixels))))
        for layer in (network.layer1, network.layer2, network.layer3, network.layer4):
            maps = layer(maps)
        places = functional.adaptive_avg_pool2d(maps, (PLACES, PLACES))
        return maps.mean(3).mean(2), places.permute(0, 2, 3, 1)


def normalised(pixels: Tensor) -> Tensor:
    """What the network sees: float32 (N, 3, H, W) of uint8 (N, H, W, 3), RGB."""
    numbers = pixels.permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(values, device=pixels.device).view(3, 1, 1) for values in (MEAN, STD))
    return ((numbers - mean) / std).contiguous()
