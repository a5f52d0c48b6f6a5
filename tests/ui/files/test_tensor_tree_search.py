"""The tree of a file's tensors searched, filtered and ordered; what was selected and folded stays."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tensorviz.ui.files.tensor_tree_rows import DTYPE, SHAPE, SIZE
from tests.ui.files.shelf import Shelf, contents, stored
from tests.ui.files.tree_room import (
    CONTROL,
    click,
    names,
    network,
    panel,
    picked,
    settle,
)


def test_letters_search(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    tree.view.setFocus()
    qtbot.keyClicks(tree.view, "b")
    assert tree.filters.search.text() == "b"
    qtbot.keyClicks(tree.filters.search, "ias")
    qtbot.waitUntil(lambda: names(tree) == ["conv.bias"])
    assert tree.foot.counted.text() == "1 of 6 tensors, 8 bytes"
    chosen: list[int] = []
    tree.chosen.connect(chosen.append)
    qtbot.keyClick(tree.filters.search, Qt.Key.Key_Return)
    assert chosen == [1]
    qtbot.keyClick(tree.filters.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(tree)) == 10)
    tree.filters.search.setText("nothing like it")
    settle(tree)
    assert tree.foot.counted.text() == "None of 6 tensors is like that"
    tree.foot.clear.click()
    settle(tree)
    assert tree.foot.counted.text() == "6 tensors, 760 bytes"
    assert not tree.foot.clear.isVisible()


def test_the_search_leads_back_to_the_rows(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    tree.activateWindow()
    tree.filters.search.setFocus()
    qtbot.waitUntil(tree.filters.search.hasFocus)
    qtbot.keyClick(tree.filters.search, Qt.Key.Key_Down)
    assert tree.view.hasFocus()


def test_types_and_shapes_filter(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    types = tree.filters.dtype
    assert [types.itemText(n) for n in range(types.count())] == ["All types", "float32", "int64"]
    types.setCurrentIndex(2)
    settle(tree)
    assert names(tree) == ["steps"]
    types.setCurrentIndex(0)
    tree.filters.shape.setText("10,*")
    settle(tree)
    assert names(tree) == ["embed.weight", "head.weight"]
    tree.filters.shape.setText("10,")
    settle(tree)
    assert names(tree) == ["slice"]
    tree.filters.shape.setText("ten")
    settle(tree)
    assert '"ten" is not understood' in tree.filters.said.plain
    assert tree.filters.said.isVisible()
    assert len(names(tree)) == 10
    tree.filters.shape.setText("")
    settle(tree)
    assert not tree.filters.said.isVisible()


def test_one_type_is_said_and_not_asked_for(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), contents(stored("a", "A", (2,)), stored("b", "B", (3,))))
    assert not tree.filters.dtype.isVisible()
    assert tree.view.isColumnHidden(DTYPE)
    assert tree.foot.counted.text() == "2 tensors, 20 bytes, all float32"


def test_headers_and_the_menu_order(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    tree.filters.set_flat(True)
    settle(tree)
    assert names(tree)[:6] == ["conv.bias", "conv.weight", "embed.weight", "head.weight", "slice", "steps"]
    header = tree.view.horizontalHeader()

    def press(column: int) -> list[str]:
        place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        settle(tree)
        return names(tree)[:6]

    assert press(SIZE) == ["conv.weight", "embed.weight", "head.weight", "slice", "conv.bias", "steps"]
    assert press(SIZE) == ["conv.bias", "steps", "slice", "embed.weight", "head.weight", "conv.weight"]
    assert press(SHAPE) == ["steps", "conv.bias", "slice", "embed.weight", "head.weight", "conv.weight"]
    assert picked(tree) == []
    orders = {action.text(): action for action in tree.filters.sort.menu().actions()}
    orders["&As in the file"].trigger()
    settle(tree)
    assert names(tree)[:6] == ["conv.weight", "conv.bias", "embed.weight", "head.weight", "steps", "slice"]
    orders["The other way &round"].trigger()
    settle(tree)
    assert names(tree)[0] == "slice"
    assert header.sortIndicatorSection() == -1


def test_the_selection_outlives_filters_orders_and_the_list(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    click(qtbot, tree, "conv.weight")
    click(qtbot, tree, "steps", CONTROL)
    tree.filters.search.setText("steps")
    settle(tree)
    assert picked(tree) == ["steps"]
    assert tree.foot.picked.text() == "1 selected, 8 bytes"
    tree.filters.search.setText("nothing")
    settle(tree)
    qtbot.waitUntil(lambda: not tree.picks.is_counting)
    assert picked(tree) == []
    tree.filters.search.setText("")
    tree.filters.set_flat(True)
    tree.filters.set_order("size")
    settle(tree)
    assert picked(tree) == ["conv.weight", "steps"]
    assert tree.foot.picked.text() == "2 selected, 392 bytes"


def test_what_a_person_folded_outlives_a_search(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    tree.view.go_to(0)
    qtbot.keyClick(tree.view, Qt.Key.Key_Left)
    tree.filters.search.setText("conv")
    settle(tree)
    assert names(tree) == ["conv", " bias", " weight", "not tensors"][:3]
    tree.filters.search.setText("")
    settle(tree)
    assert names(tree)[:2] == ["conv", "embed.weight"]
