"""The inspector's element: value, formula, bits and every index on the memory pointed at; exact and bounded."""

from __future__ import annotations

import math
import struct
import time

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.dtypes import DTYPES, dtype_named
from tensorviz.ui.tensors.inspector_bits import bit_lines
from tests.ui.tensors.desk import Desk, floats, points, tensor
from tests.ui.tensors.inspecting import panel, refreshed, said


def test_the_element_pointed_at(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    facts = desk.facts.tensor("points_t")
    assert facts is not None
    desk.workspace.pointing.at_element(facts, (1, 0))
    plain = refreshed(made, desk).element.plain
    assert plain.startswith("points_t[1, 0]\n")
    assert said(plain, "value") == "1.  float32"
    assert said(plain, "formula") == "offset + i*stride[0] + j*stride[1]"
    assert said(plain, "address") == "0 + 1*1 + 0*2 = 1"
    assert said(plain, "byte") == "4..8  of storage A"
    assert said(plain, "hex") == "0x3F800000"
    assert said(plain, "sign") == "0  +"
    assert said(plain, "exponent") == "01111111  127 - 127: 2^0"
    assert said(plain, "mantissa") == "0000000 00000000 00000000  times 1.0"
    assert plain.endswith("also seen as\npoints[0, 1] ")


def test_terms_have_the_colours_of_their_dimensions(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    facts = desk.facts.tensor("points_t")
    assert facts is not None
    desk.workspace.pointing.at_element(facts, (1, 2))
    refreshed(made, desk)
    coloured = [(span.text, span.dim) for each in made.element._lines for span in each.spans if span.dim is not None]
    assert coloured == [("i*stride[0]", 1), ("j*stride[1]", 0), ("1*1", 1), ("2*2", 0)]


def test_it_stays_when_the_pointer_leaves_and_goes_with_its_storage(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    desk.workspace.pointing.at_cell("A", 2, 4)
    before = refreshed(made, desk).element.plain
    desk.workspace.pointing.leave()
    assert refreshed(made, desk).element.plain == before
    desk.open(tensor("z", "B", (1,)), B=floats(1))
    assert refreshed(made, desk).element.plain == "Point at a cell of a grid or of the storage."


def test_an_element_that_lies_elsewhere_by_now_is_no_longer_spoken_of(qtbot: QtBot) -> None:
    """points[0, 1] lies on cell 1; transposed under the same name, that index is cell 2."""
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    facts = desk.facts.tensor("points")
    assert facts is not None
    desk.workspace.pointing.at_element(facts, (0, 1))
    refreshed(made, desk)
    desk.open(tensor("points", "A", (2, 3), stride=(1, 2)), A=floats(4, 1, 5, 3, 2, 1))
    plain = refreshed(made, desk).element.plain
    assert plain.startswith("storage A, cell 1\n")
    assert said(plain, "value") == "1.  read as float32"
    assert plain.endswith("seen as\npoints[1, 0] ")
    hover = desk.workspace.pointing.hover
    assert hover is not None
    assert (hover.start, hover.stop, hover.tensor) == (4, 8, "")


def test_a_cell_of_the_storage_and_a_cell_that_nothing_reaches(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("odd", "A", (2,), stride=(2,), offset=1), A=floats(0, 1, 2, 3))
    desk.workspace.pointing.at_cell("A", 3, 4)
    plain = refreshed(made, desk).element.plain
    assert plain.startswith("storage A, cell 3\nvalue: 3.  read as float32")
    assert plain.endswith("seen as\nodd[1] ")
    desk.workspace.pointing.at_cell("A", 2, 4)
    assert refreshed(made, desk).element.plain.endswith("No tensor reaches this cell.")


def test_an_expanded_tensor_shows_some_and_counts_the_rest(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("e", "A", (20,), stride=(0,)), A=floats(1))
    facts = desk.facts.tensors[0]
    desk.workspace.pointing.at_element(facts, (5,))
    plain = refreshed(made, desk).element.plain
    shown = "".join(f"e[{n}], " for n in range(13) if n != 5)
    assert plain.endswith(f"{shown}and {19 - 12} more")
    desk.open(tensor("e", "A", (1000,), stride=(0,)))
    assert refreshed(made, desk).element.plain.endswith(f"and {1000 - 1 - 12} more")
    desk.open(tensor("e", "A", (10**9,), stride=(0,)))
    assert refreshed(made, desk).element.plain.endswith("and 999,999,987 more")


def test_a_link_points_and_shows(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    facts = desk.facts.tensor("points_t")
    assert facts is not None
    desk.workspace.pointing.at_element(facts, (0, 2))
    refreshed(made, desk)
    desk.workspace.showing.show("points_t")
    made.element.body.linkActivated.emit("0")
    hover = desk.workspace.pointing.hover
    assert hover is not None
    assert (hover.tensor, hover.index) == ("points", (2, 0))
    assert desk.workspace.showing.current == "points"


def test_numbers_follow_memory(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    desk.workspace.pointing.at_cell("A", 0, 4)
    assert said(refreshed(made, desk).element.plain, "value").startswith("4.")
    desk.open(*desk.facts.tensors, A=floats(7, 1, 5, 3, 2, 1))
    assert said(refreshed(made, desk).element.plain, "value").startswith("7.")


def test_a_lazily_conjugated_element_says_both(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("c", "A", (1,), dtype="complex64", conjugated=True), A=struct.pack("<2f", 1, 2))
    desk.workspace.pointing.at_element(desk.facts.tensors[0], (0,))
    plain = refreshed(made, desk).element.plain
    assert said(plain, "value") == "1.-2.j  complex64"
    assert said(plain, "in memory") == "1.+2.j"


def test_a_scalar_and_a_value_on_its_way(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("z", "A", ()), A=floats(5))
    desk.workspace.pointing.at_element(desk.facts.tensors[0], ())
    made.element.refresh()
    assert said(made.element.plain, "value") == "...  float32"
    assert said(refreshed(made, desk).element.plain, "address") == "0 = 0"


@pytest.mark.parametrize("name", DTYPES)
def test_bits_of_every_dtype_are_all_bits(name: str) -> None:
    kind = dtype_named(name)
    for seed in range(64):
        raw = bytes((seed * 37 + 11 * place * place + 5) % 256 for place in range(kind.itemsize))
        lines = bit_lines(raw, kind)
        bits = "".join(each.spans[0].text.replace(" ", "") for each in lines if each.label)
        if name == "float4_e2m1fn_x2":
            bits = bits[4:] + bits[:4]
        if kind.kind == "complex":
            half = len(bits) // 2
            bits = bits[half:] + bits[:half]
        assert int(bits, 2) == int.from_bytes(raw, "little"), (name, raw)


@pytest.mark.parametrize("value", [1.0, -2.5, 0.0, -0.0, 1e-40, 1e-45, 3.4e38, math.inf, -math.inf, math.nan, 0.1])
def test_what_the_parts_mean_gives_the_value(value: float) -> None:
    raw = struct.pack("<f", value)
    [expected] = struct.unpack("<f", raw)
    sign, exponent, mantissa = (each.spans[1].text.strip() for each in bit_lines(raw, dtype_named("float32")))
    if not math.isfinite(value):
        assert {exponent, mantissa} == {"NaN" if math.isnan(value) else "infinite"}
        return
    power = 0.0 if exponent == "zero" else 2.0 ** int(exponent.split("^")[1])
    assert (-1 if sign == "-" else 1) * power * float(mantissa.removeprefix("times ")) == expected


def test_two_hundred_tensors_are_pointed_at_quickly(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    many = [tensor(f"t{n}", "A", (50, 50), stride=(50, 1), offset=n) for n in range(200)]
    desk.open(*many, A=floats(*range(10_000)))
    desk.workspace.pointing.at_cell("A", 1000, 4)
    refreshed(made, desk)
    times = []
    for address in range(1000, 1010):
        desk.workspace.pointing.at_cell("A", address, 4)
        started = time.perf_counter()
        made.element.refresh()
        times.append(time.perf_counter() - started)
    assert min(times) < 0.02  # a few milliseconds on a computer that does nothing else
    assert made.element.plain.endswith(f"and {200 - 12} more")
