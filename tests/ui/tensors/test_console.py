"""The transcript of the console: what it shows of each step, and that long things stay quick."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import OperationRow, SessionFacts, Trouble
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import (
    AnswerCost,
    CostAsked,
    NewSession,
    RestoreSession,
    RunCode,
    SessionChanged,
    SessionRestored,
)
from tensorviz.ui.tensors.console_copying import selected_text
from tensorviz.ui.tensors.console_gutter import chip_text, chip_tip
from tensorviz.ui.tensors.console_lines import LONGEST_LINE, MOST_OUTPUT, lines_of
from tensorviz.ui.tensors.console_panel import ConsolePanel
from tests.ui.models.room import nameless
from tests.ui.tensors.console_room import shown_console, step, texts
from tests.ui.tensors.desk import Desk, points


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> ConsolePanel:
    return shown_console(desk, qtbot)


def test_effects_are_told_in_words(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "y = x.t()", effect="view"))
    desk.step(step(2, "y.contiguous()", effect="copy", bytes_copied=24))
    assert panel.transcript.gutter.accessibleDescription() == (
        "step 1: view, 0 bytes copied; step 2: copy, 24 bytes copied"
    )


def test_a_step_is_shown_as_at_a_prompt(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "for i in x:\n    print(i)", output="1\n2\n"))
    desk.step(step(2, "y", output="tensor([1.,\n        2.])\n", warnings=("careful",), remarks=("nothing was done",)))
    assert texts(panel) == [
        ">>> for i in x:", "...     print(i)", "1", "2", ">>> y", "tensor([1.,", "        2.])", "warning: careful",
        "nothing was done",
    ]  # fmt: skip


def test_a_refusal_has_message_hint_and_the_words_behind_it(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "x", trouble=Trouble("No name.", "Assign it.", "NameError: x\nmore")))
    assert texts(panel)[1:3] == ["refused: No name.", "Assign it."]
    assert "NameError: x" not in texts(panel)
    panel.transcript.toggle(3)
    assert texts(panel)[4:6] == ["NameError: x", "more"]
    panel.transcript.toggle(3)
    assert len(texts(panel)) == 4


OPS = (OperationRow("aten.t", "view"), OperationRow("aten.clone", "copy", 24), OperationRow("aten.clone", "copy", 24))


def test_chips_say_the_effect_and_open_the_operations(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.step(step(1, "a"))
    desk.step(step(2, "y = x.t().clone()", effect="copy", bytes_copied=24, ops=OPS, seconds=0.002))
    assert [chip_text(one) for _, one in panel.transcript.chips()] == ["", "copy, 24 bytes copied"]
    assert chip_tip(panel.transcript.steps[1]).split("\n")[:2] == ["Step 2, 2 ms", "aten.t: view"]
    place = [row for row, _ in panel.transcript.chips()][1].center().toPoint()
    qtbot.mouseClick(panel.transcript.gutter, Qt.MouseButton.LeftButton, pos=place)
    assert texts(panel)[2:] == ["aten.t      view", "aten.clone  copy, 24 bytes copied, 2 times"]
    qtbot.mouseClick(panel.transcript.gutter, Qt.MouseButton.LeftButton, pos=place)
    assert len(texts(panel)) == 2


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"effect": "view"}, "view, 0 bytes copied"), ({"effect": "inplace"}, "in place"), ({"effect": "new"}, "new"),
        ({"effect": "same"}, "same tensor"), ({"trouble": Trouble("no")}, "refused"), ({}, ""),
        ({"trouble": Trouble("no"), "effect": "inplace"}, "refused, in place"),
    ],
)  # fmt: skip
def test_the_text_of_a_chip(more: dict[str, Any], text: str) -> None:
    assert chip_text(step(1, **more)) == text


def test_enter_in_the_transcript_opens_what_the_cursor_stands_on(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.step(step(1, "x.t()", effect="view", ops=OPS[:1]))
    panel.transcript.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(panel.transcript, Qt.Key.Key_Return)
    assert texts(panel)[1] == "aten.t  view"


def test_long_output_is_bounded_until_it_is_asked_for(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.step(step(1, "x", output="".join(f"{n}\n" for n in range(3000))))
    assert texts(panel)[MOST_OUTPUT] == str(MOST_OUTPUT - 1)
    assert "show all of the output (3,000 lines)" in texts(panel)[MOST_OUTPUT + 1]
    desk.step(step(2, "after"))
    panel.transcript.toggle(MOST_OUTPUT + 1)
    qtbot.waitUntil(lambda: len(texts(panel)) == 3002)
    assert texts(panel)[1:3001] == [str(n) for n in range(3000)]
    assert texts(panel)[3001] == ">>> after"


def test_a_line_without_end_is_laid_out_in_pieces_and_copied_whole(panel: ConsolePanel, desk: Desk) -> None:
    line = "0123456789" * 700
    desk.step(step(1, "x", output=f"{line}\n"))
    assert max(map(len, texts(panel))) == LONGEST_LINE
    panel.transcript.selectAll()
    assert selected_text(panel.transcript) == f">>> x\n{line}"


def test_what_is_copied_has_no_toggles(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "a", trouble=Trouble("No.", "", "why")))
    desk.step(step(2, "b", output="2\n"))
    panel.transcript.selectAll()
    panel.transcript.copy()
    assert QGuiApplication.clipboard().text() == ">>> a\nrefused: No.\n>>> b\n2"


def test_the_menu_copies_writes_and_runs_the_code(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "a = 1\nb = 2"))
    desk.step(step(2, "c", output="3\n"))
    panel.transcript.selectAll()
    menu = {action.text(): action for action in panel.build_menu().actions()}
    menu["Copy the code"].trigger()
    assert QGuiApplication.clipboard().text() == "a = 1\nb = 2\nc"
    menu["Write it into the input"].trigger()
    assert panel.input.code == "a = 1\nb = 2\nc"
    menu["Run it again"].trigger()
    assert desk.codes == ["a = 1\nb = 2\nc"]


@pytest.mark.parametrize("odd", ["a\rb", "a\u2029b", "\x00", "\ud800", "\ufdd0a", "a\x0bb", "\tx", "\ufffc", "é\u2028"])
def test_odd_letters_do_not_break_the_lines(panel: ConsolePanel, desk: Desk, odd: str) -> None:
    desk.step(step(1, "x", output=f"{odd}\n"))
    desk.step(step(2, "after"))
    assert len(texts(panel)) == len(panel.transcript.lines)
    assert texts(panel)[-1] == ">>> after"


def test_a_click_on_the_name_of_a_tensor_makes_it_the_current_one(
    panel: ConsolePanel, desk: Desk, qtbot: QtBot
) -> None:
    points(desk)
    desk.workspace.showing.show("points_t")
    desk.step(step(1, "y = points.sum()"))
    cursor = panel.transcript.textCursor()
    cursor.setPosition(len(">>> y = po"))
    place = panel.transcript.cursorRect(cursor).center() + QPoint(2, 0)
    qtbot.mouseClick(panel.transcript.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.workspace.showing.current == "points"


def test_letters_typed_over_the_transcript_go_to_the_input(panel: ConsolePanel, qtbot: QtBot) -> None:
    panel.transcript.setFocus()
    qtbot.keyClick(panel.transcript, "x")
    assert panel.input.code == "x"


def test_a_costly_step_asks_and_the_answer_is_sent(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.workspace.session.run("x")
    job = desk.engine.job(RunCode)
    desk.engine.answer(CostAsked(job, 7, "The tensor would take much.", 4_000_000_000))
    assert panel.cost.isVisible()
    assert "4.0 GB of memory" in panel.cost.text.plain
    qtbot.mouseClick(panel.cost.yes, Qt.MouseButton.LeftButton)
    assert desk.engine.last(AnswerCost) == AnswerCost(7, True)
    desk.engine.answer(CostAsked(job, 8, "Much.", 0))
    qtbot.keyClick(panel.cost.no, Qt.Key.Key_Escape)
    assert desk.engine.last(AnswerCost) == AnswerCost(8, False)
    desk.engine.answer(CostAsked(job, 9, "Much.", 0))
    desk.engine.answer(JobFinished(job))
    assert not panel.cost.isVisible()
    assert len(desk.engine.all(AnswerCost)) == 2


def test_opening_much_is_asked_about_in_its_own_words(panel: ConsolePanel, desk: Desk) -> None:
    desk.workspace.session.run("x")
    desk.engine.answer(CostAsked(desk.engine.job(RunCode), 7, "They take 4.0 GB of memory.", 4 * 10**9, opens=True))
    assert panel.cost.text.plain == "They take 4.0 GB of memory. Open them?"
    assert panel.cost.yes.text() == "Open them"


def test_a_restored_session_is_told_of_quietly(panel: ConsolePanel, desk: Desk) -> None:
    desk.engine.answer(SessionRestored(0, 12, "One step was not run."))
    assert texts(panel) == ["The last session is back: 12 steps. One step was not run."]


def test_a_session_that_ended_the_program_is_asked_about(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    desk.engine.answer(SessionRestored(0, 3, refused=True))
    assert panel.restore.isVisible()
    qtbot.mouseClick(panel.restore.yes, Qt.MouseButton.LeftButton)
    assert desk.engine.last(RestoreSession) == RestoreSession(True)
    desk.engine.answer(SessionRestored(0, 3, refused=True))
    qtbot.mouseClick(panel.restore.no, Qt.MouseButton.LeftButton)
    assert desk.engine.all(NewSession) == [NewSession()]


def test_undo_is_told_in_the_transcript(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "a = 1"))
    desk.step(step(2, "b = 2"))
    desk.tell(SessionFacts(here=2))
    assert len(texts(panel)) == 2
    desk.tell(SessionFacts(here=1))
    assert texts(panel)[2:] == ["The session stands after step 1: a = 1"]
    desk.tell(SessionFacts(here=0))
    assert texts(panel)[2:] == ["The session stands at the beginning"]
    desk.step(step(3, "c = 3"))
    assert texts(panel)[2:] == ["The session stands at the beginning", ">>> c = 3"]


def test_a_new_session_empties_the_transcript(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "a = 1"))
    desk.workspace.session.begin_anew()
    desk.engine.answer(
        SessionChanged(desk.engine.job(NewSession), SessionFacts()), JobFinished(desk.engine.job(NewSession))
    )
    assert texts(panel) == [""]


def test_everything_that_takes_the_keyboard_has_a_name(panel: ConsolePanel, desk: Desk) -> None:
    desk.step(step(1, "x", trouble=Trouble("No.", "", "why")))
    assert nameless(panel) == []
    assert "Refused: No." in panel.input.accessibleDescription()


def test_thousands_of_steps_and_a_megabyte_stay_quick(panel: ConsolePanel, desk: Desk) -> None:
    started = time.process_time()
    for number in range(1, 2001):
        panel.transcript.add_step(step(number, f"x{number} = torch.arange({number})", output="1\n2\n", effect="new"))
    assert (time.process_time() - started) / 2000 < 0.004
    started = time.process_time()
    desk.step(step(2001, "x", output="0123456789 abcdef\n" * 60_000))
    assert time.process_time() - started < 0.25


def test_opening_a_part_in_the_middle_leaves_every_line_where_it_belongs(panel: ConsolePanel, desk: Desk) -> None:
    for number in range(1, 30):
        desk.step(step(number, f"x{number}", output="out\n", ops=OPS, effect="new"))
    panel.transcript.toggle(20)
    panel.transcript.toggle(0)
    panel.transcript.toggle(texts(panel).index(">>> x29"))
    assert texts(panel) == [line.text for line in panel.transcript.lines]
    for at, line in enumerate(panel.transcript.lines):
        if line.kind == "code":
            entry = panel.transcript.entry_of(at)
            assert entry.step is not None
            assert line.text == f">>> {entry.step.code}"


def test_lines_have_the_colours_of_their_theme(panel: ConsolePanel, desk: Desk, qapp: QApplication) -> None:
    from tensorviz.ui.theme import DARK, LIGHT, palette_of

    desk.step(step(1, "for", trouble=Trouble("No.")))

    def colours() -> set[str]:
        block = panel.transcript.document().findBlockByNumber(1)
        return {one.format.foreground().color().name() for one in block.layout().formats()}

    before, sheet = QApplication.palette(), qapp.styleSheet()
    qapp.setStyleSheet("")  # an earlier test of the window may have left one, and it goes before palettes
    try:
        panel.setPalette(palette_of(DARK))
        assert colours() == {DARK.danger}
        panel.setPalette(palette_of(LIGHT))
        assert colours() == {LIGHT.danger}
    finally:
        qapp.setStyleSheet(sheet)
        panel.setPalette(before)


def test_every_kind_of_line_is_made_of_a_step() -> None:
    found = lines_of(step(1, "a\nb", output="o", warnings=("w",), remarks=("r",), ops=OPS), frozenset({"operations"}))
    assert [line.kind for line in found] == ["code", "code", "operation", "operation", "output", "warning", "remark"]
