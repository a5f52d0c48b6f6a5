"""What comes of translating a picture, as data: before and after, how they differ, the way back, block by block.

Must not know torch, files or Qt. Pictures are `Preview`s: RGB bytes at full size, not thumbnails.
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Translated
from tensorviz.core.translation import GeneratorChoice, TranslationPlan, translation_plan

LEVELS = 255  # a channel's largest value


@dataclass(frozen=True, slots=True)
class Difference:
    """How two pictures differ where both have pixels (width x height from the upper left corner).

    levels: a byte for each pixel, row by row: the largest difference of its three channels, 0 to 255. mean: of the
    differences of all channels of all pixels, in levels of 255. largest: the greatest of them. equal: the pixels that
    do not differ at all.
    """

    width: int
    height: int
    levels: bytes
    mean: float
    largest: int
    equal: int

    @property
    def pixels(self) -> int:
        """How many pixels were compared."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class WayBack:
    """The translated picture, as it is drawn in 8 bits, translated again by the generator of the other direction.

    model, weights: of that generator. difference: from the picture that the first one was shown, the reconstruction
    error. forward: seconds.
    """

    model: str
    weights: str
    picture: Preview
    difference: Difference
    forward: float


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated picture. row: as the command line prints it (`output` is "" until it is kept).

    choice: what was asked. full: the person's picture (width, height). before: what the generator was shown, without
    what was mirrored at its border. after: what it drew. way_back: None when it was not asked for.
    """

    row: Translated
    choice: GeneratorChoice
    full: tuple[int, int]
    before: Preview
    after: Preview
    difference: Difference
    way_back: WayBack | None = None

    @property
    def plan(self) -> TranslationPlan:
        """The sizes that the picture went through."""
        return translation_plan(self.full, self.choice.input_range, self.choice.resize)

    @property
    def nbytes(self) -> int:
        """The memory that its pictures take."""
        pictures = [self.before.pixels, self.after.pixels, self.difference.levels]
        if self.way_back is not None:
            pictures += [self.way_back.picture.pixels, self.way_back.difference.levels]
        return sum(map(len, pictures))


@dataclass(frozen=True, slots=True)
class BlockPicture:
    """The picture after a residual block: what the generator would draw if it ended there.

    block: 0 is before the first one, `blocks` is the finished picture. shape: of the features there (1, C, H, W),
    float32. minimum, maximum, mean: of the features. change: mean of |features - features one block before| as a
    share of the mean of |features|; None for block 0.
    """

    block: int
    blocks: int
    picture: Preview
    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float
    change: float | None = None

    @property
    def title(self) -> str:
        """As in "After block 3 of 9"."""
        return f"After block {self.block} of {self.blocks}" if self.block else "Before the blocks"
