"""How much work it is to draw the picture after each residual block, as arithmetic.

Must not know torch: sizes in, multiply-adds out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.translation import Size

# About a second and a half on two processor cores, for the picture after each of the published generators' nine blocks
# at the size they were trained for.
EASY = 40_000_000_000


def tail_work(network: Size, width: int) -> int:
    """Multiply-adds of all that comes after the residual blocks, for a picture (width, height) that is seen.

    width: channels of the generator's first layer. Two transposed 3x3 convolutions, 4 to 2 and 2 to 1 times that many
    channels, touch nine positions of the quarter and of the half size for each; one of 7x7 makes three channels.
    """
    across, down = (-(-side // 4) for side in network)
    quarter = across * down
    doubling = 9 * (4 * width * 2 * width * quarter + 2 * width * width * 4 * quarter)
    return doubling + 7 * 7 * width * 3 * 16 * quarter


def blocks_work(network: Size, width: int, blocks: int) -> int:
    """Multiply-adds of the pictures before the first block and after each; without the blocks themselves."""
    return (blocks + 1) * tail_work(network, width)
