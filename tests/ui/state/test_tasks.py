"""Each picture stands in each task for itself; what a task does while another one is done, and afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.results import Classified, Label, Seconds
from tensorviz.engine.messages import (
    Classify,
    FindPictures,
    JobFailed,
    JobFinished,
    JobStarted,
    MakeThumbnails,
    PicturesFound,
    RowsReady,
    ThumbnailFailed,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.pictures import PictureItem, PicturesState
from tensorviz.ui.state.settings import SettingsState
from tensorviz.ui.state.standings import Standing
from tensorviz.ui.state.task import TaskState
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore

DOG = Label(1, "dog", 0.9)
BROKEN = Problem("broken.jpg is cut off.", "Copy it again.")
SLOW = Problem("There is not enough memory.", "Use a smaller size.")


def answered(path: str) -> Classified:
    return Classified(path, "resnet18", "V1", "cpu", "fp32", Seconds(0.01, 0.02, 0.03, 0.06), (DOG,))


class Room:
    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        bridge = Bridge()
        self.engine, self.qtbot = FakeEngine(bridge), qtbot
        self.workspace: Workspace = build_workspace(bridge, MemoryStore(**settings), Path("assets"))
        self.pictures, self.task = self.workspace.pictures, self.workspace.task

    def give(self, *paths: str) -> None:
        self.pictures.add(paths)
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, paths), JobFinished(job))
        self.qtbot.waitUntil(lambda: not self.pictures.finding)

    def item(self, path: str) -> PictureItem:
        item = self.pictures.item(path)
        assert item is not None
        return item

    def asked(self) -> list[tuple[str, ...]]:
        return [request.paths for request in self.engine.all(Classify)]

    def answer(self) -> None:
        """Everything that was asked for last is answered."""
        job, request = self.engine.job(Classify), self.engine.last(Classify)
        self.engine.answer(JobStarted(job), RowsReady(job, tuple(map(answered, request.paths))), JobFinished(job))


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room(qtbot, chosen_task="translate")


# ----------------------------------------------------------------------------------------------------- pictures


def test_a_picture_stands_in_each_task_for_itself(room: Room) -> None:
    room.give("/a", "/b")
    room.pictures.settle("classify", "/a", Standing("done", DOG), stale=True)
    room.pictures.settle("translate", "/a", Standing("failed", problem=SLOW))
    room.pictures.mark("translate", ["/b", "/nowhere"], "running")
    item = room.item("/a")
    assert (item.state, item.best, item.problem, item.stale) == ("failed", None, SLOW, False)
    assert room.item("/b").state == "running"
    with room.qtbot.waitSignal(room.pictures.items_changed):
        room.task.set_task("classify")
    item = room.item("/a")
    assert (item.state, item.best, item.problem, item.stale) == ("done", DOG, None, True)
    assert room.pictures.state_in("translate", "/b") == "running"


def test_only_the_task_that_is_done_is_told_of(room: Room) -> None:
    room.give("/a")
    told: list[int] = []
    room.pictures.item_changed.connect(told.append)
    room.pictures.items_changed.connect(lambda: told.append(-1))
    room.pictures.mark("classify", ["/a"], "waiting")
    room.pictures.settle("classify", "/a", Standing("done", DOG))
    room.pictures.mark_stale("classify", {"/a"})
    assert told == []
    room.pictures.mark("translate", ["/a"], "waiting")
    room.pictures.settle("translate", "/a", Standing("done"))
    room.pictures.mark_stale("translate", {"/a"})
    assert told == [0, 0, -1]


def test_waiting_keeps_what_the_latest_answer_was(room: Room) -> None:
    room.give("/a")
    room.task.set_task("classify")
    room.pictures.settle("classify", "/a", Standing("done", DOG))
    room.pictures.mark("classify", ["/a"], "waiting")
    assert (room.item("/a").state, room.item("/a").best) == ("waiting", DOG)
    room.pictures.mark("classify", ["/a"], "new")
    assert (room.item("/a").state, room.item("/a").best) == ("new", DOG)


def test_a_fault_of_the_file_is_seen_in_every_task_until_it_could_be_read(room: Room) -> None:
    room.give("/a")
    job = room.engine.job(MakeThumbnails)
    room.engine.answer(ThumbnailFailed(job, "/a", BROKEN), JobFinished(job))
    assert room.item("/a").problem == BROKEN
    room.pictures.settle("translate", "/a", Standing("failed", problem=SLOW))
    assert room.item("/a").problem == SLOW, "the answer's own problem goes before"
    room.task.set_task("classify")
    assert room.item("/a").problem == BROKEN
    room.pictures.settle("translate", "/a", Standing("done"))
    assert room.item("/a").problem is None


def test_a_removed_picture_stands_nowhere(room: Room) -> None:
    leaving: tuple[Callable[[], None], ...] = (lambda: room.pictures.remove(["/a"]), room.pictures.clear)
    for leave in leaving:
        room.give("/a")
        for task in ("classify", "translate"):
            room.pictures.settle(task, "/a", Standing("failed", problem=SLOW), stale=True)
        leave()
        room.pictures.settle("translate", "/a", Standing("done"))
        room.pictures.mark("translate", ["/a"], "running")
        assert room.pictures.item("/a") is None
        room.give("/a")
        assert room.item("/a") == PictureItem("/a", task="translate")
        room.pictures.clear()


def test_a_hundred_thousand_pictures_change_their_task_at_once(qtbot: QtBot) -> None:
    bridge = Bridge()
    engine, settings = FakeEngine(bridge), SettingsState(MemoryStore())
    pictures, task = PicturesState(bridge, JobsState(bridge), settings), TaskState(settings)
    paths = tuple(f"/many/picture_{number:06d}.jpg" for number in range(100_000))
    pictures.add(["/many"])
    job = engine.job(FindPictures)
    engine.answer(PicturesFound(job, paths), JobFinished(job))
    qtbot.waitUntil(lambda: not pictures.finding, timeout=60_000)
    started = time.perf_counter()
    pictures.mark("classify", paths, "waiting")
    marked = time.perf_counter() - started
    started = time.perf_counter()
    for name in ("translate", "classify") * 50:
        task.set_task(name)
    changed = time.perf_counter() - started
    assert marked < 1, "25 ms on two quiet cores"
    assert changed < 0.5, "a hundred changes; each costs nothing for each picture"


# ------------------------------------------------------------------------------------------------------- results


def test_new_pictures_are_classified_only_when_that_is_the_task(room: Room) -> None:
    room.give("/a", "/b")
    assert room.asked() == []
    room.task.set_task("classify")
    assert room.asked() == [("/a",)], "the one that is looked at"
    room.give("/c")
    assert room.asked() == [("/a",), ("/c",)]


def test_another_choice_answers_the_current_picture_when_classifying_is_done_again(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/a", "/b")
    room.answer()
    room.task.set_task("translate")
    room.workspace.choice.set_model("alexnet", "IMAGENET1K_V1")
    assert room.asked() == [("/a", "/b")]
    assert room.workspace.results.stale_count == 2, "they are known to be of another model all the same"
    room.task.set_task("classify")
    assert room.asked() == [("/a", "/b"), ("/a",)]
    assert room.engine.last(Classify).choice.model == "alexnet"
    room.answer()
    for task in ("translate", "classify"):
        room.task.set_task(task)
    assert len(room.asked()) == 2, "nothing is due"


def test_more_answers_that_were_asked_for_meanwhile_are_due_too(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/a")
    room.answer()
    room.task.set_task("translate")
    room.workspace.settings.set("top_n", 7)
    assert len(room.asked()) == 1
    room.task.set_task("classify")
    assert room.engine.last(Classify).top == 7
    assert len(room.asked()) == 2


def test_what_is_due_waits_for_a_wish_when_nothing_is_classified_by_itself(qtbot: QtBot) -> None:
    room = Room(qtbot, chosen_task="translate", classify_on_drop=False)
    room.give("/a")
    room.task.set_task("classify")
    assert room.asked() == []
    room.workspace.results.classify()
    assert room.asked() == [("/a",)]


def test_a_picture_that_is_being_answered_is_not_asked_again(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/a")
    for task in ("translate", "classify"):
        room.task.set_task(task)
    assert room.asked() == [("/a",)]
    assert room.engine.cancelled == []


def test_one_whose_new_answer_is_on_its_way_is_not_asked_again_either(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/a")
    room.answer()
    room.workspace.choice.set_model("alexnet", "IMAGENET1K_V1")
    assert room.workspace.results.is_stale("/a")
    for task in ("translate", "classify"):
        room.task.set_task(task)
    assert room.asked() == [("/a",), ("/a",)]


def test_classifying_goes_on_while_another_task_is_done(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/1", "/2", "/3", "/4", "/5")
    room.task.set_task("translate")
    assert room.item("/1").state == "new"
    room.answer()
    assert room.item("/2").state == "new"
    room.task.set_task("classify")
    assert room.item("/1").best == DOG
    assert len(room.asked()) == 1


def test_a_failed_picture_is_not_tried_again_by_going_there_and_back(qtbot: QtBot) -> None:
    room = Room(qtbot)
    room.give("/a")
    room.engine.answer(JobFailed(room.engine.job(Classify), SLOW))
    for task in ("translate", "classify"):
        room.task.set_task(task)
    assert room.asked() == [("/a",)]
    assert room.item("/a").problem == SLOW
