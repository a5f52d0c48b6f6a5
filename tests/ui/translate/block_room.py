"""A strip of blocks over one picture of 10 x 6 pixels, and the engine that hears what it asks.

Must not know what is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.drawn import BlockPicture, Difference, Translation
from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Seconds, Translated
from tensorviz.core.translation import GeneratorChoice, translation_plan
from tensorviz.engine.messages import EngineReady, JobFinished, MakeThumbnails, ThumbnailMade
from tensorviz.engine.messages.translate import BlockDrawn, DrawBlocks, Translate, TranslationReady
from tensorviz.ui.translate.block_strip import BlockStrip
from tests.ui.state.translate_room import TranslateRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.core.translation import Size

SIZE = (10, 6)
BLOCKS = 9


def filled(size: Size, value: int = 128) -> Preview:
    """A picture of one grey."""
    return Preview(*size, bytes([value]) * (3 * size[0] * size[1]))


def translated(choice: GeneratorChoice, size: Size = SIZE, path: str = "/a") -> Translation:
    """What comes of a picture of that size."""
    plan = translation_plan(size, choice.input_range, choice.resize)
    row = Translated(path, "one", "V1", "cpu", "fp32", Seconds(0.01, 0.01, 0.5, 0.6), "", plan.result)
    count = plan.result[0] * plan.result[1]
    difference = Difference(*plan.result, bytes(count), 0.0, 0, count)
    return Translation(row, choice, size, filled(plan.resized, 10), filled(plan.result, 200), difference)


def after(block: int, size: Size = SIZE, blocks: int = BLOCKS) -> BlockPicture:
    """The picture after a block: each changes half of what the one before did."""
    change = 0.5**block if block else None
    return BlockPicture(block, blocks, filled(size, 10 * block), (1, 256, 2, 3), -1.5 - block, 2.25, 0.125, change)


class BlockRoom(TranslateRoom):
    """The strip is shown; the picture is asked for and not drawn yet."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot, translate_resize=0)
        self.wished: list[str] = []
        self.workspace.wishes.wished.connect(self.wished.append)
        self.engine.answer(EngineReady(0, "2.15", ()))
        self.strip = BlockStrip(self.workspace)
        self.strip.resize(716, 230)
        qtbot.addWidget(self.strip)
        self.strip.show()

    def begin(self, size: Size = SIZE) -> None:
        """Gives a picture and lets it be read."""
        self.give("/a")
        job = self.engine.job(MakeThumbnails)
        self.engine.answer(ThumbnailMade(job, "/a", filled(size), size, "PNG"), JobFinished(job))

    def translate(self, size: Size = SIZE) -> None:
        """The engine draws the picture."""
        job, choice = self.engine.job(Translate), self.engine.last(Translate).choice
        self.engine.answer(TranslationReady(job, translated(choice, size)), JobFinished(job))

    def come(self, *blocks: int, of: int = BLOCKS) -> None:
        """Pictures after those blocks come."""
        job = self.engine.job(DrawBlocks)
        for block in blocks:
            self.engine.answer(BlockDrawn(job, "/a", after(block, blocks=of)))

    def end(self) -> None:
        """No more come."""
        self.engine.answer(JobFinished(self.engine.job(DrawBlocks)))

    def done(self) -> None:
        """Everything is there."""
        self.begin()
        self.translate()
        self.come(*range(BLOCKS + 1))
        self.end()

    def spoken(self, key: str) -> str:
        """What is said of a box."""
        return self.strip.boxes[key].accessibleName()

    def seen(self) -> list[str]:
        """The boxes that are shown, in order from the left."""
        shown = [(box.x(), key) for key, box in self.strip.boxes.items() if not box.isHidden()]
        self.qtbot.waitUntil(lambda: len({box.x() for box in self.strip.boxes.values() if not box.isHidden()}) > 2)
        return [key for _, key in sorted((self.strip.boxes[key].x(), key) for _, key in shown)]
