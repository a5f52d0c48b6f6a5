"""The history: every step, branches too, where the session stands, and the ways back and forth.

Must not know how a step is run or taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QListView, QToolButton, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.history_model import HistoryModel
from tensorviz.ui.tensors.history_paint import HistoryPainter

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from tensorviz.ui.state.workspace import Workspace


class HistoryList(QListView):
    """A click or Enter goes to the state after a step."""

    def __init__(self, model: HistoryModel, jump: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._jump = model, jump
        self.setModel(model)
        self.setItemDelegate(HistoryPainter(self))
        self.setUniformItemSizes(True)
        self.setProperty("role", "plain")
        self.setAccessibleName("History of steps")
        self.setAccessibleDescription("Enter goes to the state after a step.")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self.go)
        model.dataChanged.connect(self.follow)
        self.follow()

    def go(self, index: QModelIndex) -> None:
        """Goes to the state after the step of a row."""
        if index.isValid():
            self._jump(self._rows.number(index.row()))

    def follow(self) -> None:
        """Brings the place where the session stands into sight."""
        here = self._rows.index(self._rows.row_here)
        if self.currentIndex() != here:
            self.selectionModel().setCurrentIndex(here, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(here)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Enter goes there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.go(self.currentIndex())
        else:
            super().keyPressEvent(event)


class HistoryPanel(QWidget):
    """A list, and buttons above it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, wishes = workspace.session, workspace.wishes
        self.model = HistoryModel(self._session, self)
        self.list = HistoryList(self.model, self._session.jump, self)
        self.undo = self._button("undo", "Undo", "Take the last step back.", self._session.undo)
        self.redo = self._button("redo", "Redo", "Do the undone step again.", self._session.redo)
        self.copy = self._button(
            "code", "Copy as script", "Copy the session as a Python script.", lambda: wishes.run("session.copy_script")
        )
        self.new = self._button(
            "plus", "New session", "Begin anew, with nothing.", lambda: wishes.run("session.new")
        )  # fmt: skip
        self._build()
        self._session.changed.connect(self._refresh)
        self._session.running_changed.connect(self._refresh)
        self._refresh()

    def _button(self, name: str, text: str, tip: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(f"{text}\n{tip}")
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: run())
        return button

    def _build(self) -> None:
        title = QLabel("History", self)
        title.setProperty("role", "heading")
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(title)
        row.addStretch()
        for button in (self.undo, self.redo, self.copy, self.new):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.list, 1)

    def _refresh(self) -> None:
        facts = self._session.facts
        self.undo.setEnabled(facts.can_undo)
        self.redo.setEnabled(facts.can_redo)
        self.copy.setEnabled(bool(self._session.steps))
        self.new.setEnabled(bool(self._session.steps) or bool(facts.tensors))
