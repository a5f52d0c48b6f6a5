"""The table of commands as Qt actions: menus, shortcuts, and running one by its id.

Must not know what any command does.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence

from tensorviz.ui.commands import COMMANDS, MENUS, command
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

    from tensorviz.ui.command import Command
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.tensor_file import TensorFile

REFRESH_MS = 30  # many states may change at once; whether commands apply is asked once for all of them


class Actions(QObject):
    """One QAction per command, on the window, enabled when its command applies."""

    def __init__(self, context: Context, window: QWidget, commands: Sequence[Command] = COMMANDS) -> None:
        super().__init__(window)
        self._context = context
        self._actions = {row.id: self._action(row, window) for row in commands}
        self._commands = {row.id: row for row in commands}
        self._refreshing = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refreshing.timeout.connect(self.refresh)
        context.workspace.wishes.wished.connect(self.run)
        self._follow_states()
        self.refresh()

    def __getitem__(self, identifier: str) -> QAction:
        """The action of that command."""
        return self._actions[identifier]

    def run(self, identifier: str) -> None:
        """Runs the command of that id, when it applies; raises NameUnknown."""
        row = self._commands.get(identifier) or command(identifier)
        if row.applies(self._context.workspace):
            row.run(self._context)

    def applying(self) -> list[Command]:
        """The commands that make sense now, in the order of the table."""
        return [row for row in self._commands.values() if row.applies(self._context.workspace)]

    def refresh(self) -> None:
        """Asks every command whether it applies; those of another task are not seen."""
        for identifier, row in self._commands.items():
            self._actions[identifier].setVisible(row.belongs(self._context.workspace))
            self._actions[identifier].setEnabled(row.applies(self._context.workspace))

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Adds the menus that have commands; gives them by title."""
        used = {row.menu for row in self._commands.values()}
        return {title: self._menu(bar, title) for title in MENUS if title in used}

    def _menu(self, bar: QMenuBar, title: str) -> QMenu:
        menu = bar.addMenu(title)
        menu.setToolTipsVisible(True)
        rows = [row for row in self._commands.values() if row.menu == title]
        sections = list(dict.fromkeys(row.section for row in rows))
        sections.sort(key=lambda section: section.startswith("~"))  # "~" sections stand last
        for place, section in enumerate(sections):
            if place:
                menu.addSeparator()
            menu.addActions([self._actions[row.id] for row in rows if row.section == section])
        menu.aboutToShow.connect(self.refresh)
        return menu

    def _action(self, row: Command, window: QWidget) -> QAction:
        action = QAction(row.text.replace("...", "…"), window)
        action.setObjectName(row.id)
        action.setToolTip(row.tip)
        action.setStatusTip(row.tip)
        action.setShortcuts([QKeySequence(keys) for keys in row.shortcuts])
        if row.icon:
            action.setIcon(icon(row.icon))
        action.triggered.connect(partial(self._triggered, row.id))
        window.addAction(action)
        return action

    def _triggered(self, identifier: str, checked: bool = False) -> None:
        self.run(identifier)

    def _follow_states(self) -> None:
        """Any change of what the screen knows may change what applies."""
        w = self._context.workspace
        models = (w.pictures, w.results, w.pipeline, w.choice, w.catalogue, w.network)
        tasks = (w.task, w.generator, w.translations)
        states = (*models, *tasks, w.jobs, w.engine, w.session, w.showing, w.drawings, w.files)
        signals = (
            *("changed", "inserted", "removed", "reset", "current_changed", "selection_changed", "running_changed"),
            *("opened", "closed", "replaced"),
        )
        for state in states:
            for name in signals:
                signal = getattr(state, name, None)
                if signal is not None and hasattr(signal, "connect"):
                    signal.connect(self._soon)
        w.files.opened.connect(self._follow_file)
        w.files.replaced.connect(self._follow_other)

    def _follow_other(self, _before: TensorFile, file: TensorFile) -> None:
        self._follow_file(file)

    def _follow_file(self, file: TensorFile) -> None:
        file.read_to_end.connect(partial(self._follow_tensors, file.number))

    def _follow_tensors(self, number: int) -> None:
        """By its number: what a signal of the file holds would keep the file."""
        for file in self._context.workspace.files.files:
            if file.number == number and file.looking is not None:
                file.looking.showing.changed.connect(self._soon)
                file.looking.drawings.changed.connect(self._soon)
        self._soon()

    def _soon(self, *_: object) -> None:
        if not self._refreshing.isActive():
            self._refreshing.start()
