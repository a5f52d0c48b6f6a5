"""The files of tensors that are open: one `TensorFile` each, and which of them is looked at.

Must not know widgets, or how a file is read.
"""

from __future__ import annotations

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
    """Signals: opened(TensorFile) for a new one, which may still be read; closed(TensorFile); current_changed().

    suffixes: what names of files of tensors end in, lower case. current: the file that is looked at, None for the
    session.
    """

    opened = Signal(object)
    closed = Signal(object)
    current_changed = Signal()

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

    def open(self, path: str, raw: RawForm | None = None) -> TensorFile:
        """Opens a file and looks at it; one that is open already, and was read, is looked at as it is."""
        same = [one for one in self.files if one.path == path and one.raw == raw and one.problem is None]
        if same:
            self.look_at(same[0])
            return same[0]
        self._count += 1
        made = TensorFile(self._count, path, raw, self._states, self)
        self.files = (*self.files, made)
        made.read()
        self.opened.emit(made)
        self.look_at(made)
        return made

    def close(self, file: TensorFile) -> None:
        """Closes a file; its neighbour is looked at, or the session."""
        if file not in self.files:
            return
        place = self.files.index(file)
        self.files = tuple(one for one in self.files if one is not file)
        if self.current is file:
            self.look_at(self.files[min(place, len(self.files) - 1)] if self.files else None)
        file.close()
        self._states.jobs.send(CloseFile(file.number))
        self.closed.emit(file)

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
            self._session.send(OpenStored(file.path, file.raw, wanted))
            self.look_at(None)

    def open_pixels(self, path: str) -> None:
        """Opens a picture as tensors in the session."""
        self._session.send(OpenPixels(path))
        self.look_at(None)

    def save(self, parts: Iterable[SavedPart], path: str) -> None:
        """Writes tensors of the session to a file; what came of it is said in a message."""
        self._states.jobs.send(SaveTensors(tuple(parts), path))
