"""The input of the console: which keys run, walk back, complete, and what is sent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import Completion, SessionFacts
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import (
    CompleteCode,
    CompletionsFound,
    RunCode,
)
from tensorviz.ui.tensors.console_panel import ConsolePanel
from tests.ui.tensors.console_room import shown_console, step
from tests.ui.tensors.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> ConsolePanel:
    return shown_console(desk, qtbot)


def test_enter_runs_what_is_complete_and_empties_the_input(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "x = 1")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert desk.codes == ["x = 1"]
    assert panel.input.code == ""


def test_a_block_goes_on_with_the_right_indentation_until_an_empty_line(
    panel: ConsolePanel, desk: Desk, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.input, "for i in range(3):")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.input, "print(i)")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert panel.input.code == "for i in range(3):\n    print(i)\n    "
    assert desk.codes == []
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert desk.codes == ["for i in range(3):\n    print(i)"]


def test_shift_enter_is_always_a_line_and_control_enter_always_runs(
    panel: ConsolePanel, desk: Desk, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.input, "a = 1")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(panel.input, "b = f(")
    assert desk.codes == []
    qtbot.keyClick(panel.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.codes == ["a = 1\nb = f("]


def test_the_input_grows_with_its_lines_up_to_eight(panel: ConsolePanel, qtbot: QtBot) -> None:
    one = panel.input.height()
    panel.input.put("a\nb\nc")
    qtbot.waitUntil(lambda: panel.input.height() > one)
    row = (panel.input.height() - one) / 2
    assert row == pytest.approx(panel.input.fontMetrics().height(), abs=1.5)
    panel.input.put("\n" * 40)
    qtbot.waitUntil(lambda: panel.input.height() == pytest.approx(one + 7 * row, abs=4))


def test_written_code_stands_in_the_input_and_is_not_run(panel: ConsolePanel, desk: Desk) -> None:
    panel.write("x.t()")
    assert panel.input.code == "x.t()"
    assert desk.codes == []


def test_a_running_step_can_be_cancelled(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "x")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.button.accessibleName() == "Cancel")
    assert panel.status.text() == "Running"
    qtbot.keyClick(panel.input, Qt.Key.Key_Escape)
    assert desk.engine.cancelled == [desk.engine.job(RunCode)]
    desk.engine.answer(JobFinished(desk.engine.job(RunCode)))
    assert panel.button.accessibleName() == "Run"


def test_control_c_cancels_where_nothing_is_selected(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.workspace.session.run("x")
    qtbot.keyClick(panel.input, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert desk.engine.cancelled == [desk.engine.job(RunCode)]


def test_escape_clears_and_can_be_taken_back(panel: ConsolePanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "abc")
    qtbot.keyClick(panel.input, Qt.Key.Key_Escape)
    assert panel.input.code == ""
    panel.input.undo()
    assert panel.input.code == "abc"


def answer(desk: Desk, start: int, *found: str) -> None:
    asked = desk.engine.last(CompleteCode)
    completions = tuple(Completion(word, "method") for word in found)
    job = desk.engine.job(CompleteCode)
    desk.engine.answer(CompletionsFound(job, asked.code, asked.position, start, completions), JobFinished(job))


def test_tab_completes_and_enter_takes_what_is_chosen(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "po")
    qtbot.keyClick(panel.input, Qt.Key.Key_Tab)
    assert desk.engine.last(CompleteCode) == CompleteCode("po", 2)
    answer(desk, 0, "points", "polar")
    assert [row.word for row in panel.keys.popup.rows] == ["points", "polar"]
    qtbot.keyClick(panel.input, Qt.Key.Key_Down)
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert panel.input.code == "polar"
    assert not panel.keys.is_open
    assert desk.codes == []


def test_one_way_to_go_on_is_taken_at_once(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "poi")
    qtbot.keyClick(panel.input, Qt.Key.Key_Tab)
    answer(desk, 0, "points")
    assert panel.input.code == "points"


def test_a_dot_opens_the_list_and_enter_still_runs(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "points.")
    answer(desk, 7, "t", "transpose", "view")
    assert panel.keys.is_open
    qtbot.keyClicks(panel.input, "t")
    assert [row.word for row in panel.keys.popup.rows] == ["t", "transpose"]
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert desk.codes == ["points.t"]
    assert not panel.keys.is_open


def test_a_dot_in_a_number_or_a_text_opens_nothing(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    for code in ("3.", "x = 'a.", "# a."):
        panel.input.put("")
        qtbot.keyClicks(panel.input, code)
    assert desk.engine.all(CompleteCode) == []


def test_an_answer_for_another_text_is_dropped(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "po")
    qtbot.keyClick(panel.input, Qt.Key.Key_Tab)
    qtbot.keyClicks(panel.input, "x")
    answer(desk, 0, "points", "polar")
    assert not panel.keys.is_open
    assert panel.input.code == "pox"


def test_escape_puts_the_list_away_and_keeps_the_text(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "po")
    qtbot.keyClick(panel.input, Qt.Key.Key_Tab)
    answer(desk, 0, "points", "polar")
    qtbot.keyClick(panel.input, Qt.Key.Key_Escape)
    assert panel.input.code == "po"
    assert not panel.keys.is_open


def test_tab_in_an_empty_input_goes_on(panel: ConsolePanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.input, Qt.Key.Key_Tab)
    assert not panel.input.hasFocus()
    panel.input.setFocus()
    qtbot.keyClicks(panel.input, "x")
    qtbot.keyClick(panel.input, Qt.Key.Key_Backtab)
    assert not panel.input.hasFocus()


def test_up_and_down_walk_the_inputs_that_begin_alike(panel: ConsolePanel, qtbot: QtBot) -> None:
    for code in ("x = 1", "y = 2", "x = 3"):
        panel.input.put(code)
        qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.keyClick(panel.input, Qt.Key.Key_Up)
    assert panel.input.code == "x = 3"
    qtbot.keyClick(panel.input, Qt.Key.Key_Up)
    assert panel.input.code == "y = 2"
    qtbot.keyClick(panel.input, Qt.Key.Key_Down)
    qtbot.keyClick(panel.input, Qt.Key.Key_Down)
    assert panel.input.code == ""
    qtbot.keyClicks(panel.input, "x")
    qtbot.keyClick(panel.input, Qt.Key.Key_Up)
    qtbot.keyClick(panel.input, Qt.Key.Key_Up)
    assert panel.input.code == "x = 1"
    qtbot.keyClick(panel.input, Qt.Key.Key_Up)
    assert panel.input.code == "x = 1"


def test_an_input_is_searched(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    for code in ("points = 1", "other = 2", "more = points"):
        panel.input.put(code)
        qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.keyClick(panel.input, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.input, "point")
    assert [row.word for row in panel.keys.popup.rows] == ["more = points", "points = 1"]
    qtbot.keyClick(panel.input, Qt.Key.Key_Down)
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert panel.input.code == "points = 1"
    assert len(desk.codes) == 3


def test_a_transcript_is_pasted_as_code(panel: ConsolePanel, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(">>> x = 1\n>>> x\n1\n")
    panel.input.paste()
    assert panel.input.code == "x = 1\nx"


def test_brackets_that_belong_together_are_marked(panel: ConsolePanel) -> None:
    panel.input.put("f(a[1])")
    places = [mark.cursor.anchor() for mark in panel.input.extraSelections()]
    assert sorted(places) == [1, 6]


def test_all_lines_of_a_grown_input_are_in_sight(panel: ConsolePanel, qtbot: QtBot) -> None:
    panel.write("for i in x:\n    print(i)\n    ")
    one = panel.input.fontMetrics().height()
    qtbot.waitUntil(lambda: panel.input.height() > 3 * one)
    assert panel.input.verticalScrollBar().value() == 0
    assert panel.input.cursorRect().bottom() <= panel.input.viewport().height()


def test_page_keys_scroll_the_transcript(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    for number in range(1, 60):
        desk.step(step(number))
    bar = panel.transcript.verticalScrollBar()
    assert bar.value() == bar.maximum()
    qtbot.keyClick(panel.input, Qt.Key.Key_PageUp)
    assert bar.value() == bar.maximum() - bar.pageStep()


def test_tab_comes_by_every_part_in_order(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.step(step(1))
    desk.tell(SessionFacts(here=1, can_undo=True, can_redo=True))
    panel.transcript.setFocus()
    history = panel.history
    for part in (panel.input, panel.button, history.undo, history.redo, history.copy, history.new, history.list):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert part.hasFocus()
    panel.setFocus()
    assert panel.input.hasFocus()
