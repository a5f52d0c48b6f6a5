"""The commands about models and recipes: when they make sense and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import DescribeNetwork, ReadCatalogue
from tensorviz.ui.commands import command
from tensorviz.ui.screen import Context, Screen
from tests.ui.models import rows
from tests.ui.models.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("qapp")


class Remembering:
    """The part of a screen that these commands ask."""

    def __init__(self) -> None:
        self.focused: list[str] = []

    def focus_panel(self, name: str) -> None:
        self.focused.append(name)

    def choose_files(
        self, title: str, filters: tuple[str, ...], then: Callable[[list[str]], None], folder: str = ""
    ) -> None:
        then(["/tmp/flowers.pth"])


@pytest.fixture
def room() -> Room:
    found = Room()
    found.read(rows.models(resnet18_here=True))
    return found


def run(room: Room, identifier: str) -> Remembering:
    screen = Remembering()
    row = command(identifier)
    assert row.when(room.workspace), identifier
    row.run(Context(room.workspace, cast("Screen", cast("Any", screen))))
    return screen


def test_the_way_back_to_the_own_recipe_is_there_when_it_was_left(room: Room) -> None:
    assert not command("model.own_recipe").when(room.workspace)
    room.workspace.choice.set_recipe(Recipe(64, 64))
    run(room, "model.own_recipe")
    assert room.workspace.choice.choice.recipe is None


def test_the_model_that_comes_along_is_offered_while_another_answers(room: Room) -> None:
    assert not command("model.use_bundled").when(room.workspace)
    room.workspace.choice.set_model("resnet18")
    run(room, "model.use_bundled")
    assert room.workspace.choice.choice.model == ""


def test_layers_of_the_network_in_use(room: Room) -> None:
    room.workspace.choice.set_model("resnet18", "IMAGENET1K_V1")
    run(room, "model.layers")
    assert room.engine.last(DescribeNetwork).choice.model == "resnet18"


def test_a_checkpoint_that_was_chosen_is_offered_to_the_form(room: Room) -> None:
    offered: list[str] = []
    room.workspace.catalogue.offered.connect(offered.append)
    run(room, "model.add_checkpoint")
    assert offered == ["/tmp/flowers.pth"]


def test_the_search_is_reached_by_a_command(room: Room) -> None:
    assert run(room, "model.find").focused == ["model_search"]
    room.workspace.task.set_task("translate")
    assert run(room, "model.find").focused == ["generator_search"]


def test_where_pictures_are_translated_an_own_file_is_to_be_a_generator(room: Room) -> None:
    offered: list[str] = []
    room.workspace.catalogue.generator_offered.connect(offered.append)
    room.workspace.task.set_task("translate")
    run(room, "model.add_checkpoint")
    assert offered == ["/tmp/flowers.pth"]


def test_the_catalogue_is_read_again(room: Room) -> None:
    before = len(room.engine.all(ReadCatalogue))
    run(room, "model.read_again")
    assert len(room.engine.all(ReadCatalogue)) == before + 1
