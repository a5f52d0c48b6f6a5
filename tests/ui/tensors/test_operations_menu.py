"""The menu of operations: groups, what is enabled, searching by letters, running at once or asking first.

Must not know what operations do.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.operations import GROUPS, OPERATIONS, operation_named
from tensorviz.ui.state.pointing import Selection
from tensorviz.ui.tensors.operation_form import OperationForm
from tensorviz.ui.tensors.operations_menu import OperationsMenu, matching, show_operations, subject_now
from tensorviz.ui.tensors.strided_panel import StridedPanel
from tests.ui.tensors.desk import Desk, floats, points, tensor


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def menu_on(desk: Desk, window: QWidget, name: str = "points") -> OperationsMenu:
    return OperationsMenu(desk.workspace, name, window, lambda _code: None, window.mapToGlobal(QPoint(20, 20)))


def test_every_operation_is_in_its_group_once(desk: Desk, window: QWidget) -> None:
    menu = menu_on(desk, window)
    groups = [action.text() for action in menu.actions() if action.menu() is not None]
    assert groups == list(GROUPS)
    assert set(menu.operations) == {one.id for one in OPERATIONS}


def test_what_makes_no_sense_is_disabled_and_says_why(desk: Desk, window: QWidget) -> None:
    menu = menu_on(desk, window)
    assert menu.operations["transpose"].isEnabled()
    real = menu.operations["real"]
    assert not real.isEnabled()
    assert "imaginary" in real.toolTip()
    device = next(action for action in menu.actions() if action.text() == "Device")
    assert not device.isEnabled()
    assert "already" in device.toolTip()


def test_what_takes_nothing_runs_at_once_under_a_free_name(desk: Desk, window: QWidget) -> None:
    menu = menu_on(desk, window)
    assert "points_t2 = points.t()" in menu.operations["t"].toolTip()
    menu.operations["t"].trigger()
    menu.operations["zero_"].trigger()
    assert desk.codes == ["points_t2 = points.t()", "points.zero_()"]


def test_what_asks_opens_one_form(desk: Desk, window: QWidget) -> None:
    menu = menu_on(desk, window)
    assert menu.operations["permute"].text().endswith("...")
    menu.operations["permute"].trigger()
    menu.operations["narrow"].trigger()
    forms = [form for form in window.findChildren(OperationForm) if form.isVisible()]
    assert [form.header.title.text() for form in forms] == ["narrow"]
    assert desk.codes == []


def test_as_strided_opens_the_strided_view(desk: Desk, window: QWidget) -> None:
    menu_on(desk, window).operations["as_strided"].trigger()
    assert [panel.isVisible() for panel in window.findChildren(StridedPanel)] == [True]


def test_the_selection_is_what_is_worked_with(desk: Desk, window: QWidget) -> None:
    desk.workspace.pointing.select(Selection("points", ((1, 3), (0, 1))))
    menu = menu_on(desk, window)
    menu.operations["take"].trigger()
    menu.operations["zero_"].trigger()
    assert desk.codes == ["points_part = points[1:, 0]", "points[1:, 0].zero_()"]
    subject = subject_now(desk.workspace, "points")
    assert subject is not None
    assert (subject.layout.shape, subject.layout.stride, subject.layout.offset) == ((2,), (2,), 2)
    other = menu_on(desk, window, "points_t")
    assert not other.operations["take"].isEnabled()


def test_letters_search_and_enter_takes_the_first(desk: Desk, window: QWidget, qtbot: QtBot) -> None:
    menu = menu_on(desk, window)
    menu.popup(window.mapToGlobal(QPoint(20, 20)))
    qtbot.keyClicks(menu, "zero")
    assert [action.text() for action in menu.found][:1] == ["zero_"]
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert desk.codes == ["points.zero_()"]


def test_taking_letters_back_shows_other_finds(desk: Desk, window: QWidget, qtbot: QtBot) -> None:
    menu = menu_on(desk, window)
    menu.popup(window.mapToGlobal(QPoint(20, 20)))
    qtbot.keyClicks(menu, "tx")
    qtbot.keyClick(menu, Qt.Key.Key_Backspace)
    assert "t" in [action.text() for action in menu.found]
    qtbot.keyClick(menu, Qt.Key.Key_Backspace)
    assert menu.found == []
    menu.close()


@pytest.mark.parametrize("text", ["t", "view", "transpose", "max", "softmax", "clone"])
def test_the_exact_name_is_found_first(text: str) -> None:
    assert text in (matching(text)[0].id, matching(text)[0].title)


def test_a_tensor_that_is_gone_has_an_empty_menu(desk: Desk, window: QWidget) -> None:
    menu = menu_on(desk, window, "nothing")
    assert menu.operations == {}
    menu.choose(operation_named("t"))
    assert desk.codes == []


def test_the_menu_goes_when_it_closes(desk: Desk, window: QWidget, qtbot: QtBot) -> None:
    place = window.mapToGlobal(QPoint(5, 5))
    menu = show_operations(desk.workspace, "points", place, window, lambda _code: None)
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


def test_tensors_in_lists_get_names_that_can_be_written(desk: Desk, window: QWidget) -> None:
    desk.open(tensor("parts[0]", "B", (2, 2), variable=False), B=floats(1, 2, 3, 4))
    menu_on(desk, window, "parts[0]").operations["clone"].trigger()
    assert desk.codes == ["parts_0_copy = parts[0].clone()"]
