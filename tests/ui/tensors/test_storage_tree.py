"""The workspace tree: rows of storages, tensors, lists and values; what clicks and keys do; that it stays calm."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import SessionFacts
from tensorviz.ui.tensors.storage_tree import FILTER_FROM, SAMPLE, StorageTree
from tensorviz.ui.tensors.storage_tree_model import StorageModel
from tensorviz.ui.tensors.storage_tree_paint import fitting
from tensorviz.ui.tensors.storage_tree_rows import Row, rows_of
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor


def texts(model: StorageModel, parent: QModelIndex | None = None, depth: int = 0) -> list[str]:
    """The tree as indented lines."""
    above = parent or QModelIndex()
    found = []
    for place in range(model.rowCount(above)):
        index = model.index(place, 0, above)
        row = model.row_of(index)
        assert row is not None
        found.append(f"{' ' * depth}{row.text} {row.about} {' '.join(row.marks)}".rstrip())
        found += texts(model, index, depth + 1)
    return found


def panel(qtbot: QtBot, desk: Desk) -> StorageTree:
    made = StorageTree(desk.workspace)
    qtbot.addWidget(made)
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.resize(230, 500)
    return made


def row_named(tree: StorageTree, key: str) -> Row:
    found = tree.model.row_of(tree.model.index_of(key))
    assert found is not None
    return found


def test_storages_with_their_tensors(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    assert texts(tree.model) == ["storage A 24 bytes", " points 3x2 float32", " points_t 2x3 float32 view strided"]
    assert tree.view.isExpanded(tree.model.index_of("A:"))


def test_lists_gradients_twins_no_memory_and_values(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(
        tensor("x", "A", (2, 2)),
        tensor("y", "A", (2, 2), identity=hash("x")),
        tensor("parts[0]", "A", (2,), variable=False, is_view=True),
        tensor("parts[1]", "A", (2,), offset=2, variable=False, is_view=True),
        tensor("w", "B", (2,), requires_grad=True, has_grad=True),
        tensor("w.grad", "C", (2,), variable=False),
        tensor("one[0]", "C", (2,), variable=False),
        A=floats(1, 2, 3, 4),
        B=floats(1, 2),
        C=floats(0, 0),
    )
    meta = replace(tensor("m", "B", (3,)), storage=None)
    other = (("parts", "list of 2"), ("n", "5"))
    desk.tell(replace(desk.facts, tensors=(*desk.facts.tensors, meta), other=other))
    assert texts(tree.model) == [
        "storage A 16 bytes",
        " x 2x2 float32",
        " y same tensor as x",
        " parts 2 tensors",
        "  [0] 2 float32 view",
        "  [1] 2 float32 view",
        "storage B 8 bytes",
        " w 2 float32 gradient",
        "storage C 8 bytes",
        " w.grad 2 float32",
        " one[0] 2 float32",
        "No memory",
        " m 3 float32",
        "Other values",
        " n 5",
    ]


def test_a_device_is_said() -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (2,), device="cuda:0"), A=floats(1, 2))
    assert rows_of(desk.facts)[0].about == "8 bytes, cuda:0"


def test_a_size_that_is_rounded_is_told_in_full_as_well(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(tensor("x", "A", (301,)), A=bytes(1204))
    assert texts(tree.model)[0] == "storage A 1.2 kB"
    assert tree.model.index_of("A:").data(Qt.ItemDataRole.ToolTipRole) == "storage A\n1.2 kB\n1,204 bytes"


def test_a_click_shows_and_the_eye_hides_the_lane(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(tensor("a", "A", (1,)), tensor("b", "B", (1,)), A=floats(1), B=floats(2))
    tree.show()
    showing = desk.workspace.showing
    assert (showing.current, showing.storage) == ("b", "B")

    def click(key: str, column: int = 0) -> None:
        index = tree.model.index_of(key).siblingAtColumn(column)
        place = tree.view.visualRect(index).center()
        qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click("a")
    assert (showing.current, showing.storage) == ("a", "A")
    click("B:")
    assert (showing.current, showing.storage) == ("a", "B")
    click("a", 1)
    assert showing.hidden == {"a"}
    assert showing.storage == "B"
    click("a", 1)
    assert showing.hidden == frozenset()


def test_keys_do_the_same(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    tree.view.setCurrentIndex(tree.model.index_of("points"))
    qtbot.keyClick(tree.view, Qt.Key.Key_Return)
    assert desk.workspace.showing.current == "points"
    qtbot.keyClick(tree.view, Qt.Key.Key_Space)
    assert desk.workspace.showing.hidden == {"points"}
    qtbot.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "points"
    qtbot.keyClick(tree.view, Qt.Key.Key_Delete)
    assert desk.codes == ["del points"]


def test_what_is_in_a_list_is_not_deleted(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(tensor("parts[0]", "A", (1,), variable=False), A=floats(1))
    tree.delete(row_named(tree, "parts[0]"))
    assert desk.codes == []


def test_the_current_tensor_and_hidden_lanes_are_told(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    desk.workspace.showing.show("points_t")
    desk.workspace.showing.set_lane("points_t", False)
    spoken = tree.model.index_of("points_t").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "points_t: 2x3 float32, a view, not contiguous, looked at, lane hidden"
    eye = tree.model.index_of("points_t").siblingAtColumn(1)
    assert eye.data(Qt.ItemDataRole.AccessibleTextRole) == "The lane of points_t is not drawn"
    assert tree.view.currentIndex() == tree.model.index_of("points_t")


def test_selection_and_opening_stay_when_facts_change(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(tensor("a", "A", (1,)), tensor("b", "A", (1,)), tensor("c", "B", (1,)), A=floats(1), B=floats(2))
    tree.view.setExpanded(tree.model.index_of("B:"), False)
    kept = QPersistentModelIndex(tree.model.index_of("b"))
    resets: list[None] = []
    tree.model.modelReset.connect(lambda: resets.append(None))
    desk.open(tensor("b", "A", (1,)), tensor("c", "B", (1,)), tensor("d", "C", (1,)), C=floats(3))
    assert kept.isValid()
    assert kept.row() == 0
    assert not tree.view.isExpanded(tree.model.index_of("B:"))
    assert tree.view.isExpanded(tree.model.index_of("C:"))
    assert resets == []


def test_only_what_changed_is_told(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    desk.open(tensor("a", "A", (2,)), tensor("b", "A", (2,)), A=floats(1, 2))
    told: list[str] = []
    tree.model.dataChanged.connect(lambda first, last: told.append(first.data()))
    desk.open(tensor("a", "A", (2,)), tensor("b", "A", (1, 2)))
    assert set(told) == {"b"}


def test_any_change_leads_to_the_rows_of_the_new_facts(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    one = [tensor(name, letter, (1,)) for name, letter in (("a", "A"), ("b", "A"), ("l[0]", "A"), ("l[1]", "B"))]
    others = [
        [one[1], one[0]],
        [one[0], one[2], tensor("l[1]", "A", (1,))],
        [tensor("a", "B", (1,)), one[2], one[3]],
        [],
        list(reversed(one)),
    ]
    for tensors in ([*one], *others):
        desk.open(*tensors, A=floats(1), B=floats(1))
        fresh = StorageModel()
        fresh.show(rows_of(desk.facts))
        assert texts(tree.model) == texts(fresh)


def test_names_are_found(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    assert tree.search.isHidden()
    many = [tensor(f"t{number}", "A", (1,)) for number in range(FILTER_FROM + 1)]
    desk.open(*many, A=floats(1))
    assert not tree.search.isHidden()
    tree.search.setText("T1")
    assert texts(tree.model)[1:] == [f" t{n} 1 float32" for n in (1, 10, 11, 12, 13, 14, 15)]
    tree.search.setText("zebra")
    assert texts(tree.model) == []
    assert "zebra" in tree._left_out.plain


def test_left_out_tensors_are_counted(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    desk.tell(replace(desk.facts, left_out=12))
    assert tree._left_out.plain == "12 more tensors in lists, not shown here."


def test_an_empty_workspace_offers_a_sample(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    assert tree._stack.currentIndex() == 0
    tree.sample.click()
    assert desk.codes == [SAMPLE]
    points(desk)
    assert tree._stack.currentIndex() == 1
    desk.tell(SessionFacts())
    assert tree._stack.currentIndex() == 0


def test_the_menu_is_its_own_unless_somebody_offers_one(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    menu = tree.menu_of(row_named(tree, "points"))
    labels = [action.text().replace("&", "") for action in menu.actions() if action.text()]
    assert labels == ["Show", "Hide its lane", "Copy name", "Copy describe line", "Delete"]
    menu.actions()[3].trigger()
    expected = "tensor 3x2, stride (2, 1), offset 0, float32, cpu, the whole storage of 24 bytes, contiguous"
    assert QGuiApplication.clipboard().text() == expected
    menu.deleteLater()
    asked: list[tuple[str, QPoint]] = []
    tree.menu_asked.connect(lambda name, place: asked.append((name, place)))
    tree.ask_menu(row_named(tree, "points"), QPoint(3, 4))
    assert asked == [("points", QPoint(3, 4))]


@pytest.mark.parametrize(("width", "expected"), [(400, "2x3 float32"), (40, "2x3"), (3, "")])
def test_what_does_not_fit_is_told_in_short(qtbot: QtBot, width: int, expected: str) -> None:
    desk = Desk()
    points(desk)
    row = rows_of(desk.facts)[0].below[1]
    tree = panel(qtbot, desk)
    assert fitting(row, QFontMetrics(tree.view.font()), width) == expected


def test_it_paints_in_any_width(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    for width in (60, 120, 400):
        tree.resize(width, 300)
        assert not tree.grab().isNull()


def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot) -> None:
    desk = Desk()
    tree = panel(qtbot, desk)
    points(desk)
    tree.show()
    assert nameless(tree) == []


def test_a_thousand_tensors_are_quick(qtbot: QtBot) -> None:
    desk = Desk()
    tree = StorageTree(desk.workspace)
    qtbot.addWidget(tree)
    many = [tensor(f"t{number}", f"S{number % 40}", (2, 3)) for number in range(1000)]
    desk.open(*many, **{f"S{number}": floats(*range(6)) for number in range(40)})
    desk.open(*many[:-1], tensor("fresh", "S1", (2, 3)))
    best = []
    for number in range(5):
        facts = replace(
            desk.facts, memory=desk.facts.memory + 1, tensors=(*many[:-1], tensor(f"f{number}", "S1", (6,)))
        )
        tree._session.facts = facts
        started = time.perf_counter()
        tree._refresh()
        best.append(time.perf_counter() - started)
    assert len(texts(tree.model)) == 1040
    assert min(best) < 0.03  # 10 ms on a computer that does nothing else
