"""The history: rows, branches, where the session stands, the ways back and forth."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import SessionFacts, StepRow, Trouble
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import JumpToStep, NewSession, RedoStep, SessionChanged, UndoStep
from tensorviz.ui.tensors.history_lanes import Lanes
from tensorviz.ui.tensors.history_panel import HistoryPanel
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> HistoryPanel:
    made = HistoryPanel(desk.workspace)
    qtbot.addWidget(made)
    made.resize(320, 240)
    made.show()
    return made


def step(number: int, parent: int | None = None, code: str = "", **more: object) -> StepRow:
    code = code or f"x{number} = 1"
    return StepRow(number, number - 1 if parent is None else parent, code, **more)  # type: ignore[arg-type]  # own types


def branched(desk: Desk) -> None:
    """1-2-3, then from 1: 4-5."""
    for row in (step(1), step(2, trouble=Trouble("no")), step(3), step(4, 1, effect="view"), step(5, replayed=True)):
        desk.step(row)
    desk.tell(SessionFacts(here=5, can_undo=True))


def spoken(panel: HistoryPanel) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(panel.model.data(panel.model.index(row), role)) for row in range(panel.model.rowCount())]


def test_every_step_has_a_row_and_branches_have_lanes(panel: HistoryPanel, desk: Desk) -> None:
    branched(desk)
    assert spoken(panel) == [
        "Beginning",
        "step 1, x1 = 1",
        "step 2, x2 = 1, refused, not on the way here",
        "step 3, x3 = 1, not on the way here",
        "step 4, x4 = 1, view, 0 bytes copied, branch 1 after step 1",
        "step 5, x5 = 1, the session stands here, branch 1 after step 4, run again when restored",
    ]
    assert panel.list.currentIndex().row() == 5


def test_a_click_and_enter_go_to_the_state_after_a_step(panel: HistoryPanel, desk: Desk, qtbot: QtBot) -> None:
    branched(desk)
    place = panel.list.visualRect(panel.model.index(2)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.engine.last(JumpToStep) == JumpToStep(2)
    qtbot.keyClick(panel.list, Qt.Key.Key_Home)
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert desk.engine.last(JumpToStep) == JumpToStep(0)


def test_undo_and_redo_as_far_as_they_go(panel: HistoryPanel, desk: Desk, qtbot: QtBot) -> None:
    assert not panel.undo.isEnabled()
    assert not panel.redo.isEnabled()
    branched(desk)
    assert panel.undo.isEnabled()
    qtbot.mouseClick(panel.undo, Qt.MouseButton.LeftButton)
    assert desk.engine.all(UndoStep) == [UndoStep()]
    desk.tell(SessionFacts(here=4, can_undo=True, can_redo=True))
    assert panel.list.currentIndex().row() == 4
    qtbot.mouseClick(panel.redo, Qt.MouseButton.LeftButton)
    assert desk.engine.all(RedoStep) == [RedoStep()]


def test_buttons_run_the_commands_of_the_window(panel: HistoryPanel, desk: Desk, qtbot: QtBot) -> None:
    wished: list[str] = []
    desk.workspace.wishes.wished.connect(wished.append)
    assert not panel.new.isEnabled()
    branched(desk)
    qtbot.mouseClick(panel.new, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert wished == ["session.new", "session.copy_script"]


def test_a_new_session_has_no_steps(panel: HistoryPanel, desk: Desk) -> None:
    branched(desk)
    desk.workspace.session.begin_anew()
    job = desk.engine.job(NewSession)
    desk.engine.answer(SessionChanged(job, SessionFacts()), JobFinished(job))
    assert spoken(panel) == ["Beginning, the session stands here"]


def test_a_jump_marks_the_other_way(panel: HistoryPanel, desk: Desk) -> None:
    branched(desk)
    desk.tell(SessionFacts(here=3))
    assert panel.model.way == {0, 1, 2, 3}
    desk.tell(SessionFacts(here=0))
    assert panel.model.way == {0}


def test_a_panel_made_later_knows_the_steps(desk: Desk, qtbot: QtBot) -> None:
    branched(desk)
    made = HistoryPanel(desk.workspace)
    qtbot.addWidget(made)
    assert made.model.rowCount() == 6
    assert made.model.way == {0, 1, 4, 5}


def test_rows_can_be_painted_and_everything_has_a_name(panel: HistoryPanel, desk: Desk) -> None:
    branched(desk)
    assert not panel.grab().isNull()
    assert nameless(panel) == []


def test_a_lane_that_ended_is_taken_again() -> None:
    lanes = Lanes()
    assert [lanes.add(1, 0), lanes.add(2, 1), lanes.add(3, 2)] == [0, 0, 0]
    assert lanes.add(4, 1) == 1  # beside rows 1 to 4
    assert lanes.add(5, 1) == 2  # lane 1 is in use there
    assert lanes.add(6, 5) == 2
    assert lanes.add(7, 5) == 1  # row 5 is below the end of lane 1
    assert lanes.lane_at == [0, 0, 0, 0, 1, 2, 2, 1]
    assert lanes.parent_at == [-1, 0, 1, 2, 1, 1, 5, 5]
