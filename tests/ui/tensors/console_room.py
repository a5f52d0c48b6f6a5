"""A console panel over an engine that does nothing, shown and with the keyboard in its input.

Must not know what is tested.
"""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import StepRow
from tensorviz.ui.tensors.console_panel import ConsolePanel
from tests.ui.tensors.desk import Desk


def shown_console(desk: Desk, qtbot: QtBot) -> ConsolePanel:
    """The panel, 1000 pixels wide."""
    made = ConsolePanel(desk.workspace)
    qtbot.addWidget(made)
    made.resize(1000, 240)
    made.show()
    made.input.setFocus()
    qtbot.waitUntil(lambda: made.input.hasFocus() and not made.input.fitting)
    return made


def step(number: int, code: str = "x", **more: Any) -> StepRow:
    """A step after the one before."""
    return StepRow(number, number - 1, code, **more)


def texts(panel: ConsolePanel) -> list[str]:
    """The lines of the transcript as they stand there."""
    return panel.transcript.toPlainText().split("\n")
