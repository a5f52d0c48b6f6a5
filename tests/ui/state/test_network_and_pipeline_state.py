"""The network's layers and the pipeline of the current picture: newest wins, late answers are dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.core.pipeline import Pipeline
from tensorviz.core.recipe import Recipe
from tensorviz.core.structure import Layer
from tensorviz.engine.messages import (
    DescribeNetwork,
    DescribePipeline,
    JobCancelled,
    JobFailed,
    JobFinished,
    NetworkDescribed,
    PipelineDescribed,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.catalogue import CatalogueState
from tensorviz.ui.state.choice import ChoiceState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.network import NetworkState
from tensorviz.ui.state.pipeline import PipelineState
from tensorviz.ui.state.settings import SettingsState
from tensorviz.ui.state.task import TaskState
from tests.ui.fake_engine import FakeEngine, MemoryStore

pytestmark = pytest.mark.usefixtures("qapp")


class Pictures(QObject):
    """The part of the pictures' state that the pipeline follows."""

    current_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.current: str | None = None

    def look_at(self, path: str | None) -> None:
        self.current = path
        self.current_changed.emit()


class Room:
    def __init__(self) -> None:
        bridge = Bridge()
        self.engine, jobs = FakeEngine(bridge), JobsState(bridge)
        self.pictures = Pictures()
        settings = SettingsState(MemoryStore())
        self.choice, self.task = ChoiceState(CatalogueState(bridge, jobs), settings), TaskState(settings)
        self.network = NetworkState(bridge, jobs)
        self.pipeline = PipelineState(bridge, jobs, self.pictures, self.choice, self.task)  # type: ignore[arg-type]  # its part

    def seen(self) -> tuple[Pipeline | None, bool]:
        return self.pipeline.pipeline, self.pipeline.busy


@pytest.fixture
def here() -> Room:
    return Room()


def test_the_pipeline_follows_picture_and_recipe(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    here.choice.set_recipe(Recipe(64, 64))
    asked = here.engine.all(DescribePipeline)
    assert [(request.path, request.choice.recipe) for request in asked] == [("a.jpg", None), ("a.jpg", Recipe(64, 64))]


def test_nothing_is_described_while_another_task_is_shown(here: Room) -> None:
    here.task.set_task("translate")
    here.pictures.look_at("a.jpg")
    assert not here.engine.all(DescribePipeline)
    here.task.set_task("classify")
    assert [request.path for request in here.engine.all(DescribePipeline)] == ["a.jpg"]


def test_device_and_precision_do_not_change_what_the_network_receives(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    here.choice.set_device("cpu")
    here.choice.set_precision("bf16")
    assert len(here.engine.all(DescribePipeline)) == 1


def test_the_answer_to_an_older_question_is_dropped(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    old = here.engine.job(DescribePipeline)
    here.pictures.look_at("b.jpg")
    new = here.engine.job(DescribePipeline)
    here.engine.answer(PipelineDescribed(old, Pipeline("a.jpg", Recipe(1, 1), ())))
    assert here.seen() == (None, True)
    answer = Pipeline("b.jpg", Recipe(2, 2), ())
    here.engine.answer(JobCancelled(old), PipelineDescribed(new, answer), JobFinished(new))
    assert here.seen() == (answer, False)


def test_while_a_new_recipe_is_on_its_way_the_old_answer_stays_but_another_picture_clears_it(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    answer = Pipeline("a.jpg", Recipe(2, 2), ())
    here.engine.answer(PipelineDescribed(here.engine.job(DescribePipeline), answer))
    here.choice.set_recipe(Recipe(64, 64))
    assert (here.pipeline.pipeline, here.pipeline.busy) == (answer, True)
    here.pictures.look_at("b.jpg")
    assert here.pipeline.pipeline is None


def test_a_picture_that_cannot_be_read_says_so_until_the_next(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    here.engine.answer(JobFailed(here.engine.job(DescribePipeline), Problem("Truncated.")))
    assert here.pipeline.problem == Problem("Truncated.")
    here.pictures.look_at("b.jpg")
    assert here.pipeline.problem is None


def test_no_picture_asks_for_nothing(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    here.pictures.look_at(None)
    here.engine.answer(PipelineDescribed(here.engine.job(DescribePipeline), Pipeline("a.jpg", Recipe(1, 1), ())))
    assert (here.pipeline.path, here.pipeline.pipeline, here.pipeline.busy) == (None, None, False)
    assert len(here.engine.all(DescribePipeline)) == 1


def test_looking_closely_asks_for_larger_previews(here: Room) -> None:
    here.pictures.look_at("a.jpg")
    here.pipeline.set_large(True)
    assert [request.preview_side for request in here.engine.all(DescribePipeline)] == [320, 1024]


def test_layers_are_asked_once_and_kept(here: Room) -> None:
    choice, root = ModelChoice("resnet18"), Layer("", "ResNet", "", 11, 0)
    here.network.describe(choice)
    here.network.describe(choice)
    here.engine.answer(NetworkDescribed(here.engine.job(DescribeNetwork), choice, root))
    here.network.describe(choice)
    assert here.network.root is root
    assert len(here.engine.all(DescribeNetwork)) == 1


def test_layers_of_an_older_question_are_dropped_and_a_failure_may_be_asked_again(here: Room) -> None:
    here.network.describe(ModelChoice("resnet18"))
    old = here.engine.job(DescribeNetwork)
    here.network.describe(ModelChoice("alexnet"))
    here.engine.answer(NetworkDescribed(old, ModelChoice("resnet18"), Layer("", "ResNet", "", 1, 0)))
    assert here.network.root is None
    here.engine.answer(JobFailed(here.engine.job(DescribeNetwork), Problem("No weights.")))
    assert here.network.problem == Problem("No weights.")
    here.network.describe(ModelChoice("alexnet"))
    assert here.network.busy
    assert len(here.engine.all(DescribeNetwork)) == 3
