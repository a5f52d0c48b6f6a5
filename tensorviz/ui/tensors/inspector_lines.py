"""What the inspector says, as lines of spans: rendered as rich text for the eye and as plain text for everyone else.

Must not know Qt, or what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from tensorviz.core.colours import dimension_style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_WORD = 24  # characters that are kept in one line


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text. tone: a colour of the theme ("muted", "good"). dim: the colour key of a dimension instead.

    number: in the fixed-width font. link: what `linked` tells when it is chosen.
    """

    text: str
    tone: str = ""
    dim: int | None = None
    number: bool = False
    strong: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is said of it; without a label the text takes the whole width."""

    label: str
    spans: tuple[Span, ...]

    @property
    def plain(self) -> str:
        """As in "stride: (2, 1)"."""
        text = "".join(span.text for span in self.spans)
        return f"{self.label}: {text}" if self.label else text


@dataclass(frozen=True, slots=True)
class Dress:
    """What spans are rendered with: the colour of a tone, which theme, and the family of the fixed-width font."""

    colour: Callable[[str], str]
    dark: bool
    family: str


def line(label: str, *parts: str | Span) -> Line:
    """A line; plain strings are plain text."""
    return Line(label, tuple(Span(part) if isinstance(part, str) else part for part in parts))


def numbers(text: str, **more: str) -> Span:
    """A text in the fixed-width font."""
    return Span(text, number=True, **more)  # type: ignore[arg-type]  # tone and link, both texts


def plain_text(lines: Iterable[Line]) -> str:
    """All lines as text."""
    return "\n".join(each.plain for each in lines)


def rich_text(lines: Sequence[Line], dress: Dress) -> str:
    """All lines as a table of two columns."""
    rows = "".join(_row(each, dress) for each in lines)
    return f'<table cellspacing="0" cellpadding="1" width="100%">{rows}</table>'


def _row(each: Line, dress: Dress) -> str:
    text = "".join(_span(span, dress) for span in each.spans)
    if not each.label:
        return f'<tr><td colspan="2">{text}</td></tr>'
    label = _span(Span(each.label, "muted"), dress)
    return f'<tr><td style="white-space:nowrap; padding-right:8px">{label}</td><td width="100%">{text}</td></tr>'


def _span(span: Span, dress: Dress) -> str:
    style = []
    if span.dim is not None:
        style.append(f"color:{dimension_style(span.dim, dress.dark).colour}")
    elif span.tone:
        style.append(f"color:{dress.colour(span.tone)}")
    if span.number:
        style.append(f"font-family:'{dress.family}'")
    if span.strong:
        style.append("font-weight:600")
    text = _breakable(span.text)
    if span.link:
        style += ["white-space:nowrap"] if len(span.text) <= LONGEST_WORD else []
        return f'<a href="{escape(span.link)}" style="{";".join([*style, "text-decoration:none"])}">{text}</a>'
    return f'<span style="{";".join(style)}">{text}</span>' if style else text


def _breakable(text: str) -> str:
    """The text for a label, where a long name may go on in the next line after its parts."""
    if max(map(len, text.split(" "))) <= LONGEST_WORD:
        return escape(text)
    return "".join(escape(letter) + ("&#8203;" if letter in "_.[,/" else "") for letter in text)
