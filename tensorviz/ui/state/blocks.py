"""The picture after each residual block, of the picture that is looked at.

Must not know widgets; newest wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from tensorviz.core.drawn import BlockPicture
    from tensorviz.core.errors import Problem
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.translations import TranslationsState


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

    @property
    def busy(self) -> bool:
        """Whether more pictures are on their way."""
        return False

    @property
    def easy(self) -> bool:
        """Whether drawing them takes so little that they are drawn unasked."""
        return True

    def draw(self) -> None:
        """Asks for the pictures of the current translation."""

    def set_wanted(self, wanted: bool) -> None:
        """Whether somebody looks at them."""
