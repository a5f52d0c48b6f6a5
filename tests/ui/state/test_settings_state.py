"""Settings: kept as overrides, announced, and never lost to a bad file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.settings import setting_of
from tensorviz.settings_file import SettingsFile
from tensorviz.ui.state.settings import SettingsState
from tests.ui.fake_engine import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_without_a_choice_the_default_is_in_force() -> None:
    settings = SettingsState(MemoryStore())
    assert settings.whole("top_n") == setting_of("top_n").default
    assert settings.is_default("top_n")


def test_a_change_is_announced_and_kept(qtbot: QtBot) -> None:
    store = MemoryStore()
    settings = SettingsState(store)
    with qtbot.waitSignal(settings.changed) as heard:
        settings.set("top_n", 7)
    assert heard.args == ["top_n"]
    assert store.values == {"top_n": 7}
    assert SettingsState(store).whole("top_n") == 7


def test_the_same_value_again_announces_nothing(qtbot: QtBot) -> None:
    settings = SettingsState(MemoryStore(top_n=7))
    with qtbot.assertNotEmitted(settings.changed):
        settings.set("top_n", 7)


def test_back_to_the_default_keeps_nothing() -> None:
    store = MemoryStore(top_n=7, theme="dark")
    SettingsState(store).reset("top_n")
    assert store.values == {"theme": "dark"}


def test_a_refused_value_changes_nothing() -> None:
    store = MemoryStore(top_n=7)
    settings = SettingsState(store)
    with pytest.raises(ValueRefused):
        settings.set("top_n", -1)
    with pytest.raises(NameUnknown):
        settings.set("top_m", 1)
    assert settings.whole("top_n") == 7
    assert store.values == {"top_n": 7}


def test_what_an_older_file_says_is_taken_as_far_as_it_is_still_meant() -> None:
    settings = SettingsState(MemoryStore(gone=1, top_n="many", theme="dark"))
    assert settings.text("theme") == "dark"
    assert settings.whole("top_n") == setting_of("top_n").default


def test_settings_that_cannot_be_kept_are_in_force_and_said(qtbot: QtBot) -> None:
    class Full(MemoryStore):
        def save(self, values: dict[str, Any]) -> None:
            raise OSError(28, "No space left on device")

    settings = SettingsState(Full())
    with qtbot.waitSignal(settings.not_saved) as heard:
        settings.set("top_n", 7)
    assert "No space left" in heard.args[0]
    assert settings.whole("top_n") == 7


# ------------------------------------------------------------------------------------------------------ the file


def test_the_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    SettingsFile(path).save({"top_n": 7})
    assert json.loads(path.read_text()) == {"top_n": 7}
    assert SettingsFile(path).load() == {"top_n": 7}
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"], "nothing is left beside it"


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert file.load() == {}
    assert file.problem == ""


@pytest.mark.parametrize("content", ["{", "[1]", "\x00", '"text"'])
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    file = SettingsFile(path)
    assert file.load() == {}
    assert "damaged" in file.problem
    assert (tmp_path / "settings.json.damaged").read_text() == content


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    file = SettingsFile(path)
    file.save({"top_n": 7})
    with pytest.raises(TypeError):
        file.save({"top_n": object()})
    assert file.load() == {"top_n": 7}
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
