"""Looking at tensors of a file: the values that lie there, and nothing that would change any, by mouse or keyboard."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from tensorviz.core.grid_map import ROLES
from tensorviz.core.session_data import PAGE
from tensorviz.core.stored import StoredTensor
from tensorviz.engine.messages.files import OpenStored
from tensorviz.engine.messages.session import PagesRead, ReadPages
from tensorviz.ui import tensor_actions
from tensorviz.ui.files.file_view import FileView
from tensorviz.ui.tensors.grid_menus import dimension_menu
from tests.ui.files.looking_room import Room
from tests.ui.files.shelf import Shelf, contents, stored
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import floats, points
from tests.ui.tensors.grid_room import at, click

NOTHING_RUNS = "A file is looked at, not changed."
KEYS = (
    *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space),
    *(Qt.Key.Key_5, Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_Period, Qt.Key.Key_N, Qt.Key.Key_I, Qt.Key.Key_T),
)


def model() -> dict[str, bytes]:
    return {"A": floats(4, 1, 5, 3, 2, 1), "B": floats(*range(16))}


def room(qtbot: QtBot, *shown: int) -> Room:
    holds = contents(
        stored("points", "A", (3, 2)),
        stored("points_t", "A", (2, 3), stride=(1, 2)),
        stored("conv.weight", "B", (2, 2, 2, 2)),
    )
    return Room(qtbot, holds, *shown, **model())


def test_values_are_those_of_the_file(qtbot: QtBot) -> None:
    made = room(qtbot, 0, 1)
    assert list(made.panels.grids.cards) == ["points", "points_t"]
    cells = made.panels.grids.cards["points_t"].view.cells
    assert [cells.at(address).text for address in range(6)] == ["4.", "1.", "5.", "3.", "2.", "1."]  # type: ignore[union-attr]  # all are there
    assert made.panels.canvas.bar.title.text() == "Storage A   24 bytes, 6 cells of float32"
    made.looking.pointing.at_element(made.looking.session.facts.tensors[1], (0, 2))
    made.settle()
    assert "2." in made.panels.inspector.element.plain
    assert "16..20  of storage A" in made.panels.inspector.element.plain
    assert "80..84  of model.pt" in made.panels.inspector.element.plain  # storages begin at byte 64 there


def test_what_is_chosen_becomes_a_grid_and_what_lies_beside_a_lane(qtbot: QtBot) -> None:
    made = room(qtbot, 1)
    assert list(made.panels.grids.cards) == ["points_t"]
    assert [one.name for one in made.looking.showing.lanes] == ["points", "points_t"]
    made.file.show(2)
    made.settle()
    assert list(made.panels.grids.cards) == ["points_t", "conv.weight"]
    assert made.looking.showing.current == "conv.weight"
    assert made.looking.showing.storage == "B"
    made.file.show(1)
    assert made.looking.showing.current == "points_t"
    assert made.looking.showing.storage == "A"


def test_twelve_grids_at_most_and_the_oldest_go(qtbot: QtBot) -> None:
    holds = contents(*(stored(f"layer{n}.weight", f"S{n}", (2,)) for n in range(20)))
    made = Room(qtbot, holds, *range(20))
    assert [one.name for one in made.looking.showing.tensors] == [f"layer{n}.weight" for n in range(8, 20)]
    assert len(made.looking.session.facts.storages) == 12
    made.looking.showing.hide("layer19.weight")
    made.file.show(19)
    assert made.looking.showing.current == "layer19.weight"


def test_one_change_is_told_once(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    told: list[None] = []
    made.looking.showing.changed.connect(lambda: told.append(None))
    made.file.show(2)
    assert len(told) == 1


# ------------------------------------------------------------------------------------------------ nothing changes


def test_no_key_on_a_grid_changes_anything(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    card = made.panels.grids.cards["points"]
    click(card, (1, 0))
    for key in KEYS:
        for held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            QTest.keyClick(card.view, key, held)
            assert card.view.picking.editor is None
    assert made.codes == []
    assert made.said == NOTHING_RUNS  # by Enter and F2, which mean nothing else


def test_typing_on_a_grid_is_not_taken_from_the_shortcuts_of_the_window(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    card = made.panels.grids.cards["points"]
    click(card, (1, 0))
    typed = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, "5")
    assert not card.view.picking.claims(typed)
    arrow = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier)
    assert card.view.picking.claims(arrow)
    QTest.keyClicks(card.view, "5")
    assert made.said == ""


def test_a_double_click_on_a_cell_says_that_a_file_is_looked_at(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    card = made.panels.grids.cards["points"]
    click(card, (1, 0))
    QTest.mouseDClick(card.view.viewport(), Qt.MouseButton.LeftButton, pos=at(card, (1, 0)))
    assert card.view.picking.editor is None
    assert made.said == NOTHING_RUNS
    assert made.codes == []


def test_no_key_on_the_canvas_changes_anything(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    canvas = made.panels.canvas.canvas
    canvas.set_cursor(2)
    for key in KEYS:
        QTest.keyClick(canvas, key)
        assert canvas.editor.isHidden()
    assert made.codes == []
    assert made.said == NOTHING_RUNS


def test_plus_and_minus_zoom_the_canvas_where_no_value_can_begin_with_them(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    canvas = made.panels.canvas.canvas
    canvas.set_cursor(2)
    before = canvas.wishes.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.wishes.zoom > before


def test_a_double_click_on_the_canvas_edits_nothing(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    canvas = made.panels.canvas.canvas
    assert canvas.scene is not None
    left, top, width, height = canvas.scene.rectangle(2)
    place = (QPointF(left + width / 2, top + height / 2) + canvas.origin()).toPoint()
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert canvas.editor.isHidden()
    assert canvas.cell == 2
    assert made.said == NOTHING_RUNS


def test_the_selection_bar_copies_and_opens_in_the_session_and_no_more(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    click(made.panels.grids.cards["points"], (1, 0))
    bar = made.panels.grids.selection_bar
    buttons = [one.text() for one in bar.findChildren(QToolButton) if one.isVisible() and one.text()]
    assert buttons == ["Copy values", "Open in session"]
    assert bar.value.isHidden()
    bar.copy.click()
    assert QGuiApplication.clipboard().text() == "5."
    bar.take.click()
    assert made.wished == [(0,)]


def test_a_dimension_is_shown_elsewhere_and_never_transposed(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    tensor = made.looking.session.facts.tensors[0]
    menu = dimension_menu(made.looking, tensor, 0, made.panels)
    texts = [act.text() for act in menu.actions() if act.text()]
    assert not any("transpose" in text for text in texts)
    assert len(texts) == len(ROLES) + 1 + 2
    next(act for act in menu.actions() if act.text() == "Show in the place of dimension 1").trigger()
    look = made.looking.grids.look(tensor)
    assert look.map.role(0) == "columns"
    assert look.map.role(1) == "rows"
    for act in menu.actions():
        act.trigger()
    assert made.codes == []
    assert made.said == ""  # nothing was even refused


def test_a_chip_dropped_on_another_shows_each_in_the_others_place(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    card = made.panels.grids.cards["points"]
    assert "transpose" not in card.chips[0].toolTip()
    onto = card.chips[1].mapToGlobal(card.chips[1].rect().center())
    card._drag(0, onto)
    assert "the tensor stays as it is" in card.formula.text
    card._drag(0, card.mapToGlobal(QPoint(-500, -500)))
    assert "transpose" not in card.formula.text
    card._drop(0, onto)
    assert made.codes == []
    assert made.looking.grids.look(card.tensor).map.role(0) == "columns"


def test_no_text_offers_what_cannot_be_done(qtbot: QtBot) -> None:
    made = room(qtbot, 2)
    assert "channels_last" in made.panels.inspector.tensor.plain  # a 4-d tensor is told whether it is
    assert "Make conv.weight_channels_last" not in made.panels.inspector.tensor.plain
    assert ".numpy()" not in made.panels.inspector.tensor.plain
    assert "Enter edits" not in made.panels.canvas.canvas.description()
    assert "console" not in made.panels.grids.nothing.text()
    assert made.panels.canvas.samples == []
    assert made.panels.findChildren(QLineEdit, "value") == []
    made.panels.inspector.tensor.linked.emit("channels-last")
    assert made.codes == []


def test_every_button_and_menu_entry_leaves_the_file_alone(qtbot: QtBot) -> None:
    made = room(qtbot, 0, 2)
    click(made.panels.grids.cards["points"], (1, 0))
    runs: list[str] = []
    made.looking.session.run = runs.append  # type: ignore[method-assign,assignment]  # the last resort is not reached
    buttons = [one for one in made.panels.findChildren(QToolButton) if one.menu() is None]
    for button in [*buttons, *made.panels.findChildren(QPushButton)]:
        if button.isVisible() and button.isEnabled():
            button.click()
            for menu in made.panels.findChildren(QMenu):
                menu.close()
    for name in ("points", "conv.weight"):
        for act in made.panels.menu_of(name).actions():
            act.trigger()
    assert runs == []
    assert made.codes == []


# ---------------------------------------------------------------------------------------------- open in session


@pytest.mark.parametrize("way", ["head", "link", "menu"])
def test_the_shown_tensor_is_opened_in_the_session(qtbot: QtBot, way: str) -> None:
    made = room(qtbot, 0, 2)
    if way == "head":
        button = made.panels.grids.cards["conv.weight"].header.operations
        assert button.accessibleName() == "Open conv.weight in the session"
        button.click()
    elif way == "link":
        assert "Open in session" in made.panels.inspector.tensor.plain
        made.panels.inspector.tensor.linked.emit("in-session")
    else:
        next(act for act in made.panels.menu_of("conv.weight").actions() if act.text() == "Open in session").trigger()
    assert made.wished == [(2,)]


def test_the_right_button_opens_a_menu_of_what_can_be_done_with_a_tensor_of_a_file(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    card = made.panels.grids.cards["points"]
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), card.mapToGlobal(QPoint(5, 5)))
    card.contextMenuEvent(event)
    [menu] = [one for one in made.panels.findChildren(QMenu) if one.isVisible()]
    assert menu.actions()[0].text() == "Open in session"
    menu.close()


def test_the_session_has_no_part_in_it(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    made.shelf.workspace.session.open_in_session("points")
    points(made.shelf.desk)
    made.shelf.workspace.session.open_in_session("points")
    assert made.wished == []
    made.looking.session.open_in_session("nobody")
    assert made.wished == []


def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot) -> None:
    made = room(qtbot, 0, 1, 2)
    click(made.panels.grids.cards["points"], (1, 0))
    assert nameless(made.panels) == []


# --------------------------------------------------------------------------------------------------- kinds of files


def test_a_big_endian_file_says_that_its_bytes_are_turned(qtbot: QtBot) -> None:
    plain = contents(stored("x", "A", (3,)))
    [storage] = plain.storages
    holds = replace(plain, storages=(replace(storage, big_endian=True),))
    made = Room(qtbot, holds, 0, A=struct.pack("<3f", 1, 2, 3))  # the engine turns them
    assert "other way round" in made.panels.canvas.remark.text()
    assert "other way round" in made.panels.inspector.tensor.plain
    assert "other way round" in made.panels.canvas.canvas.description()


def test_a_compressed_member_has_no_place_in_the_file(qtbot: QtBot) -> None:
    plain = contents(stored("x", "A", (3,)))
    [storage] = plain.storages
    made = Room(qtbot, replace(plain, storages=(replace(storage, start=None),)), 0)
    assert "inflated" in made.panels.canvas.remark.text()
    made.looking.pointing.at_element(made.looking.session.facts.tensors[0], (1,))
    made.settle()
    assert "of model.pt" not in made.panels.inspector.element.plain


@pytest.mark.parametrize(
    "tensor",
    [
        stored("scalar", "A", ()),
        stored("empty", "A", (0, 4)),
        stored("none.at.all", "A", (0,), dtype="int64"),
        stored("expanded", "A", (3, 1000), stride=(1, 0)),
        stored("bytes", "A", (7,), dtype="uint8"),
        stored("half", "A", (3, 3), dtype="bfloat16"),
        stored("complex", "A", (4,), dtype="complex64", conjugated=True),
        stored("packed", "A", (4,), dtype="float4_e2m1fn_x2"),
        stored("k" * 10_000, "A", (2, 2)),
        stored("line\nbreak<b>", "A", (2, 2)),
        stored("", "A", (2, 2)),
        stored("deep", "A", (1,) * 12 + (2,)),
    ],
    ids=lambda one: one.name[:12] or "nameless",
)
def test_tensors_of_every_kind_are_drawn(qtbot: QtBot, tensor: StoredTensor) -> None:
    made = Room(qtbot, contents(tensor), 0)
    [card] = made.panels.grids.cards.values()
    assert card.header.name.text() == made.panels.inspector.tensor.plain.splitlines()[0]
    text = card.view.text_twin()
    assert "?" not in text
    assert text or not tensor.layout.numel
    made.panels.canvas.text()
    made.panels.grids.drawing()


def test_a_tensor_of_a_quarter_of_a_million_million_elements(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its storage of a terabyte is all zero; only the pages exist that are looked at."""

    def pages(self: Shelf, job: int, request: ReadPages) -> PagesRead:
        return PagesRead(job, request.storage, 0, tuple((page, bytes(PAGE)) for page in request.pages))

    monkeypatch.setattr(Shelf, "pages", pages)
    made = Room(qtbot, contents(stored("huge", "A", (1 << 19, 1 << 19))), 0)
    cell = made.panels.grids.cards["huge"].view.cells.at(0)
    assert cell is not None
    assert cell.text == "0."
    assert "274,877,906,944" in made.panels.inspector.tensor.plain
    assert "1.1 TB" in made.panels.canvas.bar.title.text()
    assert not made.looking.statistics.automatic
    asked = made.shelf.engine.all(ReadPages)
    assert sum(len(one.pages) for one in asked) < 4096
    made.panels.canvas.canvas.set_cursor((1 << 38) - 1)
    made.settle()
    assert "cell 274,877,906,943 of storage A" in made.panels.canvas.canvas.description()


