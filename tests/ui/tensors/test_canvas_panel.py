"""The canvas with its bars: choosing a storage, wrapping, going to a place, the walk, the picture, the empty state.

Must not know how the canvas paints.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.drawing import Label, svg_text
from tensorviz.ui.state.pointing import Pointed
from tensorviz.ui.tensors.canvas_panel import POINTS, CanvasPanel
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor


def panel_of(desk: Desk, qtbot: QtBot) -> CanvasPanel:
    panel = CanvasPanel(desk.workspace)
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    desk.serve()
    return panel


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


def test_before_the_first_tensor_there_are_samples(qtbot: QtBot) -> None:
    desk = Desk()
    panel = panel_of(desk, qtbot)
    assert not panel.bar.isVisible()
    for button in panel.samples:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.codes == [POINTS, f"{POINTS}\npoints_t = points.t()"]
    points(desk)
    assert panel.bar.isVisible()
    assert panel.canvas.isVisible()


def test_everything_that_takes_the_keyboard_has_a_name(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    panel.bar.walk.click()
    assert nameless(panel) == []


def test_a_storage_is_chosen_when_there_are_several(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    assert not panel.bar.chooser.isVisible()
    desk.open(*desk.facts.tensors, tensor("y", "B", (3,)), B=floats(1, 2, 3))
    assert desk.workspace.showing.storage == "B"
    panel.bar.chooser.setCurrentIndex(0)
    panel.bar.chooser.activated.emit(0)
    assert desk.workspace.showing.storage == "A"
    assert panel.canvas.scene is not None
    assert panel.canvas.scene.rows.cells == 6


def test_the_width_of_a_row_is_set(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    panel.bar.wrap.setValue(2)
    assert panel.canvas.scene is not None
    assert (panel.canvas.scene.rows.per_row, panel.canvas.scene.rows.count) == (2, 3)
    panel.bar.wrap.setValue(0)
    assert panel.bar.wrap.text() == "fit"
    assert panel.canvas.scene.rows.count == 1


def test_going_to_a_place(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    panel.canvas.setFocus()
    QTest.keyClick(panel.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert panel.bar.go_to.hasFocus()
    QTest.keyClicks(panel.bar.go_to, "17b")
    QTest.keyClick(panel.bar.go_to, Qt.Key.Key_Return)
    assert panel.canvas.cell == 4
    assert panel.canvas.hasFocus()
    panel.bar.go_to.setText("6")
    QTest.keyClick(panel.bar.go_to, Qt.Key.Key_Return)
    assert panel.canvas.cell == 4
    assert "outside the storage" in panel.bar.problem.text()


def test_a_walk_goes_in_the_order_of_memory(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    desk.workspace.showing.show("points_t")
    seen = []
    for _ in range(6):
        panel.walk.step()
        hover = desk.workspace.pointing.hover
        assert hover is not None
        seen.append((hover.start // 4, hover.index))
    assert seen == [(0, (0, 0)), (1, (1, 0)), (2, (0, 1)), (3, (1, 1)), (4, (0, 2)), (5, (1, 2))]
    assert panel.walk.ended
    assert panel.walk_bar.text.text() == "element 6 of 6, index [1, 2] \u2192 address 5"
    assert not panel.walk_bar.step.isEnabled()
    panel.walk.restart()
    assert desk.workspace.pointing.hover is None


def test_where_the_walk_is_comes_into_sight(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    panel.resize(900, 330)
    panel.bar.wrap.setValue(1)  # six rows, each with its lanes: far higher than the window
    desk.workspace.showing.show("points")
    for _ in range(4):
        panel.walk.step()
    scene = panel.canvas.scene
    assert scene is not None
    top = scene.rectangle(3)[1] - panel.canvas.top
    assert 0 <= top < panel.canvas.viewport().height()
    at = panel.canvas.top
    assert at > 0
    desk.workspace.pointing.at_cell("A", 0, 4)
    assert panel.canvas.top == at, "pointing scrolls nothing"


def test_a_walk_plays_and_pauses(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    desk.workspace.showing.show("points")
    panel.walk.set_speed(30)
    panel.bar.walk.click()
    panel.walk_bar.play.click()
    assert panel.walk.playing
    assert panel.walk_bar.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover == Pointed("A", 8, 12, "points", (1, 0)))
    panel.walk_bar.play.click()
    assert panel.walk_bar.play.accessibleName() == "Play"
    panel.walk_bar.play.click()
    qtbot.waitUntil(lambda: panel.walk.ended, timeout=3000)
    assert panel.walk_bar.play.accessibleName() == "Play"
    desk.workspace.showing.show("points_t")
    assert panel.walk.at is None


def test_the_drawing_has_the_values_and_the_lanes(desk: Desk, qtbot: QtBot) -> None:
    panel = panel_of(desk, qtbot)
    drawing = panel.drawing()
    said = [shape.text for shape in drawing.shapes if isinstance(shape, Label)]
    assert [text for text in said if text in ("4.", "1.", "5.", "3.", "2.")] == ["4.", "1.", "5.", "3.", "2.", "1."]
    assert {"points", "points_t", "stride[0] = 2"} <= set(said)
    assert svg_text(drawing).startswith("<svg")
    assert "from cell 0: 4. 1. 5. 3. 2. 1." in panel.text()
    with qtbot.waitSignal(panel.export_wished):
        panel.bar.export.click()


def test_a_long_storage_is_drawn_from_what_is_in_sight(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (5000,)), A=floats(*range(5000)))
    panel = panel_of(desk, qtbot)
    panel.canvas.set_cursor(4000)
    desk.serve()
    panel.drawing()
    desk.serve()
    drawing = panel.drawing()
    assert "Not drawn: cells 0 to" in drawing.description
    first = panel.canvas.first_in_sight()
    assert f"from cell {first:,}: {first}." in drawing.description


def test_what_is_not_drawn_is_said(qtbot: QtBot) -> None:
    desk = Desk()
    lanes = [tensor(f"t{n}", "A", (4000,), offset=n) for n in range(6)]
    desk.open(*lanes, A=floats(*range(4100)) + b"\1")
    panel = panel_of(desk, qtbot)
    assert "5 lanes without hops" in panel.remark.text()
    assert "The last byte makes no whole cell." in panel.remark.text()
    panel.canvas.zoom(0.2)
    assert "too narrow for their numbers" in panel.remark.text()
    panel.canvas.zoom(0.001)
    assert "A pixel stands for about" in panel.remark.text()
    assert "texture" in panel.remark.text()
