"""The storage picture says what is there: values, strides, lanes, what it leaves out; as SVG that parses and in words.

Must not know pixels of shapes beyond what a reader would check.
"""

from __future__ import annotations

import time
from xml.etree import ElementTree as ET

import pytest
import torch

from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import Box, Drawing, Label, Line, svg_text
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.number_text import NumberText, number_text
from tensorviz.core.storage_picture import StorageView, TensorView, draw_storages, picture_text
from tests.core.layouts import layout_of

SVG = "{http://www.w3.org/2000/svg}"


def storage_of(tensor: torch.Tensor, *tensors: TensorView, name: str = "A") -> StorageView:
    kind = str(tensor.dtype).removeprefix("torch.")
    texts = tuple(number_text(value, kind, 7) for value in tensor.flatten().tolist())
    return StorageView(name, tensor.numel() * tensor.element_size(), tensor.element_size(), kind, texts, tensors)


def book() -> StorageView:
    points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
    return storage_of(
        points,
        TensorView("points", layout_of(points)),
        TensorView("points_t", layout_of(points.t()), keys=(1, 0)),
    )


def labels(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Label)]


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("dark", [False, True])
def test_the_book_as_svg(dark: bool) -> None:
    drawing = draw_storages((book(),), dark)
    root = ET.fromstring(svg_text(drawing))
    texts = texts_of(svg_text(drawing))
    assert [text for text in texts if text in ("4.", "1.", "5.", "3.", "2.")] == ["4.", "1.", "5.", "3.", "2.", "1."]
    assert {"points", "points_t", "3x2 (2,1)+0 float32", "2x3 (1,2)+0 float32"} <= set(texts)
    assert {"stride[0] = 2", "stride[1] = 2", "dim 1: size 3, stride 2"} <= set(texts)
    assert {root.find(f"{SVG}title") is not None, root.find(f"{SVG}desc") is not None} == {True}
    ground = root.find(f"{SVG}rect")  # in numbers: Qt does not know percentages here
    assert ground is not None
    assert ground.attrib == {name: root.attrib[name] for name in ("width", "height")} | {"fill": drawing.background}
    assert float(root.attrib["width"]) == pytest.approx(drawing.width, abs=0.01)


def test_hops_keep_the_colour_of_their_dimension() -> None:
    drawing = draw_storages((book(),))
    curves = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.curved]
    # Each tensor: one hop of dimension 1 (columns), two of dimension 0 (rows), whatever their numbers after t().
    rows, columns = dimension_style(0).colour, dimension_style(1).colour
    assert [curve.stroke for curve in curves] == [columns, rows, rows, rows, rows, columns]


def test_hops_end_at_the_cells_they_lead_to() -> None:
    drawing = draw_storages((book(),))
    cells = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.height == 34]
    middles = [cell.x + cell.width / 2 for cell in cells]
    assert len(cells) == 6

    def at(x: float) -> int:
        [near] = [cell for cell, middle in enumerate(middles) if abs(middle - x) < 4]
        return near

    curves = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.curved]
    ends = [(at(c.points[0][0]), at(c.points[-1][0])) for c in curves]
    assert ends == [(0, 1), (0, 2), (2, 4), (0, 2), (2, 4), (0, 1)]


def test_indices_stand_under_their_cells() -> None:
    drawing = draw_storages((book(),))
    said = [shape for shape in drawing.shapes if isinstance(shape, Label) and shape.text.count(",") == 1
            and len(shape.text) == 3]  # fmt: skip
    assert [label.text for label in said] == [
        *("0,0", "0,1", "1,0", "1,1", "2,0", "2,1"),
        *("0,0", "1,0", "0,1", "1,1", "0,2", "1,2"),
    ]
    assert [label.x for label in said[:6]] == [label.x for label in said[6:]]


def test_shared_places_and_gaps() -> None:
    base = torch.arange(10, dtype=torch.int32)
    windows, spread, repeated = base.unfold(0, 3, 1), base[::3], base[:2].expand(4, 2)
    views = [TensorView(n, layout_of(t), "int32") for n, t in (("w", windows), ("s", spread), ("r", repeated))]
    found = labels(draw_storages((storage_of(base, *views),)))
    assert found.count("3x") == 6
    assert found.count("2x") == 2
    assert found.count("4x") == 2
    assert "24 elements on 10 places" in found
    assert "4 elements, 6 gaps" in found
    assert "stride[0] = 0: all 4 indices stay" in found


