"""Which parts of a line of code are keywords, names, numbers, strings: what highlighting needs, for any text.

Must not know widgets or colours. Nothing is parsed: a line that makes no sense has parts as well.
"""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["keyword", "builtin", "name", "number", "string", "comment", "bracket", "operator"]
PLAIN, IN_SINGLE, IN_DOUBLE = 0, 1, 2  # how a line begins: as code, or inside a text of three quotes
LONGEST_LINE = 10_000  # characters of a line that are looked at
BUILTINS = frozenset(name for name in dir(builtins) if name.islower() and not name.startswith("_"))
WORDS = frozenset(keyword.kwlist)
OPENING, CLOSING = "([{", ")]}"

_END = {
    IN_SINGLE: re.compile(r"(?:[^\\]|\\.)*?'''", re.DOTALL),
    IN_DOUBLE: re.compile(r'(?:[^\\]|\\.)*?"""', re.DOTALL),
}
_PREFIX = r"(?i:[rbu]|br|rb|f|fr|rf)?"
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#.*)
  | (?P<long>{_PREFIX}(?P<quotes>'''|\"\"\"))
  | (?P<string>{_PREFIX}(?:'(?:[^'\\]|\\.)*(?:'|\\?$)|"(?:[^"\\]|\\.)*(?:"|\\?$)))
  | (?P<number>(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
               |(?:\d[\d_]*\.?(?:\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?))
  | (?P<word>[^\W\d]\w*)
  | (?P<bracket>[()\[\]{{}}])
  | (?P<operator>[^\s\w()\[\]{{}}\#'"]+?(?=[\s\w()\[\]{{}}\#'".]|$)|.)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Characters start..stop-1 of a line, and what they are. attribute: a name behind a dot."""

    start: int
    stop: int
    kind: Kind
    attribute: bool = False


def parts_of(line: str, state: int = PLAIN) -> tuple[tuple[Part, ...], int]:
    """The parts of one line from left to right, and how the next line begins. `state`: how this one does."""
    found: list[Part] = []
    at, end = 0, min(len(line), LONGEST_LINE)
    if state != PLAIN:
        closing = _END[state].match(line)
        if closing is None:
            return ((Part(0, len(line), "string"),) if line else ()), state
        at = closing.end()
        found.append(Part(0, at, "string"))
    while at < end:
        met = _TOKEN.search(line, at)
        if met is None:
            break
        if met["long"] is not None:
            state = IN_SINGLE if met["quotes"] == "'''" else IN_DOUBLE
            closing = _END[state].match(line, met.end())
            at = len(line) if closing is None else closing.end()
            found.append(Part(met.start(), at, "string"))
            if closing is None:
                return tuple(found), state
            continue
        at = max(met.end(), at + 1)
        if not met.group().isspace():
            found.append(Part(met.start(), met.end(), *_kind(met, line)))
    return tuple(found), PLAIN


def _kind(met: re.Match[str], line: str) -> tuple[Kind, bool]:
    if met["word"] is not None:
        attribute = line[: met.start()].rstrip().endswith(".")
        if attribute:
            return "name", True
        if met["word"] in WORDS:
            return "keyword", False
        return ("builtin" if met["word"] in BUILTINS else "name"), False
    kinds: tuple[Kind, ...] = ("comment", "string", "number", "bracket", "operator")
    return next(kind for kind in kinds if met[kind] is not None), False


def parts_of_text(text: str) -> tuple[Part, ...]:
    """The parts of a text of several lines, counted from its beginning."""
    found: list[Part] = []
    start, state = 0, PLAIN
    for line in text.split("\n"):
        parts, state = parts_of(line, state)
        found.extend(Part(start + one.start, start + one.stop, one.kind, one.attribute) for one in parts)
        start += len(line) + 1
    return tuple(found)


def is_code(text: str, position: int) -> bool:
    """Whether what is typed at a position is code, and not part of a text or a comment."""
    found, state = PLAIN, PLAIN
    lines = text[:position].split("\n")
    for line in lines:
        found = state
        parts, state = parts_of(line, state)
    if state != PLAIN:
        return False
    parts, _ = parts_of(lines[-1], found)
    if not parts or parts[-1].stop < len(lines[-1]):
        return True
    last = lines[-1][parts[-1].start :]
    return parts[-1].kind not in ("comment", "string") or (parts[-1].kind == "string" and _is_closed(last))


def _is_closed(text: str) -> bool:
    body = text.lstrip("rRbBuUfF")
    quote = body[:3] if body[:3] in ("'''", '"""') else body[:1]
    return len(body) >= 2 * len(quote) and body.endswith(quote) and not body.endswith(f"\\{quote}")


def bracket_pairs(text: str) -> dict[int, int]:
    """Places of brackets that belong together, both ways; brackets in texts and comments count for nothing."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for part in parts_of_text(text):
        if part.kind != "bracket":
            continue
        letter = text[part.start]
        if letter in OPENING:
            waiting.append(part.start)
        elif waiting and OPENING.index(text[waiting[-1]]) == CLOSING.index(letter):
            opening = waiting.pop()
            pairs[opening], pairs[part.start] = part.start, opening
    return pairs


def open_bracket(text: str) -> int | None:
    """The place of the innermost bracket of `text` that is still open; None when there is none."""
    waiting: list[int] = []
    for part in parts_of_text(text):
        if part.kind == "bracket":
            letter = text[part.start]
            if letter in OPENING:
                waiting.append(part.start)
            elif waiting:
                waiting.pop()
    return waiting[-1] if waiting else None
