"""The bar above the pages: tabs, the palette's button, the device, the jobs.

Must not know what is on a page.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

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
        right = QHBoxLayout()
        right.setSpacing(12)
        right.addStretch(1)
        right.addWidget(self.device)
        right.addWidget(self.jobs)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 12, 6)
        grid.addLayout(self._page_tabs(pages), 0, 0)
        grid.addWidget(self._palette_button(workspace), 0, 1)
        grid.addLayout(right, 0, 2)
        for side in (0, 2):  # as wide as one another, so that the palette's button is in the middle where there is room
            grid.setColumnStretch(side, 1)

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
            row.addStretch(1)
            return row
        for page in pages:
            row.addWidget(self._tab(page))
        row.addStretch(1)
        return row

    def _tab(self, page: Page) -> QToolButton:
        tab = QToolButton()
        tab.setText(page.title)
        tab.setToolTip(page.tip)
        tab.setAccessibleName(f"Page {page.title}")
        tab.setProperty("role", "tab")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        button.setMinimumWidth(240)
        button.setToolTip(row.tip)
        button.setAccessibleName(f"{row.plain_text}, {keys}")
        button.clicked.connect(partial(_run, workspace, row.id))
        return button


def _run(workspace: Workspace, identifier: str, checked: bool = False) -> None:
    workspace.wishes.run(identifier)
