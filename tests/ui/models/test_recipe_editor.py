"""The recipe's fields and editor: changes take effect at once, nonsense is said and kept back."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.recipe import Recipe
from tensorviz.ui.models.recipe_editor import RecipeEditor
from tensorviz.ui.models.recipe_fields import RecipeFields
from tests.ui.models import rows
from tests.ui.models.room import Room, nameless


class Here(Room):
    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.editor = RecipeEditor(self.workspace)
        qtbot.addWidget(self.editor)
        self.choice = self.workspace.choice

    def type(self, name: str, text: str, channel: int = 0) -> None:
        """Replaces the text of a field as a person does."""
        field = self.editor.fields.texts[name][channel]
        field.setText(text)
        field.textEdited.emit(text)


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    found = Here(qtbot)
    found.read(rows.models(resnet18_here=True))
    found.choice.set_model("resnet18")
    return found


def test_a_change_takes_effect_at_once_and_is_marked(here: Here) -> None:
    here.type("resize", "300")
    assert here.choice.choice.recipe == Recipe(300, 224)
    here.type("mean", "0,5", channel=1)
    assert here.choice.choice.recipe == Recipe(300, 224, mean=(0.485, 0.5, 0.406))
    assert here.editor.mark.plain == "Differs from the weights' own recipe: resize, mean"
    assert here.editor.own.isEnabled()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("resize", "0", "resize is 0"),
        ("crop", "224.5", "crop is '224.5'"),
        ("crop", "", "crop is ''"),
        ("std", "0", "std"),
        ("mean", "nan", "mean"),
        ("mean", "red", "mean"),
        ("resize", "100000", "from 1 to 8192"),
    ],
)
def test_nonsense_says_so_in_place_and_is_not_sent(here: Here, name: str, text: str, said: str) -> None:
    here.type(name, text)
    assert said in here.editor.fields.problem
    assert here.editor.fields.texts[name][0].property("role") == "invalid"
    assert here.choice.choice.recipe is None
    here.type(name, "1")
    assert here.editor.fields.problem == ""
    assert here.choice.choice.recipe is not None


def test_back_to_the_weights_own_also_throws_nonsense_away(here: Here) -> None:
    here.type("resize", "300")
    here.type("crop", "many")
    here.editor.own.click()
    assert here.choice.choice.recipe is None
    assert here.editor.fields.problem == ""
    assert [here.editor.fields.texts[name][0].text() for name in ("resize", "crop")] == ["256", "224"]
    assert not here.editor.own.isEnabled()


def test_presets_change_mean_and_std_only(here: Here) -> None:
    here.type("resize", "300")
    here.editor.half.click()
    assert here.choice.choice.recipe == Recipe(300, 224, rows.HALF, rows.HALF)
    here.editor.imagenet.click()
    assert here.choice.choice.recipe == Recipe(300, 224)


def test_interpolation_and_fit_are_chosen(here: Here) -> None:
    combo = here.editor.fields.choices["fit"]
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    assert here.choice.differing() == ("fit",)


def test_another_model_shows_its_recipe(here: Here) -> None:
    here.choice.set_model("cifar10_small")
    assert here.editor.fields.texts["resize"][0].text() == "32"
    assert here.editor.fields.choices["interpolation"].currentData() == "bicubic"
    assert here.editor.mark.plain == "This is the weights' own recipe."


def test_a_field_keeps_the_text_that_means_its_value(qtbot: QtBot) -> None:
    fields = RecipeFields(wide=False)
    qtbot.addWidget(fields)
    fields.show_recipe(Recipe(256, 224))
    fields.texts["mean"][0].setText("0.50")
    fields.texts["mean"][0].textEdited.emit("0.50")
    fields.show_recipe(Recipe(300, 224, mean=(0.5, 0.456, 0.406)))
    assert fields.texts["mean"][0].text() == "0.50"


def test_without_a_catalogue_there_is_nothing_to_edit(qtbot: QtBot) -> None:
    assert not Here(qtbot).editor.isEnabled()


def test_everything_that_takes_the_keyboard_has_a_name(here: Here) -> None:
    assert nameless(here.editor) == []
