"""The way through the network: normalised as torchvision does, stopped when asked, smaller when memory is short.

Must not know files.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchvision.transforms.functional import normalize

from tensorviz.core.errors import Cancelled, MemoryExhausted
from tensorviz.core.recipe import Recipe
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.classify.forward import Forward, normalised

RECIPE = Recipe(8, 8)
PIXELS = torch.randint(0, 256, (8, 8, 8, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)).numpy()
CPU, ELSEWHERE = torch.device("cpu"), torch.device("meta")


class Averages(nn.Module):
    """Scores that can be computed by hand: the mean of each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Identity()

    def forward(self, pictures: Tensor) -> Tensor:
        result: Tensor = self.layer(pictures).mean((2, 3))
        return result


class Full(Averages):
    """Has room for `room` pictures at a time, wherever it runs; remembers the sizes it was asked for."""

    def __init__(self, room: int, words: str = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has...") -> None:
        super().__init__()
        self.room, self.words, self.asked = room, words, list[int]()

    def forward(self, pictures: Tensor) -> Tensor:
        self.asked.append(len(pictures))
        if len(pictures) > self.room:
            raise torch.OutOfMemoryError(self.words)
        return super().forward(pictures)


class FullGpu(Forward):
    """A device that computes like the processor and calls itself a GPU, which is full for any picture."""

    def _place(self) -> None:
        self.device = torch.device("cuda", 0)

    def _one(self, pixels: Tensor, recipe: Recipe) -> Tensor:
        if self.device.type == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has...")
        return super()._one(pixels, recipe)


def by_hand() -> Tensor:
    scores = torch.stack(
        [
            normalize(torch.from_numpy(picture).permute(2, 0, 1) / 255, list(RECIPE.mean), list(RECIPE.std)).mean(
                (1, 2)
            )
            for picture in PIXELS
        ]
    )
    return scores.softmax(1)


def test_pictures_are_normalised_as_torchvision_does_bit_for_bit() -> None:
    for picture, ours in zip(PIXELS, normalised(torch.from_numpy(PIXELS), RECIPE), strict=True):
        wanted = normalize(
            torch.from_numpy(picture).permute(2, 0, 1).float().div(255), list(RECIPE.mean), list(RECIPE.std)
        )
        assert torch.equal(ours, wanted)


@pytest.mark.parametrize("channels_last", [True, False])
def test_probabilities_are_the_softmax_of_the_scores(channels_last: bool) -> None:
    scores = Forward(Averages(), CPU, channels_last=channels_last).probabilities(PIXELS, RECIPE)
    assert torch.allclose(scores.probabilities, by_hand(), atol=1e-6)
    assert scores.device == "cpu"
    assert not scores.probabilities.requires_grad


def test_the_batch_is_halved_until_it_has_room_and_stays_so() -> None:
    network = Full(room=2)
    forward = Forward(network, CPU)
    assert torch.allclose(forward.probabilities(PIXELS, RECIPE).probabilities, by_hand(), atol=1e-6)
    assert network.asked == [8, 4, 2, 2, 2, 2]
    forward.probabilities(PIXELS[:3], RECIPE)
    assert network.asked[6:] == [2, 1]


def test_memory_that_holds_no_single_picture_is_a_sentence() -> None:
    network = Full(room=0, words="[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory")
    with pytest.raises(MemoryExhausted):
        Forward(network, CPU).probabilities(PIXELS, RECIPE)
    assert network.asked == [8, 4, 2, 1]


def test_a_full_gpu_hands_over_to_the_processor_and_says_so() -> None:
    forward = FullGpu(Averages(), torch.device("cuda", 0))
    scores = forward.probabilities(PIXELS, RECIPE)
    assert scores.device == "cpu"
    assert torch.allclose(scores.probabilities, by_hand(), atol=1e-6)
    assert forward.notes == ("the GPU was full (CUDA out of memory), so this ran on the processor",)


def test_other_failures_of_a_network_are_not_taken_for_memory() -> None:
    class Broken(Averages):
        def forward(self, pictures: Tensor) -> Tensor:
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        Forward(Broken(), CPU).probabilities(PIXELS, RECIPE)


def test_cancel_takes_effect_before_the_next_layer_and_leaves_the_network_as_it_was() -> None:
    token = CancelToken()

    class Cancels(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            token.cancel()
            return x

    network = nn.Sequential(Cancels(), Averages())
    ran: list[str] = []
    network[1].register_forward_hook(lambda *_: ran.append("second"))
    forward = Forward(network, CPU)
    with pytest.raises(Cancelled):
        forward.probabilities(PIXELS, RECIPE, token)
    assert ran == []
    assert not any(module._forward_pre_hooks for module in network.modules())
    assert torch.allclose(forward.probabilities(PIXELS, RECIPE).probabilities, by_hand(), atol=1e-6)


def test_the_network_can_be_differentiated_after_it_answered() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    Forward(network, CPU, channels_last=True).probabilities(PIXELS, RECIPE)
    network(torch.rand(1, 3, 8, 8)).sum().backward()
    assert network[0].weight.grad is not None


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_lower_precisions_compute_in_their_type(precision: str) -> None:
    seen: list[torch.dtype] = []
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network[0].register_forward_hook(lambda _module, _given, result: seen.append(result.dtype))
    scores = Forward(network, CPU, precision).probabilities(PIXELS, RECIPE)
    assert seen == [{"bf16": torch.bfloat16, "fp16": torch.float16}[precision]]
    assert scores.probabilities.dtype == torch.float32
