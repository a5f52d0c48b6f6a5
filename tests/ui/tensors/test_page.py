"""The Tensors page as a whole: panels beside one another, in the smallest window too; where the keyboard goes.

Must not know what the panels show.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.tensors.session_panels import SessionPanels
from tests.ui.tensors.desk import Desk, floats, points, tensor

BARS = 65  # pixels of the window above its page


def shown(desk: Desk, qtbot: QtBot, width: int, height: int) -> SessionPanels:
    page = SessionPanels(desk.workspace)
    qtbot.addWidget(page)
    page.resize(width, height - BARS)
    with qtbot.waitExposed(page):
        page.show()
    desk.serve()
    return page


def place(widget: QWidget, page: QWidget) -> QRect:
    return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(("width", "height"), [(760, 480), (960, 540), (1280, 800)])
def test_no_panel_lies_over_another(qtbot: QtBot, width: int, height: int) -> None:
    desk = Desk()
    points(desk)
    desk.open(*desk.facts.tensors, tensor("y", "B", (40,)), B=floats(*range(40)))
    page = shown(desk, qtbot, width, height)
    panels = (page.tree, page.grids, page.canvas, page.inspector, page.console)
    for one, other in combinations(panels, 2):
        assert not place(one, page).intersects(place(other, page))
    for panel in panels:
        assert page.rect().contains(place(panel, page))
    bar = page.canvas.bar
    parts = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    seen = [part.geometry() for part in parts if part.isVisible()]
    assert all(bar.rect().contains(part) for part in seen)
    assert not any(one.intersects(other) for one, other in combinations(seen, 2))


def test_all_of_the_bar_is_there_where_there_is_room(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    page = shown(desk, qtbot, 1280, 800)
    bar = page.canvas.bar
    assert bar.smaller.isVisible()
    page.resize(760, 480 - BARS)
    assert not bar.smaller.isVisible()
    assert bar.go_to.isVisible()


def test_after_a_sample_one_goes_on_in_the_console(qtbot: QtBot) -> None:
    desk = Desk()
    page = shown(desk, qtbot, 1280, 800)
    for sample in (*page.canvas.samples, page.tree.sample):
        page.canvas.samples[0].setFocus()
        QTest.mouseClick(sample, Qt.MouseButton.LeftButton)
        assert page.focusWidget() is page.console.input


def test_tab_goes_through_grids_in_their_order_between_the_workspace_and_the_canvas(qtbot: QtBot) -> None:
    desk = Desk()
    page = shown(desk, qtbot, 1280, 800)
    page.activateWindow()
    points(desk)
    qtbot.waitUntil(lambda: not page.grids.waiting)
    one, other = page.grids.cards["points"], page.grids.cards["points_t"]
    page.tree.view.setFocus()
    seen: list[QWidget | None] = []
    while page.focusWidget() is not page.canvas.bar.wrap and len(seen) < 40:
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        seen.append(page.focusWidget())
    assert seen == [*one.reached(), *other.reached(), page.canvas.bar.wrap]
