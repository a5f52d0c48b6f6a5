"""The real program: real window, real engine, the weights that come along.

Must not know how either side is built; what a person does is done to widgets and states, what happens is waited for.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from tensorviz.app import Program, build

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PATIENCE = 60_000  # milliseconds; torch is loaded in the first test that needs it


@pytest.fixture
def start(qtbot: QtBot, qapp: object) -> Iterator[Callable[..., Program]]:
    """Builds and shows the program with some paths, and takes it down again."""
    hook, interrupt, running = sys.excepthook, signal.getsignal(signal.SIGINT), []

    def begin(*paths: str) -> Program:
        program = build(paths)
        program.window.resize(1280, 800)
        with qtbot.waitSignal(program.window.first_painted, timeout=PATIENCE):
            program.window.show()
        running.append(program)
        return program

    yield begin
    for program in running:
        program.window.close()
        assert program.end(30), "the engine did not stop"
        program.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sys.excepthook = hook
    signal.signal(signal.SIGINT, interrupt)
