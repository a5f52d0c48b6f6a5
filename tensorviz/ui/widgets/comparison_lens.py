"""The lens over compared pictures: a round piece, much enlarged, and under it the numbers of the pixel in its middle.

Must not know what is compared; it is given the images, their names and a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QFontMetricsF, QImage, QPainter, QPen, QTransform

from tensorviz.ui.widgets.comparison_marks import FAINT_INK, INK, PAPER, ROUND, SHADOW, paint_square

RADIUS, LEAST, OF_PANE = 88, 36, 0.3  # coordinates of Qt; the last of the shorter side of a small pane
GAP, EDGE = 8.0, 6.0
NOWHERE = QColor(14, 17, 22)


@dataclass(frozen=True, slots=True)
class Reading:
    """A row of the plate: whose numbers, the colour (None where there is no pixel), and the numbers."""

    name: str
    colour: QColor | None
    numbers: str


def colour_at(image: QImage, x: int, y: int) -> QColor | None:
    """The colour of a pixel; None beside the image."""
    return image.pixelColor(x, y) if image.valid(x, y) else None


def numbers_of(colour: QColor | None) -> str:
    """Red, green and blue, one under the other in rows of equal digits."""
    return f"{colour.red():3} {colour.green():3} {colour.blue():3}" if colour is not None else "no pixel"


def readings(before: QImage, after: QImage, names: tuple[str, str], pixel: tuple[int, int]) -> list[Reading]:
    """Both colours of a pixel and how far they are apart; one row where there is one image."""
    found = [
        Reading(name, colour_at(image, *pixel), numbers_of(colour_at(image, *pixel)))
        for image, name in zip((before, after), names, strict=True)
        if not image.isNull()
    ]
    colours = [one.colour for one in found if one.colour is not None]
    if len(colours) == 2:
        first, second = (colour.getRgb()[:3] for colour in colours)  # type: ignore[index]  # PySide types it as object
        apart = " ".join(f"{abs(a - b):3}" for a, b in zip(first, second, strict=True))
        found.append(Reading("difference", None, apart))
    return found


# ----------------------------------------------------------------------------------------------- the round piece


def magnified(image: QImage, pixel: tuple[int, int], times: int, side: int) -> QImage:
    """A square of `side` (even) screen pixels: the pixel in its middle, each one `times` wide."""
    piece = QImage(side, side, QImage.Format.Format_RGB32)
    piece.fill(NOWHERE)
    reach = side // 2 // times + 2
    part = QRect(pixel[0] - reach, pixel[1] - reach, 2 * reach + 1, 2 * reach + 1).intersected(image.rect())
    if part.isEmpty():
        return piece
    squares = image.copy(part).scaled(part.width() * times, part.height() * times)
    start = side // 2 - times // 2
    painter = QPainter(piece)
    painter.drawImage(start + (part.left() - pixel[0]) * times, start + (part.top() - pixel[1]) * times, squares)
    painter.end()
    return piece


def split(left: QImage, right: QImage, times: int) -> QImage:
    """The left half of one piece beside the right half of the other; a thin line, but not through the middle pixel."""
    both, middle = left.copy(), left.width() // 2
    painter = QPainter(both)
    painter.drawImage(QPoint(middle, 0), right, QRect(middle, 0, right.width() - middle, right.height()))
    high = middle - times // 2 - 2
    for top in (0, both.height() - high):
        painter.fillRect(QRect(middle - 1, top, 2, high), QColor(0, 0, 0, 90))
        painter.fillRect(QRect(middle, top, 1, high), FAINT_INK)
    painter.end()
    return both


def paint_piece(painter: QPainter, piece: QImage, middle: QPointF, times: int, ratio: float) -> None:
    """The round piece; middle is in coordinates of Qt, times and piece in pixels of the screen, `ratio` to one."""
    side = piece.width()
    corner = QPoint(round(middle.x() * ratio) - side // 2, round(middle.y() * ratio) - side // 2)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    brush = QBrush(piece)
    brush.setTransform(QTransform.fromTranslate(corner.x(), corner.y()))
    round_place = QRectF(corner.x(), corner.y(), side, side)
    for colour, wide in ((SHADOW, 5 * ratio), (INK, 2.5 * ratio)):
        painter.setPen(QPen(colour, wide))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(round_place)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawEllipse(round_place)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    start = side // 2 - times // 2
    paint_square(painter, QRectF(corner.x() + start, corner.y() + start, times, times), max(int(ratio), 1))
    painter.restore()


# ----------------------------------------------------------------------------------------------- the plate


class Plate:
    """The place of a pixel, how much the lens enlarges, and the readings, as a small table."""

    def __init__(self, font: QFont, head: str, rows: list[Reading], strength: str = "") -> None:
        self.head, self.rows, self.strength = head, rows, strength
        self.font = font
        self.numbers = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.numbers.setPointSizeF(font.pointSizeF() if font.pointSizeF() > 0 else 9.0)
        words, digits = QFontMetricsF(self.font), QFontMetricsF(self.numbers)
        self._line = max(words.height(), digits.height()) + 1
        self._swatch = words.ascent()
        self._name = max((words.horizontalAdvance(row.name) for row in rows), default=0.0)
        self._number = max((digits.horizontalAdvance(row.numbers) for row in rows), default=0.0)
        self._head = digits.horizontalAdvance(f"{head}   {strength}")

    @property
    def size(self) -> QSizeF:
        """How large it is."""
        row = self._swatch + 6 + self._name + 12 + self._number
        return QSizeF(max(row, self._head) + 16, self._line * (len(self.rows) + 1) + 10)

    def place(self, middle: QPointF, room: QRectF, radius: float = RADIUS) -> QRectF:
        """Under the lens; above, right or left of it where there is no room; never outside `room` where it fits.

        radius: of the lens.
        """
        size, reach = self.size, radius + GAP
        wide, high = size.width(), size.height()
        inside = room.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        x = _held(middle.x() - wide / 2, inside.left(), inside.right() - wide)
        y = _held(middle.y() - high / 2, inside.top(), inside.bottom() - high)
        under, above = middle.y() + reach, middle.y() - reach - high
        right, left = middle.x() + reach, middle.x() - reach - wide
        for corner in (QPointF(x, under), QPointF(x, above), QPointF(right, y), QPointF(left, y)):
            if inside.contains(QRectF(corner, size)):
                return QRectF(corner, size)
        return QRectF(QPointF(x, _held(under, inside.top(), inside.bottom() - high)), size)

    def paint(self, painter: QPainter, place: QRectF) -> None:
        """Paints it there."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PAPER.red(), PAPER.green(), PAPER.blue(), 235))
        painter.drawRoundedRect(place, ROUND + 1, ROUND + 1)
        line = QRectF(place.left() + 8, place.top() + 5, place.width() - 16, self._line)
        painter.setFont(self.numbers)
        painter.setPen(FAINT_INK)
        painter.drawText(line, _LEFT, self.head)
        painter.drawText(line, _RIGHT, self.strength)
        for row in self.rows:
            line.translate(0, self._line)
            self._paint_row(painter, row, line)
        painter.restore()

    def _paint_row(self, painter: QPainter, row: Reading, line: QRectF) -> None:
        swatch = QRectF(line.left(), line.center().y() - self._swatch / 2, self._swatch, self._swatch)
        if row.colour is not None:
            painter.setPen(QPen(FAINT_INK, 1))
            painter.setBrush(row.colour)
            painter.drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.setFont(self.font)
        painter.setPen(INK)
        painter.drawText(line.adjusted(self._swatch + 6, 0, 0, 0), _LEFT, row.name)
        painter.setFont(self.numbers)
        painter.drawText(line, _RIGHT, row.numbers)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


def _held(value: float, low: float, high: float) -> float:
    return max(min(value, high), low)
