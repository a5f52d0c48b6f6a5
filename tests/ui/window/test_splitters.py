"""Splitters of panels that are made while the window is open: they begin as the last of their kind was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.pages import Page
from tensorviz.ui.state.workspace import Workspace
from tensorviz.ui.window.memory import WindowMemory
from tests.ui.small_window import open_window


class Growing(QWidget):
    """A page that makes panels later."""

    panels_made = Signal(QWidget)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.made: list[QWidget] = []

    def grow(self) -> QSplitter:
        splitter = QSplitter()
        splitter.setObjectName("growing")
        splitter.setChildrenCollapsible(False)
        for _ in range(2):
            splitter.addWidget(QWidget(minimumWidth=50))
        box = QWidget()
        QVBoxLayout(box).addWidget(splitter)
        for before in self.made:
            before.hide()
        self.column.addWidget(box)
        self.made.append(box)
        self.panels_made.emit(box)
        return splitter


PAGES = (Page("growing", "Growing", "A page for tests", Growing),)


def page_of(qtbot: QtBot, ini: Path) -> Growing:
    page = open_window(qtbot, ini, PAGES).window.page()
    assert isinstance(page, Growing)
    return page


def test_panels_made_later_begin_as_the_last_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    ini = tmp_path / "window.ini"
    page = page_of(qtbot, ini)
    first = page.grow()
    qtbot.waitUntil(lambda: first.width() > 400 and min(first.sizes()) > 0)
    first.moveSplitter(200, 1)
    sizes = first.sizes()
    assert sizes[0] != sizes[1]
    second = page.grow()
    qtbot.waitUntil(lambda: second.sizes() == sizes)
    second.moveSplitter(300, 1)
    sizes = second.sizes()
    page.window().close()
    again = page_of(qtbot, ini).grow()
    qtbot.waitUntil(lambda: again.sizes() == sizes)  # those in sight count, not those of panels behind them


def test_a_move_is_remembered_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    ini = tmp_path / "window.ini"
    splitter = page_of(qtbot, ini).grow()
    qtbot.waitUntil(lambda: splitter.width() > 400)
    splitter.moveSplitter(150, 1)
    other = QSplitter()
    qtbot.addWidget(other)
    other.setObjectName("growing")
    other.setChildrenCollapsible(False)
    for _ in range(2):
        other.addWidget(QWidget(minimumWidth=50))
    other.resize(splitter.size())
    store = QSettings(str(ini), QSettings.Format.IniFormat)
    box = QWidget()
    qtbot.addWidget(box)
    QVBoxLayout(box).addWidget(other)
    WindowMemory(store).restore_splitters(box)
    assert other.saveState() == splitter.saveState()
