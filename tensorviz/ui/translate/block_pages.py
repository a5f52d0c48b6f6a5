"""What the boxes of the strip show, made of what the states hold: small for the boxes, whole for the enlarged one.

Must not know widgets; each picture is made small once, when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from tensorviz.ui.models.answer_text import name_text
from tensorviz.ui.models.stage_box import BoxContent
from tensorviz.ui.state.pixels import preview_image
from tensorviz.ui.translate import block_text as text
from tensorviz.ui.translate.words import RANGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.drawn import BlockPicture, Translation
    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.state.pictures import PictureItem
    from tensorviz.ui.state.workspace import Workspace

SMALL = QSize(320, 208)  # pixels: a box's picture at twice the size of the screen's points
ROUGH = 3  # so many times larger, a picture is first thinned out, which takes no time that grows with it
USUAL = 9  # residual blocks, while it is not known


@dataclass(frozen=True, slots=True)
class Page:
    """One box. whole: as it is enlarged; small: as it is painted. change: of the block, as a share."""

    whole: BoxContent
    small: BoxContent
    change: float | None = None


class BlockPages:
    """The boxes that have something to show, in order."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._made: dict[str, tuple[tuple[object, ...], Page]] = {}

    def blocks(self) -> int:
        """How many residual blocks the generator has, as far as that is known."""
        drawn = self._workspace.blocks.pictures
        if drawn:
            return drawn[0].blocks
        choice, weights = self._workspace.generator.choice, self._workspace.generator.weights_row
        translation = self._workspace.translations.translation
        if translation is not None and translation.choice != choice:
            choice = translation.choice
            weights = self._workspace.catalogue.generator_weights(choice.model, choice.weights)
        return weights.blocks if weights is not None else USUAL

    def build(self) -> dict[str, Page]:
        """By key: "original", "input", "block-0" and on, "output"; those that are there."""
        pages: dict[str, Page] = {}
        item, translation = self._item(), self._workspace.translations.translation
        if item is not None:
            seen = self._workspace.pictures.large or self._workspace.pictures.thumbnail(item.path)
            size = item.size or (translation.full if translation is not None else None)
            pages["original"] = self._page("original", (seen, size, item.format), partial(_original, item, size, seen))
        if translation is not None:
            pages["input"] = self._page("input", (translation,), partial(_seen, translation))
            for drawn in self._workspace.blocks.pictures:
                key = f"block-{drawn.block}"
                pages[key] = self._page(key, (drawn,), partial(_block, drawn), drawn.change)
            pages["output"] = self._page("output", (translation,), partial(_drawn, translation))
        self._made = {key: made for key, made in self._made.items() if key in pages}
        return pages

    def _item(self) -> PictureItem | None:
        pictures = self._workspace.pictures
        return pictures.item(pictures.current) if pictures.current is not None else None

    def _page(
        self, key: str, sources: tuple[object, ...], make: Callable[[], BoxContent], change: float | None = None
    ) -> Page:
        """The page as it was made of the same before, or a new one."""
        made = self._made.get(key)
        if made is None or not _same(made[0], sources):
            whole = make()
            image = None if whole.image is None else thinned(whole.image)
            small = replace(whole, title=titles_of(key, self.blocks())[0], image=image, pixels=b"")
            made = self._made[key] = (sources, Page(whole, small, change))
        return made[1]


def waiting(key: str, blocks: int, note: str) -> BoxContent:
    """A box that has nothing to show. note: in a few words, why."""
    short, spoken = titles_of(key, blocks)
    return BoxContent(short, f"{spoken}: {note or 'nothing yet'}.", figures=(note,) if note else ())


def titles_of(key: str, blocks: int) -> tuple[str, str]:
    """What a box is called, short and in full."""
    if key.startswith("block-"):
        block = int(key.removeprefix("block-"))
        return text.short_title(block, blocks), text.long_title(block, blocks)
    return {"original": ("Picture", "Picture"), "input": ("Input", text.SEEN), "output": ("Finished", text.DRAWN)}[key]


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """By identity first: what was kept is the same object, and pictures need not be compared."""
    return len(one) == len(other) and all(a is b or a == b for a, b in zip(one, other, strict=True))


