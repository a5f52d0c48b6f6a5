"""The translated pictures: the one that is looked at, batches into folders, and what is on its way.

Must not know how they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.drawn import Translation
    from tensorviz.core.errors import Problem
    from tensorviz.engine.messages.translate import PictureFormat
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.jobs import JobItem, JobsState
    from tensorviz.ui.state.pictures import PicturesState
    from tensorviz.ui.state.settings import SettingsState
    from tensorviz.ui.state.task import TaskState

TranslationView = Literal["slider", "side", "difference", "back"]
Which = Literal["after", "back"]


class TranslationsState(QObject):
    """The latest translation of each picture, as many as fit into memory.

    Signals: changed() when anything about the picture that is looked at is another; view_changed(); batches_changed();
    kept(folder, done, failed) when a batch has ended; saved(path).
    view: how the translation is shown.
    """

    changed = Signal()
    view_changed = Signal()
    batches_changed = Signal()
    kept = Signal(str, int, int)
    saved = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        jobs: JobsState,
        settings: SettingsState,
        pictures: PicturesState,
        choice: GeneratorChoiceState,
        task: TaskState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._settings, self._pictures, self._choice, self._task = jobs, settings, pictures, choice, task
        self.view: TranslationView = "slider"

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def translation(self) -> Translation | None:
        """The latest translation of the current picture, stale or not."""
        return None

    @property
    def stale(self) -> bool:
        """Whether it is of another generator, range, size or way back than what is chosen now."""
        return False

    @property
    def problem(self) -> Problem | None:
        """Why the current picture has no translation of what is chosen now, once it was tried."""
        return None

    @property
    def job(self) -> JobItem | None:
        """The job that draws the current picture now, with its progress (unit "block"); None when none does."""
        return None

    @property
    def there_and_back(self) -> bool:
        """Whether pictures are translated back too (where the way back is on this computer)."""
        return self._settings.flag("there_and_back")

    @property
    def batches(self) -> tuple[JobItem, ...]:
        """The batches that have not ended, oldest first."""
        return ()

    # ------------------------------------------------------------------------------------------------- wishes

    def translate(self) -> int | None:
        """Draws the current picture anew with what is chosen now; gives the job, None when there is no picture."""
        return None

    def cancel(self) -> None:
        """Ends the drawing of the current picture; shown at once."""

    def set_there_and_back(self, wanted: bool) -> None:
        """Whether pictures are translated back too."""

    def set_view(self, view: TranslationView) -> None:
        """Shows the translation in another way; "back" asks for the way back."""

    def to_folder(self, folder: str, form: PictureFormat, paths: Sequence[str] | None = None) -> int | None:
        """Translates those pictures (all when None) into a folder; gives the job."""
        return None

    def cancel_batch(self, job: int) -> None:
        """Ends a batch; what is kept stays."""

    def save(self, which: Which, path: str) -> int | None:
        """Writes the translated picture, or that of the way back, to a file."""
        return None
