"""Beside the pictures: why there is no translation, how much it differs, how it is drawn, and with what it was.

Must not know how pictures are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from tensorviz.core.errors import Problem, TensorvizError, problem_of
from tensorviz.core.translation import INPUT_RANGES, translation_plan
from tensorviz.ui.translate.facts import Facts
from tensorviz.ui.translate.range_choice import RangeChoice
from tensorviz.ui.translate.size_choice import SizeChoice
from tensorviz.ui.translate.standing import Standing
from tensorviz.ui.translate.words import difference_text, error_text, memory_text, norm_text, range_text
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.translation import InputRange, TranslationPlan
    from tensorviz.ui.state.workspace import Workspace


class Side(QWidget):
    """In reading order. Signals: stretched(bool), together(bool) about how the pictures are shown."""

    stretched = Signal(bool)
    together = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.standing = Standing(workspace, self)
        self.numbers = WrappedLabel(parent=self)
        self.stretch = QCheckBox("Scale to the largest difference", self)
        self.beside = QCheckBox("Pictures beside one another", self)
        self.ranges, self.sizes, self.facts = RangeChoice(self), SizeChoice(self), Facts(self)
        self.back = QCheckBox("Translate back too", self)
        self.back.setToolTip("Every picture is translated there and back, which takes about twice as long")
        self.beside.setChecked(True)
        self.beside.setAccessibleDescription(
            "Before, after, back and the error; without it before and back with the slider."
        )
        self.stretch.toggled.connect(self.stretched)
        self.beside.toggled.connect(self.together)
        self.back.clicked.connect(workspace.translations.set_there_and_back)
        self.ranges.chosen.connect(self._choose_range)
        self.sizes.taken.connect(workspace.generator.set_resize)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 4)
        column.setSpacing(8)
        choices = (self.ranges, self.sizes, self.back)
        for widget in (self.standing, self.numbers, self.stretch, self.beside, *choices, self.facts):
            column.addWidget(widget)
        column.addStretch(1)

    def refresh(self) -> None:
        """Shows what the states hold now."""
        self.standing.refresh()
        self.refresh_numbers()
        self._refresh_choices()
        translation = self._workspace.translations.translation
        self.facts.setVisible(translation is not None)
        if translation is not None:
            self.facts.show_translation(translation)

    def refresh_numbers(self) -> None:
        """How much is different, in the views that are about that."""
        translation, view = self._workspace.translations.translation, self._workspace.translations.view
        words = ""
        if translation is not None:
            words = error_text(translation) if view == "back" else difference_text(translation)
        self.numbers.say_or_hide(words)
        self.stretch.setVisible(view in ("difference", "back") and bool(words))
        self.beside.setVisible(view == "back" and bool(words))

    def _choose_range(self, name: str) -> None:
        chosen: InputRange = "book" if name == "book" else "trained"
        self._workspace.generator.set_input_range(chosen)

    def _refresh_choices(self) -> None:
        generator, size = self._workspace.generator, self._size()
        choice = generator.choice
        plans = {name: self._plan(size, name) for name in INPUT_RANGES}
        sentences = {name: range_text(name, plans[name]) for name in INPUT_RANGES}
        self.ranges.show_choice(choice.input_range, sentences, norm_text(generator.row))
        memory = generator.memory(size) if size is not None else None
        self.sizes.show_choice(choice.resize, memory_text(memory))
        back, translations = generator.back_row, self._workspace.translations
        self.back.setVisible(back is not None and back.here and translations.view != "back")  # that view asks for it
        self.back.setChecked(translations.there_and_back)

    def _size(self) -> tuple[int, int] | None:
        pictures = self._workspace.pictures
        item = pictures.item(pictures.current) if pictures.current is not None else None
        translation = self._workspace.translations.translation
        return item.size if item is not None and item.size else translation.full if translation else None

    def _plan(self, size: tuple[int, int] | None, name: InputRange) -> TranslationPlan | Problem | None:
        """What each of the ways would do, the one that is not chosen as well."""
        if size is None:
            return None
        try:
            return translation_plan(size, name, self._workspace.generator.choice.resize)
        except TensorvizError as error:
            return problem_of(error)
