"""What a captioner sees of pictures: prepared for the network that sees, and the features that it gives.

Must not know words, vocabularies or files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import psutil
import torch
from PIL import Image
from torch import Tensor

from tensorviz.core.caption_choice import LEAST_SIDE
from tensorviz.core.errors import MemoryExhausted, PictureUnreadable
from tensorviz.core.text import bytes_text, count_text
from tensorviz.engine.devices import computing_in, is_out_of_memory, release_memory
from tensorviz.engine.hearing import quiet
from tensorviz.engine.interrupting import interruptible
from tensorviz.engine.tasks.caption.caffe_resnet import normalised
from tensorviz.engine.tasks.caption.tiles import TileFeatures, tiles_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures

    Size = tuple[int, int]

LEAST_SEEN = 3  # pixels a side: its pool takes three at a time, after a convolution that halves
# Bytes that a picture takes while the network sees it: for each pixel, and beside; see tests/bench/bench_caption.py.
PIXEL_BYTES, BESIDE = 230, 100_000_000
SHARE = 0.8  # of the free memory that a picture may take
USUAL_SIDE = 640


@dataclass(frozen=True, slots=True)
class Features:
    """Of one picture, float32 on the processor. whole: (F,). places: (H, W, A), None where places are not looked at."""

    whole: Tensor
    places: Tensor | None = None


class Sight(ABC):
    """How a captioner sees. together: pictures that are seen at a time. ahead: those that are prepared ahead."""

    together = 1
    ahead = 1

    @abstractmethod
    def prepared(self, image: Image.Image) -> Tensor:
        """What the network is shown of an upright RGB picture, uint8 on the processor. Raises TensorvizError."""

    @abstractmethod
    def seen(self, prepared: Sequence[Tensor], token: CancelToken | None = None) -> list[Features]:
        """The features of up to `together` pictures. Raises Cancelled between two layers, MemoryExhausted."""


class TileSight(Sight):
    """The captioner that comes along: tiles of 32 pixels, many pictures at a time."""

    together, ahead = 64, 16

    def __init__(self, network: TileFeatures, device: torch.device) -> None:
        self._network, self._device = network, device

    def prepared(self, image: Image.Image) -> Tensor:
        """Its tiles (5, 3, 32, 32)."""
        with quiet():
            return tiles_of(image)

    def seen(self, prepared: Sequence[Tensor], token: CancelToken | None = None) -> list[Features]:
        """The features of up to 64 pictures."""
        tiles = torch.stack(list(prepared)).to(self._device)
        with interruptible(self._network, token), torch.inference_mode(), computing_in("fp32", self._device):
            found: Tensor = self._network(tiles)
        return [Features(row) for row in found.float().cpu()]


class CaffeSight(Sight):
    """As published: the whole picture at its own size, one at a time.

    largest_side: pixels of the longer side that larger pictures are made smaller to, 0 keeps their size. places:
    whether features of places are wanted. free: gives the bytes that a picture may take on the device.
    """

    ahead = 2

    def __init__(
        self,
        network: CaffeFeatures,
        device: torch.device,
        largest_side: int = 0,
        places: bool = True,
        free: Callable[[torch.device], int] | None = None,
    ) -> None:
        self._network, self._device = network.to(memory_format=torch.channels_last), device
        self._largest, self._places, self._free = largest_side, places, free or free_memory

    def prepared(self, image: Image.Image) -> Tensor:
        """The picture (H, W, 3), smaller if it is to be. Raises PictureUnreadable, MemoryExhausted."""
        self._check(image.size)
        if (size := self.size(image.size)) != image.size:
            with quiet():
                image = image.resize(size, Image.Resampling.BILINEAR)
        return torch.from_numpy(np.array(image))

    def size(self, size: Size) -> Size:
        """The size (width, height) at which a picture is seen."""
        longer = max(size)
        if not self._largest or longer <= self._largest:
            return size
        width, height = (max(1, round(side * self._largest / longer)) for side in size)
        return width, height

    def memory(self, size: Size) -> int:
        """Bytes that a picture of (width, height) takes beyond the weights while it is seen."""
        width, height = self.size(size)
        return PIXEL_BYTES * width * height + BESIDE

    def seen(self, prepared: Sequence[Tensor], token: CancelToken | None = None) -> list[Features]:
        """The features of each picture."""
        return [self._within_memory(pixels, token) for pixels in prepared]

    def _within_memory(self, pixels: Tensor, token: CancelToken | None) -> Features:
        try:
            return self._features(pixels, token)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        release_memory(self._device)  # after the block: the traceback held the tensors
        height, width = pixels.shape[:2]
        raise MemoryExhausted(
            f"The memory of {self._device} was not enough for a picture of {count_text(width)} x {count_text(height)}"
            " pixels.",
            f"Limit its size (--largest-side {USUAL_SIDE}), or close other programs.",
        )

    def _features(self, pixels: Tensor, token: CancelToken | None) -> Features:
        with interruptible(self._network, token), torch.inference_mode(), computing_in("fp32", self._device):
            shown = normalised(pixels[None].to(self._device)).contiguous(memory_format=torch.channels_last)
            whole, places = self._network(shown)
            kept = places[0].float().cpu().contiguous() if self._places else None
            return Features(whole[0].float().cpu(), kept)

    def _check(self, size: Size) -> None:
        width, height = self.size(size)
        if min(width, height) < LEAST_SEEN:
            raise PictureUnreadable(
                f"The picture is seen at {width} x {height} pixels, and the network needs {LEAST_SEEN} a side.",
                "Make it larger with an image editor.",
            )
        needed, free = self.memory(size), self._free(self._device)
        if needed > free:
            raise _too_large((width, height), needed, free)


def _too_large(size: Size, needed: int, free: int) -> MemoryExhausted:
    width, height = size
    share = max(0, free - BESIDE) / (needed - BESIDE)
    fits = int(max(size) * share**0.5) // LEAST_SIDE * LEAST_SIDE
    hint = "Close other programs."
    if fits:
        hint = f"A longer side of {fits} or less fits (--largest-side {fits}); {USUAL_SIDE} is what most pictures need."
    return MemoryExhausted(
        f"To see {count_text(width)} x {count_text(height)} pixels takes about {bytes_text(needed)} of memory, and"
        f" {bytes_text(free)} may be taken.",
        hint,
    )


def free_memory(device: torch.device) -> int:
    """Bytes that a picture may take on the device: a share of what is free there."""
    if device.type == "cuda":
        return int(SHARE * torch.cuda.mem_get_info(device)[0])
    return int(SHARE * psutil.virtual_memory().available)


def sight_of(network: TileFeatures | CaffeFeatures, device: torch.device, largest_side: int, places: bool) -> Sight:
    """How the network sees."""
    if isinstance(network, TileFeatures):
        return TileSight(network, device)
    return CaffeSight(network, device, largest_side, places)
