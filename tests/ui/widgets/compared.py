"""Pictures and a canvas for tests of the comparison.

Must not know what is tested. Every pixel of a picture has a colour of its own kind: red tells which picture it is of.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from tensorviz.ui.widgets.comparison import Comparison

Colour = tuple[int, int, int]
BEFORE, AFTER = 40, 200  # of red
EDGE = 3  # around the panes
NONE = Qt.KeyboardModifier.NoModifier


def colour(x: int, y: int, red: int) -> Colour:
    """The colour of a pixel."""
    return red, (x * 7 + y * 3) % 251, (x * 2 + y * 11) % 241


def picture(width: int, height: int, red: int) -> QImage:
    """A picture of `colour`."""
    pixels = b"".join(bytes(colour(x, y, red)) for y in range(height) for x in range(width))
    return QImage(pixels, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def at(image: QImage, x: int, y: int) -> Colour:
    """The colour of a pixel of an image."""
    found = image.pixelColor(x, y)
    return found.red(), found.green(), found.blue()


class Canvas(Comparison):
    """A canvas on a screen of any ratio."""

    ratio = 1.0

    def devicePixelRatioF(self) -> float:
        return self.ratio

    def painted(self) -> QImage:
        """What it shows, in pixels of the screen, once nothing is a draft."""
        screen = QImage(round(self.width() * self.ratio), round(self.height() * self.ratio), QImage.Format.Format_RGB32)
        screen.setDevicePixelRatio(self.ratio)
        for _ in range(1000):
            painter = QPainter(screen)
            self.render(painter, QPoint())
            painter.end()
            if self.complete:
                return screen
        raise AssertionError("a draft for ever")

    def origin(self, pane: int = 0) -> tuple[int, int]:
        """Where the pictures begin, in pixels of the screen."""
        self.lay_out()
        point = self.view.origin(self.view.panes[pane])
        return point.x(), point.y()


def canvas_of(width: int, height: int, before: QImage | None, after: QImage | None, ratio: float = 1.0) -> Canvas:
    """A canvas without labels, of a size in coordinates of Qt."""
    canvas = Canvas()
    canvas.ratio = ratio
    canvas.resize(width, height)
    canvas.set_labels("", "")
    canvas.show_pictures(before, after, "Nothing yet.")
    return canvas


# ----------------------------------------------------------------------------------------------- what people do


def press_key(canvas: Comparison, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> bool:
    """Presses and lets go; whether it was taken."""
    down = QKeyEvent(QEvent.Type.KeyPress, key, held)
    QApplication.sendEvent(canvas, down)
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, key, held))
    return down.isAccepted()


def mouse(
    canvas: Comparison, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    """A mouse event at a place of the canvas."""
    place = QPointF(x, y)
    moving = kind == QEvent.Type.MouseMove
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(kind, place, canvas.mapToGlobal(place), none if moving else button, button, NONE)
    QApplication.sendEvent(canvas, event)


def drag(
    canvas: Comparison, start: tuple[float, float], end: tuple[float, float], button: Qt.MouseButton | None = None
) -> None:
    """Presses, moves, lets go."""
    used = button or Qt.MouseButton.LeftButton
    mouse(canvas, QEvent.Type.MouseButtonPress, *start, used)
    half = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    for place in (half, end):
        mouse(canvas, QEvent.Type.MouseMove, *place, used)
    mouse(canvas, QEvent.Type.MouseButtonRelease, *end, used)


def hover(canvas: Comparison, x: float, y: float) -> None:
    """Moves the pointer there."""
    mouse(canvas, QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton)


def turn(
    canvas: Comparison,
    x: float,
    y: float,
    notches: float,
    held: Qt.KeyboardModifier = NONE,
    sideways: bool = False,
) -> None:
    """Turns the wheel."""
    place, none = QPointF(x, y), QPoint()
    phase = Qt.ScrollPhase.NoScrollPhase
    buttons = Qt.MouseButton.NoButton
    angle = QPoint(round(120 * notches), 0) if sideways else QPoint(0, round(120 * notches))
    event = QWheelEvent(place, canvas.mapToGlobal(place), none, angle, buttons, held, phase, False)
    QApplication.sendEvent(canvas, event)
