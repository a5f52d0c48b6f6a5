"""How the captioner that comes along sees a picture: as a whole, and its halves, each as small as its trunk wants.

Must not know sentences or how the trunk was trained. Where something is survives, since each half is seen apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE = 32  # pixels
TILES = ("whole", "left", "right", "upper", "lower")
QUARTERS = 2  # cells each way that the whole picture's features are pooled to


def boxes(width: int, height: int) -> tuple[tuple[float, float, float, float], ...]:
    """(left, top, right, bottom) of each tile of a picture, in the order of TILES."""
    across, down = width / 2, height / 2
    return (
        (0, 0, width, height),
        (0, 0, across, height),
        (across, 0, width, height),
        (0, 0, width, down),
        (0, down, width, height),
    )


def tiles_of(image: Image.Image) -> Tensor:
    """The tiles of an RGB picture, uint8 (5, 3, 32, 32): each stretched to a square, averaged over all its pixels."""
    size = (SIDE, SIDE)
    parts = [image.resize(size, Image.Resampling.BILINEAR, box=box) for box in boxes(*image.size)]
    return torch.from_numpy(np.stack([np.asarray(part) for part in parts])).permute(0, 3, 1, 2).contiguous()


class TileFeatures(nn.Module):
    """Features of the tiles: the trunk's maps, pooled to 2 x 2 of the whole picture and to 1 x 1 of each half.

    trunk: takes (N, 3, 32, 32), normalised with mean and std; gives maps (N, C, h, w). Gives (N, 8 C).
    """

    def __init__(self, trunk: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.mean: Tensor
        self.std: Tensor
        self.trunk = trunk
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1))

    def forward(self, tiles: Tensor) -> Tensor:
        """Features (N, 8 C) of tiles, uint8 (N, 5, 3, 32, 32)."""
        many = len(tiles)
        maps = self.trunk(self._normalised(tiles.flatten(0, 1)))
        maps = maps.view(many, len(TILES), *maps.shape[1:])
        whole = functional.adaptive_max_pool2d(maps[:, 0], QUARTERS).flatten(1)
        halves = maps[:, 1:].amax(dim=(3, 4)).flatten(1)
        return torch.cat([whole, halves], 1)

    def _normalised(self, pixels: Tensor) -> Tensor:
        return (pixels.float() / 255 - self.mean) / self.std
