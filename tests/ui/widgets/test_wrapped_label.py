"""A wrapped text never widens what it stands in, and an inline question is answered by yes, no or Esc."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.widgets.inline_question import InlineQuestion
from tensorviz.ui.widgets.wrapped_label import BREAK, WrappedLabel, breakable


@pytest.mark.parametrize("text", ["x" * 5000, "/a/very/long/path" * 90, "a_b" * 900, "", "mean 0.485 0.456"])
def test_no_text_widens_its_panel(qtbot: QtBot, text: str) -> None:
    panel, label = QWidget(), WrappedLabel("muted")
    qtbot.addWidget(panel)
    QVBoxLayout(panel).addWidget(label)
    label.say(text)
    assert panel.minimumSizeHint().width() < 60
    assert (label.plain, label.accessibleName()) == (text, text)


def test_lines_end_after_separators_and_never_inside_numbers() -> None:
    assert breakable("/home/me") == f"/home/{BREAK}me"
    assert breakable("model.pth") == f"model.{BREAK}pth"
    assert breakable("0.485 -1.5e3").count(BREAK) <= 1
    assert breakable("0.485") == "0.485"
    assert breakable("plain words") == "plain words"


def test_an_empty_text_takes_no_room(qtbot: QtBot) -> None:
    label = WrappedLabel()
    qtbot.addWidget(label)
    label.say_or_hide("")
    assert label.isHidden()
    label.say_or_hide("words")
    assert not label.isHidden()
    label.hide()


@pytest.mark.parametrize(("careful", "happened"), [(False, 1), (True, 0)])
def test_enter_at_once_means_yes_unless_care_is_due(qtbot: QtBot, careful: bool, happened: int) -> None:
    question, done = InlineQuestion(), []
    qtbot.addWidget(question)
    question.ask("Really?", "Do it", lambda: done.append(1), careful=careful)
    focused = question.window().focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert len(done) == happened
    assert question.isHidden()


def test_escape_is_no(qtbot: QtBot) -> None:
    question, done = InlineQuestion(), []
    qtbot.addWidget(question)
    question.ask("Really?", "Do it", lambda: done.append(1))
    QTest.keyClick(question.yes, Qt.Key.Key_Escape)
    assert question.isHidden()
    question.yes.click()
    assert done == []
