"""A room for tests of the tree of a file's tensors: the panel on a file, its rows as text, what was asked for.

Must not know what is tested.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tensorviz.core.stored import Contents
from tensorviz.ui.files.tensor_tree import TensorTree
from tensorviz.ui.files.tensor_tree_rows import COLUMNS, NAME, SHAPE
from tests.ui.files.shelf import Shelf, contents, stored

NONE = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def panel(qtbot: QtBot, shelf: Shelf, made: Contents, width: int = 420) -> TensorTree:
    """The panel on a file that holds this, all of it there."""
    tree = TensorTree(shelf.workspace, shelf.open(made))
    qtbot.addWidget(tree)
    QAbstractItemModelTester(tree.model, QAbstractItemModelTester.FailureReportingMode.Fatal, tree)
    tree.resize(width, 600)
    tree.show()
    settle(tree)
    return tree


def settle(tree: TensorTree) -> None:
    """Lets what is under way come to its end."""
    tree.filters.tell()
    tree.work.finish()
    tree.picks.finish()
    tree.marking.finish()


def names(tree: TensorTree) -> list[str]:
    """The rows as indented names."""
    return [f"{' ' * node.depth}{tree.model.texts.name(node)}" for node in tree.model.nodes]


def cells(tree: TensorTree, name: str) -> list[str]:
    row = row_of(tree, name)
    return [tree.model.index(row, column).data() for column in range(len(COLUMNS))]


def row_of(tree: TensorTree, name: str) -> int:
    return [tree.model.rows.path(node) for node in tree.model.nodes].index(name)


def marks(tree: TensorTree, name: str) -> tuple[str, ...]:
    return tree.model.texts.marks(tree.model.nodes[row_of(tree, name)])


def tip(tree: TensorTree, name: str) -> str:
    text = tree.model.index(row_of(tree, name), NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert isinstance(text, str)
    return text


def click(
    qtbot: QtBot, tree: TensorTree, name: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = tree.view.visualRect(tree.model.index(row_of(tree, name), SHAPE)).center()
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, held, place)
    qtbot.waitUntil(lambda: not tree.picks.is_counting)


def takes(shelf: Shelf) -> list[tuple[int, ...]]:
    """What the command to open in the session would open, each time it is asked for."""
    taken: list[tuple[int, ...]] = []

    def take(command: str) -> None:
        assert command == "file.open_in_session"
        taken.append(shelf.files.files[0].selection)

    shelf.workspace.wishes.wished.connect(take)
    return taken


def picked(tree: TensorTree) -> list[str]:
    return [tree.model.rows.path(node) for node in tree.picks.nodes()]


def network() -> Contents:
    """Two layers, a tied head, a channels-last convolution and a slice of 10 of 1,000 elements."""
    return contents(
        stored("conv.weight", "A", (2, 3, 4, 4), stride=(48, 1, 12, 3)),
        stored("conv.bias", "B", (2,)),
        stored("embed.weight", "C", (10, 4)),
        stored("head.weight", "C", (10, 4)),
        stored("steps", "D", (), "int64"),
        stored("slice", "E", (10,)),
        sizes={"E": 4000},
        others=(("epoch", "7"), ("config.lr", "0.001")),
    )
