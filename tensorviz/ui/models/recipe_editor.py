"""Changes the recipe in use: fields, presets, and a mark where it is not the weights' own.

Must not know what is computed with it: it calls `ChoiceState.set_recipe`, and the answer follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.models.recipe_fields import RecipeFields
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.recipe import Triple
    from tensorviz.ui.state.workspace import Workspace

IMAGENET: tuple[Triple, Triple] = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF: tuple[Triple, Triple] = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


class RecipeEditor(QWidget):
    """Each valid change takes effect at once; an invalid one says so and is kept from the network."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = workspace.choice
        self.fields = RecipeFields(wide=True)
        self.own = QPushButton("&Back to the weights' own")
        self.imagenet, self.half = QPushButton("ImageNet mean, std"), QPushButton("Mean, std 0.5")
        self.mark = WrappedLabel("muted")
        self._build()
        self.fields.edited.connect(self._choice.set_recipe)
        self._choice.changed.connect(self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        recipe, differing = self._choice.recipe(), self._choice.differing()
        self.setEnabled(recipe is not None)
        if recipe is not None:
            self.fields.show_recipe(recipe)
        self.mark.say(recipe_mark(differing))
        self.mark.set_role("warning" if differing else "muted")
        self.own.setEnabled(bool(differing))

    def _back(self) -> None:
        self._choice.set_recipe(None)
        self.fields.show_again()

    def _normalise(self, values: tuple[Triple, Triple]) -> None:
        recipe = self._choice.recipe()
        if recipe is not None:
            mean, std = values
            self._choice.set_recipe(replace(recipe, mean=mean, std=std))
            self.fields.show_again()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.mark, 1)
        for button in (self.own, self.imagenet, self.half):
            buttons.addWidget(button)
        self.imagenet.setAccessibleName("Preset: mean and std of ImageNet")
        self.half.setAccessibleName("Preset: mean and std 0.5, values from -1 to 1")
        self.own.clicked.connect(self._back)
        self.imagenet.clicked.connect(lambda: self._normalise(IMAGENET))
        self.half.clicked.connect(lambda: self._normalise(HALF))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fields)
        layout.addLayout(buttons)


def recipe_mark(differing: tuple[str, ...]) -> str:
    """What is said of a recipe: in which parameters it is not the weights' own."""
    if not differing:
        return "This is the weights' own recipe."
    return f"Differs from the weights' own recipe: {', '.join(differing)}"
