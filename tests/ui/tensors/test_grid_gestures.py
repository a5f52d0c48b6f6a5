"""Gestures on grids become the right selection and the right code, by pointer and by keyboard."""

from __future__ import annotations

from itertools import product

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tensorviz.core.grid_map import GridMap
from tensorviz.ui.state.pointing import Selection
from tensorviz.ui.tensors.grid_card import GridCard
from tests.ui.tensors.desk import Desk, floats, points, tensor
from tests.ui.tensors.grid_room import at, click, draw, shown

# ------------------------------------------------------------------------------------------------------ selecting


def test_selecting_with_the_pointer(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card = panel.cards["points"]
    click(card, (0, 1))
    assert desk.workspace.pointing.selection == Selection("points", ((0, 1), (1, 2)))
    click(card, (1, 0), Qt.KeyboardModifier.ShiftModifier)
    assert desk.workspace.pointing.selection == Selection("points", ((0, 2), (0, 2)))
    assert desk.workspace.showing.current == "points"
    port, left = card.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(port, left, Qt.KeyboardModifier.NoModifier, at(card, (1, 1)))
    QTest.mouseMove(port, at(card, (2, 1)))
    QTest.mouseRelease(port, left, Qt.KeyboardModifier.NoModifier, at(card, (2, 1)))
    assert panel.selection_bar.isVisible()
    assert panel.selection_bar.code.text() == "points[1:, 1]"


def test_what_is_selected_is_seen(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card = panel.cards["points"]
    plain = card.view.grab().toImage()
    desk.workspace.pointing.select(Selection("points", ((0, 2), (1, 2))))
    marked = card.view.grab().toImage()
    places = {index: at(card, index) - QPoint(15, 7) for index in product(range(3), range(2))}
    changed = {index for index, place in places.items() if plain.pixel(place) != marked.pixel(place)}
    assert changed == {(0, 1), (1, 1)}


def test_the_bar_writes_code(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    bar = panel.selection_bar
    desk.workspace.pointing.select(Selection("points", ((0, 2), (1, 2))))
    for button in (bar.new_view, bar.zero, bar.fill):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(bar.value, "nan")
    QTest.keyClick(bar.value, Qt.Key.Key_Return)
    assert desk.codes == ["points_part = points[:2, 1]", "points[:2, 1] = 0", "points[:2, 1] = float('nan')"]
    desk.workspace.pointing.select(Selection("points", ((0, 3), (0, 2))))
    QTest.mouseClick(bar.zero, Qt.MouseButton.LeftButton)
    assert desk.codes[-1] == "points[:] = 0"
    desk.workspace.pointing.select(Selection("points", ((0, 3), (1, 2))))
    QTest.mouseClick(bar.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "[1., 3., 1.]"
    QTest.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_values_that_are_not_here_are_copied_when_they_came(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (4000, 2)), A=floats(*map(float, range(8000))))
    panel = shown(desk, qtbot)
    desk.workspace.pointing.select(Selection("x", ((3998, 4000), (0, 2))))
    QTest.mouseClick(panel.selection_bar.copy, Qt.MouseButton.LeftButton)
    desk.serve()
    assert QGuiApplication.clipboard().text() == "[[7996., 7997.], [7998., 7999.]]"


def test_keys_alone_select_and_edit(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    view = panel.cards["points"].view
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    assert view.picking.cursor == (1, 1)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert desk.workspace.pointing.selection == Selection("points", ((1, 3), (1, 2)))
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert desk.workspace.pointing.selection == Selection("points", ((0, 3), (0, 2)))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert desk.codes == []
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not panel.selection_bar.isVisible()
    QTest.keyClick(view, Qt.Key.Key_6)
    editor = view.picking.editor
    assert editor is not None
    QTest.keyClicks(editor, ".5")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert desk.codes == ["points[2, 1] = 6.5"]


def test_keys_for_the_size_of_cells(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    view = panel.cards["points"].view
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view, Qt.Key.Key_Minus, control)
    assert view.look.cell_height == 18
    QTest.keyClick(view, Qt.Key.Key_Plus, control)
    QTest.keyClick(view, Qt.Key.Key_Plus, control)
    assert view.geometry_of_cells.cell_height == 28
    QTest.keyClick(view, Qt.Key.Key_0, control)
    assert view.geometry_of_cells.cell_height == 22


def test_playing_goes_on_by_itself(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (9, 2, 2)), A=floats(*map(float, range(36))))
    panel = shown(desk, qtbot)
    row = panel.cards["x"].sliders[0]
    QTest.mouseClick(row.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.workspace.grids.look(panel.cards["x"].tensor).chosen[0] >= 1)
    QTest.mouseClick(row.play, Qt.MouseButton.LeftButton)
    assert not row.play.isChecked()


def test_a_dimension_of_one_needs_no_slider(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (1, 9, 2, 2)), A=floats(*map(float, range(36))))
    panel = shown(desk, qtbot)
    card = panel.cards["x"]
    assert list(card.sliders) == [1]
    assert card.zones["slider"].chips == [card.chips[0]]


def test_what_the_type_cannot_hold_is_not_written(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("n", "A", (2,), "uint8"), A=b"\1\2")
    panel = shown(desk, qtbot)
    view = panel.cards["n"].view
    click(panel.cards["n"], (1,))
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.picking.editor
    assert editor is not None
    assert editor.text() == "2"
    QTest.keyClicks(editor, "256")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert desk.codes == []
    assert "0 to 255" in editor.accessibleDescription()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert view.picking.editor is None


def test_a_slider_gives_one_index(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (9, 2, 2)), A=floats(*map(float, range(36))))
    panel = shown(desk, qtbot)
    card = panel.cards["x"]
    card.sliders[0].slider.setValue(3)
    draw(panel, desk)
    assert card.view.text_twin().startswith("row 0: 12. 13.\nrow 1: 14. 15.")
    card.view.setFocus()
    QTest.keyClick(card.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panel.selection_bar.code.text() == "x[3]"
    card.sliders[0].next()
    assert desk.workspace.grids.look(card.tensor).chosen == (4, 0, 0)


# ------------------------------------------------------------------------------------------------------ dimensions


def drag(card: GridCard, dim: int, target: QPoint) -> None:
    """Drags a chip to a point of the card."""
    chip = card.chips[dim]
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    start = chip.rect().center()
    QTest.mousePress(chip, left, none, start)
    QTest.mouseMove(chip, start + QPoint(12, 12))
    there = chip.mapFromGlobal(card.mapToGlobal(target))
    QTest.mouseMove(chip, there)
    QTest.mouseRelease(chip, left, none, there)


def test_a_dimension_on_another_is_a_transpose(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card = panel.cards["points"]
    other = card.chips[1]
    drag(card, 0, card.mapFromGlobal(other.mapToGlobal(other.rect().center())))
    assert desk.codes == ["points = points.transpose(0, 1)"]
    assert desk.workspace.grids.look(card.tensor).map == GridMap((0,), (1,))


def test_a_tensor_in_a_list_gets_a_name(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("parts[0]", "A", (3, 2), variable=False), A=floats(*range(6)))
    panel = shown(desk, qtbot)
    card = panel.cards["parts[0]"]
    swap = next(act for act in card.menu_of(0).actions() if "transpose" in act.text())
    swap.trigger()
    assert desk.codes == ["parts_0_t = parts[0].transpose(0, 1)"]


def test_a_dimension_in_another_zone_changes_the_display_only(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card = panel.cards["points"]
    card._show_zones(True)  # as while dragging, to know where the zone will be
    panel.grab()
    zone = card.zones["slider"]
    place = card.mapFromGlobal(zone.mapToGlobal(zone.rect().center()))
    drag(card, 0, place)
    assert desk.codes == []
    assert desk.workspace.grids.look(card.tensor).map == GridMap((), (1,), (), (0,))
    assert list(card.sliders) == [0]


def test_the_menu_of_a_chip_does_the_same(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card = panel.cards["points"]
    menu = card.menu_of(0)
    acts = {act.text(): act for act in menu.actions() if act.text()}
    assert list(acts)[:5] == [
        "Show as rows",
        "Show as columns",
        "Show as panels",
        "Show as slider",
        "Swap with dimension 1 (transpose)",
    ]
    acts["Show as panels"].trigger()
    draw(panel, desk)
    assert card.view.text_twin().splitlines() == ["[0, :] row 0: 4. 1.", "[1, :] row 0: 5. 3.", "[2, :] row 0: 2. 1."]
    acts["Flip the display of rows and columns"].trigger()
    acts["Arrange as at first"].trigger()
    assert desk.workspace.grids.look(card.tensor).map == GridMap((0,), (1,))
    QTest.keyClick(card.chips[1], Qt.Key.Key_Return)
    open_now = [one for one in card.findChildren(QMenu) if one.isVisible()]
    assert len(open_now) == 1
    open_now[0].close()


def test_cells_travel_when_the_layout_turns_on_the_same_memory(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    view = panel.cards["points"].view
    turned = tensor("points", "A", (2, 3), stride=(1, 2), keys=(1, 0))
    desk.open(turned, desk.facts.tensors[1], A=floats(4, 1, 5, 3, 2, 1))
    assert view.motion.travelling
    draw(panel, desk)
    qtbot.waitUntil(lambda: not view.motion.travelling)
    assert view.text_twin().splitlines() == ["row 0: 4. 5. 2.", "row 1: 1. 3. 1."]
