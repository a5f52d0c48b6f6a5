"""A canvas on the rig, settled; where its cells and elements are in the window; what it looks like.

Must not know what a test looks for.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tensorviz.ui.canvas.storage_canvas import StorageCanvas
from tensorviz.ui.theme import LIGHT, palette_of
from tests.ui.tensors.desk import Desk


def shown(desk: Desk, qtbot: QtBot, width: int = 800, height: int = 600) -> StorageCanvas:
    canvas = StorageCanvas(desk.workspace)
    qtbot.addWidget(canvas)
    canvas.setPalette(palette_of(LIGHT))
    canvas.resize(width, height)
    with qtbot.waitExposed(canvas):
        canvas.show()
    settled(canvas, desk, qtbot)
    return canvas


def settled(canvas: StorageCanvas, desk: Desk, qtbot: QtBot) -> None:
    """Everything has been read, and every tile made."""

    def complete() -> bool:
        canvas._more.stop()
        canvas.grab()
        desk.serve()
        return not canvas._more.isActive()  # a paint that left something out asks for another

    desk.serve()
    qtbot.waitUntil(complete)
    qtbot.waitUntil(complete)


def middle_of_cell(canvas: StorageCanvas, address: int) -> QPoint:
    assert canvas.scene is not None
    left, top, width, height = canvas.scene.rectangle(address)
    return (QPointF(left + width / 2, top + height / 2) + canvas.origin()).toPoint()


def middle_of_element(canvas: StorageCanvas, name: str, element: int) -> QPoint:
    assert canvas.scene is not None
    assert canvas.made is not None
    number = next(n for n, one in enumerate(canvas.made.facts) if one.name == name)
    left, top, width, height = next(canvas.scene.element_rectangles(number, element))
    return (QPointF(left + width / 2, top + height / 2) + canvas.origin()).toPoint()


def image_of(canvas: StorageCanvas) -> QImage:
    return canvas.viewport().grab().toImage()


def colours(image: QImage, place: QRect) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(place.left(), place.right())
            for y in range(place.top(), place.bottom())}  # fmt: skip


def cell_box(canvas: StorageCanvas, address: int) -> QRect:
    assert canvas.scene is not None
    left, top, width, height = canvas.scene.rectangle(address)
    at = canvas.origin()
    return QRect(int(left + at.x()) + 3, int(top + at.y()) + 3, int(width) - 6, int(height) - 6)