def test_what_is_left_out_is_said() -> None:
    values = tuple(NumberText(str(n)) for n in range(2000))
    tensors = tuple(TensorView(f"t{n}", contiguous((4,), offset=n)) for n in range(30))
    view = StorageView("A", 8003, 4, "float32", values, tensors)
    drawing = draw_storages((view,))
    assert "Not drawn: cells 512 to 1,999, 6 more tensors, the last 3 bytes." in labels(drawing)
    drawn = [shape.text for shape in drawing.shapes if isinstance(shape, Label) and shape.size == 13 and shape.mono]
    assert drawn == [str(n) for n in range(512)]
    assert "Not drawn" in drawing.description
    part = StorageView("A", 400, 4, "float32", values[50:60], (), first=50)
    assert "Not drawn: cells 0 to 49, cells 60 to 99." in labels(draw_storages((part,)))


def test_rounded_and_special_numbers_are_marked() -> None:
    view = storage_of(torch.tensor([1 / 3, float("nan"), float("-inf"), 2.0]))
    said = labels(draw_storages((view,)))
    assert "~0.33333" in said
    assert {"nan", "-inf", "2."} <= set(said)
    assert "~ marks numbers rounded to fit." in said


def test_names_cannot_break_the_svg() -> None:
    nasty = '<script>&"\x00\ud800 \U0001f600'
    view = storage_of(torch.zeros(2), TensorView(nasty, contiguous((2,))), name="<&>")
    svg = svg_text(draw_storages((view,)))
    texts = texts_of(svg.encode().decode())
    assert '<script>&"\ufffd\ufffd \U0001f600' in texts
    assert "storage <&>" in texts


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(()),
        torch.zeros(0),
        torch.zeros(2, 0, 3),
        torch.zeros([2] * 8 + [1] * 4),
        torch.zeros(1, 1, dtype=torch.complex64),
        torch.zeros(5, dtype=torch.bool),
    ],
)
def test_every_shape_is_drawn(tensor: torch.Tensor) -> None:
    kind = str(tensor.dtype).removeprefix("torch.")
    drawing = draw_storages((storage_of(tensor, TensorView("x", layout_of(tensor), kind)),))
    ET.fromstring(svg_text(drawing))
    assert "x" in labels(drawing)
    assert all(
        0 <= point[0] <= drawing.width + 1 and 0 <= point[1] <= drawing.height
        for shape in drawing.shapes if isinstance(shape, Line)
        for point in shape.points
    )  # fmt: skip


def test_nothing_at_all() -> None:
    assert labels(draw_storages(())) == ["There are no tensors yet."]
    assert picture_text(()) == "There are no tensors yet."


def test_types_of_other_sizes_lie_over_the_same_bytes() -> None:
    base = torch.arange(4, dtype=torch.int32)
    views = [TensorView(str(d), layout_of(base.view(d)), str(d)) for d in (torch.int16, torch.int64)]
    drawing = draw_storages((storage_of(base, *views),))
    strips = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.height == 20]
    widths = [strip.width + 4 for strip in strips]
    assert widths[:8] == pytest.approx([widths[0]] * 8)
    assert widths[8:] == pytest.approx([4 * widths[0]] * 2)


def test_the_text_twin() -> None:
    text = picture_text((book(),))
    assert text.startswith("storage A: 24 bytes, 6 cells of float32, 2 tensors\n  from cell 0: 4. 1. 5. 3. 2. 1.\n")
    assert "points_t: 2x3 float32, stride (1, 2), offset 0" in text


def test_a_large_storage_is_drawn_at_once() -> None:
    values = tuple(NumberText(str(n % 100)) for n in range(512))
    layouts = [Layout((1 << 20, 1 << 10), (1 << 10, 1), n) for n in range(24)]
    view = StorageView("A", 1 << 33, 4, "float32", values, tuple(TensorView(f"t{n}", x) for n, x in enumerate(layouts)))
    began = time.process_time()
    drawing = draw_storages((view,))
    assert time.process_time() - began < 5
    assert any(text.startswith("Not drawn: cells 512 to 2,147,483,647") for text in labels(drawing))
