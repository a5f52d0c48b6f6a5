"""The Tensors page by mouse and keyboard, with the real program: drag, edit, undo, and what other drawings show then.

Must not know how a panel does it; what a person sees is read from what the panels say they show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tensorviz.app import Program
from tensorviz.ui.tensors.grid_card import GridCard
from tensorviz.ui.tensors.page import TensorsPage
from tensorviz.ui.tensors.why_card import WhyCard
from tests.e2e.conftest import PATIENCE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
POINTS = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
CODE = "points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])"


class Person:
    """Somebody in front of the window, who types, drags and waits until what was asked for has been done."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.session, self.showing, self._qtbot = program.workspace.session, program.workspace.showing, qtbot
        self._undo = program.window.actions_table["session.undo"]
        program.window.show_page("tensors")
        program.window.activateWindow()
        page = program.window.page()
        assert isinstance(page, TensorsPage)
        self.page = page.session
        self.wait(lambda: program.workspace.engine.ready and not self.session.running)

    def wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=PATIENCE)

    def types(self, code: str) -> None:
        """Types code into the console, line by line, and waits until all of it ran."""
        field = self.page.console.input
        field.setFocus()
        for line in code.splitlines():
            done = len(self.session.steps)
            QTest.keyClicks(field, line)
            QTest.keyClick(field, Qt.Key.Key_Return)
            self.wait(lambda done=done: len(self.session.steps) > done and not self.session.running)  # type: ignore[misc]  # bound now

    def undoes(self, widget: QWidget) -> None:
        """Ctrl+Z; what commands apply is asked a little after the session changed."""
        self.wait(lambda: not self.session.running and self._undo.isEnabled())
        self.presses(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    def presses(self, widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
        """A key that makes a step or goes between steps."""
        before = self.session.facts.here
        QTest.keyClick(widget, key, held)
        self.wait(lambda: self.session.facts.here != before and not self.session.running)

    def card(self, name: str) -> GridCard:
        self.wait(lambda: name in self.page.grids.cards)
        return self.page.grids.cards[name]

    def cell(self, name: str, index: tuple[int, ...]) -> QPoint:
        view = self.card(name).view
        rect = view.geometry_of_cells.rect(index)
        assert rect is not None
        x, y, wide, high = rect
        return QPoint(x - view.origin[0] + wide // 2, y - view.origin[1] + high // 2)

    def sees(self, name: str, expected: torch.Tensor) -> None:
        """Waits until the grid of a tensor shows the numbers that torch says."""
        self.wait(lambda: self.numbers(name) == expected.tolist())

    def numbers(self, name: str) -> list[list[float | None]]:
        card = self.card(name)
        rows, columns = card.tensor.layout.shape
        cells = [[card.view.cells.at(card.tensor.layout.address((i, j))) for j in range(columns)] for i in range(rows)]
        return [[None if one is None else float(one.text) for one in row] for row in cells]


def drag(widget: QWidget, start: QPoint, to: QWidget, end: QPoint) -> None:
    """With the left button, in steps, as a hand does; events go to the widget that was pressed.

    The goal is looked for at each step: what is dragged opens places to drop it, which move others aside.
    """

    def there() -> QPoint:
        return widget.mapFromGlobal(to.mapToGlobal(end))

    QTest.mousePress(widget, LEFT, PLAIN, start)
    for part in range(1, 5):
        QTest.mouseMove(widget, start + (there() - start) * part / 4)
    QTest.mouseMove(widget, there())
    QTest.mouseRelease(widget, LEFT, PLAIN, there())


@pytest.fixture
def person(start: Callable[..., Program], qtbot: QtBot) -> Person:
    return Person(start(), qtbot)


def test_a_dimension_dragged_onto_another_transposes_and_ctrl_z_takes_it_back(person: Person) -> None:
    person.types(CODE)
    person.sees("points", POINTS)
    chips = person.card("points").chips
    drag(chips[1], chips[1].rect().center(), chips[0], chips[0].rect().center())
    person.sees("points", POINTS.t())
    layout = person.card("points").tensor.layout
    assert (layout.shape, layout.stride) == (tuple(POINTS.t().shape), POINTS.t().stride())
    assert len(person.session.facts.storages) == 1, "nothing was copied"
    person.undoes(person.page.console.input)
    person.sees("points", POINTS)


def test_a_cell_edited_in_one_grid_is_another_number_in_the_other_and_on_the_canvas(person: Person) -> None:
    person.types(f"{CODE}\npoints_t = points.t()")
    person.sees("points_t", POINTS.t())
    view = person.card("points").view
    for click in (QTest.mouseClick, QTest.mouseDClick):
        click(view.viewport(), LEFT, PLAIN, person.cell("points", (1, 0)))
    editor = view.picking.editor
    assert editor is not None
    QTest.keyClicks(editor, "50")
    person.presses(editor, Qt.Key.Key_Return)
    expected = POINTS.clone()
    expected[1, 0] = 50
    person.sees("points", expected)
    person.sees("points_t", expected.t())
    assert "50" in person.page.canvas.canvas.cell_words(2)
    person.undoes(view)
    person.sees("points_t", POINTS.t())


def test_what_is_pointed_at_in_one_grid_lights_up_wherever_that_memory_is_seen(person: Person) -> None:
    person.types(f"{CODE}\npoints_t = points.t()")
    person.sees("points_t", POINTS.t())
    QTest.mouseMove(person.card("points").view.viewport(), person.cell("points", (2, 1)))
    person.wait(lambda: person.card("points_t").formula.text.startswith("[1, 2] = 1."))
    assert person.card("points").formula.text.endswith("0 + 2*2 + 1*1 = 5")
    person.wait(lambda: person.page.inspector.element.plain.startswith("points[2, 1]"))
    assert person.page.canvas.canvas.lights.hover_area()


def test_a_refused_view_says_why_and_one_click_mends_it(person: Person) -> None:
    person.types(f"{CODE}\npoints_t = points.t()\nflat = points_t.view(6)")
    assert person.session.facts.tensor("flat") is None
    person.wait(lambda: bool(person.page.console.findChildren(WhyCard)))
    buttons = person.page.console.findChildren(WhyCard)[0].buttons
    QTest.mouseClick(next(one for one in buttons if one.text().startswith("reshape")), LEFT)
    person.wait(lambda: person.session.facts.tensor("flat") is not None)
    assert person.session.path()[-1].code == "flat = points_t.reshape(6)"
    flat = person.session.facts.tensor("flat")
    assert flat is not None
    assert flat.layout.shape == (6,)
    assert len(person.session.facts.storages) == 2, "reshape copied"
