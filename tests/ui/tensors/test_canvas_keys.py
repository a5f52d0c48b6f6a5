"""The storage canvas by keyboard and wheel: from cell to cell, zoom, pan, any size of storage; values edited in place.

Must not know how anything is painted.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tensorviz.core.canvas_geometry import Detail
from tensorviz.core.layout import Layout
from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts
from tensorviz.ui.state.pointing import Pointed
from tests.ui.tensors.canvas_rig import middle_of_cell, settled, shown
from tests.ui.tensors.desk import Desk, floats, points, tensor


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


def test_arrows_go_from_cell_to_cell(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (100,)), A=floats(*range(100)))
    canvas = shown(desk, qtbot)
    canvas.set_wrap(10)
    canvas.setFocus()
    key = Qt.Key
    for pressed, address in (
        (key.Key_Right, 0), (key.Key_Right, 1), (key.Key_Down, 11), (key.Key_End, 19), (key.Key_Home, 10),
        (key.Key_Up, 0), (key.Key_Up, 0), (key.Key_Left, 0),
    ):  # fmt: skip
        QTest.keyClick(canvas, pressed)
        assert canvas.cell == address
        assert desk.workspace.pointing.hover == Pointed("A", 4 * address, 4 * address + 4)
    QTest.keyClick(canvas, key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert canvas.cell == 99
    assert "cell 99 of storage A, byte 396..400, float32: 99." in canvas.accessibleDescription()
    left, top, width, height = canvas.scene.rectangle(99) if canvas.scene is not None else (0.0,) * 4
    assert QRect(canvas.viewport().rect()).contains((QPointF(left + width, top + height) + canvas.origin()).toPoint())
    QTest.keyClick(canvas, key.Key_PageUp)
    assert canvas.cell is not None
    assert canvas.cell % 10 == 9
    QTest.keyClick(canvas, key.Key_Escape)
    assert canvas.cell is None


def test_zoom_and_detail(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (5000,)), A=floats(*range(5000)))
    canvas = shown(desk, qtbot)
    assert canvas.scene is not None
    usual = canvas.scene.rows.cell_width
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.scene.rows.cell_width > usual
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.scene.rows.cell_width == usual
    details = set()
    for _ in range(40):
        canvas.zoom(0.7)
        details.add(canvas.scene.rows.detail)
        settled(canvas, desk, qtbot)
    assert details == {Detail.VALUES, Detail.CELLS, Detail.BANDS}
    assert canvas.scene.rows.count == 1


def test_ctrl_and_the_wheel_zoom_around_the_pointer(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (500,)), A=floats(*range(500)))
    canvas = shown(desk, qtbot)
    canvas.set_wrap(100)
    canvas.go_to(1000, 0)
    at = QPointF(400, 60)
    before = canvas.hit(at)
    event = QWheelEvent(
        at, canvas.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)
    after = canvas.hit(at)
    assert before is not None
    assert after is not None
    assert before.address == after.address
    assert before.address is not None


def test_dragging_with_the_middle_button_pans(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (5000,)), A=floats(*range(5000)))
    canvas = shown(desk, qtbot)
    canvas.go_to(0, 1000)
    viewport = canvas.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(400, 300))
    QTest.mouseMove(viewport, QPoint(400, 260))
    qtbot.waitUntil(lambda: canvas.top == 1040)
    QTest.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(400, 260))
    assert not canvas.dragging


def test_a_storage_of_2_to_the_40_cells(qtbot: QtBot) -> None:
    desk = Desk()
    cells = 1 << 40
    desk.bytes["A"] = Zeros(cells)  # type: ignore[assignment]  # sliced only
    wide = TensorFacts("x", Layout((1 << 20, 1 << 20), (1 << 20, 1), 0, 1), "uint8", "cpu", "A", (0, 1))
    desk.tell(SessionFacts((wide,), (StorageFacts("A", cells, "cpu", "uint8", ("x",)),), memory=1))
    canvas = shown(desk, qtbot)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert canvas.cell == cells - 1
    settled(canvas, desk, qtbot)
    bar = canvas.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(bar.maximum() // 2)
    hit = canvas.hit(QPointF(canvas.room()[0] / 2, 200))
    assert hit is not None
    assert abs(hit.row * 2 / (canvas.scene.count if canvas.scene else 1) - 1) < 0.01
    QTest.mouseMove(canvas.viewport(), middle_of_cell(canvas, canvas.first_in_sight()))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover is not None and desk.workspace.pointing.hover.stop > 1 << 38)


class Zeros:
    """So many bytes that are all zero, without keeping them."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __getitem__(self, part: slice) -> bytes:
        return bytes(len(range(*part.indices(self.length))))


def test_typing_into_a_cell_runs_exactly_the_code(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    desk.workspace.showing.show("points_t")
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_cell(canvas, 3))
    QTest.keyClicks(canvas, "7")
    assert canvas.editor.isVisible()
    QTest.keyClicks(canvas.editor, ".5")
    QTest.keyClick(canvas.editor, Qt.Key.Key_Return)
    assert desk.codes == ["points_t[1, 1] = 7.5"]
    assert not canvas.editor.isVisible()


def test_a_double_click_edits_the_value_that_is_there(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    desk.workspace.showing.show("points")
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_cell(canvas, 2))
    assert canvas.editor.text() == "5."
    canvas.editor.setText("1,5")
    QTest.keyClick(canvas.editor, Qt.Key.Key_Return)
    assert canvas.editor.problem.isVisible()
    assert "'1,5' is not a value of float32" in canvas.editor.problem.text()
    assert desk.codes == []
    QTest.keyClick(canvas.editor, Qt.Key.Key_Escape)
    assert not canvas.editor.isVisible()
    assert desk.codes == []


def test_who_goes_elsewhere_while_editing_is_left_there(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    other = QLineEdit()
    qtbot.addWidget(other)
    other.setParent(canvas)
    other.show()
    canvas.edit(2)
    assert canvas.editor.hasFocus()
    other.setFocus()
    assert other.hasFocus()
    assert not canvas.editor.isVisible()
    canvas.edit(2)
    QTest.keyClick(canvas.editor, Qt.Key.Key_Escape)
    assert canvas.hasFocus()
    assert desk.codes == []


def test_a_cell_that_no_tensor_reaches_is_written_through_the_storage(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (2,)), A=floats(1, 2, 3, 4))
    canvas = shown(desk, qtbot)
    canvas.edit(3)
    canvas.write("nan")
    assert desk.codes == ["x.storage()[3] = float('nan')"]
