"""Mouse and wheel on a comparison: dragging the divider or the pictures, pointing, zooming.

Must not know how anything is painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from tensorviz.ui.widgets.comparison_marks import HANDLE, handle_place

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

    from tensorviz.ui.widgets.comparison import Comparison

GRAB = 7  # so near to the line is on it
NOTCH, SIDEWAYS = 120, 48
WHEEL = 2**0.25
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Drag = Literal["", "divider", "pan", "click"]


class Gestures:
    """What the buttons are doing now. "click": pressed on a picture that can be panned, and not moved yet."""

    def __init__(self, canvas: Comparison) -> None:
        self._canvas = canvas
        self._drag: Drag = ""
        self._from = QPointF()
        self._grabbed = 0.0  # from the line to where it was grabbed
        self._space = False
        self._turned = 0

    def forget(self) -> None:
        """Lets go of everything."""
        self._space = False
        self._begin("")

    def _begin(self, drag: Drag) -> None:
        self._drag = drag
        self._canvas.set_dragging(drag == "divider")
        self.show_cursor()

    # ------------------------------------------------------------------------------------------------ divider

    def on_divider(self, at: QPointF) -> bool:
        """Whether a place is on the line or its handle."""
        canvas = self._canvas
        if canvas.seen != "slider" or not canvas.view.width:
            return False
        canvas.lay_out()
        span = canvas.from_screen(canvas.view.shown(canvas.view.panes[0]))
        divider = canvas.divider_x() / canvas.devicePixelRatioF()
        apart = at - handle_place(divider, span)
        on_handle = apart.x() ** 2 + apart.y() ** 2 <= HANDLE**2
        return on_handle or (abs(at.x() - divider) <= GRAB and span.top() <= at.y() <= span.bottom())

    def _drag_divider(self, x: float) -> None:
        canvas = self._canvas
        span = canvas.from_screen(canvas.view.shown(canvas.view.panes[0]))
        canvas.set_divider((x - self._grabbed - span.left()) / max(span.width(), 1.0))

    # ------------------------------------------------------------------------------------------------ buttons

    def press(self, event: QMouseEvent) -> None:
        """A button goes down."""
        canvas, at = self._canvas, event.position()
        if not canvas.view.width or event.button() not in (LEFT, MIDDLE):
            event.ignore()
            return
        canvas.lay_out()
        self._from = at
        if event.button() == MIDDLE or self._space:
            self._begin("pan")
        elif self.on_divider(at):
            self._grabbed = at.x() - canvas.divider_x() / canvas.devicePixelRatioF()
            self._begin("divider")
        elif canvas.view.pannable:
            self._begin("click")
        elif canvas.seen == "slider":
            self._move_here(at)

    def _move_here(self, at: QPointF) -> None:
        self._grabbed = 0.0
        self._drag_divider(at.x())
        self._begin("divider")

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves."""
        at, canvas = event.position(), self._canvas
        if self._drag == "click" and (at - self._from).manhattanLength() >= QApplication.startDragDistance():
            self._begin("pan")
        if self._drag == "divider":
            self._drag_divider(at.x())
        elif self._drag == "pan":
            canvas.pan(at.x() - self._from.x(), at.y() - self._from.y())
            self._from = at
        self.point(at)

    def point(self, at: QPointF) -> None:
        """Points at what is there."""
        canvas = self._canvas
        canvas.lay_out()
        pixel = canvas.view.pixel_at(canvas.to_screen(at))
        canvas.point_at(*(pixel or (-1, -1)))
        if not self._drag:
            self.show_cursor(at)

    def release(self, event: QMouseEvent) -> None:
        """A button goes up."""
        if self._drag == "click" and self._canvas.seen == "slider":
            self._move_here(event.position())
        self._begin("")
        self.point(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """The divider goes to the middle."""
        if event.button() == LEFT and self._canvas.seen == "slider" and not self._space:
            self._canvas.set_divider(0.5)
        else:
            self.press(event)

    # ------------------------------------------------------------------------------------------------ wheel and keys

    def wheel(self, event: QWheelEvent) -> None:
        """Zooms at the pointer; with Ctrl the lens enlarges more or less. Turned sideways, it pans."""
        canvas, turned = self._canvas, event.angleDelta().y()
        sideways = event.angleDelta().x() if not turned and canvas.view.pannable else 0
        if not canvas.view.width or not (turned or sideways):
            event.ignore()
            return
        event.accept()
        if sideways:
            canvas.pan(event.pixelDelta().x() or sideways * SIDEWAYS / NOTCH, 0)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and canvas.lens:
            self._turned += turned
            notches = int(self._turned / NOTCH)
            self._turned -= notches * NOTCH
            canvas.set_lens_factor(canvas.lens_factor + 2 * notches)
        else:
            canvas.zoom_by(WHEEL ** (turned / NOTCH), event.position())
        self.point(event.position())

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Two fingers zoom; whether they did."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture or not self._canvas.view.width:
            return False
        self._canvas.zoom_by(max(1 + event.value(), 0.1), event.position())
        return True

    def key(self, event: QKeyEvent, down: bool) -> bool:
        """Space, while it is held, lets the left button pan."""
        if event.key() != Qt.Key.Key_Space or not self._canvas.view.width:
            return False
        if not event.isAutoRepeat():
            self._space = down
            self.show_cursor()
        return True

    def show_cursor(self, at: QPointF | None = None) -> None:
        """The pointer as what pressing would do."""
        canvas = self._canvas
        place = at if at is not None else QPointF(canvas.mapFromGlobal(canvas.cursor().pos()))
        shape = self._shape(place)
        if shape != canvas.cursor().shape():
            canvas.setCursor(shape)

    def _shape(self, at: QPointF) -> Qt.CursorShape:
        canvas = self._canvas
        if self._drag == "pan":
            return Qt.CursorShape.ClosedHandCursor
        if self._space:
            return Qt.CursorShape.OpenHandCursor
        if self._drag == "divider" or self.on_divider(at):
            return Qt.CursorShape.SplitHCursor
        if canvas.lens_seen:
            return Qt.CursorShape.BlankCursor  # the lens marks the pixel, and the arrow would lie on it
        if canvas.view.width and canvas.seen == "side":
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.OpenHandCursor if canvas.view.pannable else Qt.CursorShape.ArrowCursor
