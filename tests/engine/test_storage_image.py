"""The PNG of a drawing has its colours where the drawing has them, needs no display, and carries its text twin.

Must not know what the drawings are of.
"""

from __future__ import annotations

import io
import itertools

import pytest
from PIL import Image

from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import Box, Dot, Drawing, Label, Line, Shape
from tensorviz.core.layout import contiguous
from tensorviz.core.number_text import NumberText
from tensorviz.core.storage_picture import StorageView, TensorView, draw_storages
from tensorviz.engine.storage_image import png_bytes


def opened(drawing: Drawing, scale: int = 2) -> Image.Image:
    image = Image.open(io.BytesIO(png_bytes(drawing, scale)))
    image.load()
    return image


def drawing_of(*shapes: Shape, height: float = 40) -> Drawing:
    return Drawing(60, height, "#ffffff", shapes, "a title", "in words")


def test_shapes_lie_where_they_are_said_to() -> None:
    image = opened(
        drawing_of(
            Box(10, 10, 20, 10, "#ff0000"),
            Dot(50, 30, 5, "#0000ff"),
            Line(((0, 35), (40, 35)), "#00ff00", 4),
        )
    )
    assert image.size == (120, 80)
    for x, y, colour in [
        (40, 30, (255, 0, 0)), (100, 60, (0, 0, 255)), (40, 70, (0, 255, 0)), (5, 5, (255, 255, 255)),
        (64, 30, (255, 255, 255)),
    ]:  # fmt: skip
        assert image.getpixel((x, y)) == colour


def test_a_dashed_line_has_gaps() -> None:
    image = opened(drawing_of(Line(((0, 20), (60, 20)), "#000000", 2, (6, 6))))
    row = [image.getpixel((x, 40)) == (0, 0, 0) for x in range(120)]
    assert 4 <= sum(a and not b for a, b in itertools.pairwise(row)) <= 6


def test_a_curve_hangs_between_its_ends() -> None:
    image = opened(drawing_of(Line(((10, 10), (20, 30), (40, 30), (50, 10)), "#000000", 3, curved=True)))
    assert image.getpixel((60, 50)) == (0, 0, 0)
    assert image.getpixel((60, 24)) == (255, 255, 255)


def test_strips_meet_without_a_seam() -> None:
    tall = opened(drawing_of(Box(10, 100, 40, 1800, "#123456"), height=2000), 1)
    assert {tall.getpixel((30, y)) for y in range(110, 1890)} == {(0x12, 0x34, 0x56)}


def test_text_is_painted_and_unknown_signs_are_spelled() -> None:
    blank = opened(drawing_of())
    first, second = (opened(drawing_of(Label(5, 20, text, 12, "#000000"))) for text in ("\u4e00", "\\u4e00"))
    assert first.tobytes() == second.tobytes() != blank.tobytes()


@pytest.mark.parametrize("dark", [False, True])
def test_a_storage_picture_shows_its_dimensions_colours(dark: bool) -> None:
    values = tuple(NumberText(f"{n}.") for n in range(6))
    view = StorageView("A", 24, 4, "float32", values, (TensorView("points", contiguous((3, 2))),))
    drawing = draw_storages((view,), dark)
    image = opened(drawing)
    colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    for dim in (0, 1):
        style = dimension_style(dim, dark)
        assert tuple(int(style.colour[at : at + 2], 16) for at in (1, 3, 5)) in colours
    assert image.info["Description"] == drawing.description
    assert image.size == (round(drawing.width * 2), round(drawing.height * 2))
