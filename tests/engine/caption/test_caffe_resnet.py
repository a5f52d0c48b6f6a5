"""The Caffe-style ResNet-101 against the same network written with torch's functions, from the facts."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models import resnet101

from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures, empty_resnet, normalised


@pytest.fixture(scope="module")
def numbers() -> dict[str, Tensor]:
    """Tensors with the published names, small enough that a hundred layers keep their numbers in bounds."""
    torch.manual_seed(1)
    found: dict[str, Tensor] = resnet101(weights=None).state_dict()
    for name, value in found.items():
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape) + 0.5)
        elif name.endswith("running_mean"):
            value.copy_(torch.randn(value.shape) * 0.1)
        elif "bn3.weight" in name:
            value.fill_(0.2)
    return found


def norm(x: Tensor, w: dict[str, Tensor], name: str) -> Tensor:
    mean, var, weight, bias = (w[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
    return functional.batch_norm(x, mean, var, weight, bias, training=False, eps=1e-5)


def features(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    """What the last layer gives: stride in conv1 of the first block of layers 2 to 4; pool 3, stride 2, ceil."""
    x = functional.relu(norm(functional.conv2d(x, w["conv1.weight"], stride=2, padding=3), w, "bn1"))
    x = functional.max_pool2d(x, 3, 2, padding=0, ceil_mode=True)
    for layer, (blocks, stride) in enumerate(((3, 1), (4, 2), (23, 2), (3, 2)), 1):
        for block in range(blocks):
            name, step = f"layer{layer}.{block}", stride if block == 0 else 1
            y = functional.relu(norm(functional.conv2d(x, w[f"{name}.conv1.weight"], stride=step), w, f"{name}.bn1"))
            y = functional.relu(norm(functional.conv2d(y, w[f"{name}.conv2.weight"], padding=1), w, f"{name}.bn2"))
            y = norm(functional.conv2d(y, w[f"{name}.conv3.weight"]), w, f"{name}.bn3")
            if block == 0:
                down = functional.conv2d(x, w[f"{name}.downsample.0.weight"], stride=step)
                x = norm(down, w, f"{name}.downsample.1")
            x = functional.relu(x + y)
    return x


def test_features_are_those_of_the_caffe_network(numbers: dict[str, Tensor]) -> None:
    network = empty_resnet()
    network.load_state_dict(numbers)
    pixels = torch.randint(0, 256, (1, 75, 90, 3), dtype=torch.uint8)
    with torch.inference_mode():
        seen = normalised(pixels)
        whole, places = CaffeFeatures(network.eval())(seen)
        maps = features(seen, numbers)
    mean = torch.tensor([0.485, 0.456, 0.406])
    std = torch.tensor([0.229, 0.224, 0.225])
    assert torch.allclose(seen[0, :, 5, 6], (pixels[0, 5, 6] / 255 - mean) / std, atol=1e-6)
    assert whole.shape == (1, 2048)
    assert places.shape == (1, 14, 14, 2048)
    assert torch.allclose(whole[0], maps.mean((2, 3))[0], rtol=1e-4, atol=1e-5)
    pooled = functional.adaptive_avg_pool2d(maps, 14)
    assert torch.allclose(places[0, 3, 5], pooled[0, :, 3, 5], rtol=1e-4, atol=1e-5)


def test_torchvisions_own_network_takes_the_same_tensors_and_gives_others(numbers: dict[str, Tensor]) -> None:
    ours, theirs = empty_resnet().eval(), resnet101(weights=None).eval()
    for network in (ours, theirs):
        assert not any(network.load_state_dict(numbers))
    seen = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert not torch.allclose(ours(seen), theirs(seen), rtol=0.01)
