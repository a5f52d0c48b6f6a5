"""Two pictures of nearly one size compared: a divider, side by side, a map of the difference, or one alone; a lens.

Must not know what the pictures are of; texts and colours of the map are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QNativeGestureEvent

from tensorviz.ui.widgets.comparison_gestures import Gestures
from tensorviz.ui.widgets.comparison_keys import press, presses, release
from tensorviz.ui.widgets.comparison_scale import largest_of
from tensorviz.ui.widgets.comparison_stage import ComparisonStage, Mode, Which
from tensorviz.ui.widgets.comparison_tiles import PictureTiles
from tensorviz.ui.widgets.comparison_words import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QEnterEvent, QFocusEvent, QMouseEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

__all__ = ["Comparison", "Mode", "Which"]

LEAST_FACTOR, MOST_FACTOR = 2, 32


class Comparison(ComparisonStage):
    """A canvas. Pixels are counted from the upper left corner, where the pictures are aligned.

    Signals: pointed(x, y), -1, -1 when left; divider_moved(share of "before", 0 to 1); zoomed(screen pixels for one of
    the picture, whether fitted); lens_changed(on).
    """

    pointed = Signal(int, int)
    divider_moved = Signal(float)
    zoomed = Signal(float, bool)
    lens_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._description = ""
        self._told_zoom = (0.0, True)
        self._last: tuple[int, int] | None = None  # where the lens was
        self._gestures = Gestures(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Comparison")

    # ------------------------------------------------------------------------------------------------ what is shown

    def show_pictures(self, before: QImage | None, after: QImage | None, text: str = "") -> None:
        """Shows these, or without both a text; the difference is forgotten. Zoom is kept where the size is the same.

        Bytes that an image only points to must live as long as it is shown.
        """
        self._images = {"before": before or QImage(), "after": after or QImage()}
        self._layers = {name: PictureTiles(image) for name, image in self._images.items() if not image.isNull()}
        self._levels, self._levels_size, self.scale.largest, self.scale.extra = b"", (0, 0), None, ""
        self._placeholder = text
        sizes = [image.size() for image in self._images.values()]
        self.view.set_frame(max(size.width() for size in sizes), max(size.height() for size in sizes))
        if not self._inside(self._at):
            self.leave()
        self._last = self._last if self._inside(self._last) else None
        self.retell()

    def _inside(self, pixel: tuple[int, int] | None) -> bool:
        return pixel is not None and 0 <= pixel[0] < self.view.width and 0 <= pixel[1] < self.view.height

    def set_difference(self, levels: bytes | None, width: int = 0, height: int = 0, largest: int | None = None) -> None:
        """Shows how they differ: a level 0 to 255 for each of width x height pixels, row by row; None: not known.

        largest: of the levels, where the caller knows it; to look for it takes milliseconds.
        """
        self._layers.pop("difference", None)
        self._levels, self._levels_size = levels or b"", (width, height) if levels else (0, 0)
        if levels:
            if len(levels) != width * height:
                raise ValueError(f"{width} x {height} levels were expected, not {len(levels)}")
            self._layers["difference"] = PictureTiles.of_levels(levels, width, height)
        self.scale.largest = None if not levels else largest_of(levels) if largest is None else largest
        only = (width, height) != (self.view.width, self.view.height)
        self.scale.extra = f"Compared where both have pixels: {width} x {height}." if only else ""
        self._colour()

    def set_colours(self, table: Sequence[str]) -> None:
        """The colours of the difference: 256 of "#rrggbb", from no difference to the largest."""
        self.scale.set_table(table)
        self._colour()

    def set_stretched(self, stretched: bool) -> None:
        """Whether the scale of the difference ends at the largest there is, or else at 255."""
        self.scale.stretched = stretched
        self._colour()

    def _colour(self) -> None:
        if "difference" in self._layers:
            self._layers["difference"].set_table(self.scale.colours())
        self.retell()

    def set_labels(self, before: str, after: str) -> None:
        """What stands in the corners."""
        self._labels = (before, after)
        self.retell()

    def set_shown(self, which: Which) -> None:
        """Which one is seen alone."""
        self._shown = which
        self.retell()

    def set_stale(self, stale: bool, text: str = "") -> None:
        """Dims what is no longer what was asked for, and says so."""
        self._stale, self._stale_text = stale, text
        self.retell()

    def set_described(self, name: str, description: str = "") -> None:
        """The text twin; where the divider is and the like is added."""
        self._description = description
        self.setAccessibleName(name)
        self.retell()

    def set_mode(self, mode: Mode) -> None:
        """Shows the pictures in that way."""
        if mode != self._mode:
            self._mode = mode
            self._gestures.forget()
            self.retell()

    # ------------------------------------------------------------------------------------------------ how

    def set_divider(self, share: float) -> None:
        """Moves the divider: so much of what is seen is "before"."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self.retell()
            self.divider_moved.emit(share)

    def set_lens(self, wanted: bool) -> None:
        """Whether the lens is there."""
        if wanted != self._lens:
            self._lens = wanted
            if wanted and self._at is None and self.view.width and self.hasFocus():
                self.move_lens(0, 0)  # it was wished by key
            self._gestures.show_cursor()
            self.retell()
            self.lens_changed.emit(wanted)

    def set_lens_factor(self, factor: int) -> None:
        """How many times the lens enlarges, 2 to 32."""
        self._factor = min(max(factor, LEAST_FACTOR), MOST_FACTOR)
        self.update()

    def point_at(self, x: int, y: int) -> None:
        """Points at a pixel; outside of the pictures, at none."""
        self._point((x, y) if self._inside((x, y)) else None)

    def leave(self) -> None:
        """Points at none."""
        self._point(None)

    def _point(self, pixel: tuple[int, int] | None) -> None:
        if pixel == self._at:
            return
        self._at, self._last = pixel, pixel or self._last
        self.pointed.emit(*(pixel or (-1, -1)))
        if self._lens or self.seen in ("side", "difference"):
            self.update()
        if self._lens:
            self._describe()

    def move_lens(self, right: int, down: int) -> None:
        """Moves the lens by pixels, from where it was last; the picture follows where it would leave what is seen."""
        self.lay_out()
        x, y = self._at or self._last or self._middle()
        if self._at is not None:
            x, y = min(max(x + right, 0), self.view.width - 1), min(max(y + down, 0), self.view.height - 1)
        self.view.reveal(x, y)
        self.point_at(x, y)
        self.update()

    def _middle(self) -> tuple[int, int]:
        """The pixel in the middle of what is seen."""
        return self.view.pixel_at(self.view.shown(self.view.panes[0]).center()) or (0, 0)

    def fit(self) -> None:
        """Shows the whole of the pictures."""
        self.view.fit()
        self.retell()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Screen pixels for one of the picture; what is at a place of the widget stays there."""
        self.lay_out()
        self.view.set_zoom(zoom, None if at is None else self.to_screen(at))
        self.retell()

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zooms by a factor, with a stop at 100 %."""
        self.lay_out()
        self.view.zoom_by(factor, self.to_screen(at))
        self.retell()

    def zoom_in(self) -> None:
        """The next larger of the usual zooms."""
        self._step(True)

    def zoom_out(self) -> None:
        """The next smaller of the usual zooms."""
        self._step(False)

    def _step(self, up: bool) -> None:
        self.lay_out()
        self.view.step(up)
        self.retell()

    def pan(self, right: float, down: float) -> None:
        """Moves the pictures, in the units of the widget."""
        ratio = self.devicePixelRatioF()
        self.lay_out()
        self.view.pan(right * ratio, down * ratio)
        self.update()

    def hold_before(self, held: bool) -> None:
        """While held, "before" is seen in place of what else is seen."""
        if held != self._held and not (held and self._images["before"].isNull()):
            self._held = held
            self.retell()

    def set_dragging(self, dragging: bool) -> None:
        """Whether the divider is being dragged: no lens meanwhile."""
        self._dragging = dragging
        self.update()

    # ------------------------------------------------------------------------------------------------ what it is like

    @property
    def mode(self) -> Mode:
        """As it was set."""
        return self._mode

    @property
    def divider(self) -> float:
        """The share of "before"."""
        return self._share

    @property
    def lens(self) -> bool:
        """Whether the lens is there."""
        return self._lens

    @property
    def lens_factor(self) -> int:
        """How many times the lens enlarges."""
        return self._factor

    @property
    def zoom(self) -> float:
        """Screen pixels for one of the picture."""
        self.lay_out()
        return self.view.zoom

    @property
    def fitted(self) -> bool:
        """Whether the whole is seen, whatever the size of the widget."""
        return self.view.fitted

    @property
    def stretched(self) -> bool:
        """Whether the scale of the difference ends at the largest."""
        return self.scale.stretched

    @property
    def before(self) -> QImage:
        """The picture; null without one."""
        return self._images["before"]

    @property
    def after(self) -> QImage:
        """The picture; null without one."""
        return self._images["after"]

    @property
    def at(self) -> tuple[int, int] | None:
        """The pixel that is pointed at."""
        return self._at

    @property
    def complete(self) -> bool:
        """Whether nothing that was painted last is a draft."""
        return self._complete

    def scale_note(self) -> str:
        """What the scale of the difference is; "" without one."""
        self.lay_out()
        return self.scale.note()

    def text(self) -> str:
        """What is seen, in words."""
        self.lay_out()
        return told(self, self._description)

    # ------------------------------------------------------------------------------------------------ Qt's

    def retell(self) -> None:
        """After any change: paints, and tells in words and by signal."""
        self.lay_out()
        self._describe()
        self.update()
        zoom = (self.view.zoom, self.view.fitted)
        if zoom != self._told_zoom and self.view.width:
            self._told_zoom = zoom
            self.zoomed.emit(*zoom)

    def _describe(self) -> None:
        self.setAccessibleDescription(told(self, self._description))

    def sizeHint(self) -> QSize:
        """Comfortable."""
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        """Small, and still a picture."""
        return QSize(160, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.retell()

    def event(self, event: QEvent) -> bool:
        """Qt's: the keys of the canvas come before those of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and presses(self, event):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent) and self._gestures.pinch(event):
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.retell()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if not self._gestures.key(event, True) and not press(self, event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if not self._gestures.key(event, False) and not release(self, event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's: what was held is let go."""
        self.hold_before(False)
        self._gestures.forget()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's."""
        self._gestures.wheel(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt's."""
        self._gestures.show_cursor()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        self.leave()
        super().leaveEvent(event)
