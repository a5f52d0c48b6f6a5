"""Nothing of an open file is ever a window of its own, not even for a moment before it is put into its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_values import Comparison, Difference, Duplicates, TensorValues
from tensorviz.core.errors import Problem
from tensorviz.core.family import Family
from tensorviz.core.stored import Contents
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.files import CompareFiles, DuplicatesFound, FilesCompared, LookAtValues, ValuesSeen
from tensorviz.ui.files.file_view import FileView
from tests.ui.files.shelf import Shelf, contents, stored

PROBLEM = Problem("It cannot be read.", "Try another one.")


class Watch(QObject):
    """Notes every widget without a parent that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.parentWidget() is None:
            self.seen.append(type(watched).__name__)
        return False


@contextmanager
def watched(qapp: QApplication) -> Iterator[list[str]]:
    """What was shown without a parent meanwhile."""
    watch = Watch()
    qapp.installEventFilter(watch)
    try:
        yield watch.seen
    finally:
        qapp.removeEventFilter(watch)


def wasteful() -> Contents:
    """Tied tensors, a slice, two element types, layouts that safetensors refuses, metadata, names that would run."""
    return contents(
        stored("enc.weight", "A", (4, 2)),
        stored("dec.weight", "A", (4, 2)),
        stored("t", "B", (2, 3), stride=(1, 2)),
        stored("h", "C", (2,), "float16"),
        stored("slice", "D", (10,)),
        sizes={"D": 4_000_000},
        metadata={"epoch": "3"},
        unsafe_globals=("posix.system",),
    )


def view_of(qtbot: QtBot, shelf: Shelf) -> FileView:
    view = FileView(shelf.workspace, shelf.files.open("/x/model.pt"))
    qtbot.addWidget(view)
    view.resize(1280, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_parentless_widget_is_noticed(qtbot: QtBot, qapp: QApplication) -> None:
    with watched(qapp) as seen:
        lone = QWidget()
        qtbot.addWidget(lone)
        lone.show()
    assert seen == ["QWidget"]


def test_a_report_with_all_it_can_say_stays_in_its_window(qtbot: QtBot, qapp: QApplication) -> None:
    shelf = Shelf()
    view = view_of(qtbot, shelf)
    with watched(qapp) as seen:
        shelf.read(view.file, wasteful())
        qtbot.waitUntil(lambda: not view.waiting)
        shelf.analyse(view.file, Family("a network", repairs=("Take the prefix off",)))
        qtbot.waitUntil(lambda: view.report.ready)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)  # what the layout shows, it shows later
        _work(qtbot, shelf, view)
        view.show_tensor(0)
        assert view.looking is not None
        qtbot.waitUntil(lambda: view.looking is not None and not view.looking.waiting)
        shelf.serve()
        view.grab()
    assert seen == []
    assert view.report.sections[1].isVisibleTo(view.report)


def _work(qtbot: QtBot, shelf: Shelf, view: FileView) -> None:
    """Values, equal tensors, a comparison, and one that fails."""
    file, engine = view.file, shelf.engine
    file.look_at_values()
    job = engine.job(LookAtValues)
    nan = replace(TensorValues("t", "float32", 6), nan=2)
    same = Duplicates(("enc.weight", "dec.weight"), 32, False)
    engine.answer(ValuesSeen(job, file.number, (nan,)), DuplicatesFound(job, file.number, (same,)), JobFinished(job))
    file.compare_with("/x/other.pt")
    job = engine.job(CompareFiles)
    far = Difference("t", ("float32", "float32"), 6, 2, 0, 12, 0.5, 0.1, (1, 0), (0.1, 0.2))
    found = Comparison(("h",), (), (), (), (far,), 2)
    engine.answer(FilesCompared(job, file.number, "/x/other.pt", found), JobFinished(job))
    file.compare_with("/x/third.pt")
    engine.answer(JobFailed(engine.job(CompareFiles), PROBLEM))
    qtbot.waitUntil(lambda: view.report.sections[5].findChild(QWidget) is not None)


def test_a_file_that_cannot_be_read_says_so_in_its_window(qtbot: QtBot, qapp: QApplication) -> None:
    shelf = Shelf()
    view = view_of(qtbot, shelf)
    with watched(qapp) as seen:
        shelf.fail(view.file, PROBLEM)
        qtbot.waitUntil(lambda: not view.waiting)
        view.grab()
    assert seen == []
