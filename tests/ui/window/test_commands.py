"""The table of commands, and the menus and shortcuts made of it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from tensorviz.core.errors import NameUnknown
from tensorviz.engine.messages import FindPictures
from tensorviz.ui.command import Command
from tensorviz.ui.commands import COMMANDS, MENUS, command
from tests.ui.small_window import ASSETS, Scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.window.actions import Actions


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.id)
def test_a_row_is_whole(row: Command) -> None:
    assert row.text
    assert row.tip
    assert row.menu in ("", *MENUS)
    assert not row.icon or (ASSETS / "icons" / f"{row.icon}.svg").is_file(), f"no icon {row.icon}"
    assert all(not QKeySequence(keys).isEmpty() for keys in row.shortcuts)


TASKS = ("classify", "translate")  # their commands are never there together


def test_no_id_is_there_twice() -> None:
    assert [name for name, count in Counter(row.id for row in COMMANDS).items() if count > 1] == []


@pytest.mark.parametrize("task", TASKS)
def test_no_shortcut_is_there_twice_in_a_task(task: str) -> None:
    rows = [row for row in COMMANDS if row.task in ("", task)]
    keys = Counter(QKeySequence(keys).toString() for row in rows for keys in row.shortcuts)
    assert [name for name, count in keys.items() if count > 1] == []


def test_every_row_is_of_a_known_task() -> None:
    assert {row.task for row in COMMANDS} == {"", *TASKS}


def are_seen(table: Actions, identifiers: list[str], seen: list[bool]) -> bool:
    return [table[identifier].isVisible() for identifier in identifiers] == seen


def test_the_commands_of_a_task_are_there_while_it_is_done(scene: Scene, qtbot: QtBot) -> None:
    table = scene.window.actions_table
    shared = [row.id for row in COMMANDS if "Ctrl+Return" in row.shortcuts]
    assert shared == ["translate.run", "results.run"]
    for task, seen in (("classify", [False, True]), ("translate", [True, False]), ("classify", [False, True])):
        scene.workspace.task.set_task(task)
        qtbot.waitUntil(partial(are_seen, table, shared, seen))
        assert {row.task for row in table.applying()} <= {"", task}


@pytest.mark.parametrize(("task", "view"), [("classify", "slider"), ("translate", "difference")])
def test_keys_of_a_task_work_while_it_is_done(scene: Scene, qtbot: QtBot, task: str, view: str) -> None:
    scene.workspace.task.set_task(task)
    table = scene.window.actions_table
    qtbot.waitUntil(lambda: table["translate.view_difference"].isVisible() == (task == "translate"))
    scene.window.activateWindow()
    qtbot.keyClick(scene.window, Qt.Key.Key_F8)
    assert scene.workspace.translations.view == view


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("menu", MENUS)
def test_no_letter_opens_two_rows_of_a_menu(menu: str, task: str) -> None:
    rows = [row.text for row in COMMANDS if row.menu == menu and row.task in ("", task)]
    letters = Counter(text.partition("&")[2][:1].casefold() for text in rows if "&" in text)
    assert {letter: count for letter, count in letters.items() if count > 1} == {}


def test_an_unknown_id_says_what_was_probably_meant() -> None:
    with pytest.raises(NameUnknown) as unknown:
        command("window.setings")
    assert "window.settings" in unknown.value.hint


def test_the_text_in_lists_has_no_mnemonic_and_no_dots() -> None:
    assert Command("a", "&Open it...", "", print).plain_text == "Open it"
    assert Command("a", "a", "", print, "F1, Ctrl+/").shortcuts == ("F1", "Ctrl+/")


def test_every_command_stands_in_its_menu(scene: Scene) -> None:
    bar = scene.window.menuBar()
    titles = [action.text() for action in bar.actions()]
    assert titles == [menu for menu in MENUS if any(row.menu == menu for row in COMMANDS)]
    for top in bar.actions():
        menu = top.menu()
        assert menu is not None
        names = {action.objectName() for action in menu.actions()}  # type: ignore[attr-defined]  # a QMenu
        assert {row.id for row in COMMANDS if row.menu == top.text()} <= names


def test_what_does_not_apply_is_disabled_and_enabled_when_it_does(scene: Scene, qtbot: QtBot) -> None:
    action = scene.window.actions_table["jobs.cancel_all"]
    assert not action.isEnabled()
    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.engine.messages import Classify

    job = scene.workspace.jobs.send(Classify(("a.png",), ModelChoice()))
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    assert scene.engine.cancelled == [job]


def test_a_wish_that_does_not_apply_does_nothing_and_an_unknown_one_is_an_error(scene: Scene) -> None:
    scene.workspace.wishes.run("jobs.cancel_all")
    assert scene.engine.cancelled == []
    with pytest.raises(NameUnknown):
        scene.window.actions_table.run("nothing.of_that_name")


def test_the_samples_are_the_pictures_that_come_along(scene: Scene) -> None:
    (ASSETS / "samples").is_dir() or pytest.skip("the sample pictures are not drawn yet")
    scene.workspace.wishes.run("pictures.samples")
    assert scene.engine.last(FindPictures) == FindPictures((str(ASSETS / "samples"),))


def test_keys_run_commands(scene: Scene, qtbot: QtBot) -> None:
    scene.window.activateWindow()
    qtbot.keyClick(scene.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert scene.window.palette_frame.isVisible()
