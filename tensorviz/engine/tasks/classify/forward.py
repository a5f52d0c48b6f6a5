"""Prepared pictures through a network: probabilities out, on the device that has room for it, stopped when asked.

Must not know files, paths, labels or how a network is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tensorviz.core.errors import MemoryExhausted
from tensorviz.engine.devices import computing_in, is_out_of_memory, release_memory
from tensorviz.engine.interrupting import interruptible

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import nn

    from tensorviz.core.recipe import Recipe
    from tensorviz.engine.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class Scores:
    """probabilities: float32 (N, classes) on the processor. device: where they were computed."""

    probabilities: Tensor
    device: str


class Forward:
    """A network in eval mode on a device, and what a step down in memory left of the wishes."""

    def __init__(
        self, network: nn.Module, device: torch.device, precision: str = "fp32", channels_last: bool = False
    ) -> None:
        self.network = network
        self.device = device
        self.precision = precision
        self.notes: tuple[str, ...] = ()
        self._limit: int | None = None  # the largest batch that had room, once one had none
        self._format = torch.channels_last if channels_last else torch.contiguous_format
        self._place()

    def probabilities(self, pixels: npt.NDArray[np.uint8], recipe: Recipe, token: CancelToken | None = None) -> Scores:
        """The softmax of the scores of uint8 pictures (N, crop, crop, 3).

        Out of memory: halves the batch down to one picture, then moves to the processor; `notes` tell. Raises
        MemoryExhausted when that is not enough either, and Cancelled between two layers.
        """
        while True:
            try:
                return Scores(self._in_parts(torch.from_numpy(pixels), recipe, token), str(self.device))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                said = str(error)
            self._step_down(len(pixels), said)  # after the block: the traceback held the tensors

    def _in_parts(self, pixels: Tensor, recipe: Recipe, token: CancelToken | None) -> Tensor:
        parts = torch.split(pixels, self._limit or len(pixels))
        with interruptible(self.network, token):
            return torch.cat([self._one(part, recipe) for part in parts])

    def _one(self, pixels: Tensor, recipe: Recipe) -> Tensor:
        with torch.inference_mode(), computing_in(self.precision, self.device):
            pictures = normalised(pixels.to(self.device), recipe).contiguous(memory_format=self._format)
            scores: Tensor = self.network(pictures)
            return scores.float().softmax(-1).cpu()

    def _step_down(self, count: int, said: str) -> None:
        release_memory(self.device)
        size = min(self._limit or count, count)
        if size > 1:
            self._limit = size // 2
        elif self.device.type != "cpu":
            self._move_to_processor(said)
        else:
            raise MemoryExhausted(
                "The computer's memory is not enough for this network, even with one picture at a time.",
                "Close other programs, or choose a smaller model (`tensorviz models` shows sizes).",
            )

    def _move_to_processor(self, said: str) -> None:
        why = said.strip().splitlines()[0].split(". ")[0].rstrip(".") if said.strip() else "out of memory"
        self.notes = (f"the GPU was full ({why}), so this ran on the processor",)
        full, self.device = self.device, torch.device("cpu")
        self.network.to(self.device)
        release_memory(full)
        self._limit = None

    def _place(self) -> None:
        try:
            self.network.to(self.device).to(memory_format=self._format)
            return
        except RuntimeError as error:
            if not is_out_of_memory(error) or self.device.type == "cpu":
                raise
            said = str(error)
        self._move_to_processor(said)
        self.network.to(memory_format=self._format)


def normalised(pixels: Tensor, recipe: Recipe) -> Tensor:
    """(value / 255 - mean) / std of uint8 (N, H, W, 3): float32 (N, 3, H, W), in the order of torchvision's steps."""
    numbers = pixels.permute(0, 3, 1, 2).float().div_(255)
    mean, std = (torch.tensor(v, device=pixels.device).view(3, 1, 1) for v in (recipe.mean, recipe.std))
    return numbers.sub_(mean).div_(std)
