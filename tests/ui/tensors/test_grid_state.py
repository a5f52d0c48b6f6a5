"""Looks of grids: kept by name, through changes of layout, and never beyond what the tensor has."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tensorviz.core.colour_maps import ValueRange
from tensorviz.core.grid_map import GridMap
from tensorviz.core.number_format import NumberFormat
from tensorviz.core.session_data import Statistics
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import NewSession, SessionChanged, TensorMeasured
from tensorviz.ui.state.grids import USUAL, ZOOMS
from tests.ui.tensors.desk import Desk, floats, tensor
from tests.ui.tensors.grid_room import shown


def test_a_look_outlives_a_change_of_layout(qtbot: QtBot) -> None:
    desk = Desk()
    state = desk.workspace.grids
    x = tensor("x", "A", (9, 4, 5))
    desk.open(x, A=floats(*[0.0] * 180))
    state.move(x, 1, "slider")
    state.choose(x, 0, 8)
    state.choose(x, 1, 3)
    state.set_numbers(x, NumberFormat("fixed", 1))
    assert state.look(x).map == GridMap((), (2,), (), (0, 1))
    turned = tensor("x", "A", (4, 9, 5), stride=(5, 20, 1))
    assert state.look(turned).map == state.look(x).map
    assert state.look(turned).chosen == (3, 3, 0)
    assert state.look(turned).numbers == NumberFormat("fixed", 1)
    flat = tensor("x", "A", (180,))
    assert state.look(flat).map == GridMap(columns=(0,))
    assert state.look(tensor("y", "A", (9, 4, 5))).map == GridMap((1,), (2,), (), (0,))


def test_what_is_wished_stays_in_bounds_and_is_told_once(qtbot: QtBot) -> None:
    desk = Desk()
    state = desk.workspace.grids
    x = tensor("x", "A", (9, 4, 5))
    desk.open(x, A=floats(*[0.0] * 180))
    told: list[str] = []
    state.changed.connect(told.append)
    state.choose(x, 0, 100)
    assert state.look(x).chosen == (8, 0, 0)
    state.choose(x, 0, 8)
    assert told == ["x"]
    state.zoom(x, 100)
    assert state.look(x).cell_height == ZOOMS[-1]
    state.zoom(x, -100)
    assert state.look(x).cell_height == ZOOMS[0]
    state.zoom_usual(x)
    assert state.look(x).zoom == USUAL
    state.reveal(x, (2, 3, 4))
    assert state.look(x).chosen == (2, 0, 0)
    state.set_source(x, "set", ValueRange(0, 1, "set"))
    state.set_source(x, "visible")
    assert state.look(x).limits == ValueRange(0, 1, "set")


def test_statistics_count_for_the_memory_that_they_were_measured_on(qtbot: QtBot) -> None:
    desk = Desk()
    state = desk.workspace.grids
    x = tensor("x", "A", (2,))
    desk.open(x, A=floats(1, 2))
    assert state.statistics(x) is None
    found = Statistics("x", 2, 1.0, 2.0)
    desk.engine.answer(TensorMeasured(0, desk.facts.memory, found))
    assert state.statistics(x) == found
    desk.open(x, A=floats(1, 3))
    assert state.statistics(x) is None


def test_a_new_session_forgets(qtbot: QtBot) -> None:
    desk = Desk()
    state = desk.workspace.grids
    x = tensor("x", "A", (2, 2))
    desk.open(x, A=floats(1, 2, 3, 4))
    state.flip(x)
    assert state.look(x).map == GridMap((1,), (0,))
    desk.workspace.session.begin_anew()
    job = desk.engine.job(NewSession)
    desk.engine.answer(SessionChanged(job, desk.facts), JobFinished(job))
    assert state.look(x).map == GridMap((0,), (1,))


def test_a_million_indices_on_one_cell_are_counted_at_once(qtbot: QtBot) -> None:
    desk = Desk()
    wide = tensor("wide", "A", (1000, 1000), stride=(0, 0))
    deep = tensor("deep", "A", (3, 10**9), stride=(1, 0))
    desk.open(wide, deep, A=floats(1, 2, 3))
    panel = shown(desk, qtbot)
    desk.workspace.pointing.at_cell("A", 0, 4)
    card = panel.cards["wide"]
    assert "and 999,999 more" in card.formula.text
    assert "and 999,999,999 more" in panel.cards["deep"].formula.text
    in_sight = len(list(card.view._in_sight()))
    assert len(set(card.view._lit)) == in_sight > 64  # all that are seen light up, not the first few only
