"""A panel of grids over a desk, painted and answered, and the ways to reach its cells.

Must not know what a test expects.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.ui.tensors.grid_card import GridCard
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tests.ui.tensors.desk import Desk


def shown(desk: Desk, qtbot: QtBot, width: int = 1200, height: int = 500) -> GridsPanel:
    panel = GridsPanel(desk.workspace)
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    draw(panel, desk)
    return panel


def draw(panel: GridsPanel, desk: Desk) -> None:
    """Paints, and answers what was asked for by painting, more than once: one paint has a limited time.

    Cards that wait for a turn of the event loop are built before.
    """
    while panel.waiting:
        panel.build_more()
    for _ in range(4):
        panel.grab()
        desk.serve()
    panel.grab()


def at(card: GridCard, index: tuple[int, ...]) -> QPoint:
    rect = card.view.geometry_of_cells.rect(index)
    assert rect is not None
    x, y, wide, high = rect
    return QPoint(x - card.view.origin[0] + wide // 2, y - card.view.origin[1] + high // 2)


def click(card: GridCard, index: tuple[int, ...], held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(card.view.viewport(), Qt.MouseButton.LeftButton, held, at(card, index))
