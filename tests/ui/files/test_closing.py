"""What is left of a file that was closed: nothing, after two turns."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tensorviz.ui.tensors.page import TensorsPage
from tests.ui.files.shelf import Shelf, many


def test_what_was_looked_at_goes_first_and_the_rest_in_a_turn_of_its_own(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = TensorsPage(shelf.workspace)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    file = shelf.open(many(20))
    view = page.view
    assert view is not None
    view.show_tensor(3)
    looking, tree = view.looking, view.tree
    shelf.files.close(file)
    assert (page.views, page.view) == ([], None)
    assert not view.isVisible()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [shiboken6.isValid(one) for one in (looking, tree, view)] == [False, True, True]
    qtbot.waitUntil(lambda: not shiboken6.isValid(view))
    assert not shiboken6.isValid(tree)


def test_a_file_that_was_not_looked_at_goes_as_well(qtbot: QtBot) -> None:
    shelf = Shelf()
    page = TensorsPage(shelf.workspace)
    qtbot.addWidget(page)
    shelf.open(many(20))
    view = page.view
    shelf.files.close(shelf.files.files[0])
    qtbot.waitUntil(lambda: not shiboken6.isValid(view))
