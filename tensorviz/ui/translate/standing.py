"""Why there is no translation of what is chosen, or that the one there is is of something else; and what to do.

Must not know how pictures are drawn or shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from tensorviz.core.text import bytes_text
from tensorviz.ui.state.messages import Tone
from tensorviz.ui.translate.words import fitting_resize, stale_text, window_hint
from tensorviz.ui.translate_actions import missing
from tensorviz.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.ui.state.workspace import Workspace

TOO_SMALL = "book's way"  # in a sentence about a picture that only the other range takes


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, a hint, how serious, and a button with what it does."""

    message: str
    hint: str = ""
    tone: Tone = "info"
    button: str = ""
    act: Callable[[], object] | None = None


class Standing(QWidget):
    """A banner; nothing while all is well."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._act: Callable[[], object] | None = None
        self.banner = Banner(self)
        self.banner.button.clicked.connect(self._do)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banner)
        self.hide()

    def refresh(self) -> None:
        """Says what is to be said now."""
        said = self._said()
        self.setVisible(said is not None)
        if said is None:
            self._act = None
            self.banner.say("")
            return
        self._act = said.act
        self.banner.say(said.message, said.hint, said.tone, said.button)

    def _do(self) -> None:
        if self._act is not None:
            self._act()

    def _said(self) -> Said | None:
        workspace, translations = self._workspace, self._workspace.translations
        if workspace.pictures.current is None:
            return None
        if not workspace.catalogue.was_read:
            return Said("Looking which generators are here...")
        if translations.job is not None:
            return self._waiting()
        if translations.problem is not None:
            return self._of_problem(translations.problem)
        if translations.translation is None:
            return Said("Not translated yet.", "", "info", "Translate", self._wish("translate.run"))
        if translations.stale:
            words = stale_text(translations.translation, workspace.generator.choice, workspace.generator.row)
            return Said(words, "", "warning", "Translate again", self._wish("translate.run"))
        return self._of_way_back()

    def _waiting(self) -> Said | None:
        if self._workspace.engine.phase in ("idle", "loading"):
            return Said("Loading torch...", "The picture is drawn as soon as it is loaded.")
        return None

    def _of_problem(self, problem: Problem) -> Said:
        """What went wrong, with what helps: fetching, a smaller picture, the other range, another try."""
        generator = self._workspace.generator
        if not generator.ready:
            return self._of_weights(problem)
        fits = fitting_resize(problem)
        if TOO_SMALL in problem.message and generator.choice.input_range == "book":
            act: Callable[[], object] = lambda: generator.set_input_range("trained")  # noqa: E731 - passed on
            return Said(problem.message, window_hint(problem), "danger", "Use as trained", act)
        if fits is not None and fits != generator.choice.resize:
            return Said(
                problem.message, window_hint(problem), "danger", f"Use {fits}", lambda: generator.set_resize(fits)
            )
        return Said(problem.message, window_hint(problem), "danger", "Try again", self._wish("translate.run"))

    def _of_weights(self, problem: Problem) -> Said:
        row = missing(self._workspace)
        if row is None:
            return Said(problem.message, problem.hint, "warning")
        work = self._workspace.catalogue.work(row.model, row.name)
        if work is not None and work.busy:
            return Said(f"{row.model} {row.name} is being fetched.", "The picture is drawn as soon as it is here.")
        if work is not None and work.problem is not None:
            return Said(
                work.problem.message, work.problem.hint, "danger", "Fetch again...", self._wish("translate.fetch")
            )
        button = f"Fetch {bytes_text(row.file_bytes)}..."
        return Said(problem.message, problem.hint, "warning", button, self._wish("translate.fetch"))

    def _of_way_back(self) -> Said | None:
        """Why there and back shows no way back."""
        translations = self._workspace.translations
        if translations.view != "back" or (translations.translation and translations.translation.way_back):
            return None
        problem = translations.back_problem
        if problem is None:
            words = "This picture was not translated back yet."
            return Said(words, "", "info", "Translate back", self._wish("translate.view_back"))
        return self._of_weights(problem)

    def _wish(self, identifier: str) -> Callable[[], None]:
        return lambda: self._workspace.wishes.run(identifier)
