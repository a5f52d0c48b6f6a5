"""The form of an operation: legal ranges, previews, late answers, running, writing into the console, the keyboard.

Must not know what operations do.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.layout import Layout
from tensorviz.core.operations import OPERATIONS, operation_named, why_not
from tensorviz.core.session_data import Preview, TensorFacts, Trouble
from tensorviz.core.why import why_no_view, why_not_broadcast
from tensorviz.engine.messages.session import CodePreviewed, PreviewCode
from tensorviz.ui.tensors.operation_fields import ChoiceField, OrderField, TextField, WholeField
from tensorviz.ui.tensors.operation_form import OperationForm
from tensorviz.ui.tensors.operations_menu import open_form, subject_now
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor

Opened = Callable[..., OperationForm]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    widget.field = QLineEdit(widget)  # type: ignore[attr-defined]  # somewhere for the keyboard to be before
    widget.show()
    return widget


@pytest.fixture
def opened(desk: Desk, window: QWidget) -> Opened:
    def made(key: str, name: str = "points") -> OperationForm:
        subject = subject_now(desk.workspace, name)
        assert subject is not None
        place = window.mapToGlobal(QPoint(30, 30))
        return open_form(desk.workspace, operation_named(key), subject, place, window, written.append)

    written: list[str] = []
    made.written = written  # type: ignore[attr-defined]  # what went to the console
    return made


def asked(desk: Desk, qtbot: QtBot, code: str) -> int:
    """Waits until a preview of that code is asked for; gives the job."""
    qtbot.waitUntil(lambda: any(one.code == code for one in desk.engine.all(PreviewCode)))
    return desk.engine.job(PreviewCode)


def result(code: str, shape: tuple[int, ...] = (2, 3), stride: tuple[int, ...] = (1, 2), storage: str = "A") -> Preview:
    facts = TensorFacts(code.partition(" = ")[0], Layout(shape, stride), "float32", "cpu", storage)
    return Preview("view", 0, 0, (facts,))


def test_a_preview_is_asked_for_and_shown(desk: Desk, opened: Opened, qtbot: QtBot) -> None:
    form = opened("transpose")
    code = "points_t2 = points.transpose(0, 1)"
    job = asked(desk, qtbot, code)
    desk.engine.answer(CodePreviewed(job, code, result(code)))
    assert form.code.text() == code
    assert form.preview.accessibleName() == "view, 0 bytes copied. points_t2: 2x3 (1,2)+0 float32."


def test_many_changes_ask_once_and_late_answers_are_dropped(desk: Desk, opened: Opened, qtbot: QtBot) -> None:
    form = opened("select")
    index = form.fields["index"]
    assert isinstance(index, WholeField)
    for value in (1, 2, 1, 2):
        index.box.setValue(value)
    job = asked(desk, qtbot, "points_at = points.select(0, 2)")
    assert len(desk.engine.all(PreviewCode)) == 1
    old = "points_at = points.select(0, 1)"
    desk.engine.answer(CodePreviewed(job, old, Preview(unknown="of an older wish")))
    assert "older" not in form.preview.accessibleName()


def test_numbers_cannot_leave_their_range(opened: Opened) -> None:
    form = opened("narrow")
    dim, start, length = form.fields["dim"], form.fields["start"], form.fields["length"]
    assert isinstance(dim, ChoiceField)
    assert isinstance(start, WholeField)
    assert isinstance(length, WholeField)
    assert (start.box.minimum(), start.box.maximum(), length.box.maximum()) == (0, 3, 3)
    start.box.setValue(2)
    assert (length.box.maximum(), length.box.value()) == (1, 1)
    dim.combo.setCurrentIndex(1)
    assert (start.box.maximum(), length.box.maximum()) == (2, 0)
    assert form.code.text() == "points_part = points.narrow(1, 2, 0)"


def test_a_shape_that_cannot_be_says_why_and_is_not_run(opened: Opened, desk: Desk) -> None:
    form = opened("reshape")
    field = form.fields["shape"]
    assert isinstance(field, TextField)
    field.line.setText("4, 2")
    assert "6" in form._problem.plain
    assert field.line.property("role") == "invalid"
    assert not form.run_button.isEnabled()
    field.line.setText("two")
    assert "whole numbers" in form._problem.plain
    form.run()
    assert desk.codes == []
    field.line.setText("2, -1")
    assert form.ready
    assert form.code.text() == "points_reshaped = points.reshape(2, -1)"


def test_why_a_view_is_impossible_is_shown_with_the_ways_out(desk: Desk, opened: Opened, qtbot: QtBot) -> None:
    form = opened("view", "points_t")
    code = "points_t_view = points_t.view(6)"
    job = asked(desk, qtbot, code)
    reason = why_no_view(Layout((2, 3), (1, 2)), (6,))
    trouble = Trouble("view() cannot show these elements.", "", "", "points_t", reason)
    desk.engine.answer(CodePreviewed(job, code, Preview(trouble=trouble)))
    assert not form.run_button.isEnabled()
    assert "do not continue one another" in form.preview.accessibleName()
    button = next(one for one in form.preview.findChildren(QAbstractButton) if one.text().startswith("reshape"))
    button.click()
    assert desk.codes == ["points_t_view = points_t.reshape(6)"]


def test_shapes_that_clash_are_told(desk: Desk, opened: Opened, qtbot: QtBot) -> None:
    desk.open(tensor("points", "A", (3, 2)), tensor("four", "B", (4,)), B=floats(1, 2, 3, 4))
    form = opened("add")
    assert form.fields["other"].value == "four"
    code = "points_add = points + four"
    job = asked(desk, qtbot, code)
    clash = why_not_broadcast((3, 2), (4,))
    desk.engine.answer(CodePreviewed(job, code, Preview(trouble=Trouble("no", reason=clash))))
    assert "aligned from the right, dimension -1 has sizes 2 and 4" in form.preview.accessibleName()


def test_what_only_running_tells_can_be_run(desk: Desk, opened: Opened, qtbot: QtBot) -> None:
    form = opened("permute")
    job = asked(desk, qtbot, form.code.text())
    desk.engine.answer(CodePreviewed(job, form.code.text(), Preview(unknown="It depends on the values of a tensor.")))
    assert "only by running" in form.preview.accessibleName()
    form.run_button.click()
    assert desk.codes == ["points_permuted = points.permute(1, 0)"]


def test_an_order_is_changed_by_the_keyboard(opened: Opened, qtbot: QtBot) -> None:
    form = opened("permute")
    order = form.fields["order"]
    assert isinstance(order, OrderField)
    assert order.value == (1, 0)
    qtbot.keyClick(order.row, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert order.value == (0, 1)
    assert form.code.text() == "points_permuted = points.permute(0, 1)"
    qtbot.keyClick(order.row, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert order.value == (1, 0)


def test_names(opened: Opened) -> None:
    form = opened("permute")
    for name, good in (("a b", False), ("for", False), ("1x", False), ("__x", False), ("x", True), ("", True)):
        form.name.setText(name)
        assert form.run_button.isEnabled() is good, name
    assert form.code.text() == "points.permute(1, 0)"


def test_in_place_has_no_name(opened: Opened, desk: Desk) -> None:
    form = opened("fill_")
    assert not form.name.isVisible()
    form.run_button.click()
    assert desk.codes == ["points.fill_(1)"]


def test_to_the_console(opened: Opened, desk: Desk) -> None:
    form = opened("permute")
    form.console_button.click()
    assert opened.written == ["points_permuted = points.permute(1, 0)"]  # type: ignore[attr-defined]  # see the fixture
    assert desk.codes == []
    assert not form.isVisible()


def test_esc_closes_and_gives_the_keyboard_back(window: QWidget, opened: Opened, qtbot: QtBot) -> None:
    field = window.field  # type: ignore[attr-defined]  # see the fixture
    field.setFocus()
    form = opened("narrow")
    assert form.isAncestorOf(window.focusWidget())
    with qtbot.waitSignal(form.closed):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is field


def test_enter_in_a_text_runs(opened: Opened, desk: Desk, qtbot: QtBot) -> None:
    form = opened("view")
    field = form.fields["shape"]
    assert isinstance(field, TextField)
    field.line.setText("2,3")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert desk.codes == ["points_view = points.view(2, 3)"]


def test_a_form_whose_tensor_is_gone_closes(opened: Opened, desk: Desk) -> None:
    form = opened("narrow")
    desk.open(tensor("other", "B", (2,)), B=floats(1, 2))
    assert not form.isVisible()


def test_it_stays_inside_the_window(opened: Opened, window: QWidget) -> None:
    form = opened("narrow")
    form.place(QPoint(5000, 5000))
    assert window.rect().contains(form.geometry())
    window.resize(600, 500)
    assert window.rect().contains(form.geometry())


def test_every_operation_has_a_form_that_can_be_used(opened: Opened, desk: Desk) -> None:
    desk.open(tensor("points", "A", (2, 1, 3, 2)), A=bytes(48))
    for operation in OPERATIONS:
        subject = subject_now(desk.workspace, "points")
        assert subject is not None
        if operation.parameters and not why_not(operation, subject):
            form = opened(operation.id)
            assert form.ready, operation.id
            assert not nameless(form), operation.id
            form.leave()
