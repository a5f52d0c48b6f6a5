"""A real window on a fake engine, with one small page of its own: what tests of the window are built on.

Must not know the Models page; tests of its panels build those.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit, QSplitter, QVBoxLayout, QWidget

from tensorviz.ui.bridge import Bridge
from tensorviz.ui.main_window import MainWindow
from tensorviz.ui.pages import Page
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SUFFIXES = (".npy", ".npz", ".pt", ".pth", ".safetensors", ".safetensors.index.json")  # of files of tensors


class SmallPage(QWidget):
    """A field and a splitter, both with names."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setObjectName("field")
        self.field.setAccessibleName("A field")
        self.splitter = QSplitter()
        self.splitter.setObjectName("small")
        self.splitter.addWidget(QWidget())
        self.splitter.addWidget(QWidget())
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.splitter)


ONE_PAGE = (Page("small", "Small", "A page for tests", SmallPage),)
TWO_PAGES = (*ONE_PAGE, Page("other", "Other", "Another page for tests", SmallPage))


@dataclass(frozen=True)
class Scene:
    """Everything a test of the window needs."""

    window: MainWindow
    workspace: Workspace
    engine: FakeEngine
    store: MemoryStore

    def page(self) -> SmallPage:
        """The page that is shown."""
        page = self.window.page()
        assert isinstance(page, SmallPage)
        return page


def open_window(
    qtbot: QtBot, ini: Path, pages: Sequence[Page] = ONE_PAGE, assets: Path = ASSETS, **settings: Any
) -> Scene:
    """Builds and shows a window; `ini` is the file of its memory, `settings` what the person had chosen before."""
    bridge = Bridge()
    engine, store = FakeEngine(bridge), MemoryStore(**settings)
    workspace = build_workspace(bridge, store, assets, SUFFIXES)
    window = MainWindow(workspace, QSettings(str(ini), QSettings.Format.IniFormat), pages)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return Scene(window, workspace, engine, store)
