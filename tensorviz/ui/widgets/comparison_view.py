"""Where pixels of a picture lie on the screen: fitted or zoomed, panned, in one pane or the same in several.

Must not know how anything is painted. Positions are whole pixels of the screen (device pixels), not those of Qt's
coordinates, so that an enlarged picture is sharp at any scale of the display.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF

LARGEST_FIT = 16.0  # a picture of a few pixels is not blown up further unless asked
LARGEST_ZOOM = 64.0
LADDER = (
    *(1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3),
    *(1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
)
NEARLY = 1e-6


def scaled_length(length: int, scale: float) -> int:
    """How many pixels of the screen are covered in full; at least one."""
    return max(1, int(length * scale + NEARLY))


class PixelView:
    """A frame of width x height pixels, seen in panes of one size at one zoom.

    zoom is in pixels of the screen for one of the picture; while `fitted` the whole frame is seen.
    """

    def __init__(self) -> None:
        self.width = self.height = 0
        self.panes: tuple[QRect, ...] = (QRect(0, 0, 1, 1),)
        self.fitting = 1.0  # the zoom at which the whole frame is seen
        self._wanted: float | None = None
        self._centre = QPointF()  # of the panes, in pixels of the picture

    def set_frame(self, width: int, height: int) -> None:
        """The size of what is seen; zoom and place are kept when it stays the same."""
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self._measure()
            self.fit()

    def set_panes(self, panes: tuple[QRect, ...]) -> None:
        """The panes, all of one size."""
        if panes != self.panes:
            self.panes = panes
            self._measure()
            self._settle()

    # ------------------------------------------------------------------------------------------------ zoom

    @property
    def fitted(self) -> bool:
        """Whether the zoom follows the size of the panes."""
        return self._wanted is None

    def _measure(self) -> None:
        pane = self.panes[0]
        wide, high = pane.width() / max(self.width, 1), pane.height() / max(self.height, 1)
        self.fitting = max(min(wide, high, LARGEST_FIT), 1 / 4096)

    @property
    def zoom(self) -> float:
        """Pixels of the screen for one of the picture."""
        return self.fitting if self._wanted is None else self._wanted

    def fit(self) -> None:
        """Shows the whole frame."""
        self._wanted = None
        self._centre = QPointF(self.width / 2, self.height / 2)

    def set_zoom(self, zoom: float, at: QPoint | None = None) -> None:
        """Zooms; what lies at a point stays there (the middle of the first pane without one)."""
        pane = self.pane_at(at) if at is not None else self.panes[0]
        still = QPointF(at) + QPointF(0.5, 0.5) if at is not None else QRectF(pane).center()
        under = (still - QPointF(self.origin(pane))) / self.zoom
        self._wanted = min(max(zoom, min(self.fitting, 1.0)), max(LARGEST_ZOOM, self.fitting))
        self._centre = under + (QRectF(pane).center() - still) / self._wanted
        self._settle()

    def step(self, up: bool, at: QPoint | None = None) -> None:
        """Goes to the next zoom of the ladder."""
        now = self.zoom
        if up:
            self.set_zoom(next((rung for rung in LADDER if rung > now * (1 + NEARLY)), LADDER[-1]), at)
        else:
            self.set_zoom(next((rung for rung in reversed(LADDER) if rung < now * (1 - NEARLY)), LADDER[0]), at)

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        """Zooms by a factor, but never past 100 % without a stop there."""
        now, then = self.zoom, self.zoom * factor
        crosses = (now < 1 - NEARLY and then > 1) or (now > 1 + NEARLY and then < 1)
        self.set_zoom(1.0 if crosses else then, at)

    # ------------------------------------------------------------------------------------------------ place

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole frame on the screen."""
        return scaled_length(self.width, self.zoom), scaled_length(self.height, self.zoom)

    @property
    def pannable(self) -> bool:
        """Whether there is more than can be seen."""
        width, height = self.size
        return width > self.panes[0].width() or height > self.panes[0].height()

    def pan(self, right: float, down: float) -> None:
        """Moves the picture by pixels of the screen."""
        self._centre -= QPointF(right, down) / self.zoom
        self._settle()

    def reveal(self, x: int, y: int) -> None:
        """Pans as little as shows a pixel."""
        pane, place = self.panes[0], self.place_of(x, y, self.panes[0])
        right = max(pane.left() - place.left(), 0.0) or min(pane.right() + 1 - place.right(), 0.0)
        down = max(pane.top() - place.top(), 0.0) or min(pane.bottom() + 1 - place.bottom(), 0.0)
        if right or down:
            self.pan(right, down)

    def _settle(self) -> None:
        """Nothing is panned further than to the edge of the picture."""
        pane, zoom = self.panes[0], self.zoom
        width, height = self.size
        self._centre = QPointF(
            _held(self._centre.x(), pane.width() / 2 / zoom, width / zoom),
            _held(self._centre.y(), pane.height() / 2 / zoom, height / zoom),
        )

    def origin(self, pane: QRect) -> QPoint:
        """Where the upper left corner of the picture lies."""
        width, height = self.size
        return QPoint(
            pane.left() + _start(width, pane.width(), self._centre.x() * self.zoom),
            pane.top() + _start(height, pane.height(), self._centre.y() * self.zoom),
        )

    def shown(self, pane: QRect) -> QRect:
        """The part of a pane that the frame covers."""
        at = self.origin(pane)
        width, height = self.size
        return QRect(at.x(), at.y(), width, height).intersected(pane)

    def pane_at(self, at: QPoint) -> QRect:
        """The pane that a point lies in, or else the nearest."""
        return min(self.panes, key=lambda pane: (_beyond(at, pane), pane.left(), pane.top()))

    def pixel_at(self, at: QPoint) -> tuple[int, int] | None:
        """The pixel at a point; None beside the frame."""
        pane = self.pane_at(at)
        if not self.width or not self.shown(pane).contains(at):
            return None
        place = at - self.origin(pane)
        x, y = int((place.x() + 0.5) / self.zoom), int((place.y() + 0.5) / self.zoom)
        return min(x, self.width - 1), min(y, self.height - 1)

    def place_of(self, x: int, y: int, pane: QRect) -> QRectF:
        """Where a pixel lies."""
        at, zoom = self.origin(pane), self.zoom
        return QRectF(at.x() + x * zoom, at.y() + y * zoom, zoom, zoom)


def _start(length: int, room: int, centre: float) -> int:
    if length <= room:
        return (room - length) // 2
    return min(max(math.floor(room / 2 - centre + 0.5), room - length), 0)


def _held(centre: float, half: float, whole: float) -> float:
    return whole / 2 if whole <= 2 * half else min(max(centre, half), whole - half)


def _beyond(at: QPoint, pane: QRect) -> int:
    right = max(pane.left() - at.x(), at.x() - pane.right(), 0)
    return right + max(pane.top() - at.y(), at.y() - pane.bottom(), 0)
