"""A button whose text gives way, and never the room around it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from tensorviz.ui.widgets.elided_button import ElidedButton

LONG = "The way back: a name that is far longer than any button should be"


def button(qtbot: QtBot, text: str, width: int) -> ElidedButton:
    made = ElidedButton()
    qtbot.addWidget(made)
    made.say(text)
    made.resize(QSize(width, 30))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_what_fits_is_said_whole_and_needs_no_tip(qtbot: QtBot) -> None:
    made = button(qtbot, "short", 200)
    assert (made.text(), made.toolTip()) == ("short", "")


def test_what_does_not_fit_is_cut_and_told_in_full(qtbot: QtBot) -> None:
    made = button(qtbot, LONG, 160)
    shown = made.text()
    assert len(shown) < len(LONG)
    assert "…" in shown
    assert made.fontMetrics().horizontalAdvance(shown) <= 160
    assert (made.toolTip(), made.accessibleName()) == (LONG, LONG)
    made.resize(QSize(900, 30))
    assert (made.text(), made.toolTip()) == (LONG, "")


def test_a_long_text_does_not_widen_what_it_stands_in(qtbot: QtBot) -> None:
    assert button(qtbot, LONG * 4, 160).minimumSizeHint().width() == button(qtbot, "x", 160).minimumSizeHint().width()
    wide = button(qtbot, LONG, 160)
    wide.resize(wide.sizeHint())
    assert wide.text() == LONG  # what it asks for is enough


def test_an_ampersand_in_a_name_is_a_letter(qtbot: QtBot) -> None:
    made = button(qtbot, "sun & sea", 300)
    assert made.text() == "sun && sea"
    assert made.accessibleName() == "sun & sea"
