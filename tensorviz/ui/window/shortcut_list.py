"""Every command with its keys, to be looked up; built from the table of commands.

Must not know what commands do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from tensorviz.ui.commands import COMMANDS, MENUS
from tensorviz.ui.fuzzy import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.command import Command


COLUMN_GAP = 20  # pixels


class ShortcutList(QDialog):
    """A tree by menu, with a field to find a row."""

    def __init__(self, parent: QWidget, commands: Sequence[Command] = COMMANDS) -> None:
        super().__init__(parent)
        self._commands = commands
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 600)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a command")
        self.field.setAccessibleName("Find a command")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Command", "Keys", "What it does"])
        self.tree.setAccessibleName("Commands and their keys")
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(12)
        self._fill()
        for number in (0, 1):
            self.tree.setColumnWidth(number, self.tree.sizeHintForColumn(number) + COLUMN_GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.field)
        column.addWidget(self.tree)

    def _fill(self) -> None:
        for menu in (*MENUS, ""):
            rows = [row for row in self._commands if row.menu == menu]
            if not rows:
                continue
            heading = QTreeWidgetItem(self.tree, [menu.replace("&", "") or "Elsewhere"])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            for row in rows:
                QTreeWidgetItem(heading, [row.plain_text, keys_text(row), row.tip])
        self.tree.expandAll()

    def _search(self, text: str) -> None:
        for place in range(self.tree.topLevelItemCount()):
            heading = self.tree.topLevelItem(place)
            assert heading is not None
            children = (heading.child(at) for at in range(heading.childCount()))
            rows = [row for row in children if row is not None]
            for row in rows:
                row.setHidden(fit(text, f"{row.text(0)} {row.text(1)} {row.text(2)}") is None)
            heading.setHidden(all(row.isHidden() for row in rows))


def keys_text(row: Command) -> str:
    """The keys as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(keys).toString(native) for keys in row.shortcuts)
