"""One box of the pipeline strip, painted: title, small picture with the crop on it, figures.

Must not know the states or what a pipeline is: it is given what to paint, and what that says in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QToolButton, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.theme import Tokens, number_font, tokens_of
from tensorviz.ui.widgets.wrapped_label import breakable

Box = tuple[float, float, float, float]
PADDING = 6
PICTURE = 92
FIGURES = 16
NARROW = 13
LINES = 6
TENSOR_KEY = "T"
CORNER = 24
DIMMED = 130  # of 255: how much of the lost part's light is taken away


@dataclass(frozen=True, slots=True)
class BoxContent:
    """What a box shows. crop: the part that goes on, as shares (0 to 1) of width and height. spoken: the text twin.

    image shares `pixels`; text: instead of a picture. figures: in fixed width. details and note: when enlarged.
    """

    title: str
    spoken: str
    image: QImage | None = None
    pixels: bytes = b""
    crop: Box | None = None
    text: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    note: str = ""


class StageBox(QAbstractButton):
    """Pressed by a click, Space or Enter. Signals: tensor_wanted() when it is to be opened as a tensor.

    holds_tensor: whether there is something to open; then a small button in the corner, the T key and the menu do so.
    lines: of figures that have room below the picture.
    """

    tensor_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, holds_tensor: bool = False, lines: int = LINES) -> None:
        super().__init__(parent)
        self._holds_tensor, self._lines = holds_tensor, lines
        self.corner = QToolButton(self)
        self._build_corner()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.content = BoxContent("", "")

    def show_content(self, content: BoxContent) -> None:
        """Paints something else."""
        if content == self.content:
            return
        self.content = content
        self.setAccessibleName(content.spoken)
        more = f" {TENSOR_KEY} opens it as a tensor." if self._holds_tensor else ""
        self.setAccessibleDescription(f"Press to enlarge.{more}")
        self.setToolTip(content.spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's: as wide as a line of figures."""
        metrics = QFontMetrics(self._figures_font())
        letters = NARROW if self.content.text else FIGURES
        exact = QFontMetricsF(self._figures_font()).horizontalAdvance("0" * letters)
        width = math.ceil(exact) + 2 * PADDING + 1
        lines = self.fontMetrics().height() + metrics.height() * self._lines
        return QSize(width, lines + PICTURE + 2 * PADDING + 6)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return self.sizeHint()

    def keyPressEvent(self, event: object) -> None:
        """Qt's: Enter presses too, T opens it as a tensor."""
        key = getattr(event, "key", int)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key == Qt.Key.Key_T and self._holds_tensor:
            self.tensor_wanted.emit()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]  # Qt's event, passed on

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the corner button follows."""
        self.corner.setGeometry(self.width() - CORNER - 2, 2, CORNER, CORNER)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: the same by name."""
        if not self._holds_tensor:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Enlarge", self.click)
        menu.addAction(icon("tensor"), f"Open as &tensor\t{TENSOR_KEY}", self.tensor_wanted.emit)
        menu.popup(event.globalPos())

    def _build_corner(self) -> None:
        """No stop for the Tab key: the box has one, and takes the T key."""
        self.corner.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.corner.setIcon(icon("tensor", "muted"))
        self.corner.setIconSize(QSize(CORNER - 8, CORNER - 8))
        self.corner.setToolTip(f"Open as a tensor, on the Tensors page ({TENSOR_KEY})")
        self.corner.setAccessibleName("Open as a tensor")
        self.corner.setVisible(self._holds_tensor)
        self.corner.clicked.connect(self.tensor_wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's. Text twin: the accessible name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = tokens_of(self)
        self._paint_frame(painter, tokens)
        area = self.rect().adjusted(PADDING, PADDING, -PADDING, -PADDING)
        area = self._paint_title(painter, area, tokens)
        area = self._paint_picture(painter, area, tokens) if not self.content.text else area
        self._paint_lines(painter, area, tokens)

    def _figures_font(self) -> QFont:
        return number_font(self.font().pointSizeF() * 0.82)

    def _paint_frame(self, painter: QPainter, tokens: Tokens) -> None:
        lit = self.underMouse() or self.isDown()
        edge = "focus" if self.hasFocus() else "strong_border" if lit else "border"
        width = 2.0 if self.hasFocus() else 1.0
        painter.setPen(QPen(tokens.colour(edge), width))
        painter.setBrush(tokens.colour("raised"))
        inset = width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, tokens.radius, tokens.radius)

    def _paint_title(self, painter: QPainter, area: QRect, tokens: Tokens) -> QRect:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(tokens.colour("text"))
        height = QFontMetrics(font).height()
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.content.title)
        return area.adjusted(0, height + 3, 0, 0)

    def _paint_picture(self, painter: QPainter, area: QRect, tokens: Tokens) -> QRect:
        well = QRectF(area.left(), area.top(), area.width(), PICTURE)
        image = self.content.image
        if image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.colour("sunken"))
            painter.drawRoundedRect(well, tokens.small_radius, tokens.small_radius)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            place = fitted(image.width(), image.height(), well)
            painter.drawImage(place, image)
            if self.content.crop is not None:
                paint_crop(painter, place, self.content.crop, tokens)
        return area.adjusted(0, PICTURE + 5, 0, 0)

    def _paint_lines(self, painter: QPainter, area: QRect, tokens: Tokens) -> None:
        fixed, content = self._figures_font(), self.content
        if content.text:
            area = self._paint_first(painter, area, content.text[0], tokens)
        lines = [(text, "text") for text in content.caption]
        lines += [(text, "muted") for text in (*content.text[1:], *content.figures)]
        metrics, top = QFontMetrics(fixed), area.top()
        painter.setFont(fixed)
        for text, colour in lines:
            painter.setPen(tokens.colour(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(QPointF(area.left(), top + metrics.ascent()), shown)
            top += metrics.height()

    def _paint_first(self, painter: QPainter, area: QRect, text: str, tokens: Tokens) -> QRect:
        """The first line of a text, on as many lines as it needs, at most three."""
        painter.setFont(self.font())
        painter.setPen(tokens.colour("text"))
        room = QRect(area.left(), area.top(), area.width(), 3 * self.fontMetrics().height())
        taken = painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft, breakable(text))
        return area.adjusted(0, min(taken.height(), room.height()) + 4, 0, 0)


class Arrow(QWidget):
    """A small arrow from box to box; it says nothing that the order does not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(11)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens_of(self).colour("strong_border"), 1.6))
        middle, right = self.height() / 2, self.width() - 3.0
        painter.drawLine(QPointF(2, middle), QPointF(right, middle))
        painter.drawPolyline([QPointF(right - 4, middle - 4), QPointF(right, middle), QPointF(right - 4, middle + 4)])


def fitted(width: float, height: float, well: QRectF) -> QRectF:
    """The largest place for a picture of that proportion, in the middle of the well, at least a pixel each way."""
    scale = min(well.width() / max(1.0, width), well.height() / max(1.0, height))
    wide, high = max(1.0, width * scale), max(1.0, height * scale)
    return QRectF(well.center().x() - wide / 2, well.center().y() - high / 2, wide, high)


def crop_place(place: QRectF, crop: Box) -> QRectF:
    """Where the crop lies in a picture that is drawn at `place`."""
    left, top, right, bottom = crop
    corner = QPointF(place.left() + left * place.width(), place.top() + top * place.height())
    return QRectF(corner.x(), corner.y(), (right - left) * place.width(), (bottom - top) * place.height())


def paint_crop(painter: QPainter, place: QRectF, crop: Box, tokens: Tokens) -> None:
    """Dims what is cut away and frames what goes on."""
    kept = crop_place(place, crop)
    lost = QPainterPath()
    lost.addRect(place)
    lost.addRect(kept)  # the odd-even rule leaves the inner part out
    shade = tokens.colour("sunken" if tokens.name == "dark" else "text")
    shade.setAlpha(DIMMED)
    painter.fillPath(lost, shade)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in (("on_accent", 3.0), ("accent", 1.5)):
        painter.setPen(QPen(tokens.colour(colour), width))
        painter.drawRect(kept.adjusted(0.75, 0.75, -0.75, -0.75))
