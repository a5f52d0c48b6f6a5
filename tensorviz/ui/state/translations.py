"""The translated pictures: the one that is looked at, batches into folders, and what is on its way.

Must not know how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, JobStarted
from tensorviz.engine.messages.translate import PictureSaved, SavePicture, Translate, TranslationReady
from tensorviz.ui.state.folder_batches import FolderBatches
from tensorviz.ui.state.outcomes import TASK, Outcomes
from tensorviz.ui.state.translation_cache import Kept, Meaning, TranslationCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.drawn import Translation
    from tensorviz.core.results import Failed, Translated
    from tensorviz.engine.messages.translate import PictureFormat
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.generator_choice import GeneratorChoiceState
    from tensorviz.ui.state.jobs import JobItem, JobsState
    from tensorviz.ui.state.pictures import PicturesState
    from tensorviz.ui.state.settings import SettingsState
    from tensorviz.ui.state.task import TaskState

TranslationView = Literal["slider", "side", "difference", "back"]
Which = Literal["after", "back"]
GET_IT = "Fetch it in the list of generators at the right."


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be seen now."""

    path: str
    choice: GeneratorChoice
    back: GeneratorChoice | None
    meaning: Meaning
    back_meaning: Meaning | None


@dataclass(slots=True)
class _Ask:
    """The drawing that is on its way. by_hand: somebody asked for it, so that it goes on while others are looked at."""

    job: int
    wish: _Wish
    by_hand: bool


