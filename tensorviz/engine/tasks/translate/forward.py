"""A prepared picture through a generator: stopped when asked, its stages told, its memory known before.

Must not know files, paths, or how a network is built.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import psutil
import torch
from torch import Tensor

from tensorviz.core.errors import MemoryExhausted
from tensorviz.core.translation import InputRange, Size, memory_needed
from tensorviz.engine.devices import computing_in, is_out_of_memory, release_memory
from tensorviz.engine.interrupting import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.generator import ResNetGenerator

    Stage = Callable[[int, Tensor], None]

Pixels = npt.NDArray[np.uint8]
SHARE = 0.8  # of the free memory that a picture may take


class Forward:
    """A generator on a device.

    free: gives the bytes that may be taken on the device; by default most of what is free there.
    """

    def __init__(
        self, network: ResNetGenerator, device: torch.device, free: Callable[[torch.device], int] | None = None
    ) -> None:
        self.network = network
        self.device = device
        self._free = free or free_memory
        network.to(device)

    def memory(self, network_size: Size) -> int:
        """Bytes that a picture of (width, height) will take beyond the weights."""
        return memory_needed(network_size, self.network.plan.width)

    def free(self) -> int:
        """Bytes that a picture may take now."""
        return self._free(self.device)

    def drawn(
        self, pixels: Pixels, input_range: InputRange, token: CancelToken | None = None, stage: Stage | None = None
    ) -> Tensor:
        """The picture (3, H', W') in -1 to 1, float32 on the processor, that the generator draws of uint8 (H, W, 3).

        stage(index, features) is called after each residual block, on this thread, with (1, C, H/4, W/4): a tensor
        of inference mode that nothing changes afterwards; clone it to compute with it elsewhere. Raises Cancelled
        between two layers, MemoryExhausted.
        """
        try:
            with interruptible(self.network, token), _told(self.network, stage):
                return self._one(pixels, input_range)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        release_memory(self.device)  # after the block: the traceback held the tensors
        raise MemoryExhausted(
            f"The memory of {self.device} was not enough for {pixels.shape[1]} x {pixels.shape[0]} pixels.",
            "Use a smaller --resize, or close other programs.",
        )

    def _one(self, pixels: Pixels, input_range: InputRange) -> Tensor:
        with torch.inference_mode(), computing_in("fp32", self.device):
            picture = as_input(torch.from_numpy(pixels).to(self.device), input_range)
            drawn: Tensor = self.network(picture)
            return drawn[0].float().cpu()


def as_input(pixels: Tensor, input_range: InputRange) -> Tensor:
    """What the network sees: float32 (1, 3, H, W) of uint8 (H, W, 3), in -1 to 1 ("trained") or 0 to 1 ("book")."""
    numbers = pixels.permute(2, 0, 1)[None].float().contiguous().div_(255)
    return numbers.sub_(0.5).div_(0.5) if input_range == "trained" else numbers


def as_pixels(drawn: Tensor) -> Pixels:
    """uint8 (H, W, 3) of a drawn picture (3, H, W) in -1 to 1: (x + 1) / 2 of the full scale, as torchvision cuts it.

    Both ways take the same way back. The fraction is cut off, not rounded: so does the book's ToPILImage.
    """
    pixels: Pixels = drawn.add(1).div(2).mul(255).clamp(0, 255).byte().permute(1, 2, 0).contiguous().numpy()
    return pixels


def free_memory(device: torch.device) -> int:
    """Bytes that a picture may take on the device: a share of what is free there."""
    if device.type == "cuda":
        return int(SHARE * torch.cuda.mem_get_info(device)[0])
    return int(SHARE * psutil.virtual_memory().available)


@contextlib.contextmanager
def _told(network: ResNetGenerator, stage: Stage | None) -> Iterator[None]:
    """Inside, `stage` hears of each residual block's result."""
    handles = []
    if stage is not None:
        for index, block in enumerate(network.residual_blocks):
            handles.append(block.register_forward_hook(_teller(index, stage)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _teller(index: int, stage: Stage) -> Callable[..., None]:
    def tell(_module: object, _inputs: object, result: Tensor) -> None:
        stage(index, result)

    return tell
