"""The tree of a file's tensors: what its rows say, what clicks and keys do, hostile names."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.files.tensor_tree import TensorTree
from tensorviz.ui.files.tensor_tree_menu import tensor_menu
from tensorviz.ui.files.tensor_tree_rows import COLUMNS, DTYPE, NAME, STORAGE
from tensorviz.ui.files.tree_foot import HINT
from tests.ui.files.shelf import Shelf, contents, many, stored
from tests.ui.files.tree_room import (
    CONTROL,
    SHIFT,
    cells,
    click,
    marks,
    names,
    network,
    panel,
    picked,
    row_of,
    settle,
    takes,
    tip,
)
from tests.ui.models.room import nameless


def test_rows_cells_and_marks(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    assert names(tree) == [
        "conv",
        " bias",
        " weight",
        "embed.weight",
        "head.weight",
        "slice",
        "steps",
        "not tensors",
        " epoch",
        " config.lr",
    ]
    assert cells(tree, "conv") == ["conv", "2 tensors", "", "392 bytes", ""]
    assert cells(tree, "conv.weight") == ["weight", "2x3x4x4", "float32", "384 bytes", "A"]
    assert cells(tree, "steps") == ["steps", "scalar", "int64", "8 bytes", "D"]
    assert cells(tree, "config.lr") == ["config.lr", "0.001", "", "", ""]
    assert marks(tree, "conv.weight") == ("strided",)
    assert marks(tree, "embed.weight") == marks(tree, "head.weight") == ("shared",)
    assert marks(tree, "slice") == ("wasted",)
    assert marks(tree, "conv.bias") == ()
    assert "Tied: the same elements as head.weight" in tip(tree, "embed.weight")
    assert "Not contiguous: stride (48, 1, 12, 3), offset 0" in tip(tree, "conv.weight")
    assert "3,960 of 4,000 bytes of storage E are reached by no tensor" in tip(tree, "slice")
    assert tree.foot.counted.text() == "6 tensors, 760 bytes"


def test_parts_of_one_storage_are_not_called_tied(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), contents(stored("a", "A", (4,)), stored("b", "A", (2,), offset=2)))
    assert "Shares storage A with b" in tip(tree, "a")
    assert "Tied" not in tip(tree, "a")


def test_what_is_wasted_is_marked_once_it_is_known(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(network(), analysed=False)
    tree = TensorTree(shelf.workspace, file)
    qtbot.addWidget(tree)
    settle(tree)
    assert marks(tree, "slice") == ()
    shelf.analyse(file)
    settle(tree)
    assert marks(tree, "slice") == ("wasted",)


def test_a_file_that_is_still_read_and_one_that_was_read_before(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    tree = TensorTree(shelf.workspace, file)
    qtbot.addWidget(tree)
    assert names(tree) == []
    shelf.read(file, network())
    settle(tree)
    assert len(names(tree)) == 10


def test_a_click_looks_at_a_tensor_and_held_keys_select_more(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    chosen: list[int] = []
    tree.chosen.connect(chosen.append)
    click(qtbot, tree, "conv.weight")
    assert chosen == [0]
    click(qtbot, tree, "slice", CONTROL)
    click(qtbot, tree, "steps", CONTROL)
    assert picked(tree) == ["conv.weight", "slice", "steps"]
    assert tree.foot.picked.text() == "3 selected, 432 bytes"
    click(qtbot, tree, "embed.weight")
    click(qtbot, tree, "steps", SHIFT)
    assert picked(tree) == ["embed.weight", "head.weight", "slice", "steps"]
    click(qtbot, tree, "conv")
    assert (picked(tree), tree.selected()) == (["conv"], [0, 1])
    assert chosen == [0, 2]


def test_fold_marks_and_double_clicks_fold(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    place = tree.view.visualRect(tree.model.index(0, NAME))
    mark = QPoint(place.left() + 12, place.center().y())
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert names(tree)[:2] == ["conv", "embed.weight"]
    assert picked(tree) == []
    qtbot.mouseDClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert names(tree)[:3] == ["conv", " bias", " weight"]


def test_keys(qtbot: QtBot) -> None:
    shelf = Shelf()
    tree, taken = panel(qtbot, shelf, network()), takes(shelf)
    chosen: list[int] = []
    tree.chosen.connect(chosen.append)
    view = tree.view
    view.go_to(0)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert names(tree)[:2] == ["conv", "embed.weight"]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert picked(tree) == ["conv.bias"]
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(view, Qt.Key.Key_Return, CONTROL)
    assert chosen == [1]
    assert taken == [(0, 1)]
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert picked(tree) == ["conv"]
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert picked(tree) == ["config.lr"]
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert names(tree)[:2] == ["conv", "embed.weight"]


def test_copying_names(qtbot: QtBot) -> None:
    tree = panel(
        qtbot, Shelf(), contents(stored("a\nb", "A", (1,)), stored("x\ud800", "B", (1,)), stored("", "C", (1,)))
    )
    tree.view.selectAll()
    qtbot.keyClick(tree.view, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "a\nb\n\nx\\ud800"


def test_reveal_takes_filters_away_and_unfolds(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), many(600))
    assert names(tree)[:3] == ["layers", " 0", " 1"]
    tree.filters.search.setText("bias")
    settle(tree)
    tree.reveal(500)
    settle(tree)
    assert picked(tree) == ["layers.250.weight"]
    assert tree.view.currentIndex().row() == row_of(tree, "layers.250.weight")
    assert tree.view.viewport().rect().contains(tree.view.visualRect(tree.view.currentIndex()).center())
    assert tree.filters.search.text() == ""
    tree.reveal(10**9)
    settle(tree)


def test_reveal_before_all_is_there(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    tree = TensorTree(shelf.workspace, file)
    qtbot.addWidget(tree)
    tree.reveal(41)
    shelf.read(file, many(50))
    settle(tree)
    assert picked(tree) == ["layers.20.bias"]


def test_the_menu(qtbot: QtBot) -> None:
    shelf = Shelf()
    tree, taken = panel(qtbot, shelf, network()), takes(shelf)
    tree.view.go_to(row_of(tree, "conv"))
    menu = tensor_menu(tree)
    texts = [action.text().partition("\t")[0].replace("&", "") for action in menu.actions()]
    assert texts == [
        "Fold",
        "Open 2 in session",
        "Open all 6 in session",
        "",
        "Copy name",
        "",
        "Unfold everything",
        "Fold everything",
    ]
    pick(menu, "Open all 6")
    assert taken == [(0, 1, 2, 3, 4, 5)]
    assert shelf.files.files[0].selection == ()
    pick(menu, "Fold everything")
    settle(tree)
    assert names(tree) == ["conv", "embed.weight", "head.weight", "slice", "steps", "not tensors"]
    pick(menu, "Unfold everything")
    settle(tree)
    assert len(names(tree)) == 10
    menu.deleteLater()


def pick(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().replace("&", "").startswith(text)).trigger()


def test_the_file_knows_what_is_selected(qtbot: QtBot) -> None:
    shelf = Shelf()
    tree = panel(qtbot, shelf, network())
    (file,) = shelf.files.files
    click(qtbot, tree, "conv")
    assert file.selection == (0, 1)
    tree.view.clearSelection()
    qtbot.waitUntil(lambda: file.selection == ())
    assert tree.foot.picked.text() == HINT


def test_ctrl_enter_is_not_taken_by_the_window(qtbot: QtBot) -> None:
    shelf = Shelf()
    window = QWidget()
    qtbot.addWidget(window)
    tree = TensorTree(shelf.workspace, shelf.open(network()), window)
    pressed: list[str] = []
    QShortcut(QKeySequence("Ctrl+Return"), window, lambda: pressed.append("window"))
    shelf.workspace.wishes.wished.connect(pressed.append)
    window.show()
    window.activateWindow()
    tree.view.setFocus()
    qtbot.waitUntil(tree.view.hasFocus)
    tree.view.go_to(0)
    qtbot.keyClick(tree.view, Qt.Key.Key_Return, CONTROL)
    assert pressed == ["file.open_in_session"]


def test_the_tensor_that_is_looked_at_is_marked(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(network())
    tree = TensorTree(shelf.workspace, file)
    qtbot.addWidget(tree)
    settle(tree)
    file.show(3)
    assert tree.model.looked_at == 3


@pytest.mark.parametrize(("width", "hidden"), [(300, {DTYPE, STORAGE}), (420, {STORAGE}), (700, set())])
def test_columns_go_where_there_is_no_room(qtbot: QtBot, width: int, hidden: set[int]) -> None:
    tree = panel(qtbot, Shelf(), network(), width)
    tree.filters.set_flat(True)
    settle(tree)
    assert {column for column in range(len(COLUMNS)) if tree.view.isColumnHidden(column)} == hidden
    assert tree.view.columnWidth(NAME) >= 110
    assert tree.minimumSizeHint().width() <= 300


def test_names_are_spoken_and_everything_has_one(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), network())
    spoken = [tree.model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(tree.model.rowCount())]
    assert spoken[0] == "conv: 2 tensors, 392 bytes, unfolded, level 1"
    assert spoken[2] == "conv.weight: 2x3x4x4, float32, 384 bytes, not contiguous"
    assert spoken[-1] == "config.lr: 0.001, not a tensor"
    assert nameless(tree) == []


def test_hostile_names_are_shown_on_one_line_and_as_they_are(qtbot: QtBot) -> None:
    bad = ("<b>x</b>&amp;", "a\nb", "\u202eevil", "\ud800", "a..b", "w" * 10_000, ".".join("d" * 2000), "same", "same")
    made = contents(*(stored(name, f"S{n}", (1,)) for n, name in enumerate(bad)), others=(("x\0y", "\u202e" * 3),))
    tree = panel(qtbot, Shelf(), made)
    told = [
        tree.model.index(row, column).data() for row in range(tree.model.rowCount()) for column in range(len(COLUMNS))
    ]
    assert all(text.isprintable() and len(text) <= 300 for text in told)
    assert "&lt;b&gt;x&lt;/b&gt;&amp;amp;" in tip(tree, "<b>x</b>&amp;")
    assert {"a\\nb", "\\u202eevil", "\\ud800", "same", "same (2)", "x\\x00y"} <= set(told)
    tree.view.selectAll()
    assert len(tree.selected_names()) == 10
    assert tree.selected_names().count("same") == 2
    tree.grab()


def test_a_file_without_tensors(qtbot: QtBot) -> None:
    tree = panel(qtbot, Shelf(), contents(others=(("epoch", "7"),)))
    assert names(tree) == ["not tensors", " epoch"]
    assert tree.foot.counted.text() == "0 tensors, 0 bytes"
    tree.view.selectAll()
    tree.take_selected()
    tree.grab()


def test_ten_thousand_tensors_come_in_slices(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    tree = TensorTree(shelf.workspace, file)
    qtbot.addWidget(tree)
    tree.filters.set_flat(True)
    made = many(10_000)
    before = time.thread_time()
    shelf.read(file, made)
    took = time.thread_time() - before
    assert tree.work.busy
    assert took < 0.1  # a few milliseconds; all of it takes more than that
    qtbot.waitUntil(lambda: tree.model.rowCount(QModelIndex()) == 10_000)
    assert names(tree)[:2] == ["layers.0.bias", "layers.0.weight"]
    assert names(tree)[-1] == "layers.4999.weight"
