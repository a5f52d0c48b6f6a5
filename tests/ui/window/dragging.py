"""Dragging things over a window as the system would: the events go to the window before any widget.

Must not know what the window does with them.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from tensorviz.engine.messages.files import OpenFile
from tests.ui.small_window import Scene

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BESIDE = QPoint(4, 4)  # between the edge of the window and the places to drop


def urls(*addresses: str) -> QMimeData:
    """Files, as a file manager offers them."""
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def files(*paths: str) -> QMimeData:
    """The same by their paths."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def image() -> QImage:
    """An orange picture, 3 wide and 2 high."""
    picture = QImage(3, 2, QImage.Format.Format_RGB32)
    picture.fill(QColor(255, 128, 0))
    return picture


def of_image() -> QMimeData:
    """A picture of another program."""
    mime = QMimeData()
    mime.setImageData(image())
    return mime


def drag_over(window: QWidget, mime: QMimeData, at: QPoint = BESIDE, actions: Qt.DropAction = COPY) -> QDragEnterEvent:
    """The pointer comes in; the event says whether it may be dropped, and with which action."""
    event = QDragEnterEvent(at, actions, mime, LEFT, NONE)
    _send(window, event)
    return event


def move(window: QWidget, mime: QMimeData, at: QPoint) -> None:
    """The pointer moves."""
    _send(window, QDragMoveEvent(at, COPY, mime, LEFT, NONE))


def leave(window: QWidget) -> None:
    """The pointer goes out."""
    _send(window, QDragLeaveEvent())


def drop(window: QWidget, mime: QMimeData, at: QPoint = BESIDE) -> None:
    """The pointer comes in, and lets go."""
    assert drag_over(window, mime, at).isAccepted()
    _send(window, QDropEvent(QPointF(at), COPY, mime, LEFT, NONE))


def _send(window: QWidget, event: QEvent) -> None:
    handle = window.windowHandle()
    assert isinstance(handle, QWindow)
    QApplication.sendEvent(handle, event)


def middle_of(scene: Scene, place: str) -> QPoint:
    """The middle of a place to drop, as it lies now."""
    overlay = scene.window.dropping.overlay
    return overlay.rect_of(next(one for one in overlay.targets if one.place == place)).center()


def drop_on(scene: Scene, mime: QMimeData, place: str) -> None:
    """Drags over the window, then to a place, and lets go there."""
    drag_over(scene.window, mime)
    drop(scene.window, mime, middle_of(scene, place))


def opened(scene: Scene) -> list[str]:
    """The files that were asked to be opened as tensors."""
    return [request.path for request in scene.engine.all(OpenFile)]
