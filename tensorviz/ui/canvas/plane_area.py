"""A window onto a plane of any size: positions are numbers of 64 bits, where Qt's scroll bars have 32.

Must not know what is on the plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent

LARGEST = 1 << 30  # what a scroll bar may say
LINE = 48.0  # pixels of a step of the wheel, times three


class PlaneArea(QAbstractScrollArea):
    """Scrolls by bars, wheel, and dragging with the middle button or with space held.

    Signals: moved() when another part is in sight; zoom_wished(factor, x, y) by Ctrl and wheel, at a point of the
    viewport.
    """

    moved = Signal()
    zoom_wished = Signal(float, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left = self.top = 0.0
        self._width = self._height = 0.0
        self._dragged: QPointF | None = None
        self._space = self._syncing = False
        self.viewport().setMouseTracking(True)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalScrollBar().valueChanged.connect(self._take_horizontal)
        self.verticalScrollBar().valueChanged.connect(self._take_vertical)

    # ------------------------------------------------------------------------------------------------ positions

    def set_plane(self, width: float, height: float) -> None:
        """The size of the plane in pixels."""
        self._width, self._height = width, height
        self.go_to(self.left, self.top, force=True)

    def room(self) -> tuple[float, float]:
        """The size of the part that is in sight."""
        return float(self.viewport().width()), float(self.viewport().height())

    def go_to(self, left: float, top: float, force: bool = False) -> None:
        """Brings a point of the plane to the left top, as far as there is something."""
        width, height = self.room()
        left = min(max(left, 0.0), max(self._width - width, 0.0))
        top = min(max(top, 0.0), max(self._height - height, 0.0))
        changed = (left, top) != (self.left, self.top)
        self.left, self.top = left, top
        self._sync(width, height)
        if changed or force:
            self.viewport().update()
            self.moved.emit()

    def _sync(self, width: float, height: float) -> None:
        before, self._syncing = self._syncing, True
        _show(self.horizontalScrollBar(), self.left, self._width, width)
        _show(self.verticalScrollBar(), self.top, self._height, height)
        self._syncing = before

    def scroll_by(self, right: float, down: float) -> None:
        """Moves what is in sight."""
        self.go_to(self.left + right, self.top + down)

    def _take_horizontal(self, value: int) -> None:
        if self._syncing:
            return
        self.go_to(_position(self.horizontalScrollBar(), value, self._width, self.room()[0]), self.top)

    def _take_vertical(self, value: int) -> None:
        if self._syncing:
            return
        self.go_to(self.left, _position(self.verticalScrollBar(), value, self._height, self.room()[1]))

    # ------------------------------------------------------------------------------------------------ Qt's

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Qt's: the bars are listened to instead."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.go_to(self.left, self.top)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: the wheel scrolls, with Ctrl it zooms, with Shift it scrolls sideways."""
        event.accept()
        steps = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = event.position()
            self.zoom_wished.emit(1.2 ** ((steps.y() or steps.x()) / 120), at.x(), at.y())
            return
        fine = event.pixelDelta()
        right, down = (
            (-fine.x(), -fine.y()) if not fine.isNull() else (-steps.x() / 120 * LINE, -steps.y() / 120 * LINE)
        )
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not right:
            right, down = down, 0.0
        self.scroll_by(right, down)

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's: dragging the plane comes before what is on it."""
        if event.type() == QEvent.Type.MouseButtonPress and self._begins(event):  # type: ignore[arg-type]  # by type
            return True
        if event.type() == QEvent.Type.MouseMove and self._dragged is not None:
            self._drag(event)  # type: ignore[arg-type]  # by type
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._dragged is not None:
            self._dragged = None
            self._show_hand()
            return True
        return super().viewportEvent(event)

    @property
    def dragging(self) -> bool:
        """Whether the plane is being dragged."""
        return self._dragged is not None

    def hold_space(self, held: bool) -> None:
        """While held, the left button drags the plane too."""
        self._space = held
        self._show_hand()

    def _begins(self, event: QMouseEvent) -> bool:
        middle = event.button() == Qt.MouseButton.MiddleButton
        if not (middle or (self._space and event.button() == Qt.MouseButton.LeftButton)):
            return False
        self._dragged = event.position()
        self._show_hand()
        return True

    def _drag(self, event: QMouseEvent) -> None:
        before = self._dragged
        if before is not None:
            self._dragged = event.position()
            self.scroll_by(before.x() - event.position().x(), before.y() - event.position().y())

    def _show_hand(self) -> None:
        if self._dragged is not None:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()


def _factor(whole: float) -> float:
    """Pixels per step of a scroll bar."""
    return max(whole / LARGEST, 1.0)


def _show(bar: QScrollBar, at: float, whole: float, part: float) -> None:
    factor = _factor(whole)
    bar.setRange(0, int(max(whole - part, 0.0) / factor + 0.5))
    bar.setPageStep(max(int(part / factor), 1))
    bar.setSingleStep(max(int(LINE / factor), 1))
    bar.setValue(int(at / factor + 0.5))


def _position(bar: QScrollBar, value: int, whole: float, part: float) -> float:
    # The last step is the end, whatever was rounded.
    return max(whole - part, 0.0) if value == bar.maximum() else value * _factor(whole)
