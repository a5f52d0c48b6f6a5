"""What may be drawn beside a translated picture: the way back, and the picture after each residual block.

Must not know how rows are printed or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image

from tensorviz.core.drawn import WayBack
from tensorviz.core.results import DrawnBack, Translated
from tensorviz.engine.tasks.translate.there_and_back import way_back
from tensorviz.engine.tasks.translate.translator import Translator

if TYPE_CHECKING:
    from tensorviz.core.pipeline import Preview
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.keeping import OutputFolder
    from tensorviz.engine.tasks.translate.translator import Drawn


@dataclass(frozen=True, slots=True)
class Beside:
    """What is to be drawn beside each picture. back: the generator of the way back, None for none."""

    back: Translator | None = None
    blocks: bool = False

    def draw(
        self, translator: Translator, image: Image.Image, drawn: Drawn, token: CancelToken | None = None
    ) -> BesideDrawn:
        """Draws it for one picture, of which `drawn` came. Raises as Translator.translate."""
        back = way_back(translator, self.back, drawn, token) if self.back is not None else None
        return BesideDrawn(back, block_images(translator, image, token) if self.blocks else ())

    def keep(self, row: Translated, found: BesideDrawn, folder: OutputFolder) -> Translated:
        """Writes what was drawn beside the picture of the row, under its name; the row that tells where."""
        blocks = tuple(folder.keep(image, row.output, f"-block-{at}") for at, image in enumerate(found.blocks))
        if (back := found.back) is None:
            return replace(row, blocks=blocks)
        output, apart = folder.keep(image_of(back.picture), row.output, "-back"), back.difference
        return replace(row, blocks=blocks, back=DrawnBack(back.model, back.weights, output, apart.mean, apart.largest))


@dataclass(frozen=True, slots=True)
class BesideDrawn:
    """What was drawn beside one picture; blocks in RGB."""

    back: WayBack | None = None
    blocks: tuple[Image.Image, ...] = ()


def block_images(
    translator: Translator, image: Image.Image, token: CancelToken | None = None
) -> tuple[Image.Image, ...]:
    """What the generator would draw if it ended before the first residual block, after that one, and so on, in RGB."""
    return tuple(image_of(step.picture) for step in translator.blocks(image, token))


def image_of(picture: Preview) -> Image.Image:
    """The picture as one of Pillow."""
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