def test_a_quantised_tensor_is_not_drawn_and_this_is_said(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(contents(stored("q", "A", (2, 2), dtype="qint8")))
    view = FileView(shelf.workspace, file)
    qtbot.addWidget(view)
    view.show_tensor(0)
    assert view.looking is None
    assert shelf.workspace.messages.last is not None
    assert shelf.workspace.messages.last.text == "q is not drawn: its elements are qint8."


def test_what_is_wished_is_asked_of_the_session(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(contents(stored("x", "A", (2, 2)), stored("y", "A", (2, 2))))
    view = FileView(shelf.workspace, file)
    qtbot.addWidget(view)
    view.show_tensor(1)
    assert view.looking is not None
    view.looking.grids.cards["y"].header.operations.click()
    assert shelf.engine.last(OpenStored).tensors == (1,)


# -------------------------------------------------------------------------------------------------------- exports


def test_pictures_are_of_the_file_while_it_is_looked_at_and_of_the_session_else(qtbot: QtBot) -> None:
    made = room(qtbot, 0)
    workspace = made.shelf.workspace
    has_canvas = tensor_actions.has_drawing("canvas")
    assert has_canvas(workspace)
    drawing = made.looking.drawings.make("canvas")
    assert drawing is not None
    assert "points_t" in drawing.description
    grid = made.looking.drawings.make("grid")
    assert grid is not None
    assert "points" in grid.description
    workspace.files.look_at(None)
    assert not has_canvas(workspace)  # nothing is in the session
    wished: list[str] = []
    workspace.wishes.wished.connect(wished.append)
    made.panels.canvas.bar.export.click()
    assert wished == ["canvas.export_svg"]
