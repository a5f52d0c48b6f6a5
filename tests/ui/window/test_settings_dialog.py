"""The settings dialog: a row for each setting, applied at once, each back to its default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from tensorviz.core.settings import SETTINGS
from tensorviz.ui.window.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from tests.ui.small_window import Scene


@pytest.fixture
def dialog(scene: Scene) -> SettingsDialog:
    """The open dialog; it goes with its window."""
    scene.workspace.wishes.run("window.settings")
    found = scene.window.findChild(SettingsDialog)
    assert found is not None
    return found


def test_every_setting_with_a_group_has_a_row(dialog: SettingsDialog) -> None:
    assert not dialog.isModal()
    assert set(dialog.editors) == {row.key for row in SETTINGS if row.group}


def test_what_is_changed_is_in_force_at_once(dialog: SettingsDialog, scene: Scene) -> None:
    number, flag, choice = (dialog.editors[key] for key in ("top_n", "classify_on_drop", "theme"))
    assert isinstance(number, QSpinBox)
    assert isinstance(flag, QCheckBox)
    assert isinstance(choice, QComboBox)
    number.setValue(9)
    flag.click()
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    assert scene.store.values == {"top_n": 9, "classify_on_drop": False, "theme": "dark"}


def test_what_changes_elsewhere_is_shown(dialog: SettingsDialog, scene: Scene) -> None:
    box = dialog.editors["theme"]
    assert isinstance(box, QComboBox)
    scene.workspace.wishes.run("theme.dark")
    assert box.currentData() == "dark"


def test_a_row_goes_back_to_its_default(dialog: SettingsDialog, scene: Scene) -> None:
    number, reset = dialog.editors["top_n"], dialog.resets["top_n"]
    assert isinstance(number, QSpinBox)
    assert not reset.isEnabled()
    number.setValue(9)
    assert reset.isEnabled()
    reset.click()
    assert number.value() == 5
    assert scene.store.values == {}
    assert not reset.isEnabled()


def test_a_number_has_the_bounds_of_the_table(dialog: SettingsDialog) -> None:
    for row in SETTINGS:
        editor = dialog.editors.get(row.key)
        if isinstance(editor, QSpinBox):
            assert (editor.minimum(), editor.maximum()) == (row.minimum, row.maximum)
