"""The Tensors page: the session, and each open file of tensors, one at a time; tabs to choose between them.

Must not know what is on them. While no file is open there are no tabs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.tensors.file_tabs import FileTabs
from tensorviz.ui.tensors.session_panels import SessionPanels

if TYPE_CHECKING:
    from tensorviz.ui.files.file_view import FileView
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

CALM = 300  # milliseconds that what was read before stays in sight while it is read again


class TensorsPage(QWidget):
    """session: its panels. views: of the open files, in the order of their tabs; the first tab is the session.

    Signals: panels_made(QWidget) when there are panels that were not there before, with splitters of their own.
    """

    panels_made = Signal(QWidget)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._files = workspace, workspace.files
        self.session = SessionPanels(workspace, self)
        self.views: list[FileView] = []
        self.tabs, self._bar, self._stack = FileTabs(), QFrame(self), QStackedWidget(self)
        self._waiting: tuple[FileView, FileView] | None = None  # one that is in sight, and its successor
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._end_waiting)
        self._build()
        self._files.opened.connect(self._add)
        self._files.closed.connect(self._remove)
        self._files.replaced.connect(self._replace)
        self._files.current_changed.connect(self._follow)
        for file in self._files.files:
            self._add(file)
        self._follow()

    @property
    def view(self) -> FileView | None:
        """The view of the file that is looked at; None while it is the session."""
        return next((view for view in self.views if view.file is self._files.current), None)

    def _build(self) -> None:
        self._bar.setProperty("role", "bar")
        self._bar.hide()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.tabs)
        self.tabs.chosen.connect(self._files.look_at)
        self.tabs.close_wished.connect(self._files.close)
        self._stack.addWidget(self.session)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.session)

    @Slot(object)
    def _add(self, file: TensorFile) -> None:
        self._make(file, len(self.views))
        self._show_tabs()

    def _make(self, file: TensorFile, place: int) -> FileView:
        from tensorviz.ui.files.file_view import FileView

        view = FileView(self._workspace, file)  # dressed once, when it is put into its place
        view.panels_made.connect(self.panels_made)
        self.views.insert(place, view)
        self._stack.addWidget(view)
        self.panels_made.emit(view)
        return view

    @Slot(object)
    def _remove(self, file: TensorFile) -> None:
        self._end_waiting()
        place = next(at for at, view in enumerate(self.views) if view.file is file)
        view = self.views.pop(place)
        self._follow()
        self._drop(view)

    @Slot(object, object)
    def _replace(self, file: TensorFile, fresh: TensorFile) -> None:
        """Another view takes the place of the first file's, and goes on with what was looked at there."""
        self._end_waiting()
        place = next(at for at, view in enumerate(self.views) if view.file is file)
        old = self.views.pop(place)
        view = self._make(fresh, place)
        view.look_for_what_is_in(old)
        self._waiting = (old, view)
        self._show_tabs()
        if self._stack.currentWidget() is old and old.file.contents is not None:
            fresh.read_to_end.connect(self._end_waiting)
            self._calm.start()
        else:
            self._end_waiting()

    @Slot()
    def _end_waiting(self) -> None:
        """What was read before stays in sight until its successor has something to show, or that takes long."""
        if self._waiting is None:
            return
        (old, view), self._waiting = self._waiting, None
        self._calm.stop()
        had = self._has_keyboard(old)
        view.take_over(old)
        if self._stack.currentWidget() is old:
            self._stack.setCurrentWidget(view)
            self.setFocusProxy(view)
        self._drop(old)
        if had:
            view.take_keyboard()

    def _drop(self, view: FileView) -> None:
        """Takes it away; in two turns, as it takes a frame to delete what it looked at, and another for the rest."""
        self._stack.removeWidget(view)
        view.hide()
        if view.looking is not None:
            view.looking.deleteLater()
        QTimer.singleShot(0, view, view.deleteLater)

    def _show_tabs(self) -> None:
        self.tabs.show_files([view.file for view in self.views], self._files.current)
        self._bar.setVisible(bool(self.views))

    @Slot()
    def _follow(self) -> None:
        """Shows what is looked at, and gives it the keyboard when what was shown had it."""
        view = self.view
        if self._waiting is not None and self._waiting[1] is view:
            return
        self._end_waiting()
        shown: QWidget = view if view is not None else self.session
        before = self._stack.currentWidget()
        had = before is not None and before is not shown and self._has_keyboard(before)
        self._show_tabs()
        self._stack.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        if had:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_keyboard(self, panels: QWidget) -> bool:
        focus = self.window().focusWidget()
        return focus is panels or panels.isAncestorOf(focus)
