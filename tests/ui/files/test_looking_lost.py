"""A file that cannot be read any more while it is looked at: asked once, and never a value that is not there."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.session_data import PAGE, Statistics
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.session import MeasureTensor, ReadPages, TensorMeasured
from tensorviz.ui.state.memory import LOST
from tests.ui.files.looking_room import Room
from tests.ui.files.shelf import Shelf, contents, many, stored
from tests.ui.tensors.desk import floats
from tests.ui.tensors.grid_room import click

GONE = Problem("/x/model.pt cannot be read: it is no longer there.", "Open it again when it is there.")
ROW = PAGE // 4  # float32 elements of a page


class Fails:
    """An engine whose answers to wishes for pages are failures from the page `after` on."""

    def __init__(self, made: Room, after: int = 0) -> None:
        self.made, self.after = made, after
        made.shelf.serve = self.serve  # type: ignore[method-assign]  # as the real one, but it fails
        self.served = len(made.shelf.engine.sent)
        self.failures = 0

    def serve(self) -> None:
        shelf = self.made.shelf
        self.made.looking.memory.ask_now()
        for job, one in shelf.engine.sent[self.served :]:
            if isinstance(one, ReadPages):
                if max(one.pages) >= self.after:
                    self.failures += 1
                    shelf.engine.answer(JobFailed(job, GONE))
                else:
                    shelf.engine.answer(shelf.pages(job, one), JobFinished(job))
        self.served = len(shelf.engine.sent)


def unread(qtbot: QtBot) -> tuple[Room, Fails]:
    made = Room(qtbot, contents(stored("x", "A", (2, 3))), A=floats(4, 1, 5, 3, 2, 1))
    fails = Fails(made)
    made.file.show(0)
    made.settle()
    return made, fails


def test_what_cannot_be_read_is_a_question_mark_everywhere(qtbot: QtBot) -> None:
    made, _ = unread(qtbot)
    view = made.panels.grids.cards["x"].view
    cell = view.cells.at(0)
    assert cell is not None
    assert (cell.text, cell.value) == ("?", None)
    assert view.note == "? marks what could not be read."
    assert made.looking.memory.text("A", 5, made.looking.session.facts.tensors[0].kind) is LOST
    assert made.looking.memory.number("A", 5, made.looking.session.facts.tensors[0].kind) is None
    assert made.panels.canvas.remark.text().startswith("? stands where bytes could not be read")
    assert "could not be read, could not be read" in made.panels.canvas.canvas.description()
    made.looking.pointing.at_element(made.looking.session.facts.tensors[0], (1, 1))
    made.settle()
    assert "value: could not be read" in made.panels.inspector.element.plain
    assert made.looking.memory.problem == GONE


def test_it_is_asked_for_once_however_often_it_is_looked_at(qtbot: QtBot) -> None:
    made, fails = unread(qtbot)
    for _ in range(5):
        made.settle()
        made.file.show(0)
        made.looking.pointing.at_cell("A", 1, 4)
    assert fails.failures == 1
    assert len(made.shelf.engine.all(ReadPages)) == 1


def test_values_that_could_not_be_read_are_not_copied(qtbot: QtBot) -> None:
    made, _ = unread(qtbot)
    QGuiApplication.clipboard().setText("before")
    click(made.panels.grids.cards["x"], (0, 0))
    made.panels.grids.selection_bar.copy.click()
    assert QGuiApplication.clipboard().text() == "before"
    assert made.said == "Some of these values could not be read, so none are copied."


def test_what_was_read_before_stays_and_the_rest_is_marked(qtbot: QtBot) -> None:
    values = floats(*range(4 * ROW))
    made = Room(qtbot, contents(stored("x", "A", (4, ROW))), A=values)
    made.file.show(0)
    made.settle()
    kind = made.looking.session.facts.tensors[0].kind
    assert made.looking.memory.number("A", 7, kind) == 7.0
    held = set(made.looking.memory._pages)
    fails = Fails(made)
    for address in range(0, 4 * ROW, ROW):
        made.looking.memory.number("A", address, kind)
    fails.serve()
    assert made.looking.memory.number("A", 7, kind) == 7.0
    for page in range(4):
        found = made.looking.memory.text("A", page * ROW, kind)
        assert found is not None
        assert (found is LOST) == (("A", page) not in held)
    if len(held) < 4:
        assert "others are as they were read before" in made.panels.canvas.remark.text()


def test_pages_that_are_left_out_of_an_answer_are_lost(qtbot: QtBot) -> None:
    made = Room(qtbot, contents(stored("x", "A", (2, 3))), A=b"")
    made.file.show(0)
    made.settle()
    assert made.looking.memory.text("A", 0, made.looking.session.facts.tensors[0].kind) is LOST
    assert len(made.shelf.engine.all(ReadPages)) == 1


def test_another_file_and_the_session_are_not_concerned(qtbot: QtBot) -> None:
    made, _ = unread(qtbot)
    other = made.shelf.open(contents(stored("x", "A", (2, 3))), "/x/other.pt", A=floats(0, 0, 0, 0, 0, 0))
    assert other.looking is not None
    other.show(0)
    assert other.looking.memory.problem is None
    assert made.shelf.workspace.memory.problem is None


def test_the_session_asks_again_once_it_changed(qtbot: QtBot) -> None:
    shelf = Shelf()
    desk = shelf.desk
    from tests.ui.tensors.desk import points

    points(desk)
    memory = desk.workspace.memory
    memory.raw("A", 0, 4)
    memory.ask_now()
    job = desk.engine.job(ReadPages)
    desk.engine.answer(JobFailed(job, GONE))
    assert memory.is_lost("A", 0, 4)
    memory.raw("A", 0, 4)
    memory.ask_now()
    assert len(desk.engine.all(ReadPages)) == 1
    points(desk)
    memory.raw("A", 0, 4)
    desk.serve()
    assert memory.raw("A", 0, 4) == floats(4)
    assert memory.problem is None


# ----------------------------------------------------------------------------------------------------- statistics


def test_values_of_a_file_are_measured_and_are_of_that_file(qtbot: QtBot) -> None:
    made = Room(qtbot, many(2), 0)
    name = made.looking.session.facts.tensors[0].name
    request, job = made.shelf.engine.last(MeasureTensor), made.shelf.engine.job(MeasureTensor)
    assert (request.file, request.tensor) == (made.file.number, 0)
    other = made.shelf.open(many(2), "/x/other.pt")
    assert other.looking is not None
    other.show(0)
    found = Statistics(name, 64, 1.0, 5.0, 2.0, 1.0, edges=(1.0, 5.0), counts=(64,))
    made.shelf.engine.answer(TensorMeasured(job, 0, found, made.file.number), JobFinished(job))
    assert made.looking.statistics.found == found
    assert not made.looking.statistics.stale
    assert made.looking.grids.statistics(made.looking.session.facts.tensors[0]) == found
    assert other.looking.statistics.found is None
    assert other.looking.grids.statistics(other.looking.session.facts.tensors[0]) is None
    assert made.shelf.workspace.grids.statistics(made.looking.session.facts.tensors[0]) is None


def test_what_cannot_be_measured_says_why_and_is_not_tried_again(qtbot: QtBot) -> None:
    made = Room(qtbot, many(2), 0)
    made.shelf.engine.answer(JobFailed(made.shelf.engine.job(MeasureTensor), GONE))
    assert GONE.message in made.panels.inspector.values.plain
    made.file.show(0)
    made.settle()
    assert len(made.shelf.engine.all(MeasureTensor)) == 1
    made.panels.inspector.values.button.click()
    assert len(made.shelf.engine.all(MeasureTensor)) == 2


def test_a_large_tensor_is_measured_when_it_is_asked(qtbot: QtBot) -> None:
    made = Room(qtbot, contents(stored("x", "A", (17_000_000,), dtype="uint8")), 0)
    assert made.shelf.engine.all(MeasureTensor) == []
    assert made.panels.inspector.values.button.text() == "Measure 17.0 M elements"
    made.panels.inspector.values.button.click()
    assert made.shelf.engine.last(MeasureTensor).file == made.file.number
