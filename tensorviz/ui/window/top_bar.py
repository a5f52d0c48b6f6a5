"""The bar above the pages: tabs, the palette's button, the device, the jobs.

Must not know what is on a page.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from tensorviz.ui.commands import command
from tensorviz.ui.icons import icon
from tensorviz.ui.window.device_chooser import DeviceChooser
from tensorviz.ui.window.jobs_list import JobsIndicator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.pages import Page
    from tensorviz.ui.state.workspace import Workspace


class TopBar(QFrame):
    """Signals: page_chosen(key)."""

    page_chosen = Signal(str)

    def __init__(self, workspace: Workspace, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.jobs = JobsIndicator(workspace.jobs)
        self.device = DeviceChooser(workspace)
        self._tabs: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addLayout(self._page_tabs(pages))
        row.addStretch(1)
        row.addWidget(self._palette_button(workspace))
        row.addStretch(1)
        row.addWidget(self.device)
        row.addWidget(self.jobs)

    def show_page(self, key: str) -> None:
        """Marks the tab of a page."""
        if key in self._tabs:
            self._tabs[key].setChecked(True)

    def _page_tabs(self, pages: Sequence[Page]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        if len(pages) == 1:  # one tab is no choice
            title = QLabel(pages[0].title)
            title.setProperty("role", "title")
            row.addWidget(title)
            return row
        for place, page in enumerate(pages, start=1):
            row.addWidget(self._tab(page, place))
        return row

    def _tab(self, page: Page, place: int) -> QToolButton:
        tab = QToolButton()
        tab.setText(page.title)
        tab.setToolTip(page.tip)
        tab.setAccessibleName(f"Page {page.title}")
        tab.setProperty("role", "tab")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tab.setShortcut(QKeySequence(f"Ctrl+{place}"))
        tab.clicked.connect(partial(self._choose, page.key))
        self._group.addButton(tab)
        self._tabs[page.key] = tab
        return tab

    def _choose(self, key: str, checked: bool = False) -> None:
        self.page_chosen.emit(key)

    def _palette_button(self, workspace: Workspace) -> QPushButton:
        row = command("window.palette")
        keys = QKeySequence(row.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
        button = QPushButton(icon("search", "muted"), f" Find a command or a model    {keys}")
        button.setMinimumWidth(280)
        button.setToolTip(row.tip)
        button.setAccessibleName(f"{row.plain_text}, {keys}")
        button.clicked.connect(partial(_run, workspace, row.id))
        return button


def _run(workspace: Workspace, identifier: str, checked: bool = False) -> None:
    workspace.wishes.run(identifier)
