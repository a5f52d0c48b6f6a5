"""The inspector's section on the current tensor: layout, reach, contiguity, numpy, shared memory."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tensorviz.ui.tensors.inspector_lines import plain_text
from tensorviz.ui.tensors.inspector_shared import shared_lines
from tensorviz.ui.tensors.inspector_text import affordable, contiguity_lines, numpy_line, reach_lines, run_lines
from tests.ui.tensors.desk import Desk, floats, points, tensor
from tests.ui.tensors.inspecting import panel, refreshed, said


def test_the_current_tensor(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    desk.workspace.showing.show("points_t")
    plain = refreshed(made, desk).tensor.plain
    assert plain.startswith("points_t\n")
    assert said(plain, "shape") == "(2, 3)"
    assert said(plain, "stride") == "(1, 2)"
    assert said(plain, "elements") == "6  24 bytes"
    assert said(plain, "reaches") == "6 of 6 cells, no gaps, each once"
    assert said(plain, "contiguous") == "no  stride[1] is 2 and would have to be 1."
    assert said(plain, ".numpy()") == "yes  over the same memory"
    assert "A view" in plain
    assert plain.endswith("Shares memory with\npoints  24 common bytes")


def test_the_copy_button_takes_the_describe_line(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    desk.workspace.showing.show("points_t")
    refreshed(made, desk).tensor.copy.click()
    expected = (
        "tensor 2x3, stride (1, 2), offset 0, float32, cpu, the whole storage of 24 bytes, not contiguous, a view"
    )
    assert QGuiApplication.clipboard().text() == expected


def test_gaps_shared_cells_and_the_warning() -> None:
    desk = Desk()
    gappy = tensor("g", "A", (2, 2), stride=(4, 2))
    lapping = tensor("o", "A", (3, 2), stride=(1, 1))
    wide = tensor("e", "A", (5, 2), stride=(0, 1))
    desk.open(gappy, lapping, wide, A=floats(*range(8)))
    storage = desk.facts.storages[0]
    assert plain_text(reach_lines(gappy, storage)) == "reaches: 4 of 8 cells, 3 cells between left out, each once"
    told = plain_text(reach_lines(lapping, storage))
    assert told.startswith("reaches: 4 of 8 cells, no gaps, some cells more than once\n")
    assert "torch does not notice" in told
    assert "refused" in plain_text(reach_lines(wide, storage))


def test_runs_that_merge() -> None:
    assert "Dims 0 and 1 are one run of 6 steps of 1" in plain_text(run_lines(tensor("x", "A", (2, 3)).layout))
    turned = tensor("x", "A", (3, 2), stride=(1, 3)).layout
    assert "no view merges any" in plain_text(run_lines(turned))


def test_channels_last_can_be_made(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("x", "A", (1, 2, 2, 2)), A=floats(*range(8)))
    assert "channels_last: no" in plain_text(contiguity_lines(desk.facts.tensors[0]))
    refreshed(made, desk).tensor.body.linkActivated.emit("channels-last")
    assert desk.codes == ["x_channels_last = x.contiguous(memory_format=torch.channels_last)"]


def test_what_keeps_it_from_numpy() -> None:
    held = tensor("x", "A", (1,), dtype="bfloat16", requires_grad=True, device="cuda:0")
    assert numpy_line(held).plain.endswith("Use .detach().cpu().float().numpy()")
    assert numpy_line(replace(held, storage=None)).plain == ".numpy(): no  There is no memory to share."


def test_shared_memory_is_bounded_and_exact() -> None:
    desk = Desk()
    whole = tensor("whole", "A", (1000,))
    large = tensor("large", "B", (3000, 3000))
    others = [tensor(f"t{n}", "A", (10,), offset=100 * n) for n in range(9)]
    columns = [tensor("even", "A", (500,), stride=(2,)), tensor("odd", "A", (500,), stride=(2,), offset=1)]
    desk.open(whole, *others, *columns, large, tensor("turned", "B", (3000, 3000), stride=(1, 3000)),
              A=floats(*range(1000)), B=bytes(4))  # fmt: skip
    told = plain_text(shared_lines(columns[0], desk.facts)).splitlines()
    assert told[0] == "whole  2,000 common bytes"
    assert told[1] == "t0  20 common bytes"
    assert "odd  no common bytes" in told
    assert plain_text(shared_lines(large, desk.facts)) == "turned  on the same storage"
    many = [tensor(f"t{n}", "A", (10,)) for n in range(30)]
    desk.open(*many)
    assert plain_text(shared_lines(many[0], desk.facts)).endswith("and 17 more tensors on storage A")


def test_counting_that_takes_long_is_not_done() -> None:
    wild = tensor("x", "A", (300, 300, 300), stride=(70_001, 30_011, 10_007)).layout
    assert not affordable(wild)
    assert affordable(tensor("x", "A", (3000, 3000), stride=(1, 3000)).layout)


def test_a_tensor_without_memory(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.tell(replace(desk.facts, tensors=(replace(tensor("m", "A", (3,)), storage=None, device="meta"),)))
    plain = refreshed(made, desk).tensor.plain
    assert "reaches: no memory" in plain
    assert made.values.isHidden()
