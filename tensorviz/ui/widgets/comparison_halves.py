"""A picture with its half, its quarter and so on, made in short turns: what a shrunk picture is painted from.

Must not know where or how large it is painted.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

STRIP = 1 << 17  # pixels that are made without looking at the clock
AT_ONCE = 1 << 20  # pixels that are turned into the format for painting when the picture comes
GREY, RGB = QImage.Format.Format_Grayscale8, QImage.Format.Format_RGB32


class Halves:
    """Level 0 is the picture in the format for painting; a pixel of the next is a mean of four, of fewer at an edge."""

    def __init__(self, source: QImage) -> None:
        self._source = source
        self._made: list[QImage] = []
        self._next = QImage()
        self._row = 0
        if source.format() in (GREY, RGB):
            self._made.append(source)
        elif source.hasAlphaChannel() or source.width() * source.height() <= AT_ONCE:
            self._made.append(source.convertToFormat(RGB))

    @property
    def finest(self) -> int:
        """The number of the smallest level that is made; -1 before the first."""
        return len(self._made) - 1

    def level(self, number: int) -> QImage:
        """A level that is made."""
        return self._made[number]

    def make(self, number: int, until: float) -> bool:
        """Works on the levels up to that one until the clock (perf_counter) says so; whether it is made."""
        while len(self._made) <= number:
            self._strip()
            if time.perf_counter() >= until:
                break
        return len(self._made) > number

    def _strip(self) -> None:
        """Makes a strip of the next level."""
        if self._next.isNull():
            self._begin()
        last = min(self._row + max(STRIP // self._next.width(), 1), self._next.height())
        if self._made:
            halve(self._made[-1], self._next, self._row, last)
        else:
            take_over(self._source, self._next, self._row, last)
        self._row = last
        if last == self._next.height():
            self._made.append(self._next)
            self._next = QImage()

    def _begin(self) -> None:
        above, self._row = self._made[-1] if self._made else self._source, 0
        size = QSize((above.width() + 1) // 2, (above.height() + 1) // 2) if self._made else above.size()
        self._next = QImage(size, GREY if above.format() == GREY else RGB)


def take_over(image: QImage, taken: QImage, first: int, last: int) -> None:
    """Paints rows first to last (without it) as they are."""
    painter = QPainter(taken)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.drawImage(QPoint(0, first), image, QRect(0, first, image.width(), last - first))
    painter.end()


def halve(image: QImage, half: QImage, first: int, last: int) -> None:
    """Paints rows first to last (without it) of the half."""
    wide, high = image.width() // 2, min(last, image.height() // 2) - first
    odd_row = last > image.height() // 2
    painter = QPainter(half)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    _mean(painter, QRect(0, first, wide, high), image, QRect(0, 2 * first, 2 * wide, 2 * high))
    if odd_row:
        _mean(painter, QRect(0, last - 1, wide, 1), image, QRect(0, image.height() - 1, 2 * wide, 1))
    if image.width() % 2:  # the last column has no neighbour
        right = image.width() - 1
        _mean(painter, QRect(wide, first, 1, high), image, QRect(right, 2 * first, 1, 2 * high))
        if odd_row:
            _mean(painter, QRect(wide, last - 1, 1, 1), image, QRect(right, image.height() - 1, 1, 1))
    painter.end()


def _mean(painter: QPainter, place: QRect, image: QImage, part: QRect) -> None:
    """Paints a part at half its size. Qt's scaling of 32 bits rounds least: painting itself would darken by one."""
    if not place.isEmpty():
        smooth, ratio = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.IgnoreAspectRatio
        painter.drawImage(place.topLeft(), image.copy(part).convertToFormat(RGB).scaled(place.size(), ratio, smooth))
