"""Dragging over the window and dropping on it, wherever the pointer is: no field below takes it first.

Must not know what is done with what was dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from tensorviz.ui.window.drop_overlay import DropOverlay
from tensorviz.ui.window.drops import offer_of
from tensorviz.ui.window.targets import targets_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop)


class Dropping(QObject):
    """Watches a window. Signals: dropped(Offer, place): "tensors", "models", or "" where no place was hit.

    The events are met before Qt hands them to a widget: a field under the pointer would take the address of a file as
    its text. What is no file and no picture goes its usual way, so that text is still moved about.
    """

    dropped = Signal(object, str)

    def __init__(self, window: QWidget, tensor_suffixes: tuple[str, ...]) -> None:
        super().__init__(window)
        self._window, self._suffixes = window, tensor_suffixes
        self.overlay = DropOverlay(window)

    def watch(self) -> None:
        """Begins; the window must have been shown."""
        handle = self._window.windowHandle()
        assert handle is not None, "it was shown"
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the four events of a drag that holds something for us."""
        if event.type() not in DRAGS:
            return False
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if self.overlay.isHidden():
            return False
        if event.type() == QEvent.Type.DragLeave:
            self.overlay.hide()
        elif isinstance(event, QDragMoveEvent):
            self.overlay.point_at(event.position().toPoint())
            _accept(event)
        elif isinstance(event, QDropEvent):
            self._drop(event)
        return True

    def _enter(self, event: QDragEnterEvent) -> bool:
        targets = targets_for(event.mimeData(), self._suffixes)
        if targets:
            self.overlay.cover(targets, event.position().toPoint())
            _accept(event)
        return bool(targets)

    def _drop(self, event: QDropEvent) -> None:
        self.overlay.point_at(event.position().toPoint())
        place = self.overlay.lit.place if self.overlay.lit is not None else ""
        self.overlay.hide()
        _accept(event)
        self.dropped.emit(offer_of(event.mimeData()), place)


def _accept(event: QDropEvent) -> None:
    """Files stay where they are: a program that offers to move them must not think that they were."""
    if event.possibleActions() & Qt.DropAction.CopyAction:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.acceptProposedAction()
