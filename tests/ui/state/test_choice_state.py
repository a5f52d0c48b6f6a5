"""The choice: what it resolves to, what it remembers, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import JobFinished
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.catalogue import CatalogueState
from tensorviz.ui.state.choice import ChoiceState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.settings import SettingsState
from tests.ui.fake_engine import FakeEngine, MemoryStore
from tests.ui.models import rows

pytestmark = pytest.mark.usefixtures("qapp")


@dataclass
class Room:
    engine: FakeEngine
    catalogue: CatalogueState
    settings: SettingsState
    choice: ChoiceState
    store: MemoryStore
    told: list[int]

    def read(self, **more: Any) -> None:
        job = self.catalogue.read()
        self.engine.answer(rows.read(job, rows.models(**more)), JobFinished(job))


def room(**remembered: Any) -> Room:
    bridge = Bridge()
    engine, store = FakeEngine(bridge), MemoryStore(**remembered)
    catalogue, settings = CatalogueState(bridge, JobsState(bridge)), SettingsState(store)
    choice = ChoiceState(catalogue, settings)
    told: list[int] = []
    choice.changed.connect(lambda: told.append(1))
    return Room(engine, catalogue, settings, choice, store, told)


def test_without_a_choice_the_model_that_comes_along_answers() -> None:
    here = room()
    assert (here.choice.row, here.choice.recipe(), here.choice.ready) == (None, None, False)
    here.read()
    assert here.choice.row is not None
    assert here.choice.row.name == "cifar10_small"
    assert here.choice.recipe() == rows.SMALL
    assert here.choice.ready


def test_a_choice_is_remembered() -> None:
    here = room()
    here.read(resnet18_here=True)
    here.choice.set_model("resnet18", "IMAGENET1K_V1")
    here.choice.set_precision("bf16")
    here.choice.set_device("cuda:0")
    again = room(**here.store.values)
    again.read(resnet18_here=True)
    assert again.choice.choice == here.choice.choice
    assert again.choice.weights_row is not None
    assert again.choice.weights_row.name == "IMAGENET1K_V1"


def test_one_choice_is_announced_once() -> None:
    here = room()
    here.read(resnet18_here=True)
    here.told.clear()
    here.choice.set_model("resnet18", "IMAGENET1K_V1")
    here.choice.set_model("resnet18", "IMAGENET1K_V1")
    here.choice.set_precision("bf16")
    assert len(here.told) == 2


def test_the_settings_dialog_changes_the_choice() -> None:
    here = room()
    here.settings.set("precision", "fp16")
    here.settings.set("batch_size", 3)
    assert (here.choice.choice.precision, here.choice.choice.batch) == ("fp16", 3)


def test_a_recipe_of_ones_own_is_told_parameter_by_parameter() -> None:
    here = room()
    here.read()
    here.choice.set_recipe(Recipe(32, 32, (0.0, 0.5, 0.5), rows.HALF, "nearest", "stretch"))
    assert here.choice.differing() == ("mean", "interpolation")
    here.choice.set_recipe(None)
    assert here.choice.differing() == ()


def test_the_weights_own_recipe_is_no_override() -> None:
    here = room()
    here.read()
    here.choice.set_recipe(Recipe(32, 32, rows.HALF, rows.HALF, "bicubic", "stretch"))
    assert here.choice.choice.recipe is None


def test_another_model_brings_its_own_recipe() -> None:
    here = room()
    here.read(resnet18_here=True)
    here.choice.set_recipe(Recipe(64, 64))
    here.choice.set_model("resnet18")
    assert here.choice.recipe() == rows.PLAIN


def test_weights_that_are_gone_are_given_up_with_a_sentence() -> None:
    here = room()
    here.read(resnet18_here=True)
    here.choice.set_model("resnet18", "IMAGENET1K_V1")
    assert here.choice.notice == ""
    here.read(resnet18_here=False)
    assert here.choice.choice.model == ""
    assert here.choice.ready
    assert "resnet18 IMAGENET1K_V1 is not here any more" in here.choice.notice
    assert here.store.values.get("chosen_model", "") == ""


def test_a_remembered_model_that_no_longer_exists_is_given_up() -> None:
    here = room(chosen_model="resnet999")
    assert here.choice.choice.model == "resnet999"
    here.read()
    assert here.choice.choice.model == ""
    assert "resnet999" in here.choice.notice


def test_an_empty_catalogue_leaves_the_choice_unready_without_a_crash() -> None:
    here = room()
    job = here.catalogue.read()
    here.engine.answer(rows.read(job, ()))
    assert not here.choice.ready
    here.choice.set_recipe(Recipe(64, 64))
    assert here.choice.recipe() == Recipe(64, 64)
    assert here.choice.differing() == ()
