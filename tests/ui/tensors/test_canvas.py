"""The storage canvas on the rig: numbers as decoded, hover both ways with a real mouse, selection, flashes.

Must not know tiles or how anything is painted, but for the few pixels that are looked at.
"""

from __future__ import annotations

import math
import struct

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.canvas_scene import Hit
from tensorviz.core.session_data import SessionFacts
from tensorviz.ui.canvas import canvas_view, tiles
from tensorviz.ui.canvas.canvas_view import ABOVE
from tensorviz.ui.canvas.storage_canvas import StorageCanvas
from tensorviz.ui.state.pointing import Pointed, Selection
from tensorviz.ui.theme import LIGHT
from tests.ui.tensors.canvas_rig import cell_box, colours, image_of, middle_of_cell, middle_of_element, settled, shown
from tests.ui.tensors.desk import Desk, floats, points, tensor


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


def test_a_cell_says_the_number_of_its_own_bytes(qtbot: QtBot) -> None:
    desk = Desk()
    numbers = (1.5, -2.0, 1e20, float("nan"), float("-inf"), 1 / 3, 0.0)
    desk.open(tensor("x", "A", (7,)), A=floats(*numbers))
    canvas = shown(desk, qtbot)
    room = 6
    said = [canvas.picture.cell_text(address, room) for address in range(7)]
    assert said == ["1.5", "-2.", "1e20", "nan", "-inf", "~0.333", "0."]
    kept = struct.unpack("<7f", floats(*numbers))
    for text, value in zip(said, kept, strict=True):
        if not text.startswith("~") and math.isfinite(value):
            assert struct.pack("<f", float(text)) == struct.pack("<f", value)
    assert canvas.picture.rounded


