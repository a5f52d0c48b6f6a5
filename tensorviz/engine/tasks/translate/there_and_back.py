"""A picture through one generator and back through the other: how much of it survives.

Must not know requests, or how generators are found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tensorviz.core.differences import difference
from tensorviz.core.drawn import WayBack
from tensorviz.engine.tasks.translate.translator import Translator, preview_of

if TYPE_CHECKING:
    from PIL import Image

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.forward import Tell
    from tensorviz.engine.tasks.translate.translator import Drawn


def there_and_back(
    there: Translator, back: Translator, image: Image.Image, token: CancelToken | None = None, tell: Tell | None = None
) -> tuple[Drawn, WayBack]:
    """The upright RGB picture translated by one generator, and what the other makes of that picture in 8 bits.

    tell(index): called after each residual block of both, the second one's counted on. Raises as Translator.translate.
    """
    drawn = there.translate(image, token, tell=tell)
    before = there.forward.network.plan.blocks
    further = None if tell is None else lambda index: tell(before + index)
    return drawn, way_back(there, back, drawn, token, further)


def way_back(
    there: Translator, back: Translator, drawn: Drawn, token: CancelToken | None = None, tell: Tell | None = None
) -> WayBack:
    """What `back` makes of a picture that `there` drew, at its size and in the same input range."""
    how = replace(back.identity, input_range=there.identity.input_range, resize=0)
    again = Translator(how, back.forward).translate(drawn.image, token, tell=tell)
    picture = preview_of(again.image)
    apart = difference(preview_of(drawn.before), picture)
    return WayBack(how.model, how.weights, picture, apart, again.forward)
