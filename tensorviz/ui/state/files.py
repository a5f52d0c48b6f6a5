"""The files of tensors that are open: one `TensorFile` each, and which of them is looked at.

Must not know widgets, or how a file is read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tensorviz.engine.messages.files import CloseFile, OpenPixels, OpenStored, SavedPart, SaveTensors
from tensorviz.ui.state.tensor_file import TensorFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.stored import RawForm
    from tensorviz.ui.state.file_tensors import FileStates
    from tensorviz.ui.state.session import SessionState


class FilesState(QObject):
    """Signals: opened(TensorFile) for a new one, which may still be read; closed(TensorFile); current_changed();
    replaced(TensorFile, TensorFile) when the second stands where the first stood, which is closed.

    suffixes: what names of files of tensors end in, lower case. current: the file that is looked at, None for the
    session.
    """

    opened = Signal(object)
    closed = Signal(object)
    current_changed = Signal()
    replaced = Signal(object, object)

    def __init__(
        self, states: FileStates, session: SessionState, suffixes: tuple[str, ...] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._states, self._session = states, session
        self._count = 0
        self.suffixes = suffixes
        self.files: tuple[TensorFile, ...] = ()
        self.current: TensorFile | None = None

    def is_one(self, path: str) -> bool:
        """Whether a file is named like a file of tensors; what is in it is for the engine to find out."""
        return path.casefold().endswith(self.suffixes) if self.suffixes else False

    def open(self, path: str, raw: RawForm | None = None, *, look: bool = True) -> TensorFile:
        """Opens a file and looks at it; one that is open already, and was read, is looked at as it is.

        look: whether it is looked at.
        """
        same = [one for one in self.files if _is_read(one) and one.path == path and one.raw == raw]
        if same:
            if look:
                self.look_at(same[0])
            return same[0]
        made = self._make(path, raw)
        made.read()
        return self._add(made, look)

    def ask_raw(self, path: str) -> TensorFile:
        """Opens a tab that asks how to take the bytes of a file; nothing is read before that is said."""
        same = [one for one in self.files if one.path == path and one.asks_raw]
        if same:
            self.look_at(same[0])
            return same[0]
        made = self._make(path, None)
        made.asks_raw = True
        return self._add(made)

    def replace(self, file: TensorFile, raw: RawForm | None) -> TensorFile:
        """Reads the file anew, its bytes taken as `raw` says; what comes of it stands where the file stood."""
        if file not in self.files:
            return file
        made = self._make(file.path, raw)
        made.read()
        self.files = tuple(made if one is file else one for one in self.files)
        was_current = self.current is file
        if was_current:
            self.current = made
        self.replaced.emit(file, made)
        self._forget(file)
        if was_current:
            self.current_changed.emit()
        return made

    def _make(self, path: str, raw: RawForm | None) -> TensorFile:
        self._count += 1
        made = TensorFile(self._count, path, raw, self._states, self)
        made.reload_wished.connect(partial(self._reload, made.number))
        return made

    def _reload(self, number: int) -> None:
        for file in self.files:
            if file.number == number:
                self.replace(file, file.raw)

    def _add(self, made: TensorFile, look: bool = True) -> TensorFile:
        self.files = (*self.files, made)
        self.opened.emit(made)
        if look:
            self.look_at(made)
        return made

    def _forget(self, file: TensorFile) -> None:
        file.close()
        self._states.jobs.send(CloseFile(file.number))
        file.setParent(None)  # it goes as soon as nobody looks at it any more

    def close(self, file: TensorFile) -> None:
        """Closes a file; its neighbour is looked at, or the session."""
        if file not in self.files:
            return
        place = self.files.index(file)
        self.files = tuple(one for one in self.files if one is not file)
        if self.current is file:
            self.look_at(self.files[min(place, len(self.files) - 1)] if self.files else None)
        self.closed.emit(file)
        self._forget(file)

    def look_at(self, file: TensorFile | None) -> None:
        """Looks at a file; None looks at the session."""
        if file is not self.current:
            self.current = file
            self.current_changed.emit()

    # ---------------------------------------------------------------------------------------------- the session

    def take_into_session(self, file: TensorFile, places: Iterable[int]) -> None:
        """Opens tensors of a file in the session, on storages as in the file; the session is looked at."""
        wanted = tuple(places)
        if wanted:
            names = () if file.contents is None else tuple(file.contents.tensors[place].name for place in wanted)
            self._session.send(OpenStored(file.path, file.raw, wanted, names))
            self.look_at(None)

    def open_pixels(self, path: str) -> None:
        """Opens a picture as tensors in the session."""
        self._session.send(OpenPixels(path))
        self.look_at(None)

    def save(self, parts: Iterable[SavedPart], path: str) -> None:
        """Writes tensors of the session to a file; what came of it is said in a message."""
        self._states.jobs.send(SaveTensors(tuple(parts), path))


def _is_read(file: TensorFile) -> bool:
    return file.problem is None and not file.asks_raw