# ---------------------------------------------------------------------------------------------------- contents


def _original(item: PictureItem, size: tuple[int, int] | None, seen: Preview | None) -> BoxContent:
    content = BoxContent("Picture", text.spoken_picture(size))
    if size is not None:
        note = f"{name_text(item.path)}, as the file has it."
        if seen is not None and (seen.width, seen.height) != size:
            note += f" Drawn at {seen.width}{text.TIMES}{seen.height} pixels."
        caption = (text.shape_text(text.picture_shape(size)), "uint8")
        content = replace(content, caption=caption, details=text.picture_details(size, item.format), note=note)
    return content if seen is None else replace(content, image=preview_image(seen), pixels=seen.pixels)


def _seen(translation: Translation) -> BoxContent:
    plan, input_range = translation.plan, translation.choice.input_range
    image = mirrored_up(preview_image(translation.before), QSize(*plan.network))
    return BoxContent(
        title=text.SEEN,
        spoken=text.spoken_seen(translation),
        image=image,
        pixels=translation.before.pixels,
        caption=(text.shape_text(text.tensor_shape(plan.network)),),
        figures=(text.given_range(input_range), RANGES[input_range]),
        details=text.seen_details(plan, input_range),
        note=text.seen_note(translation.full, plan),
    )


def _block(drawn: BlockPicture) -> BoxContent:
    return BoxContent(
        title=drawn.title,
        spoken=text.spoken_block(drawn),
        image=preview_image(drawn.picture),
        pixels=drawn.picture.pixels,
        caption=(text.shape_text(drawn.shape),),
        figures=text.block_figures(drawn),
        details=text.block_details(drawn),
        note=text.block_note(drawn.block, drawn.blocks),
    )


def _drawn(translation: Translation) -> BoxContent:
    plan = translation.plan
    return BoxContent(
        title=text.DRAWN,
        spoken=text.spoken_drawn(translation),
        image=preview_image(translation.after),
        pixels=translation.after.pixels,
        caption=(text.shape_text(text.tensor_shape(text.drawn_size(plan))),),
        figures=text.drawn_figures(plan),
        details=text.drawn_details(plan),
        note=text.drawn_note(plan),
    )


# ---------------------------------------------------------------------------------------------------- pictures


def mirrored_up(image: QImage, size: QSize) -> QImage:
    """The picture mirrored at its right and lower border up to `size`, as the generator is given it; a new image."""
    whole = QImage(size, QImage.Format.Format_RGB888)
    painter = QPainter(whole)
    painter.drawImage(0, 0, image)
    painter.end()
    width, height = image.width(), image.height()
    columns = {x: whole.copy(QRect(_mirror(x, width), 0, 1, height)) for x in range(width, size.width())}
    _put(whole, {QPoint(x, 0): strip for x, strip in columns.items()})
    rows = {y: whole.copy(QRect(0, _mirror(y, height), size.width(), 1)) for y in range(height, size.height())}
    _put(whole, {QPoint(0, y): strip for y, strip in rows.items()})
    return whole


def _put(image: QImage, strips: dict[QPoint, QImage]) -> None:
    painter = QPainter(image)
    for place, strip in strips.items():
        painter.drawImage(place, strip)
    painter.end()


def _mirror(place: int, length: int) -> int:
    """Which place is seen at `place` beyond the border; the border itself is not doubled."""
    if length == 1:
        return 0
    turn = place % (2 * (length - 1))
    return min(turn, 2 * (length - 1) - turn)


def thinned(image: QImage) -> QImage:
    """The picture as small as a box needs it; a new image."""
    keep = Qt.AspectRatioMode.KeepAspectRatio
    if image.width() > ROUGH * SMALL.width() or image.height() > ROUGH * SMALL.height():
        image = image.scaled(SMALL * ROUGH, keep, Qt.TransformationMode.FastTransformation)
    if image.width() > SMALL.width() or image.height() > SMALL.height():
        return image.scaled(SMALL, keep, Qt.TransformationMode.SmoothTransformation)
    return image.copy()
