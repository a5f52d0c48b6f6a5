"""The translated picture: what is asked when, what is known, the way back, saving, ten thousand pictures."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.translate import PictureSaved, SavePicture, Translate, TranslationReady
from tests.ui.state.translate_room import (
    BACK_FETCHED,
    BACK_MISSING,
    FETCHED,
    MISSING,
    TranslateRoom,
    drawn,
)

BROKEN = Problem("broken.jpg is cut off.", "Copy it again.")


@pytest.fixture
def room(qtbot: QtBot) -> TranslateRoom:
    return TranslateRoom(qtbot)


# ------------------------------------------------------------------------------------------------ what is asked


def test_the_picture_that_becomes_current_is_drawn_and_the_others_are_not(room: TranslateRoom) -> None:
    room.give("/a", "/b", "/c")
    assert room.asked() == ["/a"]
    assert room.engine.last(Translate) == Translate("/a", GeneratorChoice(), None)
    shown = room.draw()
    assert room.translations.translation is shown
    assert (room.translations.stale, room.problem(), room.translations.job) == (False, None, None)


def test_stepping_through_pictures_asks_for_each_and_ends_the_one_before(room: TranslateRoom) -> None:
    room.give("/a", "/b", "/c")
    room.look("/b")
    room.look("/c")
    assert room.asked() == ["/a", "/b", "/c"]
    assert room.engine.cancelled == [number for number, sent in room.engine.sent if isinstance(sent, Translate)][:2]
    assert [room.state(path) for path in ("/a", "/b", "/c")] == ["new", "new", "waiting"]


def test_a_picture_that_is_known_is_shown_at_once_without_a_request(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    first = room.draw()
    room.look("/b")
    room.draw()
    room.look("/a")
    assert room.asked() == ["/a", "/b"]
    assert room.translations.translation is first


def test_going_back_to_a_known_picture_ends_the_drawing_of_the_other(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    room.draw()
    room.look("/b")
    on_its_way = room.engine.job(Translate)
    room.look("/a")
    assert room.engine.cancelled == [on_its_way]
    assert room.state("/b") == "new"
    room.look("/b")
    assert room.asked() == ["/a", "/b", "/b"]


def test_nothing_is_asked_until_the_catalogue_is_read(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, read=False)
    room.give("/a")
    assert room.asked() == []
    assert room.problem() is None, "nobody knows yet whether anything is missing"
    room.read()
    assert room.asked() == ["/a"]


def test_missing_weights_are_told_and_drawn_with_when_they_come(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, read=False, chosen_task="translate")
    room.read(MISSING)
    room.give("/a")
    room.draw()
    room.workspace.generator.set_model("horse2zebra")
    assert room.asked() == ["/a"]
    problem = room.problem()
    assert problem is not None
    assert problem.message == "horse2zebra is not on this computer."
    assert problem.hint
    assert room.translations.translate() is None
    assert room.is_stale(), "the picture of the other generator is still shown"
    room.read(FETCHED)
    assert room.asked() == ["/a", "/a"]
    assert room.engine.last(Translate).choice.model == "horse2zebra"
    assert room.problem() is None


def test_without_the_setting_only_a_wish_draws(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, translate_on_choice=False)
    room.give("/a", "/b")
    room.workspace.generator.set_resize(128)
    assert room.asked() == []
    job = room.translations.translate()
    assert room.asked() == ["/a"]
    room.look("/b")
    assert room.engine.cancelled == [], "what was asked for by hand goes on"
    assert room.translations.job is None, "it is not of the picture that is looked at"
    kept = room.draw(job)
    assert room.shown() is None
    room.look("/a")
    assert room.translations.translation is kept
    room.workspace.settings.set("translate_on_choice", True)
    assert room.asked() == ["/a"], "it is known"
    room.look("/b")
    assert room.asked() == ["/a", "/b"]


def test_turning_the_setting_on_draws_the_picture_that_is_looked_at(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, translate_on_choice=False)
    room.give("/a")
    assert room.asked() == []
    room.workspace.settings.set("translate_on_choice", True)
    assert room.asked() == ["/a"]


def test_what_was_looked_at_longest_ago_is_forgotten_when_memory_is_short(room: TranslateRoom) -> None:
    room.give("/a", "/b", "/c", "/d")
    large = drawn("", GeneratorChoice(), None, 3000)  # 63 million bytes, shared by all; three such are kept
    for path in ("/a", "/b", "/c"):
        room.look(path)
        room.engine.answer(TranslationReady(room.engine.job(Translate), replace(large)))
    room.look("/a")
    room.look("/d")
    room.engine.answer(TranslationReady(room.engine.job(Translate), replace(large)))
    assert room.asked() == ["/a", "/b", "/c", "/d"]
    for path in ("/a", "/c", "/d"):
        room.look(path)
        assert room.shown() is not None, path
    room.look("/b")
    assert room.shown() is None
    assert room.asked() == ["/a", "/b", "/c", "/d", "/b"]


def test_another_choice_draws_again_and_the_old_picture_is_shown_as_stale(room: TranslateRoom) -> None:
    room.give("/a")
    old = room.draw()
    room.workspace.generator.set_resize(128)
    assert room.engine.last(Translate).choice.resize == 128
    assert room.translations.translation is old
    assert room.is_stale()
    assert room.stale("/a")
    room.draw()
    assert not room.is_stale()
    assert not room.stale("/a")
    room.workspace.generator.set_resize(256)
    assert len(room.asked()) == 2, "what was drawn with the earlier choice is known"
    assert room.translations.translation is old
    assert not room.is_stale()
    assert not room.stale("/a")


def test_another_spelling_of_the_same_generator_is_no_other(room: TranslateRoom) -> None:
    room.give("/a")
    room.draw()
    room.workspace.generator.set_model("one", "V1")
    assert room.asked() == ["/a"]
    assert not room.is_stale()
    room.workspace.generator.set_model("two")
    assert room.asked() == ["/a", "/a"]


def test_another_device_draws_anew_without_making_anything_stale(room: TranslateRoom) -> None:
    room.give("/a", "/b")
    room.draw()
    room.look("/b")
    room.draw()
    room.workspace.settings.set("device", "cpu")
    assert room.asked() == ["/a", "/b", "/b"]
    assert not room.is_stale()
    room.draw()
    room.look("/a")
    assert room.asked() == ["/a", "/b", "/b"]


def test_translate_draws_a_known_picture_anew_but_does_not_begin_twice(room: TranslateRoom) -> None:
    room.give("/a")
    job = room.engine.job(Translate)
    assert room.translations.translate() == job
    first = room.draw()
    assert room.translations.translate() == room.engine.job(Translate) != job
    assert room.translations.translation is first, "the old one is shown meanwhile"
    assert room.draw() is room.translations.translation


def test_without_pictures_there_is_nothing_to_do(room: TranslateRoom) -> None:
    assert room.translations.translate() is None
    assert room.translations.save("after", "/out.png") is None
    assert room.translations.to_folder("/out", "png") is None
    room.translations.cancel()
    assert (room.translations.translation, room.problem()) == (None, None)
    assert room.asked() == []


# ------------------------------------------------------------------------------------------------------ the task


def test_nothing_is_drawn_while_another_task_is_done_and_what_is_due_then(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, chosen_task="classify", classify_on_drop=False)
    room.give("/a", "/b")
    room.workspace.generator.set_resize(128)
    room.look("/b")
    assert room.asked() == []
    room.workspace.task.set_task("translate")
    assert room.asked() == ["/b"]
    on_its_way = room.engine.job(Translate)
    room.workspace.task.set_task("classify")
    assert room.engine.cancelled == [on_its_way], "nobody looks at it"
    room.workspace.task.set_task("translate")
    assert room.asked() == ["/b", "/b"]


def test_thumbnails_tell_of_the_task_that_is_done(room: TranslateRoom) -> None:
    room.give("/a")
    room.draw()
    assert room.state("/a") == "done"
    with room.qtbot.waitSignal(room.workspace.pictures.items_changed):
        room.workspace.task.set_task("classify")
    assert room.state("/a") == "waiting", "new pictures are classified when the task is classify"


# ------------------------------------------------------------------------------------------------ there and back


def test_there_and_back_asks_for_the_way_back_at_the_size_that_was_drawn(room: TranslateRoom) -> None:
    room.give("/a")
    room.draw()
    room.translations.set_view("back")
    assert room.wants_back()
    assert room.engine.last(Translate).back == GeneratorChoice("two", resize=0)
    assert room.is_stale(), "the way back is missing"
    both = room.draw()
    assert both.way_back is not None
    assert not room.is_stale()
    room.translations.set_view("slider")
    assert room.wants_back(), "it stays wanted"
    room.translations.set_there_and_back(False)
    assert len(room.asked()) == 2
    assert not room.is_stale(), "a way back that nobody wants does no harm"


def test_a_way_back_that_is_not_here_is_told_and_drawn_when_it_comes(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, read=False, chosen_generator="horse2zebra", there_and_back=True)
    room.read(FETCHED, BACK_MISSING)
    room.give("/a")
    assert room.engine.last(Translate).back is None
    room.draw()
    assert not room.is_stale()
    problem = room.back_problem()
    assert problem is not None
    assert problem.message == "zebra2horse is not on this computer."
    room.read(FETCHED, BACK_FETCHED)
    assert room.back_problem() is None
    assert room.engine.last(Translate).back == GeneratorChoice("zebra2horse", resize=0)


def test_a_generator_without_a_way_back_says_so_only_when_it_is_wanted(qtbot: QtBot) -> None:
    room = TranslateRoom(qtbot, read=False, chosen_generator="zebra2horse")
    room.read(BACK_FETCHED)  # the generator it leads back to is in no catalogue
    room.give("/a")
    assert room.back_problem() is None
    room.translations.set_there_and_back(True)
    problem = room.back_problem()
    assert problem is not None
    assert "horse2zebra" in problem.message
    assert room.asked() == ["/a"]


# -------------------------------------------------------------------------------------------------------- saving


def test_saving_writes_the_picture_that_is_shown(room: TranslateRoom) -> None:
    room.give("/a")
    shown = room.draw(side=4)
    assert room.translations.save("back", "/out.png") is None
    room.translations.save("after", "/out.png")
    assert room.engine.last(SavePicture) == SavePicture(shown.after, "/out.png")
    job = room.engine.job(SavePicture)
    with room.qtbot.waitSignal(room.translations.saved) as told:
        room.engine.answer(PictureSaved(job, "/out-1.png"), JobFinished(job))
    assert told.args == ["/out-1.png"]


def test_a_picture_that_cannot_be_saved_is_told_as_a_failed_job(room: TranslateRoom) -> None:
    room.give("/a")
    room.draw()
    job = room.translations.save("after", "/nowhere/out.png")
    assert job is not None
    with room.qtbot.waitSignal(room.workspace.jobs.failed) as told:
        room.engine.answer(JobFailed(job, BROKEN))
    assert told.args[0].problem == BROKEN


# ---------------------------------------------------------------------------------------------------------- size


def test_ten_thousand_pictures_are_no_burden(room: TranslateRoom) -> None:
    paths = [f"/{number}" for number in range(10_000)]
    room.give(*paths)
    room.draw()
    started = time.perf_counter()
    for number in range(1000):
        room.look(paths[number])
        room.draw()
    assert time.perf_counter() - started < 5, "5 ms for one step is a hundred times too much"
    started = time.perf_counter()
    for resize in range(100, 120):
        room.workspace.generator.set_resize(resize)
    assert time.perf_counter() - started < 1
