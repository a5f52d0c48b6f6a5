"""The panels that look at a file, over a shelf: shown, painted and answered.

Must not know what a test expects.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tensorviz.core.stored import Contents
from tensorviz.engine.messages.session import RunCode
from tensorviz.ui.files.looking_panels import LookingPanels
from tensorviz.ui.state.looking import Looking
from tensorviz.ui.state.tensor_file import TensorFile
from tests.ui.files.shelf import Shelf


class Room:
    """One file, its states, and its panels in a window of 860x650."""

    def __init__(self, qtbot: QtBot, holds: Contents, *shown: int, **storage_bytes: bytes) -> None:
        self.shelf = Shelf()
        self.file: TensorFile = self.shelf.open(holds, "/x/model.pt", **storage_bytes)  # type: ignore[arg-type]  # letters
        assert self.file.looking is not None
        self.looking: Looking = self.file.looking
        for place in shown:
            assert self.file.show(place)
        self.panels = LookingPanels(self.looking)
        qtbot.addWidget(self.panels)
        self.panels.resize(860, 650)
        with qtbot.waitExposed(self.panels):
            self.panels.show()
        self.wished: list[tuple[int, ...]] = []
        self.panels.wished.connect(self.wished.append)
        self.settle()

    def settle(self) -> None:
        """Paints, and answers what was asked for by painting; what happens soon has happened."""
        while self.panels.waiting:
            self.panels.build_more()
        while self.panels.grids.waiting:
            self.panels.grids.build_more()
        for _ in range(4):
            self.panels.grab()
            self.shelf.serve()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
            self.panels.inspector.element.refresh()
            self.panels.inspector.tensor.refresh()
        self.panels.grab()

    @property
    def codes(self) -> list[str]:
        """What was asked to be run in the session; never anything, of a file."""
        return [one.code for one in self.shelf.engine.all(RunCode)]

    @property
    def said(self) -> str:
        """The last message, "" for none."""
        last = self.shelf.workspace.messages.last
        return "" if last is None else last.text
