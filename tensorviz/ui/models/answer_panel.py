"""The answer itself: banner, winner, bars, facts, times, notes and the buttons to copy it.

Must not know the picture's pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from tensorviz.core.results import Classified
from tensorviz.core.text import percent_text, seconds_text
from tensorviz.ui.models.answer_facts import AnswerFacts
from tensorviz.ui.models.answer_text import STATE_WORDS, choice_text, own_model_text
from tensorviz.ui.models.copy_buttons import CopyButtons
from tensorviz.ui.widgets.banner import Banner
from tensorviz.ui.widgets.share_bars import Bar, ShareBars
from tensorviz.ui.widgets.stacked_bar import Part, StackedBar

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.core.results import Seconds
    from tensorviz.ui.state.pictures import PictureItem
    from tensorviz.ui.state.workspace import Workspace

UNDER_WAY = ("waiting", "running")
STAGES = ("decode", "preprocess", "forward")


class AnswerPanel(QWidget):
    """Everything about the current picture's answer, in reading order."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.banner = Banner(self)
        self.banner.button.clicked.connect(lambda: workspace.wishes.run("results.run"))
        self.headline = QLabel(self)
        self.headline.setProperty("role", "title")
        self.headline.setWordWrap(True)
        self.words = _muted(self)
        self.bars = ShareBars(self)
        self.facts = AnswerFacts(workspace, self)
        self.times = StackedBar(self)
        self.times.setAccessibleName("Time taken")
        self.times_title = _muted(self)
        self.notes = _muted(self)
        self.about = _muted(self)
        self.copies = CopyButtons(workspace, self)
        self._lay_out()

    def _lay_out(self) -> None:
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 4)
        column.setSpacing(6)
        parts = (self.banner, self.headline, self.words, self.bars, self.copies)
        for widget in (*parts, self.facts, self.times_title, self.times, self.about, self.notes):
            column.addWidget(widget)
        column.addStretch(1)

    def refresh(self) -> None:
        """Shows what the states say now."""
        current = self._workspace.pictures.current
        item = self._workspace.pictures.item(current) if current is not None else None
        row = self._workspace.results.row(item.path) if item is not None else None
        self._refresh_banner(item)
        self._show_answer(row if isinstance(row, Classified) else None)
        if item is None:
            self._say("", "")
        elif row is None:
            self._say(*self._waiting_words(item))
        elif not isinstance(row, Classified):
            self._say_problem(row.problem)
        else:
            self._say_winner(row, item)
        self._say_about(item)
        self.copies.refresh()

    def _say_about(self, item: PictureItem | None) -> None:
        """What the network that answered does not know, when it is the one that comes along."""
        answer = self._workspace.results.answer(item.path) if item is not None else None
        model = self._workspace.catalogue.model(answer.choice.model) if answer else self._workspace.choice.row
        self.about.setText(own_model_text(model))
        self.about.setToolTip(model.summary if model is not None else "")
        self.about.setVisible(bool(self.about.text()) and item is not None)

    def _say(self, headline: str, words: str) -> None:
        self.headline.setText(headline)
        self.headline.setVisible(bool(headline))
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _waiting_words(self, item: PictureItem) -> tuple[str, str]:
        engine = self._workspace.engine
        if item.state in UNDER_WAY and engine.phase in ("idle", "loading"):
            return "Loading torch...", "The first answer comes as soon as it is loaded."
        if item.state == "new":
            return "Not classified yet", "Press Enter in the picture well to classify it."
        return f"{STATE_WORDS.get(item.state, 'waiting').capitalize()}...", ""

    def _say_problem(self, problem: Problem) -> None:
        self._say(problem.message, problem.hint)

    def _say_winner(self, row: Classified, item: PictureItem) -> None:
        again = "Being answered again..." if item.state in UNDER_WAY else ""
        self._say("" if row.top else "No class", again)

    def _show_answer(self, row: Classified | None) -> None:
        for widget in (self.bars, self.facts, self.times, self.times_title, self.copies):
            widget.setVisible(row is not None)
        self.notes.setVisible(row is not None and bool(row.notes))
        if row is None:
            return
        self.bars.set_bars([Bar(t.label, t.probability, percent_text(t.probability)) for t in row.top])
        self.facts.show_row(row)
        self._show_times(row.seconds)
        self.notes.setText("\n".join(f"\N{BULLET} {note}" for note in row.notes))

    def _show_times(self, seconds: Seconds) -> None:
        self.times_title.setText(f"Took {seconds_text(seconds.total)}")
        parts = [Part(stage, seconds[stage], seconds_text(seconds[stage])) for stage in STAGES]
        other = seconds.total - sum(part.value for part in parts)
        if other > 0.05 * seconds.total:
            parts.append(Part("other", other, seconds_text(other)))
        self.times.set_parts(parts)

    def _refresh_banner(self, item: PictureItem | None) -> None:
        """Why there is no newer answer, or that this one is of another model."""
        results = self._workspace.results
        if item is None:
            self.banner.say("")
        elif results.problem is not None and item.problem != results.problem and item.state not in UNDER_WAY:
            self.banner.say(results.problem.message, results.problem.hint, "danger", "Try again")
        elif results.is_stale(item.path) and item.state not in UNDER_WAY:
            self.banner.say(self._stale_words(item.path), "", "warning", "Answer again")
        else:
            self.banner.say("")

    def _stale_words(self, path: str) -> str:
        answer, now_chosen = self._workspace.results.answer(path), self._workspace.choice.choice
        if answer is None or (answer.choice.model, answer.choice.weights) == (now_chosen.model, now_chosen.weights):
            return "This answer was given with another recipe."
        old, now = choice_text(answer.choice, None), choice_text(now_chosen, self._workspace.choice.row)
        return f"This answer is from {old}; {now} is chosen now."


def _muted(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
