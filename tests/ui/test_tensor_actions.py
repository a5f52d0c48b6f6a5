"""The commands about the session of tensors, on a screen that only remembers what it was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.drawing import Drawing
from tensorviz.core.session_data import SessionFacts, StepRow
from tensorviz.engine.messages import Exported, JobFinished
from tensorviz.engine.messages.session import NewSession, RedoStep, UndoStep, WriteDrawing, WriteText
from tensorviz.ui import tensor_actions as actions
from tensorviz.ui.screen import Context
from tests.ui.tensors.desk import Desk, points
from tests.ui.test_picture_actions import Noted

DRAWING = Drawing(10, 10, "#ffffff", (), "A", "Nothing.")


class Screen(Noted):
    def __init__(self, file: str = "/out") -> None:
        super().__init__(file)
        self.pages: list[str] = []

    def show_page(self, key: str) -> None:
        self.pages.append(key)


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


def context(desk: Desk, screen: Screen) -> Context:
    noted: Any = screen
    return Context(desk.workspace, noted)


def stepped(desk: Desk) -> None:
    desk.step(StepRow(1, 0, "x = torch.ones(2)", effect="new"))
    desk.step(StepRow(2, 1, "x", "tensor([1., 1.])\n", effect="same"))
    desk.tell(SessionFacts(here=2, can_undo=True, seed=7))


def test_undo_and_redo_apply_when_there_is_something_and_happen_in_sight(desk: Desk) -> None:
    assert not actions.can_undo(desk.workspace)
    stepped(desk)
    assert actions.can_undo(desk.workspace)
    assert not actions.can_redo(desk.workspace)
    screen = Screen()
    actions.undo(context(desk, screen))
    assert desk.engine.all(UndoStep) == [UndoStep()]
    assert screen.pages == ["tensors"]
    assert not actions.can_undo(desk.workspace)  # it runs
    assert actions.is_running(desk.workspace)
    desk.engine.answer(JobFinished(desk.engine.job(UndoStep)))
    desk.tell(SessionFacts(here=1, can_redo=True))
    actions.redo(context(desk, screen))
    assert desk.engine.all(RedoStep) == [RedoStep()]
    actions.stop(context(desk, screen))
    assert desk.engine.cancelled == [desk.engine.job(RedoStep)]


def test_a_new_session_asks_first_when_there_are_steps(desk: Desk) -> None:
    screen = Screen()
    actions.begin_anew(context(desk, screen))
    assert (screen.questions, len(desk.engine.all(NewSession))) == ([], 1)
    stepped(desk)
    screen.answer = False
    actions.begin_anew(context(desk, screen))
    assert screen.questions == ["Begin a new session?"]
    assert len(desk.engine.all(NewSession)) == 1
    screen.answer = True
    actions.begin_anew(context(desk, screen))
    assert len(desk.engine.all(NewSession)) == 2


def test_the_script_holds_the_steps_that_led_here(desk: Desk) -> None:
    stepped(desk)
    desk.step(StepRow(3, 1, "y = 2"))  # another branch
    screen = Screen()
    assert actions.has_path(desk.workspace)
    actions.copy_script(context(desk, screen))
    (text,) = screen.copied
    assert text.splitlines()[2:] == ["import torch", "", "x = torch.ones(2)", "print(x)  # same tensor"]


def test_the_script_is_written_where_the_person_says_and_that_is_told(desk: Desk) -> None:
    stepped(desk)
    actions.save_script(context(desk, Screen("/home/me/steps")))
    request = desk.engine.last(WriteText)
    assert request.path == "/home/me/steps.py"
    assert request.text == actions.script_text(desk.workspace)
    job = desk.engine.job(WriteText)
    desk.engine.answer(Exported(job, request.path, 1), JobFinished(job))
    said = desk.workspace.messages.last
    assert said is not None
    assert said.text == "Written: /home/me/steps.py"


@pytest.mark.parametrize(("form", "path"), [("svg", "/a.svg"), ("png", "/a.svg.png")])
def test_a_drawing_is_made_when_it_is_asked_for_and_its_ending_says_the_form(desk: Desk, form: str, path: str) -> None:
    made: list[Drawing] = []

    def make() -> Drawing:
        made.append(DRAWING)
        return DRAWING

    assert not actions.has_drawing("canvas")(desk.workspace)
    desk.workspace.drawings.offer("canvas", make)
    assert not actions.has_drawing("canvas")(desk.workspace)  # there are no tensors
    points(desk)
    assert actions.has_drawing("canvas")(desk.workspace)
    assert made == []
    actions.export("canvas", form)(context(desk, Screen("/a.svg")))
    assert desk.engine.last(WriteDrawing) == WriteDrawing(DRAWING, path)


def test_a_drawing_that_nobody_can_make_is_said(desk: Desk) -> None:
    desk.workspace.drawings.offer("grid", lambda: None)
    actions.export("grid", "svg")(context(desk, Screen()))
    said = desk.workspace.messages.last
    assert said is not None
    assert (said.text, said.hint) == ("There is no grid to export.", "Choose a tensor to look at first.")
    assert desk.engine.all(WriteDrawing) == []


def test_files_are_named_after_what_is_shown(desk: Desk) -> None:
    points(desk)
    desk.workspace.showing.show("points")
    assert actions._name(desk.workspace, "canvas") == "storage_A"
    assert actions._name(desk.workspace, "grid") == "points"
    facts = desk.facts
    desk.tell(replace(facts, tensors=(replace(facts.tensors[0], name="parts[0]"),)))
    desk.workspace.showing.show("parts[0]")
    assert actions._name(desk.workspace, "grid") == "parts_0"


def test_the_pages_are_shown_by_name(desk: Desk) -> None:
    screen = Screen()
    actions.show("models")(context(desk, screen))
    assert screen.pages == ["models"]


@pytest.mark.parametrize(("field", "ours"), [(QLineEdit, False), (QPlainTextEdit, False), (QPushButton, True)])
def test_ctrl_z_of_the_session_leaves_text_fields_theirs(qtbot: QtBot, field: type[QWidget], ours: bool) -> None:
    """Text fields keep their own undo: Qt lets the widget with the keyboard override a shortcut of the window.

    Alt+Z is the session's everywhere (not Ctrl+Alt+Z, which is a letter on some keyboards).
    """
    window, inside = QMainWindow(), QWidget()
    qtbot.addWidget(window)
    undone: list[int] = []
    action = QAction("Undo", window)
    action.setShortcuts([QKeySequence("Ctrl+Z"), QKeySequence("Alt+Z")])
    action.triggered.connect(lambda: undone.append(1))
    window.addAction(action)
    typed = field(inside)
    QVBoxLayout(inside).addWidget(typed)
    window.setCentralWidget(inside)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    typed.setFocus()
    if isinstance(typed, QLineEdit | QPlainTextEdit):
        QTest.keyClicks(typed, "abc")
    QTest.keyClick(typed, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bool(undone) is ours
    if isinstance(typed, QLineEdit):
        assert typed.text() == ""
    QTest.keyClick(typed, Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    assert len(undone) == ours + 1
