"""Images of Qt as plain bytes, and back.

Must not know who wants them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from tensorviz.core.pipeline import Preview


def preview_image(preview: Preview) -> QImage:
    """The preview as an image, its pixels shared: the preview must live as long as the image."""
    return QImage(preview.pixels, preview.width, preview.height, preview.width * 3, QImage.Format.Format_RGB888)


def rgb_bytes(image: QImage) -> bytes:
    """The pixels of an image as width * height * 3 bytes, transparency laid on white."""
    flat = image
    if image.hasAlphaChannel():
        flat = QImage(image.size(), QImage.Format.Format_RGB888)
        flat.fill(Qt.GlobalColor.white)
        painter = QPainter(flat)
        painter.drawImage(0, 0, image)
        painter.end()
    flat = flat.convertToFormat(QImage.Format.Format_RGB888)
    width, stride, bits = flat.width() * 3, flat.bytesPerLine(), flat.constBits()
    if width == stride:
        return bytes(bits)
    return b"".join(bytes(bits[y * stride : y * stride + width]) for y in range(flat.height()))
