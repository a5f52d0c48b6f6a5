"""The commands about translated pictures, on a screen that only remembers what it was asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tensorviz.engine.messages import FetchWeights, JobFinished
from tensorviz.engine.messages.session import OpenTranslation
from tensorviz.engine.messages.translate import SavePicture, Translate, TranslateToFolder
from tensorviz.ui.commands import COMMANDS, command
from tensorviz.ui.screen import Context
from tests.ui.state import translate_room
from tests.ui.translate.panel_room import AFTER, BACK, PanelRoom, flat

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tensorviz.core.pipeline import Preview

    Then = Callable[[list[str]], None]


class Noted:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.copied: list[str] = []
        self.pictures: list[Preview] = []
        self.questions: list[tuple[str, str]] = []
        self.pages: list[str] = []
        self.suggested: list[str] = []

    def copy_text(self, text: str, what: str) -> None:
        self.copied.append(text)

    def copy_picture(self, picture: Preview, what: str) -> None:
        self.pictures.append(picture)

    def show_page(self, key: str) -> None:
        self.pages.append(key)

    def save_file(self, title: str, suggested: str, filters: tuple[str, ...], then: Then) -> None:
        self.suggested.append(suggested)
        then(["/out/x.png"])

    def choose_folder(self, title: str, then: Then) -> None:
        self.suggested.append(title)
        then(["/out"])

    def confirm(self, question: str, detail: str, yes: str, then: Callable[[], None]) -> None:
        self.questions.append((question, detail))
        then()


@pytest.fixture
def room(qtbot: QtBot) -> PanelRoom:
    return PanelRoom(qtbot)


def run(room: PanelRoom, identifier: str) -> Noted:
    noted: Any = Noted()
    row = command(identifier)
    assert row.applies(room.workspace), f"{identifier} does not apply"
    row.run(Context(room.workspace, noted))
    found: Noted = noted
    return found


def applying(room: PanelRoom) -> set[str]:
    return {row.id for row in COMMANDS if row.task == "translate" and row.applies(room.workspace)}


VIEWS = {"translate.view_slider", "translate.view_side", "translate.view_difference", "translate.view_back"}


def test_what_applies_comes_with_the_picture_and_the_translation(room: PanelRoom) -> None:
    always = VIEWS | {"translate.there_and_back"}
    assert applying(room) == always
    room.begin("/p/a.png", "/p/b.png")
    given = always | {"translate.run", "translate.cancel", "translate.lens", "translate.to_folder"}
    given |= {"translate.to_folder_jpeg"}
    assert applying(room) == given
    room.answer()
    kept = {f"translate.{name}" for name in ("save", "copy_picture", "copy_python", "copy_command", "copy_json")}
    opened = {"translate.open_after", "translate.open_before"}
    assert applying(room) == (given - {"translate.cancel"}) | kept | opened
    room.workspace.pictures.set_selection([(0, 1)])
    assert "translate.selected_to_folder" in applying(room)
    room.workspace.task.set_task("classify")
    assert applying(room) == set()


def test_commands_of_answers_do_not_apply_while_pictures_are_translated(room: PanelRoom) -> None:
    room.begin()
    assert not command("results.run").applies(room.workspace)
    room.workspace.task.set_task("classify")
    assert command("results.run").applies(room.workspace)


def test_the_tasks_are_chosen_on_their_page(room: PanelRoom) -> None:
    assert run(room, "task.classify").pages == ["models"]
    assert room.workspace.task.task == "classify"
    run(room, "task.translate")
    assert room.workspace.task.task == "translate"


def test_run_draws_anew_and_cancel_ends_it_before_the_folder(room: PanelRoom) -> None:
    room.begin()
    room.answer()
    run(room, "translate.run")
    drawing = room.engine.job(Translate)
    run(room, "translate.to_folder")
    folder = room.engine.job(TranslateToFolder)
    run(room, "translate.cancel")
    assert room.engine.cancelled == [drawing]
    room.run()
    room.answer()
    run(room, "translate.cancel")
    assert room.engine.cancelled == [drawing, folder]


def test_the_picture_that_is_shown_is_saved_and_copied(room: PanelRoom) -> None:
    room.begin("/p/horse.jpg")
    room.answer()
    assert run(room, "translate.save").suggested == ["/p/horse-one.png"]
    assert room.engine.last(SavePicture) == SavePicture(flat(AFTER), "/out/x.png", replace=True)
    assert run(room, "translate.copy_picture").pictures == [flat(AFTER)]
    run(room, "translate.view_back")
    room.answer()
    assert run(room, "translate.save").suggested == ["/p/horse-one-back.png"]
    assert room.engine.last(SavePicture).picture == flat(BACK)
    assert run(room, "translate.copy_picture").pictures == [flat(BACK)]


@pytest.mark.parametrize(("identifier", "form"), [("translate.to_folder", "png"), ("translate.to_folder_jpeg", "jpeg")])
def test_all_pictures_go_to_a_folder(room: PanelRoom, identifier: str, form: str) -> None:
    room.begin("/p/a.png", "/p/b.png", "/p/c.png")
    assert run(room, identifier).suggested == ["Where to put 3 translated pictures"]
    sent = room.engine.last(TranslateToFolder)
    assert (sent.paths, sent.folder, sent.form) == (("/p/a.png", "/p/b.png", "/p/c.png"), "/out", form)


def test_or_those_that_are_selected(room: PanelRoom) -> None:
    room.begin("/p/a.png", "/p/b.png", "/p/c.png")
    room.workspace.pictures.set_selection([(1, 2)])
    run(room, "translate.selected_to_folder")
    assert room.engine.last(TranslateToFolder).paths == ("/p/b.png", "/p/c.png")


def test_what_is_copied_tells_of_the_way_back_where_there_is_one(room: PanelRoom) -> None:
    room.begin("/p/horse.jpg")
    room.answer()
    command_line = run(room, "translate.copy_command").copied[0]
    assert command_line.split() == ["tensorviz", "translate", "--output", "translated", "/p/horse.jpg"]
    python = run(room, "translate.copy_python").copied[0]
    assert "/assets/one" in python
    assert "/assets/two" not in python
    compile(python, "copied", "exec")
    run(room, "translate.view_back")
    room.answer()
    assert "--and-back" in run(room, "translate.copy_command").copied[0].split()
    assert "/assets/two" in run(room, "translate.copy_python").copied[0]
    row = json.loads(run(room, "translate.copy_json").copied[0])
    assert (row["task"], row["model"], row["size"]) == ("translate", "one", [10, 6])


@pytest.mark.parametrize(("name", "stage"), [("open_before", "input"), ("open_after", "output")])
def test_pictures_open_as_tensors(room: PanelRoom, name: str, stage: str) -> None:
    room.begin("/p/horse.jpg")
    room.answer()
    assert run(room, f"translate.{name}").pages == ["tensors"]
    sent = room.engine.last(OpenTranslation)
    assert (sent.path, sent.choice, sent.stage) == ("/p/horse.jpg", room.workspace.generator.choice, stage)


def test_missing_weights_that_nothing_checks_are_asked_about_in_any_case(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, confirm_fetch=False)
    room.read(translate_room.FETCHED, translate_room.BACK_MISSING)
    room.workspace.generator.set_model("horse2zebra")
    assert "translate.fetch" not in applying(room)
    room.translations.set_view("back")
    noted = run(room, "translate.fetch")
    ((question, detail),) = noted.questions
    assert question == "Fetch zebra2horse V1?"
    assert detail == "45.0 MB from weights.example.org. Nothing is published by which the file could be checked."
    assert room.engine.last(FetchWeights) == FetchWeights("zebra2horse", "V1", trusted=True)
    room.engine.answer(JobFinished(room.engine.job(FetchWeights)))
