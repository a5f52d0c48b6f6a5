"""The Tensors page: the session, and each open file of tensors, one at a time; tabs to choose between them.

Must not know what is on them. While no file is open there are no tabs.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from tensorviz.core.text import path_text
from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.session_panels import SessionPanels

if TYPE_CHECKING:
    from tensorviz.ui.files.file_view import FileView
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace


class TensorsPage(QWidget):
    """session: its panels. views: of the open files, in the order of their tabs; the first tab is the session."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._files = workspace, workspace.files
        self.session = SessionPanels(workspace, self)
        self.views: list[FileView] = []
        self.tabs, self._stack = QTabBar(self), QStackedWidget(self)
        self._build()
        self._files.opened.connect(self._add)
        self._files.closed.connect(self._remove)
        self._files.current_changed.connect(self._follow)
        for file in self._files.files:
            self._add(file)
        self._follow()

    @property
    def view(self) -> FileView | None:
        """The view of the file that is looked at; None while it is the session."""
        return next((view for view in self.views if view.file is self._files.current), None)

    def _build(self) -> None:
        self.tabs.setAccessibleName("Session and open files")
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setTabsClosable(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.addTab(icon("tensor"), "Session")
        for side in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide):
            self.tabs.setTabButton(0, side, None)
        self.tabs.hide()
        self.tabs.currentChanged.connect(self._chosen)
        self.tabs.tabCloseRequested.connect(self._close)
        self._stack.addWidget(self.session)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.session)

    @Slot(object)
    def _add(self, file: TensorFile) -> None:
        from tensorviz.ui.files.file_view import FileView

        view = FileView(self._workspace, file, self)
        self.views.append(view)
        self._stack.addWidget(view)
        self.tabs.blockSignals(True)
        place = self.tabs.addTab(icon("file"), path_text(PurePath(file.path).name or file.path).replace("&", "&&"))
        self.tabs.setTabToolTip(place, path_text(file.path))
        self.tabs.blockSignals(False)
        self.tabs.show()

    @Slot(object)
    def _remove(self, file: TensorFile) -> None:
        place = next(at for at, view in enumerate(self.views) if view.file is file)
        view = self.views.pop(place)
        self.tabs.blockSignals(True)
        self.tabs.removeTab(place + 1)
        self.tabs.blockSignals(False)
        self._stack.removeWidget(view)
        view.hide()
        view.deleteLater()
        self.tabs.setVisible(bool(self.views))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Shows what is looked at, and gives it the keyboard when the page had it."""
        had = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        view = self.view
        shown = view if view is not None else self.session
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(self.views.index(view) + 1 if view is not None else 0)
        self.tabs.blockSignals(False)
        self._stack.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        if had:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self._files.look_at(self.views[place - 1].file if place > 0 else None)

    @Slot(int)
    def _close(self, place: int) -> None:
        if place > 0:
            self._files.close(self.views[place - 1].file)
