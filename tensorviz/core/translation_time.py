"""How long a generator takes for a picture, as far as it can be told beforehand: by counting multiply-adds.

Must not know pixels, torch or clocks: sizes and seconds in, numbers out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.translation import Size

# A multiply-add of a transposed convolution counts as this many: torch computes them slower on processors by so much
# (measured: 4 to 8 times, with 64 channels and pictures of 0.3 to 1.3 megapixels).
TRANSPOSED = 6
# Multiply-adds a second before anything is known of this computer; measured on two cores that others used too: 1.3 to
# 3.1e10, more for wide generators than for narrow ones.
USUAL = 2e10
SHORTEST = 0.1  # seconds: what is over sooner says nothing of how long a large picture takes


def slowest_layer(network_size: Size, width: int) -> int:
    """Multiply-adds of the layer that takes longest, for a picture (width, height) that the generator sees.

    width: channels of the generator's first layer. That layer is the second transposed convolution, from twice as many
    channels at half the size; TRANSPOSED is in the number.
    """
    return TRANSPOSED * 9 * 2 * width * width * (_pixels(network_size) // 4)


def whole_forward(network_size: Size, width: int, blocks: int) -> int:
    """Multiply-adds of all layers, counted in the same way. blocks: residual blocks."""
    pixels = _pixels(network_size)
    ends = 2 * 7 * 7 * 3 * width * pixels
    halving = 2 * 9 * 2 * width * width * (pixels // 4)
    residual = blocks * 2 * 9 * 16 * width * width * (pixels // 16)
    return ends + halving + residual + TRANSPOSED * halving


def _pixels(network_size: Size) -> int:
    across, down = (-(-side // 4) * 4 for side in network_size)
    return across * down


class Speed:
    """How many multiply-adds a second this computer does, learned from what was computed.

    The slowest of the last forwards counts: other programs come and go.
    """

    def __init__(self, usual: float = USUAL, kept: int = 3) -> None:
        self._usual, self._kept = usual, kept
        self._met: list[float] = []

    @property
    def rate(self) -> float:
        """Multiply-adds a second."""
        return min(self._met) if self._met else self._usual

    def learn(self, work: int, seconds: float) -> None:
        """Takes in that so much work took so long; what was over too soon is not looked at."""
        if seconds >= SHORTEST:
            self._met = [*self._met, work / seconds][-self._kept :]

    def seconds(self, work: int) -> float:
        """How long so much work takes, about."""
        return work / self.rate
