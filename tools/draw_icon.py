"""Draws assets/icons/tensorviz.svg as a picture of 256 x 256 pixels, for systems that take no SVG.

Must not know the program: `python tools/draw_icon.py`, after the drawing was changed.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[1] / "assets" / "icons"
SIDE = 256


def main() -> None:
    """Writes tensorviz.png beside the drawing."""
    application = QGuiApplication(["draw_icon", "-platform", "offscreen"])
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(ICONS / "tensorviz.svg")).render(painter)
    painter.end()
    image.save(str(ICONS / "tensorviz.png"))
    application.quit()


if __name__ == "__main__":
    main()
