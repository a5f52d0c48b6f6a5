"""The middle of the page over a picture of 10 x 6 pixels, and an engine that draws what the test says.

Must not know what is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tensorviz.core.drawn import Difference, Translation, WayBack
from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Seconds, Translated
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import EngineReady, JobFinished, JobProgress, JobStarted, MakeThumbnails, ThumbnailMade
from tensorviz.engine.messages.translate import Translate, TranslationReady
from tensorviz.ui.translate.panel import TranslatePanel
from tests.ui.state.translate_room import TranslateRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SIZE = (10, 6)
BEFORE, AFTER, BACK = (10, 20, 30), (13, 20, 90), (11, 20, 40)


def flat(colour: tuple[int, int, int], size: tuple[int, int] = SIZE) -> Preview:
    """A picture of one colour."""
    return Preview(*size, bytes(colour) * (size[0] * size[1]))


def differing(one: tuple[int, int, int], other: tuple[int, int, int], size: tuple[int, int] = SIZE) -> Difference:
    """How two pictures of one colour differ; one pixel is told to be equal."""
    steps = [abs(a - b) for a, b in zip(one, other, strict=True)]
    count = size[0] * size[1]
    return Difference(*size, bytes([max(steps)]) * count, sum(steps) / 3, max(steps), 1)


def translated(path: str, choice: GeneratorChoice, back: GeneratorChoice | None, full: tuple[int, int]) -> Translation:
    """What the engine would answer."""
    row = Translated(path, "one", "V1", "cpu", "fp32", Seconds(0.01, 0.02, 0.5, 0.6), "", SIZE, ("16 bits reduced.",))
    way = WayBack("two", "V1", flat(BACK), differing(BEFORE, BACK), 0.25) if back is not None else None
    return Translation(row, choice, full, flat(BEFORE), flat(AFTER), differing(BEFORE, AFTER), way)


class PanelRoom(TranslateRoom):
    """The panel is shown, 716 x 500."""

    def __init__(self, qtbot: QtBot, *, width: int = 716, height: int = 500, **settings: Any) -> None:
        super().__init__(qtbot, **settings)
        self.wished: list[str] = []
        self.workspace.wishes.wished.connect(self.wished.append)
        self.engine.answer(EngineReady(0, "2.15", ()))
        self.panel = TranslatePanel(self.workspace)
        qtbot.addWidget(self.panel)
        self.panel.resize(width, height)
        self.panel.show()
        qtbot.waitExposed(self.panel)

    def begin(self, *paths: str, full: tuple[int, int] = SIZE) -> None:
        """Gives pictures and lets the first be read."""
        self.give(*(paths or ("/p/a.png",)))
        job = self.engine.job(MakeThumbnails)
        path = self.workspace.pictures.current
        assert path is not None
        self.engine.answer(ThumbnailMade(job, path, flat(BEFORE), full, "PNG"), JobFinished(job))

    def run(self, block: int = 5, blocks: int = 9, stage: str = "") -> int:
        """The drawing has come to a block."""
        job = self.engine.job(Translate)
        self.engine.answer(JobStarted(job), JobProgress(job, block, blocks, "block", stage=stage))
        return job

    def answer(self, full: tuple[int, int] = SIZE) -> None:
        """The picture is drawn."""
        job, request = self.engine.job(Translate), self.engine.last(Translate)
        translation = translated(request.path, request.choice, request.back, full)
        self.engine.answer(TranslationReady(job, translation), JobFinished(job))
