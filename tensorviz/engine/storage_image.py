"""A drawing as a PNG: painted larger than it is and scaled down, with no display.

Must not know what is drawn, or Qt.
"""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from tensorviz.core.drawing import Box, Dot, Drawing, Label, Line, Point, svg_text
from tensorviz.engine.writing import replacing_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALE, OVERSAMPLING = 2, 3  # pixels of the file per pixel of the drawing; painted that much larger, then reduced
STRIP = 512  # pixels of the drawing that are painted in one go, so that tall pictures take little memory
CURVE_STEPS = 40
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def png_bytes(drawing: Drawing, scale: int = SCALE) -> bytes:
    """The drawing as PNG, `scale` pixels for one of the drawing; its text twin is in the file's description."""
    width, height = round(drawing.width * scale), round(drawing.height * scale)
    image = Image.new("RGB", (width, height), drawing.background)
    for top in range(0, height, STRIP * scale):
        part = _painted(drawing, top / scale, width, min(STRIP * scale, height - top), scale)
        image.paste(part, (0, top))
    about = PngInfo()
    about.add_itxt("Title", drawing.title)
    about.add_itxt("Description", drawing.description)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=about, optimize=True)
    return stream.getvalue()


def write_drawing(drawing: Drawing, path: str) -> None:
    """Writes the drawing to a file, whole or not at all: SVG where the name ends so, else PNG. Raises ValueRefused."""
    whole = svg_text(drawing).encode() if path.lower().endswith(".svg") else png_bytes(drawing)
    with replacing_bytes(path) as file:
        file.write(whole)


def _painted(drawing: Drawing, top: float, width: int, height: int, scale: int) -> Image.Image:
    large = Image.new("RGB", (width * OVERSAMPLING, height * OVERSAMPLING), drawing.background)
    painter = _Painter(large, top, scale * OVERSAMPLING)
    for shape in drawing.shapes:
        painter.paint(shape)
    return large.reduce(OVERSAMPLING)  # plain means: a sharper filter leaves seams where the strips meet


class _Painter:
    """Paints shapes of the drawing, moved up by `top` and enlarged by `scale`."""

    def __init__(self, image: Image.Image, top: float, scale: float) -> None:
        self.draw = ImageDraw.Draw(image)
        self.top, self.scale = top, scale
        self.bottom = top + image.height / scale

    def paint(self, shape: Box | Line | Dot | Label) -> None:
        """One shape; what lies outside the strip is left out."""
        match shape:
            case Box() if self._visible(shape.y, shape.y + shape.height):
                self._box(shape)
            case Line() if self._visible(min(y for _, y in shape.points), max(y for _, y in shape.points)):
                self._line(shape)
            case Dot() if self._visible(shape.y, shape.y):
                self._disc(self._at((shape.x, shape.y)), shape.radius * self.scale, shape.fill)
            case Label() if self._visible(shape.y, shape.y):
                self._label(shape)

    def _visible(self, top: float, bottom: float) -> bool:
        return top < self.bottom + 20 and bottom > self.top - 20

    def _at(self, point: Point) -> Point:
        return point[0] * self.scale, (point[1] - self.top) * self.scale

    def _box(self, box: Box) -> None:
        corners = (self._at((box.x, box.y)), self._at((box.x + box.width, box.y + box.height)))
        line = max(round(box.line * self.scale), 1) if box.stroke else 0
        self.draw.rounded_rectangle(corners, box.radius * self.scale, box.fill, box.stroke, line)

    def _line(self, line: Line) -> None:
        points = [self._at(point) for point in (_curve(line.points) if line.curved else line.points)]
        if line.fill:
            self.draw.polygon(points, line.fill)
            points = [*points, points[0]]
        if line.stroke:
            width = line.line * self.scale
            for piece in _dashed(points, [part * self.scale for part in line.dash]):
                self.draw.polygon(_ribbon(piece, width), line.stroke)
                for end in (piece[0], piece[-1]):
                    self._disc(end, width / 2, line.stroke)

    def _disc(self, middle: Point, radius: float, fill: str) -> None:
        x, y = middle
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill)

    def _label(self, label: Label) -> None:
        font = _font(round(label.size * self.scale))
        x, y = self._at((label.x, label.y))
        # From the base line, so that texts with and without descenders stand on one line.
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[label.anchor]
        stroke = round(label.size * self.scale * 0.022) if label.bold else 0
        base = y + 0.35 * label.size * self.scale
        self.draw.text((x, base), _legible(label.text, font), label.colour, font, anchor, stroke_width=stroke)


@lru_cache(maxsize=32)
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


@lru_cache(maxsize=512)
def _legible(text: str, font: Font) -> str:
    """The text with the characters that the font does not have written as Python escapes them."""
    missing = bytes(font.getmask("\U0010fffe"))
    return "".join(
        c if c.isascii() or bytes(font.getmask(c)) != missing else c.encode("ascii", "backslashreplace").decode()
        for c in text
    )


def _curve(points: tuple[Point, ...]) -> list[Point]:
    """A cubic curve as points."""
    a, b, c, d = points
    weights = [_bernstein(step / CURVE_STEPS) for step in range(CURVE_STEPS + 1)]
    return [
        (p * a[0] + q * b[0] + r * c[0] + s * d[0], p * a[1] + q * b[1] + r * c[1] + s * d[1]) for p, q, r, s in weights
    ]


def _ribbon(points: list[Point], width: float) -> list[Point]:
    """The outline of a line of that width; Pillow's own thick lines step from pixel to pixel."""
    normals = []
    for at in range(len(points)):
        (x0, y0), (x1, y1) = points[max(at - 1, 0)], points[min(at + 1, len(points) - 1)]
        length = hypot(x1 - x0, y1 - y0) or 1.0
        normals.append(((y0 - y1) / length * width / 2, (x1 - x0) / length * width / 2))
    left = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(points, normals, strict=True)]
    right = [(x - dx, y - dy) for (x, y), (dx, dy) in zip(points, normals, strict=True)]
    return left + right[::-1]


def _bernstein(t: float) -> tuple[float, float, float, float]:
    u = 1 - t
    return u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t


def _dashed(points: list[Point], dash: list[float]) -> Iterator[list[Point]]:
    """The pieces of a polyline that a pattern of line and gap lengths leaves."""
    if not dash:
        yield points
        return
    at, left = 0, dash[0]
    piece = [points[0]]
    for start, end in pairwise(points):
        length, done = hypot(end[0] - start[0], end[1] - start[1]), 0.0
        while length - done > left:
            done += left
            share = done / length
            turn = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            if at % 2 == 0:
                yield [*piece, turn]
            at, piece = at + 1, [turn]
            left = dash[at % len(dash)]
        left -= length - done
        piece.append(end)
    if at % 2 == 0:
        yield piece