class TranslationsState(QObject):
    """The latest translation of each picture and choice, as many as fit into memory.

    A picture is drawn when it becomes the current one (with the setting `translate_on_choice`) and when what is chosen
    changes. One that is kept is shown at once: that its file has changed on disk is not noticed, `translate` draws it
    anew. Nothing is asked while the weights are missing; it is asked for when they come.

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
        self._cache, self._outcomes = TranslationCache(), Outcomes(pictures)
        self._ask: _Ask | None = None
        self._seen: _Wish | None = None  # the wish that was followed last
        self._refused: dict[str, tuple[_Wish, Problem]] = {}
        self._saves: set[int] = set()
        self._told: JobItem | None = None
        self._folders = FolderBatches(bridge, jobs, pictures, choice, self._outcomes, self)
        self._folders.changed.connect(self.batches_changed)
        self._folders.kept.connect(self.kept)
        bridge.event.connect(self._take)
        jobs.changed.connect(self._jobs_changed)
        pictures.current_changed.connect(self._follow)
        pictures.removed.connect(self._pictures_gone)
        pictures.reset.connect(self._pictures_gone)
        choice.changed.connect(self._choice_changed)
        task.changed.connect(self._follow)
        settings.changed.connect(self._setting_changed)

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def at_work(self) -> bool:
        """Whether pictures are translated now, and no other task is done."""
        return self._task.task == TASK

    @property
    def translation(self) -> Translation | None:
        """The latest translation of the current picture, stale or not."""
        kept = self._shown()
        return kept.translation if kept else None

    @property
    def stale(self) -> bool:
        """Whether it is of another generator, range, size or way back than what is chosen now."""
        kept = self._shown()
        return kept is not None and not kept.answers(self._choice.meaning, self._back()[1])

    @property
    def problem(self) -> Problem | None:
        """Why the current picture has no translation of what is chosen now, once it was tried; None while it is drawn.

        Weights that are not on this computer are a problem before anything is tried.
        """
        path = self._pictures.current
        if path is None or self.job is not None:
            return None
        if self._choice.known and not self._choice.ready:
            row = self._choice.row
            return _missing(row.name if row else self._choice.choice.model or "The generator of tensorviz")
        wish, refused = self._wish(), self._refused.get(path)
        if refused is not None and refused[0] == wish:
            return refused[1]
        kept = self._shown()
        known = kept is not None and wish is not None and kept.answers(wish.meaning, wish.back_meaning)
        return None if known else self._outcomes.problem(path)

    @property
    def back_problem(self) -> Problem | None:
        """Why there is no way back although it is wanted."""
        weights, back = self._choice.weights_row, self._choice.back_row
        if not self.there_and_back or weights is None or self._choice.back_meaning is not None:
            return None
        if not weights.way_back:
            return Problem(f"No generator is known that leads back from {weights.model}.", "Choose another one.")
        return _missing(back.model if back else weights.way_back)

    @property
    def job(self) -> JobItem | None:
        """The job that draws the current picture now, with its progress (unit "block"); None when none does."""
        if self._ask is None or self._ask.wish.path != self._pictures.current:
            return None
        item = self._jobs.item(self._ask.job)
        return item if item is not None and not item.ended else None

    @property
    def there_and_back(self) -> bool:
        """Whether pictures are translated back too (where the way back is on this computer)."""
        return self._settings.flag("there_and_back")

    @property
    def batches(self) -> tuple[JobItem, ...]:
        """The batches that have not ended, oldest first."""
        return self._folders.items

    @property
    def rows(self) -> tuple[Translated | Failed, ...]:
        """What became of the pictures of the batch that ended last, in order."""
        return self._folders.rows

    # ------------------------------------------------------------------------------------------------- wishes

    def translate(self) -> int | None:
        """Draws the current picture anew with what is chosen now; gives the job.

        None when there is no picture, or the weights are not here (`problem` says so). The same picture that is being
        drawn already is not begun again.
        """
        wish, job = self._wish(), self.job
        if wish is None:
            return None
        if self._ask is not None and self._ask.wish == wish and job is not None and job.state != "cancelling":
            self._ask.by_hand = True
            return job.number
        return self._send(wish, by_hand=True)

    def cancel(self) -> None:
        """Ends the drawing of the current picture; shown at once."""
        if (job := self.job) is not None:
            self._jobs.cancel(job.number)

    def set_there_and_back(self, wanted: bool) -> None:
        """Whether pictures are translated back too."""
        self._settings.set("there_and_back", wanted)

    def set_view(self, view: TranslationView) -> None:
        """Shows the translation in another way; "back" asks for the way back, which stays wanted afterwards."""
        if view != self.view:
            self.view = view
            self.view_changed.emit()
        if view == "back":
            self.set_there_and_back(True)

    def to_folder(self, folder: str, form: PictureFormat, paths: Sequence[str] | None = None) -> int | None:
        """Translates those pictures (all when None) into a folder; gives the job.

        None when none of them is here, or the weights are not.
        """
        return self._folders.begin(folder, form, paths)

    def cancel_batch(self, job: int) -> None:
        """Ends a batch; what is kept stays."""
        self._folders.cancel(job)

    def save(self, which: Which, path: str, *, replace: bool = False) -> int | None:
        """Writes the translated picture, or that of the way back, to a file; None when there is no such picture.

        replace: take the place of a file of that name; without it, the new one gets a number.
        """
        shown = self.translation
        if shown is None or (which == "back" and shown.way_back is None):
            return None
        picture = shown.way_back.picture if which == "back" and shown.way_back is not None else shown.after
        job = self._jobs.send(SavePicture(picture, path, replace))
        self._saves.add(job)
        return job

    # ----------------------------------------------------------------------------------------------- following

    @Slot()
    def _follow(self) -> None:
        """The current picture or what is chosen may be another: shows what is known of it, or asks."""
        wish, seen = self._wish() if self.at_work else None, self._seen
        self._seen = wish
        if self._ask is not None and not self._ask.by_hand and self._ask.wish != wish:
            self._drop()
        if (shown := self._shown()) is not None and (path := self._pictures.current) is not None:
            self._cache.use(path, shown)
            if shown.meaning == self._choice.meaning and self._ask is None and not self._folders.waits(path):
                self._outcomes.recall(path, shown.meaning)
        if wish is not None and wish != seen and self._is_due(wish, seen):
            self._send(wish, by_hand=False)
        else:
            self._tell()

    def _is_due(self, wish: _Wish, seen: _Wish | None) -> bool:
        """What is known is not asked again, but for another device: how long it takes there is worth to be known."""
        if not self._settings.flag("translate_on_choice") or (self._ask is not None and self._ask.wish == wish):
            return False
        refused, kept = self._refused.get(wish.path), self._shown()
        if refused is not None and refused[0] == wish:
            return False
        moved = seen is not None and seen.path == wish.path and seen.choice.device != wish.choice.device
        return moved or kept is None or not kept.answers(wish.meaning, wish.back_meaning)

    def _wish(self) -> _Wish | None:
        """What is to be seen now; None while there is no picture, or its generator is not here."""
        path, meaning = self._pictures.current, self._choice.meaning
        if path is None or meaning is None or not self._choice.ready or not self._is_here(path):
            return None
        return _Wish(path, self._choice.choice, self._back()[0], meaning, self._back()[1])

    def _back(self) -> tuple[GeneratorChoice | None, Meaning | None]:
        """The generator of the way back, where one is wanted and here."""
        meaning = self._choice.back_meaning if self.there_and_back else None
        return (self._choice.back, meaning) if meaning is not None else (None, None)

    def _shown(self) -> Kept | None:
        path = self._pictures.current
        return self._cache.find(path, self._choice.meaning) if path is not None else None

    def _is_here(self, path: str) -> bool:
        return self._pictures.row_of(path) is not None

    def _send(self, wish: _Wish, by_hand: bool) -> int:
        self._drop()
        self._refused.pop(wish.path, None)
        job = self._jobs.send(Translate(wish.path, wish.choice, wish.back))
        self._ask, self._outcomes.drawn_now = _Ask(job, wish, by_hand), wish.path
        self._outcomes.mark_waiting([wish.path])
        self._tell()
        return job

    def _drop(self) -> None:
        """The drawing on its way is not wanted any more: its late answer means nothing."""
        if (ask := self._ask) is not None:
            self._jobs.cancel(ask.job)
            self._end()
            self._put_back(ask.wish.path)

    def _end(self) -> None:
        self._ask, self._outcomes.drawn_now = None, None

    def _put_back(self, path: str) -> None:
        """The picture is as it was before it was to be drawn, unless a batch will come to it."""
        if self._folders.waits(path):
            self._outcomes.mark_waiting([path])
        elif self._is_here(path):
            self._outcomes.put_back([path])

    # ------------------------------------------------------------------------------------------------- hearing

    @Slot()
    def _choice_changed(self) -> None:
        self._refused.clear()  # with another generator, or with weights that have come, it may be done
        self._outcomes.choose(self._choice.meaning)
        self._follow()

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key == "translate_on_choice":
            self._seen = None
        if key in ("there_and_back", "translate_on_choice"):
            self._follow()

    @Slot()
    def _pictures_gone(self) -> None:
        """Translations of removed pictures go with them, and so does the drawing of one."""
        self._cache.keep(self._is_here)
        self._outcomes.keep(self._is_here)
        self._refused = {path: refused for path, refused in self._refused.items() if self._is_here(path)}
        if self._ask is not None and not self._is_here(self._ask.wish.path):
            self._drop()
        self._tell()

    @Slot()
    def _jobs_changed(self) -> None:
        """How far the drawing is. That it has ended is told when its last event is taken."""
        if self.job is not None and self.job != self._told:
            self._tell()

    def _tell(self) -> None:
        self._told = self.job
        self.changed.emit()

    @Slot(object)
    def _take(self, event: Event) -> None:
        if self._ask is not None and event.job == self._ask.job:
            self._take_drawing(self._ask, event)
        elif event.job in self._saves:
            self._take_save(event)

    def _take_drawing(self, ask: _Ask, event: Event) -> None:
        wish = ask.wish
        if isinstance(event, JobStarted):
            self._outcomes.mark_running(ask.job, [wish.path])
        elif isinstance(event, TranslationReady):
            self._keep(wish, event.translation)
            self._outcomes.settle(ask.job, wish.path, wish.meaning, None)
        elif isinstance(event, JobFailed):
            self._refused[wish.path] = wish, event.problem
            self._outcomes.settle(ask.job, wish.path, wish.meaning, event.problem)
        elif isinstance(event, JobFinished | JobCancelled):
            self._put_back(wish.path)
        if isinstance(event, TranslationReady | JobFailed | JobFinished | JobCancelled):
            self._end()
            self._tell()

    def _keep(self, wish: _Wish, translation: Translation) -> None:
        current, shown = self._pictures.current, self._shown()
        kept = Kept(wish.meaning, wish.back_meaning, translation)
        looked_at = (current, shown) if current not in (None, wish.path) and shown is not None else None
        self._cache.put(wish.path, kept, looked_at)

    def _take_save(self, event: Event) -> None:
        if isinstance(event, PictureSaved):
            self.saved.emit(event.path)
        if isinstance(event, JobFinished | JobCancelled | JobFailed):
            self._saves.discard(event.job)


def _missing(name: str) -> Problem:
    return Problem(f"{name} is not on this computer.", GET_IT)
