"""What the window remembers of itself: its place, its page, the splitters, the last folder, recent files.

Must not know settings that a person chooses; those are in `SettingsState`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

RECENT_KEPT = 12


class WindowMemory(QObject):
    """Reads and writes the window's own file. Signals: recent_changed()."""

    recent_changed = Signal()

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    # ---------------------------------------------------------------------------------------- place and splitters

    def restore(self, window: QWidget) -> bool:
        """Puts the window where it was; gives whether that was known."""
        state = self._store.value("window/geometry")
        return isinstance(state, QByteArray) and bool(window.restoreGeometry(state))

    @property
    def page(self) -> str:
        """The key of the page that was shown last; "" when that is not known."""
        return str(self._store.value("window/page", ""))

    def keep(self, window: QWidget, page: str = "") -> None:
        """Remembers where the window is, which page it shows, and how its named splitters stand."""
        self._store.setValue("window/geometry", window.saveGeometry())
        self._store.setValue("window/page", page)
        for splitter in _named_splitters(window):
            self._store.setValue(f"splitters/{splitter.objectName()}", splitter.saveState())
        self._store.sync()

    def restore_splitters(self, page: QWidget) -> None:
        """Sets the named splitters of a page as they stood."""
        for splitter in _named_splitters(page):
            state = self._store.value(f"splitters/{splitter.objectName()}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    # ------------------------------------------------------------------------------------------- folder and files

    @property
    def folder(self) -> str:
        """Where a file dialog begins: the last folder used, while it exists; else the person's own."""
        last = str(self._store.value("files/folder", ""))
        return last if last and Path(last).is_dir() else str(Path.home())

    def remember_folder(self, path: str) -> None:
        """Remembers the folder of a file, or a folder."""
        place = Path(path)
        self._store.setValue("files/folder", str(place if place.is_dir() else place.parent))

    @property
    def recent(self) -> tuple[str, ...]:
        """What was opened lately, newest first."""
        kept = self._store.value("files/recent", [])
        paths = kept if isinstance(kept, list) else [kept]  # a list of one comes back as its text
        return tuple(str(path) for path in paths if path)

    def remember(self, paths: Sequence[str]) -> None:
        """Puts paths at the head of the recent ones."""
        fresh = list(dict.fromkeys([*paths[:RECENT_KEPT], *self.recent]))
        self._store.setValue("files/recent", fresh[:RECENT_KEPT])
        self.recent_changed.emit()

    def forget_recent(self) -> None:
        """Empties the recent ones."""
        self._store.setValue("files/recent", [])
        self.recent_changed.emit()


def _named_splitters(widget: QWidget) -> list[QSplitter]:
    return [splitter for splitter in widget.findChildren(QSplitter) if splitter.objectName()]
