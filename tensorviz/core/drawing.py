"""A drawing as data: rectangles, lines and labels in order, in pixels from the top left; and the drawing as SVG text.

Must not know what is drawn, or any library that paints.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

SANS = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif"
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
Point = tuple[float, float]
Dash = tuple[float, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle, its corners rounded by `radius`."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 1.0
    radius: float = 0.0


@dataclass(frozen=True)
class Line:
    """A polyline through `points`; with `curved`, one cubic curve (start, two controls, end). Filled when `fill` is."""

    points: tuple[Point, ...]
    stroke: str | None
    line: float = 1.0
    dash: Dash = ()
    curved: bool = False
    fill: str | None = None


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True)
class Label:
    """One line of text; `y` is the middle of its height, `anchor` start, middle or end says what `x` is."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    bold: bool = False
    mono: bool = False


Shape = Box | Line | Dot | Label


@dataclass(frozen=True)
class Drawing:
    """Shapes over a background; later ones lie on earlier ones. `title` and `description` are its text twin."""

    width: float
    height: float
    background: str
    shapes: tuple[Shape, ...]
    title: str
    description: str


def svg_text(drawing: Drawing) -> str:
    """The drawing as one SVG document, with its title and description for screen readers."""
    width, height = _number(drawing.width), _number(drawing.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title description">'
    )
    about = (
        f'<title id="title">{_text(drawing.title)}</title><desc id="description">{_text(drawing.description)}</desc>'
    )
    ground = f'<rect width="{width}" height="{height}" fill="{drawing.background}"/>'
    return "\n".join([head, about, ground, *map(_element, drawing.shapes), "</svg>", ""])


def _element(shape: Shape) -> str:
    match shape:
        case Box():
            place = _attributes(x=shape.x, y=shape.y, width=shape.width, height=shape.height)
            rounded = _attributes(rx=shape.radius) if shape.radius else ""
            return f"<rect{place}{rounded}{_paint(shape.fill, shape.stroke, shape.line)}/>"
        case Line():
            return f'<path d="{_path(shape)}"{_paint(shape.fill, shape.stroke, shape.line, shape.dash)}/>'
        case Dot():
            return f'<circle{_attributes(cx=shape.x, cy=shape.y, r=shape.radius)} fill="{shape.fill}"/>'
        case Label():
            return _label(shape)


def _label(label: Label) -> str:
    family = MONO if label.mono else SANS
    weight = ' font-weight="600"' if label.bold else ""
    place = _attributes(x=label.x, y=label.y + 0.35 * label.size)  # the middle of a figure above the base line
    return (
        f'<text{place} font-family="{family}" font-size="{_number(label.size)}"{weight} fill="{label.colour}" '
        f'text-anchor="{label.anchor}">{_text(label.text)}</text>'
    )


def _path(line: Line) -> str:
    points = [f"{_number(x)} {_number(y)}" for x, y in line.points]
    if line.curved:
        return f"M{points[0]} C{', '.join(points[1:])}"
    return "M" + " L".join(points) + (" Z" if line.fill else "")


def _paint(fill: str | None, stroke: str | None, line: float, dash: Dash = ()) -> str:
    said = f' fill="{fill or "none"}"'
    if stroke:
        said += f' stroke="{stroke}"{_attributes(**{"stroke-width": line})} stroke-linecap="round"'
    return said + (f' stroke-dasharray="{" ".join(map(_number, dash))}"' if dash else "")


def _attributes(**values: float) -> str:
    return "".join(f' {name}="{_number(value)}"' for name, value in values.items())


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """The text for XML: characters that XML does not allow become a replacement mark."""
    allowed = "".join(
        c if c in "\t\n" or 31 < ord(c) < 0xD800 or 0xDFFF < ord(c) < 0xFFFE or ord(c) > 0xFFFF else "\ufffd"
        for c in text
    )
    return escape(allowed)
