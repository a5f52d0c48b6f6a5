"""What the comparison of two pictures shows and where: the state of it, its geometry and its painting.

Must not know how it is operated (`comparison.py`), nor what the pictures are of.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tensorviz.ui.widgets import comparison_lens as lens
from tensorviz.ui.widgets import comparison_marks as marks
from tensorviz.ui.widgets.comparison_scale import DifferenceScale
from tensorviz.ui.widgets.comparison_view import PixelView

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tensorviz.ui.widgets.comparison_tiles import PictureTiles

Mode = Literal["slider", "side", "difference", "alone"]
Which = Literal["before", "after"]
Layer = Literal["before", "after", "difference"]
EDGE, BETWEEN = 3, 8  # around the panes, where the focus ring is, and between two
STACKED = 1.25  # so much larger must pictures be one above the other, or they are side by side
IN_TIME = 0.0025  # seconds of a paint that may go into new tiles
DIMMED = 150


@dataclass(frozen=True, slots=True)
class Part:
    """What is seen in a part of a pane, in pixels of the screen."""

    layer: Layer
    pane: QRect
    clip: QRect


class ComparisonStage(QWidget):
    """Paints two pictures, aligned at their upper left corners, in one of four ways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.scale = PixelView(), DifferenceScale()
        self._images: dict[Which, QImage] = {"before": QImage(), "after": QImage()}
        self._layers: dict[Layer, PictureTiles] = {}
        self._levels = b""
        self._levels_size = (0, 0)
        self._mode: Mode = "slider"
        self._shown: Which = "after"
        self._labels = ("before", "after")
        self._placeholder = self._stale_text = ""
        self._stale = self._lens = self._held = self._dragging = False
        self._share, self._factor = 0.5, 8
        self._at: tuple[int, int] | None = None
        self._complete = True
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._work)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ------------------------------------------------------------------------------------------------ state

    @property
    def placeholder(self) -> str:
        """What stands there without pictures."""
        return self._placeholder

    @property
    def stale(self) -> bool:
        """Whether it is dimmed."""
        return self._stale

    @property
    def stale_text(self) -> str:
        """What is said where it is dimmed."""
        return self._stale_text

    @property
    def labels(self) -> tuple[str, str]:
        """The names of before and after."""
        return self._labels

    @property
    def held(self) -> bool:
        """Whether "before" is seen in place of the rest for a moment."""
        return self._held

    @property
    def share(self) -> float:
        """How much of what is seen is before."""
        return self._share

    @property
    def sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Width and height of before and after."""
        before, after = self._images["before"], self._images["after"]
        return (before.width(), before.height()), (after.width(), after.height())

    @property
    def pixel(self) -> tuple[int, int] | None:
        """What is pointed at."""
        return self._at

    @property
    def seen(self) -> Mode:
        """The mode as far as there are pictures for it."""
        both = not self._images["before"].isNull() and not self._images["after"].isNull()
        there = "difference" in self._layers if self._mode == "difference" else both
        return self._mode if there else "alone"

    @property
    def alone(self) -> Which:
        """The picture that is seen alone."""
        if self._held and not self._images["before"].isNull():
            return "before"
        other: Which = "before" if self._shown == "after" else "after"
        return other if self._images[self._shown].isNull() else self._shown

    # ------------------------------------------------------------------------------------------------ geometry

    def legend_place(self) -> QRectF:
        """Where the scale of the difference lies; null in another mode."""
        if self.seen != "difference":
            return QRectF()
        height = min(self.scale.height(self.font(), self.width()), self.height() / 2)
        return QRectF(EDGE, self.height() - EDGE - height, self.width() - 2 * EDGE, height)

    def lay_out(self) -> None:
        """Puts the panes where they belong; cheap, and done before anything asks where a pixel is."""
        ratio = self.devicePixelRatioF()
        legend = self.legend_place().height()
        whole = QRect(
            round(EDGE * ratio),
            round(EDGE * ratio),
            max(round((self.width() - 2 * EDGE) * ratio), 1),
            max(round((self.height() - 2 * EDGE - legend) * ratio), 1),
        )
        self.view.set_panes(self._panes(whole, round(BETWEEN * ratio)) if self.seen == "side" else (whole,))
        self.scale.averaged = self.view.zoom < 1

    def _panes(self, whole: QRect, between: int) -> tuple[QRect, QRect]:
        wide, high = max((whole.width() - between) // 2, 1), max((whole.height() - between) // 2, 1)
        frame = max(self.view.width, 1), max(self.view.height, 1)
        beside = min(wide / frame[0], whole.height() / frame[1])
        above = min(whole.width() / frame[0], high / frame[1])
        if above > STACKED * beside:
            return QRect(whole.x(), whole.y(), whole.width(), high), QRect(
                whole.x(), whole.y() + high + between, whole.width(), high
            )
        return QRect(whole.x(), whole.y(), wide, whole.height()), QRect(
            whole.x() + wide + between, whole.y(), wide, whole.height()
        )

    def divider_x(self) -> int:
        """Where the divider is, in pixels of the screen: the first that belongs to "after"."""
        shown = self.view.shown(self.view.panes[0])
        return shown.left() + round(self._share * shown.width())

    def to_screen(self, place: QPointF) -> QPoint:
        """The pixel of the screen at a place of the widget."""
        ratio = self.devicePixelRatioF()
        return QPoint(int(place.x() * ratio), int(place.y() * ratio))

    def from_screen(self, place: QRectF | QRect) -> QRectF:
        """Pixels of the screen as a place of the widget."""
        ratio = self.devicePixelRatioF()
        return QRectF(place.x() / ratio, place.y() / ratio, place.width() / ratio, place.height() / ratio)

    def parts(self) -> list[Part]:
        """What is seen where."""
        panes, seen = self.view.panes, self.seen
        if seen == "side":
            return [Part("before", panes[0], panes[0]), Part("after", panes[1], panes[1])]
        pane = panes[0]
        if seen == "alone" or self._held:
            return [Part("before" if self._held else self.alone, pane, pane)]
        if seen == "difference":
            return [Part("difference", pane, pane)]
        left, right = QRect(pane), QRect(pane)
        left.setWidth(self.divider_x() - pane.left())
        right.setLeft(self.divider_x())
        return [Part("before", pane, left), Part("after", pane, right)]

    # ------------------------------------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if not self.view.width:
            self._paint_placeholder(painter)
        else:
            self.lay_out()
            self._paint_pictures(painter)
            self._paint_over(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
        if not self._complete or self.seen == "slider":
            self._again.start()

    def _work(self) -> None:
        """Between two paints: what was a draft is painted again; then what a dragged divider will uncover is made."""
        if not self._complete:
            self.update()
        elif not self.prepare():
            self._again.start()

    def prepare(self) -> bool:
        """Works for a moment on what the divider hides; whether nothing is left to do."""
        if self.seen != "slider" or not self.view.width:
            return True
        self.lay_out()
        until, pane = time.perf_counter() + IN_TIME, self.view.panes[0]
        layers = [self._layers["before"], self._layers["after"]]
        return all(layer.prepare(self.view.origin(pane), pane, self.view.zoom, until) for layer in layers)

    def _paint_placeholder(self, painter: QPainter) -> None:
        self._complete = True
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(16, 16, -16, -16), wrapped, self._placeholder)

    def _paint_pictures(self, painter: QPainter) -> None:
        until, ratio = time.perf_counter() + IN_TIME, self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        final = [self._paint_part(painter, part, until) for part in self.parts()]
        self._complete = all(final)
        painter.restore()

    def _paint_part(self, painter: QPainter, part: Part, until: float) -> bool:
        view, layer = self.view, self._layers.get(part.layer)
        at = view.origin(part.pane)
        frame = view.shown(part.pane).intersected(part.clip)
        covered = layer.covered(at, view.zoom) if layer is not None else QRect()
        right, below = QRect(frame), QRect(frame)
        right.setLeft(max(covered.right() + 1, frame.left()))
        below.setTop(max(covered.bottom() + 1, frame.top()))
        for place in (right, below):
            marks.paint_hatching(painter, place, self.palette())
        return layer is None or layer.paint(painter, at, frame, view.zoom, until)

    def _paint_over(self, painter: QPainter) -> None:
        seen, shown = self.seen, [self.from_screen(self.view.shown(pane)) for pane in self.view.panes]
        if self._stale:
            veil = QColor(self.palette().color(QPalette.ColorRole.Window))
            veil.setAlpha(DIMMED)
            for place in shown:
                painter.fillRect(place, veil)
        if seen == "slider" and not self._held:
            self._paint_divider(painter, shown[0])
        self._paint_labels(painter, shown)
        if self._at is not None and seen == "side" and not self._lens:
            for pane, place in zip(self.view.panes, shown, strict=True):
                marks.paint_cross(painter, self.from_screen(self.view.place_of(*self._at, pane)), place)
        if seen == "difference":
            self.scale.paint(painter, self.legend_place(), self.palette(), self.level_at(self._at))
        if self._stale and self._stale_text:
            self._paint_stale(painter, shown[0].united(shown[-1]))
        if self.lens_seen:
            self._paint_lens(painter)

    def _paint_divider(self, painter: QPainter, shown: QRectF) -> None:
        lit = self._dragging or self.hasFocus()
        accent = self.palette().color(QPalette.ColorRole.Accent) if lit else None
        marks.paint_divider(painter, self.divider_x() / self.devicePixelRatioF(), shown, accent)

    def _paint_labels(self, painter: QPainter, shown: list[QRectF]) -> None:
        seen, font = self.seen, self.font()
        names = dict(zip(("before", "after"), self._labels, strict=True))
        if seen == "alone" or (self._held and seen != "side"):
            self._paint_label(painter, marks.corner_plate(font, names[self.alone], shown[0]), names[self.alone], 1.0)
        elif seen == "side":
            for place, name in zip(shown, self._labels, strict=True):
                self._paint_label(painter, marks.corner_plate(font, name, place), name, 1.0)
        elif seen == "slider":
            divider = self.divider_x() / self.devicePixelRatioF()
            for right, name in enumerate(self._labels):
                plate = marks.corner_plate(font, name, shown[0], bool(right))
                self._paint_label(painter, plate, name, marks.nearness(plate, divider, bool(right)))

    def _paint_label(self, painter: QPainter, place: QRectF, text: str, strength: float) -> None:
        if not place.isNull() and strength > 0:
            marks.paint_plate(painter, place, text, strength)

    def _paint_stale(self, painter: QPainter, shown: QRectF) -> None:
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        text = QFontMetricsF(self.font()).elidedText(self._stale_text, Qt.TextElideMode.ElideRight, room.width() - 16)
        size = marks.plate_size(self.font(), text)
        bottom = min(shown.bottom() - 12, room.bottom())
        corner = QPointF(room.center().x() - size.width() / 2, max(bottom - size.height(), room.top()))
        marks.paint_plate(painter, QRectF(corner, size), text)

    # ------------------------------------------------------------------------------------------------ lens

    @property
    def lens_seen(self) -> bool:
        """Whether the lens is over a pixel now."""
        return self._lens and self._at is not None and not self._dragging and bool(self.view.width)

    @property
    def lens_radius(self) -> float:
        """How large the lens is, in coordinates of Qt: smaller in a small pane, or it would hide the picture."""
        pane = self.from_screen(self.view.panes[0])
        return max(lens.LEAST, min(lens.RADIUS, lens.OF_PANE * min(pane.width(), pane.height())))

    @property
    def magnification(self) -> int:
        """How many pixels of the screen the lens gives a pixel: the factor, or twice the zoom where that is more."""
        ratio = self.devicePixelRatioF()
        return max(round(self._factor * ratio), min(round(2 * self.view.zoom), round(self.lens_radius * ratio)))

    def level_at(self, pixel: tuple[int, int] | None) -> int | None:
        """The level of the difference at a pixel; None where there is none."""
        width, height = self._levels_size
        if pixel is None or not self._levels or pixel[0] >= width or pixel[1] >= height:
            return None
        return self._levels[pixel[1] * width + pixel[0]]

    def lens_pieces(self) -> list[QImage]:
        """What the lens shows, for each pane: one picture, or the left half of "before" and the right of "after"."""
        if self._at is None:
            return []
        ratio, times = self.devicePixelRatioF(), self.magnification
        side = round(2 * self.lens_radius * ratio) // 2 * 2
        pieces = {which: lens.magnified(image, self._at, times, side) for which, image in self._images.items()}
        if self.seen == "side":
            return [pieces["before"], pieces["after"]]
        if self.seen == "alone" or self._held:
            return [pieces[self.alone]]
        return [lens.split(pieces["before"], pieces["after"], times)]

    def lens_place(self, pane: QRect) -> QPointF:
        """The middle of the lens."""
        assert self._at is not None
        return self.from_screen(self.view.place_of(*self._at, pane)).center()

    def plate(self) -> lens.Plate:
        """The numbers under the lens."""
        assert self._at is not None
        head = f"x {self._at[0]}  y {self._at[1]}"
        strength = f"{self.magnification / self.devicePixelRatioF():.3g}x"
        return lens.Plate(self.font(), head, self.readings(), strength)

    def readings(self) -> list[lens.Reading]:
        """The numbers of the pixel that is pointed at."""
        assert self._at is not None
        nothing = QImage()
        single = self.alone if self.seen == "alone" else None
        before = nothing if single == "after" else self._images["before"]
        after = nothing if single == "before" else self._images["after"]
        return lens.readings(before, after, self._labels, self._at)

    def plate_place(self) -> QRectF:
        """Where the plate lies."""
        return self.plate().place(self.lens_place(self._lens_pane()), QRectF(self.rect()), self.lens_radius)

    def _lens_pane(self) -> QRect:
        """The pane whose lens has the plate."""
        pointer = self.to_screen(QPointF(self.mapFromGlobal(self.cursor().pos())))
        return self.view.pane_at(pointer) if self.underMouse() else self.view.panes[0]

    def _paint_lens(self, painter: QPainter) -> None:
        for pane, piece in zip(self.view.panes, self.lens_pieces(), strict=False):
            middle = self.lens_place(pane)
            lens.paint_piece(painter, piece, middle, self.magnification, self.devicePixelRatioF())
        self.plate().paint(painter, self.plate_place())
