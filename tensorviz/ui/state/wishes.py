"""Commands that panels ask for by their id: "pictures.open", "pictures.samples".

Must not know what a command does; the window runs it, so that a button, a menu and a shortcut do the same.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class WishesState(QObject):
    """The way from a panel to a row of `ui/commands.py`. Signals: wished(command id)."""

    wished = Signal(str)

    def run(self, command: str) -> None:
        """Asks for the command of that id to be run."""
        self.wished.emit(command)
