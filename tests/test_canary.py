"""A bird in the mine: faults of our dependencies that would kill the program and that no sentence of ours could tell.

Must not know tensorviz.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CALLS = 300


def test_calls_into_qt_do_not_lose_references_to_none(qtbot: QtBot) -> None:
    # PySide6 6.12.0 on Python 3.11 took one reference per call: abort after some thousands. See pyproject.toml.
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < CALLS // 3
