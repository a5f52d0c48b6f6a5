"""The picture of a reason: dimensions as boxes in runs, shapes aligned from the right, a cell with two indices.

Must not know the session, or what is done about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tensorviz.core.colours import dimension_style
from tensorviz.core.reasons import BrokenView, Clash, Kept, ReadWhileWritten, SharedCells
from tensorviz.core.text import bytes_text, plural
from tensorviz.ui.tensors.why_text import picture_text
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tensorviz.core.reasons import Reason
    from tensorviz.ui.theme import Tokens

BOX_GAP, RUN_GAP, PAD, LINE = 4.0, 34.0, 6.0, 16.0
MOST_BOXES = 10  # dimensions drawn at once: those around the broken place
Strip = list[tuple[int, QRectF]]


class WhyPicture(QWidget):
    """Draws one reason. keys: the colour keys of the tensor's dimensions, () where they are not known."""

    def __init__(self, reason: Reason, keys: tuple[int, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason, self._keys = reason, keys
        self.setFont(number_font())
        self.setAccessibleName("Picture of the reason")
        self.setAccessibleDescription(picture_text(reason))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as the reason needs."""
        line = QFontMetricsF(self.font()).height()
        rows = {BrokenView: 3.0, SharedCells: 2.0, ReadWhileWritten: 2.0, Kept: 2.0}
        wide = round(self.content_width())
        if isinstance(self._reason, Clash):
            return QSize(wide, round(len(self._reason.shapes[:4]) * (line + 8) + line + 6))
        return QSize(wide, round(rows[type(self._reason)] * line + 20))

    def content_width(self) -> float:
        """What is drawn is so wide."""
        advance = QFontMetricsF(self.font()).horizontalAdvance
        match self._reason:
            case BrokenView() as broken:
                strip = self._strip(broken)
                cut = advance(f"{plural(broken.layout.ndim, 'dimension')} not drawn") + 20
                right = strip[-1][1].right() + (cut if len(strip) < broken.layout.ndim else 0) if strip else 0.0
                return max(right, advance(broken.boundary.text())) + 12
            case Clash() as clash:
                sizes = max((advance(str(size)) for shape in clash.shapes for size in shape), default=0.0)
                return min(MOST_BOXES, max(map(len, clash.shapes))) * (sizes + 2 * PAD + 8) + 12
            case SharedCells() | ReadWhileWritten() as shared:
                *names, place, beside = _shared_words(shared)
                return max(map(advance, names)) + 2 * PAD + 60 + advance(f"{place} {beside}") + 40
        return 110.0

    def minimumSizeHint(self) -> QSize:
        """Narrow windows cut it at the right."""
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the reason."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        tokens = tokens_of(self)
        match self._reason:
            case BrokenView() as broken:
                self._broken(painter, broken, tokens)
            case Clash() as clash:
                self._clash(painter, clash, tokens)
            case SharedCells() | ReadWhileWritten() as shared:
                self._shared(painter, shared, tokens)
            case Kept() as kept:
                self._box(painter, QRectF(1, 4, 90, 40), (f"dim {kept.dim}", f"size {kept.size}"), 0, tokens)
        painter.end()

    # ------------------------------------------------------------------------------------------- a broken view

    def _broken(self, painter: QPainter, broken: BrokenView, tokens: Tokens) -> None:
        strip = self.strip(broken)
        layout, edge = broken.layout, broken.boundary
        for run in broken.runs:
            boxes = [box for dim, box in strip if dim in run.dims]
            if len(boxes) > 1:
                around = boxes[0].united(boxes[-1]).adjusted(-3, -3, 3, 3)
                painter.setPen(QPen(tokens.colour("border"), 1))
                painter.setBrush(tokens.colour("sunken"))
                painter.drawRoundedRect(around, 6, 6)
        for dim, box in strip:
            words = (f"dim {dim}", f"{layout.shape[dim]} x {layout.stride[dim]}")
            self._box(painter, box, words, self._keys[dim] if dim < len(self._keys) else dim, tokens)
        self._break(painter, strip, broken, tokens)
        cut = layout.ndim - len(strip)
        if cut and strip:
            painter.setPen(tokens.colour("muted"))
            place = QPointF(strip[-1][1].right() + 10, strip[-1][1].center().y())
            painter.drawText(place, f"{plural(cut, 'dimension')} not drawn")
        painter.setPen(tokens.colour("danger"))
        below = strip[0][1].bottom() if strip else 0.0
        painter.drawText(QRectF(1, below + 6, self.width() - 2, LINE + 4), Qt.AlignmentFlag.AlignVCenter, edge.text())

    def strip(self, broken: BrokenView) -> Strip:
        """As many boxes as there is room for; what is left out is told at the right."""
        told = QFontMetricsF(self.font()).horizontalAdvance(f"{broken.layout.ndim} dimensions not drawn") + 14
        for count in range(MOST_BOXES, 2, -1):
            strip = self._strip(broken, count)
            right = strip[-1][1].right() if strip else 0.0
            if right + (told if len(strip) < broken.layout.ndim else 0) <= self.width():
                return strip
        return self._strip(broken, 2)

    def _strip(self, broken: BrokenView, most: int = MOST_BOXES) -> Strip:
        """The places of the boxes: runs have gaps between them."""
        metrics = QFontMetricsF(self.font())
        layout, edge = broken.layout, broken.boundary
        first = max(0, min(edge.outer - most // 2 + 1, layout.ndim - most))
        starts = {run.first for run in broken.runs}
        high, x = 2 * metrics.height() + 8, 4.0
        strip: Strip = []
        for dim in range(first, min(layout.ndim, first + most)):
            if dim > first:
                x += RUN_GAP if dim in starts else BOX_GAP
            words = f"{layout.shape[dim]} x {layout.stride[dim]}"
            wide = max(metrics.horizontalAdvance(words), metrics.horizontalAdvance(f"dim {dim}")) + 2 * PAD + 4
            strip.append((dim, QRectF(x, 4, wide, high)))
            x += wide
        return strip

    def _break(self, painter: QPainter, strip: Strip, broken: BrokenView, tokens: Tokens) -> None:
        """The broken place, in the colour of danger."""
        edge = broken.boundary
        boxes = dict(strip)
        if edge.outer not in boxes or edge.inner not in boxes:
            return
        left, right = boxes[edge.outer].right(), boxes[edge.inner].left()
        x, top, bottom = (left + right) / 2, boxes[edge.outer].top() - 2, boxes[edge.outer].bottom() + 4
        painter.setPen(QPen(tokens.colour("danger"), 2))
        step = (bottom - top) / 6
        points = [QPointF(x + (3 if at % 2 else -3), top + at * step) for at in range(7)]
        painter.drawPolyline(points)

    def _box(self, painter: QPainter, box: QRectF, words: tuple[str, str], key: int, tokens: Tokens) -> None:
        """A dimension: its colour at the left, two lines of words."""
        style = dimension_style(key, tokens.name == "dark")
        painter.setPen(QPen(tokens.colour("strong_border"), 1))
        painter.setBrush(tokens.colour("raised"))
        painter.drawRoundedRect(box, 4, 4)
        pen = QPen(tokens.colour("text"), 3)
        pen.setColor(style.colour)
        if style.dash:
            pen.setDashPattern([part / 3 for part in style.dash])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left() + 2, box.top() + 4), QPointF(box.left() + 2, box.bottom() - 4))
        inner = box.adjusted(PAD, 3, -2, -3)
        painter.setPen(tokens.colour("muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, words[0])
        painter.setPen(tokens.colour("text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter, words[1])

    # ------------------------------------------------------------------------------------------------ a clash

    def _clash(self, painter: QPainter, clash: Clash, tokens: Tokens) -> None:
        """The shapes under one another, aligned from the right; the column that clashes in the colour of danger."""
        metrics = QFontMetricsF(self.font())
        rows = clash.rows[:4]
        columns = len(rows[0]) if rows else 0
        first = max(0, min(columns + clash.dim - MOST_BOXES // 2, columns - MOST_BOXES))
        sizes = (str(size) for row in rows for size in row if size is not None)
        wide = max(map(metrics.horizontalAdvance, sizes), default=0.0) + 2 * PAD + 6
        high = metrics.height() + 6
        for at, row in enumerate(rows):
            for column in range(first, min(columns, first + MOST_BOXES)):
                size = row[column]
                if size is not None:
                    box = QRectF(2 + (column - first) * (wide + 2), 2 + at * (high + 2), wide, high)
                    self._size(painter, box, size, column - columns == clash.dim, tokens)
        painter.setPen(tokens.colour("muted"))
        for column in range(first, min(columns, first + MOST_BOXES)):
            painter.setPen(tokens.colour("danger" if column - columns == clash.dim else "muted"))
            box = QRectF(2 + (column - first) * (wide + 2), 2 + len(rows) * (high + 2), wide, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(column - columns))

    @staticmethod
    def _size(painter: QPainter, box: QRectF, size: int, clashes: bool, tokens: Tokens) -> None:
        role = "danger" if clashes else "strong_border"
        fill = tokens.colour("danger" if clashes else "raised")
        fill.setAlphaF(0.12 if clashes else 1.0)
        painter.setPen(QPen(tokens.colour(role), 2 if clashes else 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(tokens.colour("danger" if clashes else "text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(size))

    # ------------------------------------------------------------------------------------------- shared cells

    def _shared(self, painter: QPainter, shared: SharedCells | ReadWhileWritten, tokens: Tokens) -> None:
        """Two indices that point at one cell."""
        *names, place, beside = _shared_words(shared)
        metrics = QFontMetricsF(self.font())
        high = metrics.height() + 4
        wide = max(metrics.horizontalAdvance(name) for name in names) + 2 * PAD
        cell = QRectF(wide + 60, 4 + high / 2 + 2, metrics.horizontalAdvance(place) + 3 * PAD, high)
        for at, name in enumerate(names):
            box = QRectF(2, 4 + at * (high + 4), wide, high)
            painter.setPen(QPen(tokens.colour("strong_border"), 1))
            painter.setBrush(tokens.colour("raised"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(tokens.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
            painter.setPen(QPen(tokens.colour("danger"), 1.5))
            painter.drawLine(QPointF(box.right() + 3, box.center().y()), QPointF(cell.left() - 3, cell.center().y()))
        fill = tokens.colour("danger")
        fill.setAlphaF(0.12)
        painter.setPen(QPen(tokens.colour("danger"), 2))
        painter.setBrush(fill)
        painter.drawRoundedRect(cell, 3, 3)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, place)
        painter.setPen(tokens.colour("muted"))
        painter.drawText(QPointF(cell.right() + 10, cell.center().y() + metrics.ascent() / 2 - 1), beside)


def _shared_words(shared: SharedCells | ReadWhileWritten) -> tuple[str, str, str, str]:
    """The two that meet, the place where they do, and what is said beside it."""
    if isinstance(shared, SharedCells):
        seen = f"seen by {plural(shared.times, 'element')}"
        return str(list(shared.first)), str(list(shared.second)), f"cell {shared.address}", seen
    common = "" if shared.nbytes is None else f"{bytes_text(shared.nbytes)} in common"
    return f"written {list(shared.written)}", f"read {list(shared.read)}", f"byte {shared.byte}", common
