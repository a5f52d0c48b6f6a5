"""Paints an image at any zoom out of tiles that are kept: sharp squares when enlarged, smooth when shrunk.

Must not know what the image shows. A paint keeps to its time: what is not ready yet is painted as a draft.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QTransform

from tensorviz.ui.widgets.comparison_halves import GREY, RGB, Halves
from tensorviz.ui.widgets.comparison_view import NEARLY, scaled_length

if TYPE_CHECKING:
    from collections.abc import Sequence

TILE = 256  # pixels of the screen
MOST = 200  # tiles that are kept, 256 KiB each
Key = tuple[float, int, int]


class PictureTiles:
    """An image; or a map of levels, a byte for each pixel, in the colours of a table."""

    def __init__(self, image: QImage) -> None:
        self.image = image
        self._halves = Halves(image)
        self._table: list[int] = []
        self._levels = b""
        self._draft = self.image
        self._tiles: OrderedDict[Key, QPixmap] = OrderedDict()

    @classmethod
    def of_levels(cls, levels: bytes, width: int, height: int) -> PictureTiles:
        """A map; it needs its colours (`set_table`)."""
        tiles = cls(QImage(levels, width, height, width, GREY))
        tiles._levels = levels  # the image does not keep them
        tiles._draft = QImage(levels, width, height, width, QImage.Format.Format_Indexed8)
        return tiles

    def set_table(self, table: Sequence[int]) -> None:
        """The colours of a map, 0xAARRGGBB for each of 256 levels."""
        if self._table != list(table):
            self._table = list(table)
            self._draft.setColorTable(self._table)
            self._tiles.clear()

    def covered(self, at: QPoint, zoom: float) -> QRect:
        """What the image covers when its upper left corner lies there."""
        return QRect(at.x(), at.y(), scaled_length(self.image.width(), zoom), scaled_length(self.image.height(), zoom))

    def paint(self, painter: QPainter, at: QPoint, clip: QRect, zoom: float, until: float) -> bool:
        """Paints what lies in `clip`; whether it is final and no draft. Positions are pixels of the screen."""
        wanted = self.covered(at, zoom).intersected(clip).translated(-at)
        if wanted.isEmpty():
            return True
        late = []
        for row in range(wanted.top() // TILE, wanted.bottom() // TILE + 1):
            for column in range(wanted.left() // TILE, wanted.right() // TILE + 1):
                part = QRect(column * TILE, row * TILE, TILE, TILE).intersected(wanted)
                tile = self._tile((zoom, column, row), until)
                if tile is None:
                    late.append(part)
                else:
                    painter.drawPixmap(part.translated(at), tile, part.translated(-column * TILE, -row * TILE))
        for part in late:
            self._paint_draft(painter, at, part, zoom)
        return not late

    def prepare(self, at: QPoint, clip: QRect, zoom: float, until: float) -> bool:
        """Makes the tiles of what may be painted next; whether all are there."""
        wanted = self.covered(at, zoom).intersected(clip).translated(-at)
        rows = range(wanted.top() // TILE, wanted.bottom() // TILE + 1)
        columns = range(wanted.left() // TILE, wanted.right() // TILE + 1)
        return wanted.isEmpty() or all(
            self._tile((zoom, one, row), until) is not None for row in rows for one in columns
        )

    def _paint_draft(self, painter: QPainter, at: QPoint, part: QRect, zoom: float) -> None:
        image, shrunk = self._draft, 1.0
        if not self._table and self._halves.finest >= 0:
            number = min(self._halves.finest, _level(min(zoom, 1.0)))
            image, shrunk = self._halves.level(number), 0.5**number
        wide, high = (max(zoom, 1 / length) / shrunk for length in (self.image.width(), self.image.height()))
        source = QRectF(part.left() / wide, part.top() / high, part.width() / wide, part.height() / high)
        painter.drawImage(QRectF(part.translated(at)), image, source)

    # ------------------------------------------------------------------------------------------------ tiles

    def _tile(self, key: Key, until: float) -> QPixmap | None:
        """A tile: the one that is kept, or a new one while there is time."""
        found = self._tiles.get(key)
        if found is not None:
            self._tiles.move_to_end(key)
            return found
        number = _level(2 * key[0])
        if time.perf_counter() >= until or not self._halves.make(number, until) or time.perf_counter() >= until:
            return None
        made = self._tiles[key] = QPixmap.fromImage(self._coloured(self._drawn(*key)))
        if len(self._tiles) > MOST:
            self._tiles.popitem(last=False)
        return made

    def _coloured(self, tile: QImage) -> QImage:
        if self._table and tile.reinterpretAsFormat(QImage.Format.Format_Indexed8):
            tile.setColorTable(self._table)
        return tile.convertToFormat(RGB)

    def _drawn(self, zoom: float, column: int, row: int) -> QImage:
        whole = QRect(0, 0, scaled_length(self.image.width(), zoom), scaled_length(self.image.height(), zoom))
        part = QRect(column * TILE, row * TILE, TILE, TILE).intersected(whole)
        if zoom < 1 - NEARLY:
            return self._shrunk(zoom, part)
        exact = abs(zoom - round(zoom)) < NEARLY
        return self._whole(round(zoom), part) if exact else self._enlarged(zoom, part)

    def _whole(self, times: int, part: QRect) -> QImage:
        """Each pixel as so many, a square."""
        left, top = part.left() // times, part.top() // times
        right, bottom = part.right() // times + 1, part.bottom() // times + 1
        squares = _squares(self._halves.level(0).copy(left, top, right - left, bottom - top), times)
        return squares.copy(part.left() - left * times, part.top() - top * times, part.width(), part.height())

    def _enlarged(self, zoom: float, part: QRect) -> QImage:
        """Squares of one size at a zoom between whole ones: enlarged too far, then shrunk, so that edges are mixed."""
        times = math.ceil(zoom)
        left, top = max(int(part.left() / zoom) - 1, 0), max(int(part.top() / zoom) - 1, 0)
        right = min(int(part.right() / zoom) + 2, self.image.width())
        bottom = min(int(part.bottom() / zoom) + 2, self.image.height())
        squares = _squares(self._halves.level(0).copy(left, top, right - left, bottom - top), times)
        place = QTransform(zoom / times, 0, 0, zoom / times, left * zoom - part.left(), top * zoom - part.top())
        return _painted(squares, place, part.width(), part.height())

    def _shrunk(self, zoom: float, part: QRect) -> QImage:
        """Painted twice as large out of the nearest level, then the mean of each four."""
        level = _level(2 * zoom)
        wide, high = (2 * max(zoom, 1 / length) * 2**level for length in (self.image.width(), self.image.height()))
        place = QTransform(wide, 0, 0, high, -2 * part.left(), -2 * part.top())
        twice = _painted(self._halves.level(level), place, 2 * part.width(), 2 * part.height())
        smooth = Qt.TransformationMode.SmoothTransformation
        return twice.scaled(part.width(), part.height(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _level(zoom: float) -> int:
    """The smallest level that is no smaller than at that zoom."""
    return max(math.floor(-math.log2(zoom) + NEARLY), 0)


def _squares(image: QImage, times: int) -> QImage:
    if times == 1:
        return image
    return image.scaled(image.width() * times, image.height() * times)


def _painted(image: QImage, place: QTransform, width: int, height: int) -> QImage:
    canvas = QImage(width, height, GREY if image.format() == GREY else RGB)
    painter = QPainter(canvas)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setTransform(place)
    painter.drawImage(0, 0, image)
    painter.end()
    return canvas
