"""Who answered and with what: model, weights, device, precision, recipe.

Must not know how long it took or what was answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from tensorviz.core.recipe import differences
from tensorviz.ui.models.answer_text import name_text
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from tensorviz.core.results import Classified
    from tensorviz.ui.state.workspace import Workspace


class AnswerFacts(QWidget):
    """A line for each fact; the recipe is marked when it differs from the weights' own."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        end = Qt.TextElideMode.ElideRight
        self.values = {name: ElidedLabel(mode=end, parent=self) for name in ("Model", "Weights", "Computed on")}
        self.recipe = QLabel(self)
        self.recipe.setWordWrap(True)
        self.recipe.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.mark = QLabel(self)
        self.mark.setProperty("role", "warning")
        self.mark.setWordWrap(True)
        for row, (name, value) in enumerate({**self.values, "Recipe": self.recipe}.items()):
            self._add(row, name, value)
        self._grid.addWidget(self.mark, len(self.values) + 1, 1)

    def _add(self, row: int, name: str, value: QWidget) -> None:
        title = QLabel(name, self)
        title.setProperty("role", "muted")
        self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(value, row, 1)

    def show_row(self, row: Classified) -> None:
        """Shows who gave this answer."""
        self.values["Model"].setText(row.model)
        self.values["Weights"].setText(name_text(row.weights))
        self.values["Computed on"].setText(f"{row.device}, {row.precision}")
        self._show_recipe(row.path)

    def _show_recipe(self, path: str) -> None:
        """The recipe that this answer was given with, whatever is chosen now."""
        answer = self._workspace.results.answer(path)
        if answer is None:
            return
        row = self._workspace.catalogue.weights(answer.choice.model, answer.choice.weights)
        recipe = answer.choice.recipe or (row.recipe if row else None)
        self.recipe.setText(recipe.describe() if recipe else "the weights' own")
        differing = differences(recipe, row.recipe) if recipe and row else ()
        marked = f"not the weights' own: {', '.join(differing)}" if differing else ""
        self.mark.setText(f"\N{BLACK DIAMOND} {marked}" if marked else "")
        self.mark.setAccessibleName(marked)
        self.mark.setVisible(bool(marked))
