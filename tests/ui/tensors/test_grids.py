"""Grids: every number shown is the element's own, pointing goes both ways, and gestures become the right code."""

from __future__ import annotations

import math
import random
import struct
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.layout import Layout
from tensorviz.core.number_format import NumberFormat
from tensorviz.core.session_data import TensorFacts
from tensorviz.ui.state.pointing import Selection
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor
from tests.ui.tensors.grid_room import at, draw, shown

CODES = {"float32": "f", "float64": "d", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B"}


# -------------------------------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("seed", range(12))
def test_every_number_shown_is_that_of_its_element(qtbot: QtBot, seed: int) -> None:
    chance = random.Random(seed)
    dtype = chance.choice(list(CODES))
    code = CODES[dtype]
    shape = tuple(chance.randint(1, 4) for _ in range(chance.randint(0, 4)))
    stride = tuple(chance.randint(0, 9) for _ in shape)
    offset = chance.randint(0, 5)
    room = offset + sum((n - 1) * s for n, s in zip(shape, stride, strict=True)) + 1
    numbers = [chance.randint(-120, 120) if code != "B" else chance.randint(0, 250) for _ in range(room)]
    desk = Desk()
    whole = struct.pack(f"<{room}{code}", *numbers)
    desk.open(tensor("x", "A", shape, dtype, stride=stride, offset=offset), A=whole)
    panel = shown(desk, qtbot, 1600, 900)
    card = panel.cards["x"]
    size = struct.calcsize(code)
    seen = 0
    for index in product(*map(range, shape)):
        place = offset + sum(i * s for i, s in zip(index, stride, strict=True))
        (expected,) = struct.unpack_from(f"<{code}", whole, place * size)
        assert numbers[place] == expected
        if card.view.geometry_of_cells.rect(index) is not None:
            cell = card.view.cells.at(card.view.tensor.layout.address(index))
            assert cell is not None
            assert float(cell.text) == expected
            assert cell.exact
            seen += 1
    assert seen == card.view.geometry_of_cells.plan.cells > 0


def test_the_picture_has_the_numbers_that_it_says(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    assert panel.cards["points"].view.text_twin().splitlines() == ["row 0: 4. 1.", "row 1: 5. 3.", "row 2: 2. 1."]
    assert panel.cards["points_t"].view.text_twin().splitlines() == ["row 0: 4. 5. 2.", "row 1: 1. 3. 1."]


def test_cells_wait_for_their_page(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = GridsPanel(desk.workspace)
    qtbot.addWidget(panel)
    panel.show()
    panel.grab()
    view = panel.cards["points"].view
    assert view.cells.at(0) is None
    desk.serve()
    cell = view.cells.at(0)
    assert cell is not None
    assert cell.text == "4."


def test_rounded_numbers_say_so(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (2,)), A=floats(1 / 3, 0.5))
    panel = shown(desk, qtbot)
    card = panel.cards["x"]
    assert card.view.text_twin().splitlines()[0] == "row 0: ~0.33333 0.5"
    qtbot.waitUntil(lambda: "~ marks numbers rounded to fit." in card.note.text())


def test_an_empty_tensor_and_one_without_memory(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(
        tensor("none", "A", (0, 3)),
        TensorFacts("ghost", Layout((2, 2), (2, 1)), "float32", "meta", None, (0, 1)),
        A=b"",
    )
    panel = shown(desk, qtbot)
    assert panel.cards["none"].view.geometry_of_cells.plan.empty
    assert "meta device" in panel.cards["ghost"].nothing.text()
    assert panel.cards["ghost"].nothing.isVisible()
    assert not panel.cards["ghost"].view.isVisible()


def test_twelve_dimensions_and_a_thousand_million_rows(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(
        tensor("deep", "A", (2,) * 12, stride=(0,) * 12),
        tensor("long", "A", (10**9, 2), stride=(0, 1)),
        A=floats(7, 8),
    )
    panel = shown(desk, qtbot)
    deep, long = panel.cards["deep"], panel.cards["long"]
    assert len(deep.sliders) == 9
    assert deep.view.text_twin().startswith("[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, :, :] row 0: 7. 7.")
    long.view.reveal((10**9 - 1, 1))
    draw(panel, desk)
    assert long.view.origin[1] > 2**31
    assert at(long, (10**9 - 1, 1)).y() < long.view.viewport().height()
    bar = long.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(bar.maximum() // 2)
    assert abs(long.view.origin[1] - 11 * 10**9) < 500


def test_number_formats_and_hex(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("n", "A", (2,), "int16"), A=struct.pack("<2h", -1, 10))
    panel = shown(desk, qtbot)
    desk.workspace.grids.set_numbers(desk.facts.tensors[0], NumberFormat("hex"))
    draw(panel, desk)
    assert panel.cards["n"].view.text_twin().startswith("row 0: ffff 000a")


def test_colours_and_their_range(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (2, 2)), A=floats(-1, math.nan, 3, math.inf))
    panel = shown(desk, qtbot)
    desk.workspace.grids.set_scale(desk.facts.tensors[0], "diverging")
    draw(panel, desk)
    view = panel.cards["x"].view
    assert view.used_range is not None
    assert (view.used_range.low, view.used_range.high) == (-1.0, 3.0)
    qtbot.waitUntil(lambda: "Colours: diverging, -1 to 3, from the visible cells." in panel.cards["x"].note.text())
    picture = view.grab().toImage()
    inside = {index: at(panel.cards["x"], index) for index in product(range(2), range(2))}
    corner = {index: picture.pixelColor(place - QPoint(0, 8)).name() for index, place in inside.items()}
    assert len(set(corner.values())) == 4


def test_small_cells_show_colours_and_say_when_sampled(qtbot: QtBot) -> None:
    desk = Desk()
    numbers = [float(n % 64) for n in range(64 * 64)]
    desk.open(tensor("x", "A", (64, 64)), A=floats(*numbers))
    panel = shown(desk, qtbot)
    view = panel.cards["x"].view
    while view.look.cell_height > 2:
        view.zoom(-1)

    def gathered() -> bool:
        draw(panel, desk)
        return view.image.complete and all(all(patch.known) for patch in view.image.patches)

    qtbot.waitUntil(gathered)
    assert "Sampled: each 2nd row and column is drawn." in view.note
    (patch,) = view.image.patches
    assert list(patch.values[:4]) == [0.0, 2.0, 4.0, 6.0]
    assert view.image.range is not None
    assert (view.image.range.low, view.image.range.high) == (0.0, 62.0)


# ------------------------------------------------------------------------------------------------------ pointing


def test_pointing_at_a_cell_lights_all_tensors(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    card, other = panel.cards["points"], panel.cards["points_t"]
    QTest.mouseMove(card.view.viewport(), at(card, (1, 0)))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover is not None)
    hover = desk.workspace.pointing.hover
    assert hover is not None
    assert (hover.tensor, hover.index, hover.start, hover.stop) == ("points", (1, 0), 8, 12)
    assert card.formula.text == "[1, 0] = 5.   0 + 1*2 + 0*1 = 2"
    assert other.formula.text == "[0, 1] = 5.   0 + 0*1 + 1*2 = 2"
    assert other.view.pointed == (0, 1)
    QTest.mouseMove(card.view.viewport(), QPoint(1, 1))
    qtbot.waitUntil(lambda: desk.workspace.pointing.hover is None)
    assert card.formula.text == "offset + i*stride[0] + j*stride[1]"


def test_what_is_pointed_at_elsewhere_lights_up_here(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (3, 2), stride=(0, 1)), A=floats(7, 8))
    panel = shown(desk, qtbot)
    card = panel.cards["x"]
    dark = card.view.grab().toImage()
    desk.workspace.pointing.at_cell("A", 1, 4)
    lit = card.view.grab().toImage()
    spot = QPoint(-15, -8)
    changed = {
        i for i in product(range(3), range(2)) if dark.pixel(at(card, i) + spot) != lit.pixel(at(card, i) + spot)
    }
    assert changed == {(0, 1), (1, 1), (2, 1)}
    assert "and 2 more" in card.formula.text


def test_changed_bytes_flash(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    view = panel.cards["points_t"].view
    desk.open(*desk.facts.tensors, A=floats(4, 1, 9, 3, 2, 1))
    draw(panel, desk)
    assert view.motion.flashing
    assert view.motion.share(8, 12) > 0
    assert view.motion.share(4, 8) == view.motion.share(12, 16) == 0
    cell = view.cells.at(2)
    assert cell is not None
    assert cell.text == "9."
    qtbot.waitUntil(lambda: not view.motion.flashing)


# ------------------------------------------------------------------------------------------------------ the panel


def test_cards_follow_what_is_shown(qtbot: QtBot) -> None:
    desk = Desk()
    panel = GridsPanel(desk.workspace)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.nothing.isVisible()
    points(desk)
    qtbot.waitUntil(lambda: not panel.waiting)
    assert sorted(panel.cards) == ["points", "points_t"]
    assert panel.cards["points_t"].current
    QTest.mouseClick(panel.cards["points"], Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert panel.cards["points"].current
    QTest.mouseClick(panel.cards["points"].header.close_button, Qt.MouseButton.LeftButton)
    assert list(panel.cards) == ["points_t"]
    assert panel.cards["points_t"].header.chip.text() == "view"


def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (9, 2, 2)), A=floats(*map(float, range(36))))
    panel = shown(desk, qtbot)
    desk.workspace.grids.set_scale(desk.facts.tensors[0], "sequential")
    desk.workspace.pointing.select(Selection("x", ((0, 1), (0, 1), (0, 1))))
    assert nameless(panel) == []
    view = panel.cards["x"].view
    assert "x, 9x2x2 (4,2,1)+0 float32" in view.accessibleName()
    qtbot.waitUntil(lambda: view.accessibleDescription().startswith("row 0: 0. 1."))


def test_the_current_grid_as_a_drawing(qtbot: QtBot) -> None:
    desk = Desk()
    panel = shown(desk, qtbot)
    assert panel.drawing() is None
    points(desk)
    draw(panel, desk)
    drawing = panel.drawing()
    assert drawing is not None
    assert drawing.description.splitlines() == [
        "points_t: 2x3 (1,2)+0 float32; rows: dim 0; columns: dim 1",
        "row 0: 4. 5. 2.",
        "row 1: 1. 3. 1.",
    ]


# -------------------------------------------------------------------------------------------------- room


def test_four_small_tensors_stand_side_by_side_with_every_word_of_their_heads(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(
        tensor("points", "A", (3, 2)),
        tensor("points_t", "A", (2, 3), stride=(1, 2), keys=(1, 0), is_view=True),
        tensor("second_point", "A", (2,), offset=2, is_view=True),
        tensor("points_copy", "B", (3, 2)),
        A=floats(4, 1, 5, 3, 2, 1),
        B=floats(4, 1, 5, 3, 2, 1),
    )
    panel = shown(desk, qtbot, 800, 230)
    assert panel.area.horizontalScrollBar().maximum() == 0, "a card is as wide as it needs to be"
    for card in panel.cards.values():
        for label in (card.header.name, card.header.title):
            assert label.shown() == label.text()


def test_the_formula_is_said_in_short_where_there_is_no_room(qtbot: QtBot) -> None:
    desk = Desk()
    points(desk)
    panel = shown(desk, qtbot)
    line, facts = panel.cards["points_t"].formula, desk.facts.tensor("points_t")
    assert facts is not None
    assert line.shown == line.text == "offset + i*stride[0] + j*stride[1]"
    line.resize(150, line.height())
    assert line.shown == "0 + i*1 + j*2"
    desk.workspace.pointing.at_element(facts, (1, 2))
    assert line.shown == "0 + 1*1 + 2*2 = 5"
    assert line.text == line.toolTip() == "[1, 2] = 1.   0 + 1*1 + 2*2 = 5"


def test_a_tensor_without_memory_makes_no_card_higher_than_the_panel(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(tensor("x", "A", (3,)), A=floats(1, 2, 3))
    meta = replace(tensor("m", "A", (3, 4)), storage=None, device="meta")
    desk.tell(replace(desk.facts, tensors=(*desk.facts.tensors, meta)))
    panel = shown(desk, qtbot, 500, 230)
    assert panel.cards["m"].nothing.isVisible()
    assert panel.area.verticalScrollBar().maximum() == 0


def test_many_sliders_leave_the_formula_in_sight(qtbot: QtBot) -> None:
    desk = Desk()
    many, beside = tensor("many", "A", (2,) * 12), [tensor(f"x{n}", "B", (3, 6)) for n in range(4)]
    desk.open(many, *beside, A=floats(*range(4096)), B=floats(*range(18)))
    panel = shown(desk, qtbot, 420, 230)
    assert panel.area.horizontalScrollBar().maximum() > 0, "the case with the least room"
    assert panel.area.verticalScrollBar().maximum() == 0
