"""How the parts of code and the lines of a transcript look, in the colours of a theme.

Must not know widgets, or what the lines say.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QGuiApplication, QTextCharFormat, QTextLayout

from tensorviz.core.code_colours import parts_of
from tensorviz.ui.tensors.console_lines import PROMPT

if TYPE_CHECKING:
    from tensorviz.ui.tensors.console_lines import Line
    from tensorviz.ui.theme import Tokens

ROLES = {"keyword": "accent", "builtin": "accent", "number": "warning", "string": "good", "comment": "muted"}
LINE_ROLES = {
    "refused": "danger", "hint": "muted", "words": "muted", "warning": "warning", "remark": "muted",
    "operation": "muted", "note": "muted", "toggle": "accent",
}  # fmt: skip
PROSE = frozenset({"refused", "hint", "warning", "remark", "note", "toggle"})  # in the font of the window
Ranges = list[QTextLayout.FormatRange]


@cache
def _format(tokens: Tokens, role: str, prose: bool = False, italic: bool = False) -> QTextCharFormat:
    shape = QTextCharFormat()
    shape.setForeground(tokens.colour(role))
    if prose:
        shape.setFontFamilies(QGuiApplication.font().families() or [QGuiApplication.font().family()])
        shape.setFontStyleHint(QFont.StyleHint.SansSerif)
        shape.setFontFixedPitch(False)
    shape.setFontItalic(italic)
    return shape


def _range(start: int, length: int, shape: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, length, shape
    return found


def code_ranges(text: str, state: int, tokens: Tokens, shift: int = 0) -> tuple[Ranges, int]:
    """The formats of a line of code that is drawn `shift` letters further right, and how the next line begins."""
    parts, after = parts_of(text, state)
    ranges = [
        _range(one.start + shift, one.stop - one.start, _format(tokens, ROLES[one.kind], False, one.kind == "comment"))
        for one in parts
        if one.kind in ROLES
    ]
    return ranges, after


def line_ranges(line: Line, length: int, tokens: Tokens) -> Ranges:
    """The formats of a line of the transcript; length: of its text as it stands there."""
    if line.kind == "code":
        prompt = _range(0, len(PROMPT), _format(tokens, "muted"))
        return [prompt, *code_ranges(line.text[len(PROMPT) :], line.state, tokens, len(PROMPT))[0]]
    role = LINE_ROLES.get(line.kind)
    return [] if role is None else [_range(0, length, _format(tokens, role, line.kind in PROSE))]
