"""One picture as large as fits, with a box drawn on it.

Must not know where the picture comes from or what the box means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

Box = tuple[float, float, float, float]


class PictureCanvas(QWidget):
    """An image in its proportions, enlarged to twice its pixels at most. Box: left, top, right, bottom, 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._full = QImage(), QSizeF()
        self._box: Box | None = None
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._image

    @property
    def box(self) -> Box | None:
        """The box that is drawn."""
        return self._box

    def set_image(self, image: QImage | None, text: str = "", full: tuple[int, int] | None = None) -> None:
        """Shows an image, or, without one, a text in its place. full: the size of what the image is a preview of."""
        self._image, self._text = image if image is not None else QImage(), text
        self._full = QSizeF(*full) if full is not None else QSizeF(self._image.size())
        self.update()

    def set_box(self, box: Box | None) -> None:
        """Draws a box, what lies outside dimmed; None draws none."""
        self._box = box
        self.update()

    def sizeHint(self) -> QSize:
        """Comfortable."""
        return QSize(320, 280)

    def minimumSizeHint(self) -> QSize:
        """Small, and still a picture."""
        return QSize(120, 100)

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in the middle."""
        size = QSizeF(self._image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        limit = self._full * 2
        if size.width() > limit.width() and size.height() > limit.height():
            size = limit
        size = size.expandedTo(QSizeF(1, 1))
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the picture and the box, or the text."""
        painter = QPainter(self)
        if self._image.isNull():
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), wrapped, self._text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.picture_rect(), self._image)
            self._paint_box(painter)
        painter.end()

    def _paint_box(self, painter: QPainter) -> None:
        if self._box is None:
            return
        whole = self.picture_rect()
        left, top, right, bottom = self._box
        box = QRectF(
            whole.left() + left * whole.width(),
            whole.top() + top * whole.height(),
            (right - left) * whole.width(),
            (bottom - top) * whole.height(),
        )
        outside = QPainterPath()
        outside.addRect(whole)
        outside.addRect(box)
        painter.fillPath(outside, QColor(0, 0, 0, 110))
        painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
        painter.drawRect(box.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor(255, 255, 255), 1.2))
        painter.drawRect(box.adjusted(1, 1, -1, -1))
