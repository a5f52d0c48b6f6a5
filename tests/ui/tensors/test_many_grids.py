"""Many grids at once: the current one is there at once, the others one after the other, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.ui.tensors.grids_panel import AT_ONCE, GridsPanel
from tests.ui.tensors.desk import Desk, floats, tensor

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_a_few_cards_are_built_at_a_time_the_current_one_first(qtbot: QtBot) -> None:
    desk = Desk()
    panel = GridsPanel(desk.workspace)
    qtbot.addWidget(panel)
    names = [f"v{n}" for n in range(8)]
    desk.open(*(tensor(name, "A", (2, 3)) for name in names), A=floats(*range(6)))
    assert panel.cards == {}, "all panels hear of a change in one go; cards come in the next turns"
    panel.build_more()
    assert len(panel.cards) <= AT_ONCE
    assert desk.workspace.showing.current in panel.cards
    qtbot.waitUntil(lambda: len(panel.cards) == 8)
    places = [panel._line.indexOf(panel.cards[one.name]) for one in desk.workspace.showing.tensors]
    assert places == list(range(8))
