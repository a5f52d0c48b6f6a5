"""A prepared picture through a generator: stopped when asked, its stages told, its memory known before.

Must not know files, paths, or how a network is built.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import psutil
import torch
from torch import Tensor

from tensorviz.core.errors import MemoryExhausted
from tensorviz.core.translation import InputRange, Size, memory_needed
from tensorviz.engine.devices import computing_in, is_out_of_memory, release_memory
from tensorviz.engine.interrupting import interruptible
from tensorviz.engine.tasks.translate.generator import FIRST_BLOCK
from tensorviz.engine.tasks.translate.lean import lean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.generator import ResNetGenerator

    Stage = Callable[[int, Tensor], None]
    Tell = Callable[[int], None]

T = TypeVar("T")
Pixels = npt.NDArray[np.uint8]
SHARE = 0.8  # of the free memory that a picture may take


@dataclass(frozen=True, slots=True)
class Step:
    """What there is after a residual block: its features (1, C, H/4, W/4), and the picture (3, H', W') in -1 to 1.

    The picture is what the rest of the network draws of them. Both are float32 on the processor. minimum, maximum,
    mean: of the features. change: mean of |features - those before| as a share of the mean of |features|; None where
    there are none before.
    """

    features: Tensor
    drawn: Tensor
    minimum: float
    maximum: float
    mean: float
    change: float | None = None


class Forward:
    """A generator on a device; used by one thread at a time.

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
        self,
        pixels: Pixels,
        input_range: InputRange,
        token: CancelToken | None = None,
        stage: Stage | None = None,
        tell: Tell | None = None,
    ) -> Tensor:
        """The picture (3, H', W') in -1 to 1, float32 on the processor, that the generator draws of uint8 (H, W, 3).

        stage(index, features) is called after each residual block, on this thread, with (1, C, H/4, W/4): a tensor
        of inference mode that nothing changes afterwards; clone it to compute with it elsewhere. tell(index): the same
        without the features. Raises Cancelled between two layers, MemoryExhausted.
        """

        def draw() -> Tensor:
            with _told(self.network, stage, tell):
                return self._through(self._input(pixels, input_range), 0, None, token)[0].float().cpu()

        return self._within_memory(pixels, draw)

    def features(
        self, pixels: Pixels, input_range: InputRange, block: int = 0, token: CancelToken | None = None
    ) -> Tensor:
        """The features (1, C, H/4, W/4) after `block` residual blocks, float32 on the processor. Raises as `drawn`."""

        def run() -> Tensor:
            return self._through(self._input(pixels, input_range), 0, FIRST_BLOCK + block, token).float().cpu()

        return self._within_memory(pixels, run)

    def step(self, features: Tensor, block: int, token: CancelToken | None = None) -> Step:
        """What there is after block `block`, of the features after the one before. Raises as `drawn`.

        Block 0, which there is not, leaves the features as they are.
        """

        def run() -> Step:
            before = features.to(self.device)
            first, behind = FIRST_BLOCK + block - 1, FIRST_BLOCK + self.network.plan.blocks
            after = self._through(before, first, first + 1, token) if block else before
            return _step(after, before if block else None, self._through(after, behind, None, token))

        return self._within_memory(features, run)

    def _input(self, pixels: Pixels, input_range: InputRange) -> Tensor:
        return as_input(torch.from_numpy(pixels).to(self.device), input_range)

    def _through(self, values: Tensor, first: int, end: int | None, token: CancelToken | None) -> Tensor:
        """What the layers from `first` to before `end` make of the values."""
        layers = self.network.model[first:end]
        with interruptible(layers, token), lean(layers), torch.inference_mode(), computing_in("fp32", self.device):
            result: Tensor = layers(values)
            return result

    def _within_memory(self, given: Pixels | Tensor, compute: Callable[[], T]) -> T:
        try:
            return compute()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        release_memory(self.device)  # after the block: the traceback held the tensors
        raise not_enough(str(self.device), tuple(given.shape))


def not_enough(where: str, shape: tuple[int, ...]) -> MemoryExhausted:
    """The error for something of `shape`, a picture (H, W, 3) or features (1, C, H, W), that was too large there."""
    down, across = shape[:2] if len(shape) == 3 else (4 * side for side in shape[2:])
    return MemoryExhausted(
        f"The memory of {where} was not enough for {across} x {down} pixels.",
        "Choose a smaller shorter side (--resize), or close other programs.",
    )


def _step(after: Tensor, before: Tensor | None, drawn: Tensor) -> Step:
    with torch.inference_mode():
        change = None
        if before is not None:
            size = float(after.abs().mean(dtype=torch.float64))
            moved = float((after - before).abs_().mean(dtype=torch.float64))
            change = moved / size if size else 0.0
        low, high = after.aminmax()
        mean = float(after.mean(dtype=torch.float64))
        return Step(after.float().cpu(), drawn[0].float().cpu(), float(low), float(high), mean, change)


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
def _told(network: ResNetGenerator, stage: Stage | None, tell: Tell | None) -> Iterator[None]:
    """Inside, `stage` and `tell` hear of each residual block's result."""
    handles = []
    if stage is not None or tell is not None:
        for index, block in enumerate(network.residual_blocks):
            handles.append(block.register_forward_hook(_teller(index, stage, tell)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _teller(index: int, stage: Stage | None, tell: Tell | None) -> Callable[..., None]:
    def told(_module: object, _inputs: object, result: Tensor) -> None:
        if stage is not None:
            stage(index, result)
        if tell is not None:
            tell(index)

    return told
