"""Which tensors and which storage are looked at.

Must not know widgets, or how anything is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from tensorviz.core.session_data import StorageFacts, TensorFacts
    from tensorviz.ui.state.open_tensors import OpenTensors

MOST_GRIDS = 12


class ShowingState(QObject):
    """The tensors shown as grids, in order; the current one; the storage on the canvas.

    Signals: changed() when any of them changed; operations_wished(name, where on the screen: QPoint) when somebody
    asks what can be done with a tensor; strided_wished(name) for the sliders of an as_strided view.

    ghost: a tensor that does not exist, drawn as a lane while a form asks for it. hidden: lanes of these tensors are
    not drawn on the canvas. What a step names is shown by itself: its tensor becomes the current one, and the canvas
    shows its storage.
    """

    changed = Signal()
    operations_wished = Signal(str, object)
    strided_wished = Signal(str)

    def __init__(self, session: OpenTensors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._names: list[str] = []
        self._before: dict[str, int] = {}
        self.current: str | None = None
        self.storage: str | None = None
        self.hidden: frozenset[str] = frozenset()
        self.ghost: TensorFacts | None = None
        session.changed.connect(self._follow)
        session.began_anew.connect(self._clear)

    @property
    def tensors(self) -> tuple[TensorFacts, ...]:
        """The tensors that are shown as grids."""
        found = (self._session.facts.tensor(name) for name in self._names)
        return tuple(one for one in found if one is not None)

    @property
    def current_tensor(self) -> TensorFacts | None:
        """The tensor that is worked with."""
        return self._session.facts.tensor(self.current) if self.current is not None else None

    @property
    def current_storage(self) -> StorageFacts | None:
        """The storage on the canvas."""
        return self._session.facts.storage(self.storage)

    @property
    def lanes(self) -> tuple[TensorFacts, ...]:
        """The tensors that have a lane on the canvas."""
        if self.storage is None:
            return ()
        return tuple(one for one in self._session.facts.on(self.storage) if one.name not in self.hidden)

    def show(self, name: str) -> None:
        """Makes a tensor the current one, with its grid and its storage in sight."""
        tensor = self._session.facts.tensor(name)
        if tensor is None:
            return
        if name not in self._names:
            self._names = [*self._names, name][-MOST_GRIDS:]
        self.current = name
        self.storage = tensor.storage if tensor.storage is not None else self.storage
        self.changed.emit()

    def hide(self, name: str) -> None:
        """Closes a tensor's grid; the tensor stays in the session."""
        if name in self._names:
            place = self._names.index(name)
            self._names.remove(name)
            if self.current == name:
                self.current = self._names[min(place, len(self._names) - 1)] if self._names else None
            self.changed.emit()

    def show_storage(self, storage: str) -> None:
        """Puts a storage on the canvas; the current tensor stays."""
        if self._session.facts.storage(storage) is not None and storage != self.storage:
            self.storage = storage
            self.changed.emit()

    def set_lane(self, name: str, shown: bool) -> None:
        """Draws a tensor's lane on the canvas, or leaves it out."""
        self.hidden = self.hidden - {name} if shown else self.hidden | {name}
        self.changed.emit()

    def set_ghost(self, ghost: TensorFacts | None) -> None:
        """Draws a lane for a tensor that somebody thinks of making; None draws it no more."""
        if ghost != self.ghost:
            self.ghost = ghost
            self.changed.emit()

    @Slot()
    def _clear(self) -> None:
        self._names, self._before, self.hidden = [], {}, frozenset()
        self.current = self.storage = None
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        """Shows what is new or another object by now, or what was asked for; closes what is gone."""
        facts, asked = self._session.facts, self._session.looked_for
        now = {one.name: one.identity for one in facts.tensors}
        fresh = [name for name in now if self._before.get(name) != now[name] and "." not in name]
        fresh = fresh if asked is None else [asked]
        self._before = now
        self._names = [name for name in self._names if name in now]
        for name in fresh[-MOST_GRIDS:]:
            if name not in self._names:
                self._names = [*self._names, name][-MOST_GRIDS:]
        if fresh:
            self.current = fresh[-1]
        elif self.current not in now:
            self.current = self._names[-1] if self._names else None
        self.hidden &= set(now)
        tensor = self.current_tensor
        if tensor is not None and tensor.storage is not None and (fresh or facts.storage(self.storage) is None):
            self.storage = tensor.storage
        elif facts.storage(self.storage) is None:
            self.storage = facts.storages[-1].id if facts.storages else None
        self.changed.emit()
