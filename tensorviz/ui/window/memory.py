"""What the window remembers of itself: its place, its page, the splitters, the last folder, recent files.

Must not know settings that a person chooses; those are in `SettingsState`.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.screen import Place

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
        splitters = _named_splitters(window)
        names = Counter(splitter.objectName() for splitter in splitters)
        for splitter in splitters:
            if names[splitter.objectName()] == 1 or splitter.isVisible():
                self._keep_splitter(splitter)
        self._store.sync()

    def _keep_splitter(self, splitter: QSplitter, *moved: int) -> None:
        self._store.setValue(f"splitters/{splitter.objectName()}", splitter.saveState())

    def restore_splitters(self, page: QWidget) -> None:
        """Sets the named splitters of a page as they stood, and remembers each move of them at once.

        So panels that are made later begin as others of their kind stand by then.
        """
        for splitter in _named_splitters(page):
            splitter.splitterMoved.connect(partial(self._keep_splitter, splitter))
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

    def place_of(self, path: str) -> Place:
        """Where a recent path was sent when it was opened last; "" when it went where its kind belongs."""
        place = self._places().get(path, "")
        return place if place in ("tensors", "models") else ""  # type: ignore[return-value]  # one of these words

    def remember(self, paths: Sequence[str], place: Place = "") -> None:
        """Puts paths at the head of the recent ones. place: the page that they were sent to."""
        fresh = list(dict.fromkeys([*paths[:RECENT_KEPT], *self.recent]))[:RECENT_KEPT]
        places = {**self._places(), **dict.fromkeys(paths[:RECENT_KEPT], place)}
        self._store.setValue("files/recent", fresh)
        self._store.setValue("files/recent_places", [places.get(path, "") for path in fresh])
        self.recent_changed.emit()

    def _places(self) -> dict[str, str]:
        kept = self._store.value("files/recent_places", [])
        places = kept if isinstance(kept, list) else [kept]
        return dict(zip(self.recent, map(str, places), strict=False))

    def forget_recent(self) -> None:
        """Empties the recent ones."""
        self._store.setValue("files/recent", [])
        self.recent_changed.emit()


def _named_splitters(widget: QWidget) -> list[QSplitter]:
    return [splitter for splitter in widget.findChildren(QSplitter) if splitter.objectName()]
