"""The picture after each residual block, of the picture that is looked at.

Must not know widgets; newest wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.block_work import EASY, blocks_work
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.translate import BlockDrawn, DrawBlocks

if TYPE_CHECKING:
    from tensorviz.core.drawn import BlockPicture, Translation
    from tensorviz.core.errors import Problem
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.translations import TranslationsState

ACCELERATED = 20  # times the work is as easy where it is not done by the processor


class BlocksState(QObject):
    """Block by block. Signals: changed().

    wanted: whether the pictures are drawn by themselves when a translation has come. pictures: those that have come,
    in order; of the translation `translations.translation`.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        translations: TranslationsState,
        choice: GeneratorChoiceState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._translations, self._choice = jobs, translations, choice
        self.pictures: tuple[BlockPicture, ...] = ()
        self.problem: Problem | None = None
        self.wanted = False
        self._of: Translation | None = None  # the translation that the pictures are of
        self._job: int | None = None
        self._asked = False  # for it, so that a failure is not tried again and again
        bridge.event.connect(self._take)
        translations.changed.connect(self._follow)

    @property
    def busy(self) -> bool:
        """Whether more pictures are on their way."""
        return self._job is not None

    @property
    def complete(self) -> bool:
        """Whether there is one before the first block and one after each."""
        return bool(self.pictures) and len(self.pictures) == self.pictures[0].blocks + 1

    @property
    def easy(self) -> bool:
        """Whether drawing them takes so little that they are drawn unasked; True when there is nothing to draw."""
        translation, weights = self._translations.translation, self._choice.weights_row
        if translation is None or weights is None:
            return True
        work = blocks_work(translation.plan.network, weights.width, weights.blocks)
        return work <= EASY * (1 if translation.row.device == "cpu" else ACCELERATED)

    def draw(self) -> None:
        """Asks for the pictures of the current translation, anew if there are some."""
        translation = self._translations.translation
        self._stop()
        self._of, self.pictures, self.problem = translation, (), None
        if translation is not None:
            self._asked = True
            self._job = self._jobs.send(DrawBlocks(translation.row.path, translation.choice))
        self.changed.emit()

    def set_wanted(self, wanted: bool) -> None:
        """Whether somebody looks at them. What is half done when nobody does is given up."""
        if wanted == self.wanted:
            return
        self.wanted = wanted
        if not wanted and self.busy:
            self._give_up()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Another translation has none of the pictures; what nobody waits for is not drawn to its end."""
        translations = self._translations
        if translations.translation is not self._of:
            self._of = translations.translation
            self._give_up()
            self.problem = None
        elif self.busy and (translations.stale or not translations.at_work):
            self._give_up()
        if self.wanted and not self._asked and self._may_ask():
            self.draw()

    def _may_ask(self) -> bool:
        translations = self._translations
        return self._of is not None and translations.at_work and not translations.stale and self.easy

    def _give_up(self) -> None:
        self._stop()
        self.pictures, self._asked = (), False
        self.changed.emit()

    def _stop(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job)
            self._job = None

    @Slot(object)
    def _take(self, event: Event) -> None:
        if self._job is None or event.job != self._job:
            return
        if isinstance(event, BlockDrawn):
            others = [picture for picture in self.pictures if picture.block != event.picture.block]
            self.pictures = tuple(sorted([*others, event.picture], key=lambda picture: picture.block))
        elif isinstance(event, JobFinished | JobCancelled | JobFailed):
            self._job = None
            self.problem = event.problem if isinstance(event, JobFailed) else None
        else:
            return
        self.changed.emit()
