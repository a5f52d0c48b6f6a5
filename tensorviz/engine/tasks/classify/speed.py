"""The same answers in less time: batch norms folded into convolutions, and the memory format that pays.

Must not know pictures, files or devices beyond their type.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING

import torch
from torch import fx, nn

if TYPE_CHECKING:
    from collections.abc import Iterator

# Transformers spend their time in matrix products, which the format of the pictures does not touch.
CONTIGUOUS = ("vit_", "swin_", "maxvit_", "convnext_")
Pair = tuple[str, str]  # the names of a convolution and of the batch norm that alone takes its result


def fuse(network: nn.Module) -> int:
    """Folds each batch norm that follows a convolution into it, in place; gives how many.

    The network must be in eval mode. Answers change by rounding only: the folding is computed in float64. A network
    whose course cannot be followed without running it is left as it is (0).
    """
    pairs = list(_pairs(network))
    for conv_name, norm_name in pairs:
        conv, norm = network.get_submodule(conv_name), network.get_submodule(norm_name)
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        network.set_submodule(conv_name, _folded(conv, norm))
        network.set_submodule(norm_name, nn.Identity())
    return len(pairs)


def _pairs(network: nn.Module) -> Iterator[Pair]:
    if not any(isinstance(module, nn.BatchNorm2d) for module in network.modules()):
        return
    try:
        graph = fx.Tracer().trace(network)
    except Exception:  # noqa: BLE001 - tracing runs the network's own code on stand-ins, and any of it may object
        return
    calls = Counter(str(node.target) for node in graph.nodes if node.op == "call_module")
    modules = dict(network.named_modules())
    for node in graph.nodes:
        before = node.args[0] if node.op == "call_module" and node.args else None
        if isinstance(before, fx.Node) and before.op == "call_module" and len(before.users) == 1:
            pair = str(before.target), str(node.target)
            if calls[pair[0]] == calls[pair[1]] == 1 and _foldable(modules[pair[0]], modules[pair[1]]):
                yield pair


def _foldable(conv: nn.Module, norm: nn.Module) -> bool:
    return type(conv) is nn.Conv2d and type(norm) is nn.BatchNorm2d and norm.running_mean is not None


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """A convolution with w' = w * g, b' = (b - mean) * g + beta, where g = gamma / sqrt(variance + epsilon)."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = norm.running_var.double().add(norm.eps).rsqrt()
    shift = -norm.running_mean.double() if conv.bias is None else conv.bias.double() - norm.running_mean.double()
    if norm.affine:
        gain = gain * norm.weight.double()
    bias = shift * gain if not norm.affine else shift * gain + norm.bias.double()
    weight = conv.weight.double() * gain.view(-1, 1, 1, 1)
    return _with_numbers(conv, weight, bias)


def _with_numbers(conv: nn.Conv2d, weight: torch.Tensor, bias: torch.Tensor) -> nn.Conv2d:
    fused = copy.copy(conv)  # every setting of it, in a module of its own
    fused._parameters = {
        "weight": nn.Parameter(weight.to(conv.weight.dtype), requires_grad=False),
        "bias": nn.Parameter(bias.to(conv.weight.dtype), requires_grad=False),
    }
    return fused


def prefers_channels_last(architecture: str) -> bool:
    """Whether the network answers faster on pictures whose channels lie together in memory.

    Measured with batches of eight on two cores (see tests/bench/bench_pictures_per_second.py).
    """
    return not architecture.startswith(CONTIGUOUS)
