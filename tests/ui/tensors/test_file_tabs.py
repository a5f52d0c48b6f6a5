"""The tabs over the Tensors page: names told apart, marks, closing; what is shown, and where the keyboard goes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.stored import RawForm
from tensorviz.engine.messages.files import OpenFile
from tensorviz.ui.tensors.file_tabs import WIDEST, labels
from tensorviz.ui.tensors.page import TensorsPage
from tests.ui.files.shelf import Shelf, contents, stored

ONE = contents(stored("a", "A", (2,)), stored("b", "B", (3,)))


def page_of(shelf: Shelf, qtbot: QtBot) -> TensorsPage:
    page = TensorsPage(shelf.workspace)
    qtbot.addWidget(page)
    page.resize(1000, 600)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


def texts(page: TensorsPage) -> list[str]:
    return [page.tabs.tabText(at) for at in range(page.tabs.count())]


def shown(page: TensorsPage) -> QWidget:
    widget = page._stack.currentWidget()
    assert widget is not None
    return widget


def has_keyboard(page: TensorsPage, panels: QWidget) -> bool:
    focus = page.focusWidget()
    return focus is panels or panels.isAncestorOf(focus)


def close_button(page: TensorsPage, place: int) -> QToolButton:
    box = page.tabs.tabButton(place, QTabBar.ButtonPosition.RightSide)
    button = box.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    return button


def names(shelf: Shelf) -> list[str]:
    return [file.path.removeprefix("/x/") for file in shelf.files.files]


def test_there_are_no_tabs_without_files(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    assert not page.tabs.isVisible()
    file = shelf.open(ONE)
    assert page.tabs.isVisible()
    assert texts(page) == ["Session", "model.pt"]
    shelf.files.close(file)
    assert not page.tabs.isVisible()
    assert shown(page) is page.session


def test_names_alike_are_told_apart_by_their_folders() -> None:
    assert labels(["/x/a/model.pt", "/x/b/model.pt", "/x/b/other.pt"]) == ["a/model.pt", "b/model.pt", "other.pt"]
    assert labels(["/a/v1/m.pt", "/b/v1/m.pt", "/a/v2/m.pt"]) == ["a/v1/m.pt", "b/v1/m.pt", "v2/m.pt"]
    assert labels(["/m.pt", "/a/m.pt"]) == ["m.pt", "a/m.pt"]
    assert labels(["/x/m.pt", "/x/m.pt"]) == ["m.pt", "m.pt"]
    assert labels(["m.pt"]) == ["m.pt"]


def test_labels_change_back_when_the_other_is_closed(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    one = shelf.open(ONE, "/x/a/R&D.pt")
    shelf.open(ONE, "/x/b/R&D.pt")
    assert texts(page) == ["Session", "a/R&&D.pt", "b/R&&D.pt"]
    assert page.tabs.accessibleTabName(1) == "a/R&D.pt"
    shelf.files.close(one)
    assert texts(page) == ["Session", "R&&D.pt"]


def test_a_tab_is_chosen_and_closed(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    one, two = shelf.open(ONE, "/x/one.pt"), shelf.open(ONE, "/x/two.pt")
    assert shelf.files.current is two
    QTest.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=page.tabs.tabRect(1).center())
    view = page.view
    assert view is not None
    assert view.file is one
    QTest.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=page.tabs.tabRect(0).center())
    assert shown(page) is page.session
    button = close_button(page, 2)
    assert button.accessibleName() == "Close two.pt"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert names(shelf) == ["one.pt"]
    assert shelf.files.current is None


def test_the_middle_button_closes_without_choosing(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    _, two = shelf.open(ONE, "/x/one.pt"), shelf.open(ONE, "/x/two.pt")
    QTest.mouseClick(page.tabs, Qt.MouseButton.MiddleButton, pos=page.tabs.tabRect(0).center())
    assert names(shelf) == ["one.pt", "two.pt"]
    QTest.mousePress(page.tabs, Qt.MouseButton.MiddleButton, pos=page.tabs.tabRect(1).center())
    assert shelf.files.current is two
    QTest.mouseRelease(page.tabs, Qt.MouseButton.MiddleButton, pos=page.tabs.tabRect(2).center())
    assert names(shelf) == ["one.pt", "two.pt"]
    QTest.mouseClick(page.tabs, Qt.MouseButton.MiddleButton, pos=page.tabs.tabRect(1).center())
    assert names(shelf) == ["two.pt"]


def test_the_bar_by_keyboard(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    one = shelf.open(ONE, "/x/one.pt")
    shelf.open(ONE, "/x/two.pt")
    page.tabs.setFocus()
    QTest.keyClick(page.tabs, Qt.Key.Key_Left)
    assert shelf.files.current is one
    assert page.focusWidget() is page.tabs
    QTest.keyClick(page.tabs, Qt.Key.Key_Delete)
    assert names(shelf) == ["two.pt"]
    QTest.keyClick(page.tabs, Qt.Key.Key_Left)
    assert page.view is None
    QTest.keyClick(page.tabs, Qt.Key.Key_Delete)
    assert names(shelf) == ["two.pt"]


def test_the_keyboard_follows_what_is_shown_and_comes_back_to_the_console(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    page.session.console.input.setFocus()
    file = shelf.files.open("/x/model.pt")
    assert page.view is not None
    view = page.view  # which makes its parts in turns
    qtbot.waitUntil(lambda: not view.waiting and has_keyboard(page, view.unread))
    shelf.read(file, ONE)
    qtbot.waitUntil(lambda: not view.waiting and has_keyboard(page, view.tree))
    shelf.files.close(file)
    assert page.focusWidget() is page.session.console.input


def test_a_file_that_is_read_behind_another_takes_no_keyboard(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    page.session.console.input.setFocus()
    file = shelf.files.open("/x/model.pt")
    shelf.files.look_at(None)
    shelf.read(file, ONE)
    assert page.focusWidget() is page.session.console.input


def test_marks_of_reading_and_failing(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.files.open("/x/model.pt")
    assert page.tabs.accessibleTabName(1) == "model.pt"
    qtbot.waitUntil(lambda: page.tabs.accessibleTabName(1) == "model.pt, is being read")
    busy = page.tabs.tabIcon(1).pixmap(14, 14).toImage()
    shelf.fail(file, Problem("It is cut short."))
    assert page.tabs.accessibleTabName(1) == "model.pt, could not be read"
    bad = page.tabs.tabIcon(1).pixmap(14, 14).toImage()
    shelf.open(ONE, "/x/good.pt")
    good = page.tabs.tabIcon(2).pixmap(14, 14).toImage()
    assert "could not be read" in page.tabs.tabToolTip(1)
    assert "could not" not in page.tabs.tabToolTip(2)
    if not good.isNull():
        assert len({busy.cacheKey(), bad.cacheKey(), good.cacheKey()}) == 3


def test_long_names_are_cut_and_many_tabs_scroll(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    for number in range(20):
        shelf.open(ONE, f"/x/{'long' * 30}{number}.pt")
    assert all(page.tabs.tabRect(at).width() <= WIDEST for at in range(page.tabs.count()))
    assert page.tabs.elideMode() == Qt.TextElideMode.ElideMiddle
    assert page.tabs.width() <= page.width()
    assert page.width() == 1000
    right = page.tabs.findChild(QToolButton, "ScrollRightButton")
    assert isinstance(right, QToolButton)
    assert right.isVisible()
    before, current = page.tabs.tabRect(1).left(), page.tabs.currentIndex()
    place = QPointF(100, 10)
    wheel = QWheelEvent(
        place, page.tabs.mapToGlobal(place), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip  # in Qt's order
    QCoreApplication.sendEvent(page.tabs, wheel)
    assert page.tabs.tabRect(1).left() > before
    assert page.tabs.currentIndex() == current


def test_reading_again_keeps_the_tab_what_is_looked_at_and_the_keyboard(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.open(ONE, "/x/one.pt")
    shelf.open(ONE, "/x/two.pt")
    shelf.files.look_at(file)
    old = page.view
    assert old is not None
    old.show_tensor(1)
    old.tree.setFocus()
    file.reload()
    assert shown(page) is old, "nothing flickers while it is read in an instant"
    fresh = shelf.files.files[0]
    shelf.read(fresh, ONE)
    view = page.view
    assert view is not None
    assert view is not old
    assert shown(page) is view
    assert fresh.looking is not None
    assert fresh.looking.showing.current == "b"
    assert has_keyboard(page, view.tree)
    assert texts(page) == ["Session", "one.pt", "two.pt"]
    assert page.tabs.currentIndex() == 1


def test_reading_again_that_takes_long_is_shown(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.open(ONE)
    file.reload()
    qtbot.waitUntil(lambda: page.view is not None and shown(page) is page.view)
    view = page.view
    assert view is not None
    qtbot.waitUntil(lambda: not view.waiting and view.unread.isVisible())


def test_closing_a_file_that_is_read_again(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    shelf.open(ONE).reload()
    (fresh,) = shelf.files.files
    shelf.files.close(fresh)
    assert shown(page) is page.session
    assert page.views == []
    shelf.open(ONE).reload()
    shelf.files.look_at(None)
    assert shown(page) is page.session


def test_raw_numbers_in_another_shape_with_the_form_still_open(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.files.open("/x/raw.bin", RawForm("float32"))
    shelf.read(file, contents(stored("", "A", (6,)), form="raw", path="/x/raw.bin"))
    assert page.view is not None
    assert texts(page)[1] == "raw.bin (float32)"
    assert page.view.looking is not None, "the only tensor there is is looked at"
    QTest.mouseClick(page.view.head.change_raw, Qt.MouseButton.LeftButton)
    form = page.view.raw_strip.form
    assert page.focusWidget() is form.shape
    QTest.keyClicks(form.shape, "2, 3")
    QTest.keyClick(form.shape, Qt.Key.Key_Return)
    (fresh,) = shelf.files.files
    assert shelf.engine.last(OpenFile).raw == RawForm("float32", (2, 3))
    shelf.read(fresh, contents(stored("", "A", (2, 3)), form="raw", path="/x/raw.bin"))
    assert page.view.raw_strip.isVisible()
    assert page.focusWidget() is page.view.raw_strip.form.shape
    assert page.view.raw_strip.form.shape.text() == "2, 3"
    assert page.view.looking is not None
    QTest.keyClick(page.view.raw_strip.form.shape, Qt.Key.Key_Escape)
    assert not page.view.raw_strip.isVisible()
    assert has_keyboard(page, page.view.tree)


def test_a_file_that_changed_can_be_read_again(qtbot: QtBot) -> None:
    from tensorviz.engine.messages import JobFailed
    from tensorviz.engine.messages.session import ReadPages

    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.open(ONE)
    view = page.view
    assert view is not None
    assert not view.trouble.isVisible()
    view.show_tensor(0)
    assert file.looking is not None
    file.looking.memory.raw("A", 0, 4)
    file.looking.memory.ask_now()
    shelf.engine.answer(JobFailed(shelf.engine.job(ReadPages), Problem("model.pt is another file by now.")))
    assert view.trouble.isVisible()
    assert view.trouble.text.plain == "model.pt is another file by now."
    QTest.mouseClick(view.trouble.button, Qt.MouseButton.LeftButton)
    assert shelf.files.current is not file


def test_what_is_selected_in_the_tree_is_what_the_head_opens(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.open(ONE)
    view = page.view
    assert view is not None
    view.tree.view.selectAll()
    qtbot.waitUntil(lambda: file.selection == (0, 1))
    assert view.head.open_in_session.text() == "Open 2 in session"


def test_a_comparison_is_shown_where_it_is_told(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    file = shelf.open(ONE)
    view = page.view
    assert view is not None
    view.show_tensor(0)
    assert not view.report.isVisible()
    file.compare_with("/x/other.pt")
    assert view.report.isVisible()


def test_new_panels_are_told_for_their_splitters(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    made: list[QWidget] = []
    page.panels_made.connect(made.append)
    shelf.open(ONE)
    view = page.view
    assert view is not None
    view.show_tensor(0)
    view.show_tensor(1)
    assert made == [view, view.looking]


def test_closed_views_go(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = page_of(shelf, qtbot)
    shelf.files.close(shelf.open(ONE))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert page._stack.count() == 1