def test_the_drawing_is_told_in_words_with_its_numbers(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    told = canvas.accessibleDescription()
    assert "From cell 0: 4., 1., 5., 3., 2., 1.." in told
    assert "points begins at element 0; dimension 0 has 3 indices 2 apart; dimension 1 has 2 indices 1 apart" in told
    desk.open(*desk.facts.tensors, A=floats(9, 1, 5, 3, 2, 1))
    settled(canvas, desk, qtbot)
    assert "From cell 0: 9., 1., 5." in canvas.accessibleDescription()


def test_until_bytes_are_read_a_cell_is_a_question(desk: Desk, qtbot: QtBot) -> None:
    canvas = StorageCanvas(desk.workspace)
    qtbot.addWidget(canvas)
    assert canvas.picture.cell_text(0, 6) == "?"
    desk.serve()
    assert canvas.picture.cell_text(0, 6) == "4."


def test_numbers_are_painted(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    before = image_of(canvas)
    desk.bytes["A"] = floats(4, 1, 5, 3, 2, 8)
    desk.tell(SessionFacts(desk.facts.tensors, desk.facts.storages, memory=desk.facts.memory + 1))
    settled(canvas, desk, qtbot)
    qtbot.waitUntil(lambda: not canvas.lights.flashing(), timeout=3000)
    after = image_of(canvas)
    changed = [a for a in range(6) if before.copy(cell_box(canvas, a)) != after.copy(cell_box(canvas, a))]
    assert changed == [5]


def test_the_mouse_on_a_cell_points_at_its_bytes(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    QTest.mouseMove(canvas.viewport(), middle_of_cell(canvas, 3))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover == Pointed("A", 12, 16))
    QTest.mouseMove(canvas.viewport(), QPoint(canvas.viewport().width() - 3, 3))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover is None)


def test_the_mouse_on_an_element_points_at_the_tensor(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    QTest.mouseMove(canvas.viewport(), middle_of_element(canvas, "points_t", 4))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover == Pointed("A", 16, 20, "points_t", (0, 2)))
    assert canvas.lights.path  # two hops of two cells lead there
    assert canvas.lights.flag


def test_what_is_pointed_at_elsewhere_lights_up_here(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    scene = canvas.scene
    assert scene is not None
    dark = image_of(canvas)
    desk.workspace.pointing.at_element(desk.facts.tensors[0], (1, 1))
    cell = scene.rectangle(3)
    lit = [*scene.element_rectangles(0, 3), *scene.element_rectangles(1, 3)]
    assert [list(one) for one in canvas.lights.hover] == [pytest.approx(one) for one in (cell, *lit)]
    light = image_of(canvas)
    for left, top, width, height in (cell, *lit):
        at = (QPointF(left, top) + canvas.origin()).toPoint()
        place = QRect(at.x(), at.y(), int(width), int(height))
        assert LIGHT.accent in colours(light, place)
        assert LIGHT.accent not in colours(dark, place)
    assert dark.copy(cell_box(canvas, 2)) == light.copy(cell_box(canvas, 2))
    desk.workspace.pointing.leave()
    assert image_of(canvas) == dark


def test_a_click_on_an_element_selects_it_and_takes_its_tensor(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    desk.workspace.showing.show("points_t")
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_element(canvas, "points", 5))
    assert desk.workspace.pointing.selection == Selection("points", ((2, 3), (1, 2)))
    assert desk.workspace.showing.current == "points"


def test_the_selection_is_tinted(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    before = image_of(canvas)
    desk.workspace.pointing.select(Selection("points", ((0, 3), (1, 2))))
    after = image_of(canvas)
    assert [a for a in range(6) if before.copy(cell_box(canvas, a)) != after.copy(cell_box(canvas, a))] == [1, 3, 5]


@pytest.mark.parametrize("moves", [True, False])
def test_changed_cells_flash_and_calm_down(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, moves: bool
) -> None:
    monkeypatch.setattr(canvas_view, "motion_allowed", lambda _: moves)
    canvas = shown(desk, qtbot)
    before = image_of(canvas)
    desk.workspace.memory.changed.emit("A", ((4, 8),))
    flashing = image_of(canvas)
    assert [a for a in range(6) if before.copy(cell_box(canvas, a)) != flashing.copy(cell_box(canvas, a))] == [1]
    qtbot.waitUntil(lambda: not canvas._frames.isActive(), timeout=3000)
    assert image_of(canvas) == before


@pytest.mark.parametrize("moves", [True, False])
def test_a_lane_that_is_turned_fades_if_things_may_move(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, moves: bool
) -> None:
    monkeypatch.setattr(canvas_view, "motion_allowed", lambda _: moves)
    canvas = shown(desk, qtbot)
    desk.open(tensor("points", "A", (2, 3), stride=(1, 2), keys=(1, 0)), desk.facts.tensors[1])
    assert canvas.turning.running() is moves
    qtbot.waitUntil(lambda: not canvas.turning.running(), timeout=3000)
    assert canvas.scene is not None
    assert canvas.scene.lanes[0].lane.layout.stride == (1, 2)


def test_a_tensor_that_is_only_thought_of_has_a_lane(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    desk.workspace.showing.set_ghost(tensor("later", "A", (3,), stride=(2,)))
    assert canvas.made is not None
    assert canvas.made.ghost == 0
    settled(canvas, desk, qtbot)
    QTest.mouseMove(canvas.viewport(), middle_of_element(canvas, "later", 2))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_element(canvas, "later", 2))
    assert desk.workspace.pointing.selection is None
    desk.workspace.showing.set_ghost(None)
    assert canvas.made.ghost is None


def test_many_lanes_are_low_but_for_the_current_one(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(*(tensor(f"t{n}", "A", (4,), offset=n) for n in range(6)), A=floats(*range(10)))
    desk.workspace.showing.show("t2")
    canvas = shown(desk, qtbot)
    assert canvas.scene is not None
    assert [lane.full for lane in canvas.scene.lanes] == [n == 2 for n in range(6)]


def test_both_themes_paint_other_pixels(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    assert image_of(canvas).pixelColor(2, 2) == QColor(LIGHT.raised)


ODD = {
    "a single number": tensor("x", "A", ()),
    "no elements": tensor("x", "A", (2, 0, 3)),
    "one cell for all": tensor("x", "A", (4, 5), stride=(0, 0), offset=3),
    "twelve dimensions": tensor("x", "A", (2,) * 12, stride=(1,) * 12),
    "negative strides": tensor("x", "A", (5,), stride=(-1,), offset=9),
    "bool": tensor("x", "A", (8, 4), "bool"),
    "complex": tensor("x", "A", (3, 2), "complex64"),
    "packed": tensor("x", "A", (6,), "float4_e2m1fn_x2"),
    "eight bytes": tensor("x", "A", (3, 2), "float64", stride=(1, 2)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_tensors_are_drawn_at_every_zoom(name: str, qtbot: QtBot) -> None:
    desk = Desk()
    one = ODD[name]
    desk.open(one, tensor("y", "A", (16,)), tensor("z", "A", (30,), "int16"), A=floats(*range(20)) + b"\1\2")
    canvas = shown(desk, qtbot, 700, 400)
    for factor in (1.0, 0.3, 0.3, 0.3, 0.1, 5000.0):
        canvas.zoom(factor)
        settled(canvas, desk, qtbot)
        for row in range(0, 400, 25):
            for column in range(0, 700, 60):
                hit = canvas.hit(QPointF(column, row))
                canvas.point_at(hit)
                if hit is not None:
                    assert isinstance(canvas._words(hit), str)
        canvas.grab()


def test_a_storage_without_cells(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (0,)), A=b"")
    canvas = shown(desk, qtbot)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.cell is None
    assert "0 cells" in canvas.accessibleDescription()


def test_cells_stay_over_their_lanes_while_one_scrolls(desk: Desk, qtbot: QtBot) -> None:
    views = [tensor(f"v{n}", "A", (6,), is_view=True) for n in range(60)]
    desk.open(*views, A=floats(4, 1, 5, 3, 2, 1))
    canvas = shown(desk, qtbot, height=300)
    place = middle_of_cell(canvas, 3)
    canvas.go_to(0, 400)
    settled(canvas, desk, qtbot)
    assert canvas.hit(QPointF(place.x(), 50)) == Hit(0, 3)
    at_rest = image_of(canvas)
    desk.workspace.pointing.at_cell("A", 3, 4)
    lit = image_of(canvas)
    heading = QRect(0, 0, 800, 60)
    assert at_rest.copy(heading) != lit.copy(heading)
    lane = canvas.hit(QPointF(place.x(), 150))
    assert lane is not None
    assert lane.number is not None


def test_what_did_not_change_is_not_made_anew(desk: Desk, qtbot: QtBot) -> None:
    canvas = shown(desk, qtbot)
    made = canvas.made
    desk.tell(desk.facts)
    assert canvas.made is made
    desk.workspace.showing.set_lane("points_t", False)
    assert canvas.made is not made


def test_the_row_in_sight_keeps_its_place_when_lanes_go(desk: Desk, qtbot: QtBot) -> None:
    views = [tensor(f"v{n}", "A", (600,), is_view=True) for n in range(30)]
    desk.open(*views, A=floats(*range(600)))
    canvas = shown(desk, qtbot)
    assert canvas.scene is not None
    canvas.go_to(0, canvas.scene.tops.top(5) + ABOVE)
    before = canvas.first_in_sight()
    for n in range(0, 30, 2):
        desk.workspace.showing.set_lane(f"v{n}", False)
    assert canvas.first_in_sight() == before
    assert canvas.top == canvas.scene.tops.top(5) + ABOVE


def test_a_paint_does_not_begin_a_tile_that_would_make_it_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(tiles, "perf_counter", lambda: now[0])
    time = tiles.Slice(0.010)
    made = 0
    for cost in (0.004, 0.003, 0.001, 0.001):
        if time.allows():
            now[0] += cost
            made += 1
    assert made == 2  # a third one might take as long as the longest so far, and end at 11 ms
    assert time.left_out == 2
    late = tiles.Slice(0.010)
    now[0] += 0.5
    assert late.allows(), "the first one is always made"
