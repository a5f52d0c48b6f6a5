"""The states of looking at files: made with a file, gone with it, many at once; panels that come one after another."""

from __future__ import annotations

import gc
import weakref
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tensorviz.engine.messages.session import MeasureTensor, ReadPages
from tensorviz.ui.files.file_view import FileView
from tensorviz.ui.files.looking_panels import LookingPanels
from tensorviz.ui.state.open_tensors import OpenTensors
from tests.ui.files.looking_room import Room
from tests.ui.files.shelf import Shelf, contents, many, stored
from tests.ui.tensors.desk import points


def test_a_closed_file_leaves_nothing_behind(qtbot: QtBot) -> None:
    """Neither states, nor panels, nor timers, nor what the file held; and no event finds anybody."""
    shelf = Shelf()
    file = shelf.open(many(20))
    view = FileView(shelf.workspace, file)
    view.show_tensor(3)
    assert view.looking is not None
    while view.looking.waiting:
        view.looking.build_more()
    shelf.serve()
    looking = file.looking
    assert looking is not None
    kept: list[weakref.ref[object]] = [
        weakref.ref(one)
        for one in (
            *(file, view, view.looking, view.looking.canvas.walk, view.looking.grids, looking.session),
            *(looking.memory, looking.showing, looking.pointing, looking.grids, looking.statistics, looking.drawings),
        )
    ]
    timers = [weakref.ref(one) for one in (*view.findChildren(QTimer), *file.findChildren(QTimer))]
    assert timers
    shelf.files.close(file)
    view.deleteLater()
    del file, view, looking
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [one() for one in kept if one() is not None] == []
    assert [one() for one in timers if one() is not None] == []
    points(shelf.desk)
    shelf.serve()


def test_states_go_with_their_tensors() -> None:
    shelf = Shelf()
    file = shelf.open(many(2))
    looking, tensors = file.looking, file.tensors
    assert looking is not None
    states: tuple[QObject, ...] = (
        *(looking.memory, looking.showing, looking.pointing, looking.grids, looking.statistics, looking.drawings),
    )
    assert all(one.parent() is tensors for one in states)
    assert isinstance(tensors, OpenTensors)
    assert tensors.parent() is file


def test_fifty_files_are_open_at_once_and_each_looks_at_its_own(qtbot: QtBot) -> None:
    shelf = Shelf()
    files = [
        shelf.open(contents(stored("x", "A", (2,), dtype="uint8")), f"/x/{n}.pt", A=bytes([n, n + 1]))
        for n in range(50)
    ]
    for file in files:
        assert file.show(0)
        assert file.looking is not None
        file.looking.memory.raw("A", 0, 2)
    shelf.serve()
    for number, file in enumerate(files):
        assert file.looking is not None
        assert file.looking.memory.raw("A", 0, 2) == bytes([number, number + 1])
    assert len(shelf.engine.all(ReadPages)) == 50
    assert [one.file for one in shelf.engine.all(MeasureTensor)] == [file.number for file in files]
    assert shelf.workspace.showing.tensors == ()


@pytest.mark.parametrize("names", [["plain"], ["weight", "bias", "a.b"]])
def test_names_without_dots_are_not_shown_before_somebody_asks(names: list[str]) -> None:
    shelf = Shelf()
    file = shelf.open(contents(*(stored(name, "A", (2,)) for name in names)))
    assert file.looking is not None
    assert list(file.looking.showing.tensors) == []
    file.show(0)
    assert [one.name for one in file.looking.showing.tensors] == names[:1]
    assert [one.name for one in file.looking.showing.lanes] == names


def test_panels_come_one_after_another_and_at_once_when_somebody_asks(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(many(4))
    file.show(0)
    assert file.looking is not None
    panels = LookingPanels(file.looking)
    qtbot.addWidget(panels)
    assert panels.waiting
    panels.resize(860, 650)
    panels.show()
    qtbot.waitUntil(lambda: not panels.waiting)
    assert panels.canvas.isVisible()
    assert panels.inspector.isVisible()
    assert panels.canvas.mapTo(panels, QPoint(0, 0)).y() > panels.grids.height() > 0
    assert panels.inspector.mapTo(panels, QPoint(0, 0)).x() > panels.grids.width() > 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert isValid(panels.canvas.canvas.editor.parentWidget())  # nothing that was put away took it along
    at_once = LookingPanels(file.looking)
    qtbot.addWidget(at_once)
    assert at_once.canvas.canvas.made is not None
    assert at_once.inspector.tensor.plain


def test_a_narrow_canvas_bar_cuts_nothing(qtbot: QtBot) -> None:
    """Two storages, so that there is something to choose; each part keeps to its own place."""
    holds = contents(stored("block.conv.weight", "A", (8, 8)), stored("block.conv.bias", "B", (8,)))
    made = Room(qtbot, holds, 0, 1)
    bar = made.panels.canvas.bar
    assert bar.chooser.currentText() == "B   block.conv.bias"
    for width in range(bar.minimumSizeHint().width(), 800, 20):
        bar.setFixedWidth(width)
        made.panels.grab()
        parts = [bar.chooser, bar.wrap_name, bar.wrap, bar.smaller, bar.usual, bar.wider, bar.go_to, bar.walk]
        seen = sorted((part for part in parts if part.isVisible()), key=lambda part: part.x())
        for one, other in pairwise(seen):
            assert one.geometry().right() < other.geometry().left(), width
