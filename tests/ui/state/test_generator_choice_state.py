"""The chosen generator: remembered, followed, given up when its weights vanish, its plan and its way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelRow
from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice, TranslationPlan
from tensorviz.engine.messages import CatalogueRead, JobFinished
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore
from tests.ui.state.translate_room import BACK_FETCHED, BACK_MISSING, BUNDLED, FETCHED, MISSING


class Room(QObject):
    """A workspace whose store can be looked into."""

    def __init__(self, **settings: object) -> None:
        super().__init__()
        bridge = Bridge()
        self.engine, self.store, self.told = FakeEngine(bridge), MemoryStore(**settings), 0
        self.workspace: Workspace = build_workspace(bridge, self.store, Path("assets"))
        self.generator = self.workspace.generator
        self.generator.changed.connect(self.hear)

    def hear(self) -> None:
        self.told += 1

    def ready(self) -> bool:
        return self.generator.ready

    def read(self, *rows: ModelRow) -> None:
        job = self.workspace.catalogue.read()
        self.engine.answer(CatalogueRead(job, (), "/weights", 0, (), (*BUNDLED, *rows)), JobFinished(job))


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room()


def test_nothing_is_known_before_the_catalogue_is_read(room: Room) -> None:
    generator = room.generator
    assert generator.choice == GeneratorChoice()
    assert (generator.row, generator.weights_row, generator.back, generator.back_row) == (None, None, None, None)
    assert (generator.known, generator.ready, generator.meaning, generator.memory((256, 256))) == (
        False,
        False,
        None,
        None,
    )
    room.read()
    assert generator.known
    assert generator.ready
    assert generator.row is BUNDLED[0]


def test_what_is_chosen_is_remembered_and_found_again(qtbot: QtBot) -> None:
    room = Room()
    room.read(FETCHED)
    room.generator.set_model("horse2zebra", "V1")
    room.generator.set_input_range("book")
    room.generator.set_resize(0)
    assert room.store.values == {
        "chosen_generator": "horse2zebra",
        "chosen_generator_weights": "V1",
        "input_range": "book",
        "translate_resize": 0,
    }
    again = Room(**room.store.values)
    assert again.generator.choice == GeneratorChoice("horse2zebra", "V1", "book", 0)


def test_the_same_choice_again_tells_nothing(room: Room) -> None:
    room.read()
    told = room.told
    room.generator.set_resize(256)
    room.generator.set_model("")
    assert room.told == told
    room.generator.set_resize(255)
    assert room.told == told + 1


def test_the_device_follows_the_settings(room: Room) -> None:
    room.read()
    meaning = room.generator.meaning
    room.workspace.settings.set("device", "cpu")
    assert room.generator.choice.device == "cpu"
    assert room.generator.meaning == meaning, "where it is computed makes no other picture"


def test_weights_that_vanish_are_given_up_and_it_is_said(room: Room) -> None:
    room.read(FETCHED)
    room.generator.set_model("horse2zebra", "V1")
    assert room.ready()
    room.read(MISSING)
    assert room.generator.choice.model == ""
    assert room.ready()
    assert "horse2zebra V1" in room.generator.notice
    room.generator.set_model("two")
    assert room.generator.notice == ""


def test_weights_that_are_not_here_may_be_chosen_and_come(room: Room) -> None:
    room.read(MISSING)
    room.generator.set_model("horse2zebra")
    assert not room.ready()
    told = room.told
    room.read(FETCHED)
    assert room.ready()
    assert room.told == told + 1


def test_a_catalogue_that_is_read_again_as_it_was_tells_nothing(room: Room) -> None:
    room.read(FETCHED)
    told = room.told
    room.read(FETCHED)
    room.read(BACK_FETCHED)
    assert room.told == told


def test_the_way_back_keeps_the_range_and_takes_the_picture_as_it_was_drawn(room: Room) -> None:
    room.read(FETCHED, BACK_MISSING)
    room.generator.set_input_range("book")
    assert room.generator.back == GeneratorChoice("two", "", "book", 0)
    room.generator.set_model("horse2zebra")
    assert room.generator.back == GeneratorChoice("zebra2horse", "", "book", 0)
    back = room.generator.back_row
    assert back is not None
    assert not back.here
    assert room.generator.back_meaning is None
    told = room.told
    room.read(FETCHED, BACK_FETCHED)
    assert room.told == told + 1, "who waits for the way back must hear that it has come"
    assert room.generator.back_meaning is not None


def test_meanings_differ_in_generator_range_and_size_and_in_nothing_else(room: Room) -> None:
    room.read(FETCHED)
    first = room.generator.meaning
    others = []
    changes: tuple[Callable[[], None], ...] = (
        lambda: room.generator.set_resize(128),
        lambda: room.generator.set_input_range("book"),
        lambda: room.generator.set_model("two"),
        lambda: room.generator.set_model("horse2zebra"),
    )
    for change in changes:
        change()
        others.append(room.generator.meaning)
    assert len({first, *others}) == 5
    room.generator.set_model("one", "V1")
    room.generator.set_input_range("trained")
    room.generator.set_resize(256)
    assert room.generator.meaning == first


def test_the_plan_and_the_memory_are_those_of_the_choice(room: Room) -> None:
    room.read()
    assert room.generator.plan((640, 522)) == TranslationPlan((313, 256), (316, 256), (313, 256))
    memory = room.generator.memory((640, 522))
    assert memory is not None
    room.generator.set_resize(0)
    larger = room.generator.memory((640, 522))
    assert larger is not None
    assert larger > 3 * memory
    room.generator.set_input_range("book")
    refused = room.generator.plan((3, 3))
    assert isinstance(refused, Problem)
    assert room.generator.memory((3, 3)) is None
