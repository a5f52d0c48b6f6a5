"""The strided view: every value that a slider can take stays inside the storage, and the canvas shows it meanwhile.

Must not know how lanes are drawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.layout import Layout
from tensorviz.ui.tensors.strided_panel import StridedPanel, reach_text, show_strided
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor

Opened = Callable[..., StridedPanel]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    points(made)
    return made


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    widget.show()
    return widget


@pytest.fixture
def opened(desk: Desk, window: QWidget) -> Opened:
    def made(name: str = "points") -> StridedPanel:
        panel = show_strided(desk.workspace, name, window)
        assert panel is not None
        desk.serve()
        return panel

    return made


def preset(panel: StridedPanel, title: str) -> None:
    next(button for button in panel.presets if button.text() == title).click()


def test_it_begins_with_the_tensor_and_shows_its_values(opened: Opened, desk: Desk) -> None:
    panel = opened()
    assert panel.layout_now == Layout((3, 2), (2, 1))
    assert panel.values.plain == "4.  1.  5.  3.  2.  1."
    assert panel.formula.plain == "offset + i*stride[0] + j*stride[1]  =  0 + i*2 + j*1"
    ghost = desk.workspace.showing.ghost
    assert ghost is not None
    assert (ghost.layout, ghost.storage, ghost.keys) == (panel.layout_now, "A", (0, 1))


def test_sliders_and_numbers_agree_and_move_the_ghost(opened: Opened, desk: Desk) -> None:
    panel = opened()
    panel.rows.strides[0].slider.setValue(1)
    assert panel.rows.strides[0].box.value() == 1
    assert panel.values.plain == "4.  1.  1.  5.  5.  3."
    ghost = desk.workspace.showing.ghost
    assert ghost is not None
    assert ghost.layout == Layout((3, 2), (1, 1))
    assert panel.rows.offset.box.maximum() == 2, "3 rows of 2, one apart, reach 4 of 6 cells"
    panel.rows.offset.box.setValue(2)
    assert panel.values.plain == "5.  3.  3.  2.  2.  1."


def test_no_way_leads_out_of_the_storage(opened: Opened) -> None:
    """Random moves of all dials: each range is all that fits, so that one more would leave the storage."""
    panel, chance = opened(), random.Random(5)
    for _ in range(300):
        dials = [panel.rows.offset, *panel.rows.sizes, *panel.rows.strides]
        dial = chance.choice(dials)
        dial.box.setValue(chance.randint(dial.box.minimum(), dial.box.maximum()))
        layout = panel.layout_now
        assert layout.fits(6)
        assert layout.numel > 0
        assert not layout.at(panel.rows.offset.box.maximum() + 1).fits(6)
        for dim, (size, step) in enumerate(zip(layout.shape, layout.stride, strict=True)):
            if size > 1:
                wider = list(layout.stride)
                wider[dim] = panel.rows.strides[dim].box.maximum() + 1
                assert not Layout(layout.shape, tuple(wider), layout.offset).fits(6)
            if step:
                longer = list(layout.shape)
                longer[dim] = panel.rows.sizes[dim].box.maximum() + 1
                assert not Layout(tuple(longer), layout.stride, layout.offset).fits(6)


@pytest.mark.parametrize(
    ("title", "layout", "values"),
    [
        ("whole storage", Layout((6,), (1,)), "4.  1.  5.  3.  2.  1."),
        ("transpose", Layout((2, 3), (1, 2)), "4.  5.  2.  1.  3.  1."),
        ("diagonal", Layout((2,), (3,)), "4.  3."),
        ("sliding windows", Layout((4, 3), (1, 1)), "4.  1.  5.  1.  5.  3.  5.  3.  2.  3.  2.  1."),
        ("every second", Layout((3, 1), (2, 2)), "4.  5.  2."),
        ("broadcast", Layout((3, 3, 2), (0, 2, 1)), "4.  1.  5.  3.  2.  1.  4.  1.  5.  3.  2.  1.   and 6 more"),
    ],
)
def test_presets(opened: Opened, title: str, layout: Layout, values: str) -> None:
    panel = opened()
    preset(panel, title)
    assert panel.layout_now == layout
    assert panel.values.plain == values


def test_dimensions_come_and_go(opened: Opened) -> None:
    panel = opened()
    preset(panel, "diagonal")
    panel.add.click()
    assert panel.layout_now == Layout((2, 2), (3, 1))
    assert len(panel.rows.sizes) == 2
    panel.rows.removers[0].click()
    panel.rows.removers[0].click()
    assert panel.layout_now == Layout((), ())
    assert panel.values.plain == "4."
    for _ in range(12):
        panel.add.click()
    assert panel.layout_now.ndim == 8
    assert not panel.add.isEnabled()


def test_keep_runs_the_line_and_closes(opened: Opened, desk: Desk) -> None:
    panel = opened()
    preset(panel, "diagonal")
    assert panel.code.text() == "points_strided = points.as_strided((2,), (3,), 0)"
    panel.name.setText("corner")
    panel.keep.click()
    assert desk.codes == ["corner = points.as_strided((2,), (3,), 0)"]
    assert desk.workspace.showing.ghost is None
    assert not panel.isVisible()


def test_a_name_that_is_none_is_not_kept(opened: Opened, desk: Desk) -> None:
    panel = opened()
    panel.name.setText("a b")
    assert not panel.keep.isEnabled()
    panel.run()
    assert desk.codes == []


def test_esc_closes_and_clears_the_ghost(opened: Opened, desk: Desk, window: QWidget, qtbot: QtBot) -> None:
    panel = opened()
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert desk.workspace.showing.ghost is None


def test_the_keyboard_moves_everything(opened: Opened, qtbot: QtBot) -> None:
    panel = opened()
    qtbot.keyClick(panel.rows.strides[0].slider, Qt.Key.Key_Left)
    assert panel.layout_now.stride == (1, 1)
    qtbot.keyClick(panel.rows.offset.box, Qt.Key.Key_Up)
    assert panel.layout_now.offset == 1
    assert not nameless(panel)


def test_a_storage_that_is_gone_closes_it(opened: Opened, desk: Desk) -> None:
    panel = opened()
    desk.open(tensor("other", "B", (2,)), B=floats(1, 2))
    assert not panel.isVisible()
    assert desk.workspace.showing.ghost is None


def test_a_shorter_storage_takes_the_view_back(opened: Opened, desk: Desk) -> None:
    panel = opened()
    preset(panel, "whole storage")
    desk.open(tensor("points", "A", (2, 2)), A=floats(1, 2, 3, 4))
    assert panel.layout_now == Layout((2, 2), (2, 1))


def test_other_element_sizes_count_their_own_elements(opened: Opened, desk: Desk) -> None:
    desk.open(tensor("halves", "A", (2, 6), dtype="float16"), A=floats(4, 1, 5, 3, 2, 1))
    panel = opened("halves")
    assert panel.elements == 12
    preset(panel, "whole storage")
    assert panel.layout_now == Layout((12,), (1,), 0, 2)


def test_without_a_storage_there_is_no_panel(desk: Desk, window: QWidget) -> None:
    facts = replace(tensor("shape", "A", (3, 2)), storage=None, device="meta")
    desk.tell(type(desk.facts)(tensors=(facts,)))
    assert show_strided(desk.workspace, "shape", window) is None


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (Layout((3, 2), (2, 1)), "6 elements over cells 0 to 5."),
        (Layout((3, 2), (1, 1)), "6 elements over cells 0 to 3; only 4 cells, so some are seen more than once."),
        (Layout((3,), (2,), 1), "3 elements over cells 1 to 5; 2 cells between them not seen."),
        (Layout((0,), (2,)), "No elements."),
        (Layout((), (), 3), "1 element over cells 3 to 3."),
    ],
)
def test_what_is_reached_in_words(layout: Layout, said: str) -> None:
    assert reach_text(layout) == said
