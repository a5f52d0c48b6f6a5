"""The way back over the panel: that it stays wanted is seen, and can be given up.

Must not know how panels are laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tensorviz.engine.messages.translate import Translate
from tests.ui.translate.panel_room import PanelRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def room(qtbot: QtBot) -> PanelRoom:
    return PanelRoom(qtbot)


def test_the_way_back_that_stays_wanted_can_be_given_up(room: PanelRoom) -> None:
    room.begin()
    room.translations.set_view("back")
    room.answer()
    back = room.panel.view.side.back
    assert not back.isVisible(), "that view needs it"
    room.translations.set_view("slider")
    assert (back.isVisible(), back.isChecked()) == (True, True)
    back.click()
    assert not room.translations.there_and_back
    room.workspace.generator.set_resize(128)
    assert room.engine.last(Translate).back is None
    assert not back.isChecked()
