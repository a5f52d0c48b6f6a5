"""The architecture of the small classifier that comes with tensorviz; the small captioner sees with its lower layers.

Must not know tasks, files, recipes or the trainer: shapes in, scores out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTHS = (64, 192, 240)
WHITENING_FILTERS = 24  # 12 eigenvectors of 2x2 RGB patches, each with both signs


class _Block(nn.Sequential):
    """Two 3x3 convolutions, the first followed by a halving of the picture."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(channels_out),
            nn.GELU(),
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.GELU(),
        )


class SmallNet(nn.Module):
    """A plain convolutional network for 32x32 pictures, in the manner of Keller Jordan's airbench.

    Source of the idea: "94% on CIFAR-10 in 3.29 seconds on a single GPU" (arXiv 2404.00498), narrower here
    so that its weights fit in 3 MB as float16. Takes (N, 3, 32, 32) float, normalised; gives (N, classes).
    """

    def __init__(self, num_classes: int = 10, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        first, second, third = widths
        self.whiten = nn.Sequential(nn.Conv2d(3, WHITENING_FILTERS, 2), nn.GELU())
        self.blocks = nn.Sequential(_Block(WHITENING_FILTERS, first), _Block(first, second), _Block(second, third))
        self.pool = nn.MaxPool2d(3)
        self.head = nn.Linear(third, num_classes, bias=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores (N, classes) of pictures (N, 3, 32, 32)."""
        features: Tensor = self.pool(self.blocks(self.whiten(pictures)))
        scores: Tensor = self.head(features.flatten(1))
        return scores / 9  # keeps the scores of an untrained network near one
