"""A step as lines of a transcript: its code behind prompts, its output, what was refused and why, its operations.

Must not know widgets. Long output is bounded until it is asked for; no line is longer than LONGEST_LINE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tensorviz.core.code_colours import PLAIN, parts_of
from tensorviz.core.reasons import BrokenView, Clash, Kept, ReadWhileWritten, SharedCells
from tensorviz.core.session_data import EFFECT_WORDS
from tensorviz.core.text import bytes_text, count_text, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.session_data import OperationRow, StepRow, Trouble

LineKind = Literal[
    "code", "output", "toggle", "refused", "hint", "words", "warning", "remark", "operation", "card", "note"
]
Part = Literal["output", "words", "why", "operations"]
PROMPT, MORE = ">>> ", "... "
MOST_OUTPUT = 60  # lines of a step that are shown at first
MOST_LETTERS = 20_000  # characters, likewise
MOST_CODE = 200
MOST_OPERATIONS = 200
LONGEST_LINE = 2000
CLOSED, OPEN = "\u25b8 ", "\u25be "
# What the text engine of a window takes for something else than a letter.
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufffc]")
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. part: what a toggle opens. state: how highlighting begins. joined: goes on the line above it."""

    kind: LineKind
    text: str
    part: Part | None = None
    state: int = PLAIN
    joined: bool = False


def lines_of(step: StepRow, opened: frozenset[Part] = frozenset()) -> Iterator[Line]:
    """All lines of a step, one after the other; `opened` says which parts are shown in full."""
    yield from _code(step)
    if "operations" in opened:
        yield from _operations(step.ops)
    yield from _output(step.output, "output" in opened)
    if step.trouble is not None:
        yield from _trouble(step.trouble, opened)
    for said in step.warnings:
        yield from (Line("warning", f"warning: {text}") for text in printable(said))
    told = step.surprise.message if step.surprise is not None and "why" in opened else None  # the card says it
    for said in step.remarks:
        yield from (Line("remark", text) for text in printable(said) if said != told)
    if step.surprise is not None and step.why is step.surprise:
        yield from _why(step.surprise, opened)


def _code(step: StepRow) -> Iterator[Line]:
    lines = printable(step.code)
    state = PLAIN
    for place, text in enumerate(lines[:MOST_CODE]):
        yield Line("code", f"{MORE if place else PROMPT}{text[:LONGEST_LINE]}", state=state)
        _, state = parts_of(text, state)
    if len(lines) > MOST_CODE:
        yield Line("note", f"{plural(len(lines) - MOST_CODE, 'more line')} of code")


def _output(output: str, whole: bool) -> Iterator[Line]:
    if not output:
        return
    text = output.removesuffix("\n")
    shown = text if whole else text[:MOST_LETTERS]
    lines = printable(shown)
    cut = not whole and (len(lines) > MOST_OUTPUT or len(shown) < len(text))
    for line in lines[:MOST_OUTPUT] if cut else lines:
        yield from _pieces(line)
    if cut:
        total = text.count("\n") + 1
        what = plural(total, "line") if total > 1 else plural(len(text), "character")
        yield Line("toggle", f"{CLOSED}show all of the output ({what})", "output")


def _pieces(text: str) -> Iterator[Line]:
    """One line of output, in pieces that a window can lay out quickly."""
    for at in range(0, max(1, len(text)), LONGEST_LINE):
        yield Line("output", text[at : at + LONGEST_LINE], joined=at > 0)


def _trouble(trouble: Trouble, opened: frozenset[Part]) -> Iterator[Line]:
    yield Line("refused", f"refused: {' '.join(printable(trouble.message))}")
    has_ways = bool(trouble.obstacles) or bool(getattr(trouble.reason, "repairs", ()))
    if trouble.hint and not (has_ways and "why" in opened):  # the ways out on the card say it with what they cost
        yield Line("hint", " ".join(printable(trouble.hint)))
    if trouble.reason is not None or trouble.obstacles:
        yield from _why(trouble, opened)
    if trouble.explanation:
        yield _toggle("words", "in the words of torch and Python", "words" in opened)
        if "words" in opened:
            words = (one.text for text in printable(trouble.explanation) for one in _pieces(text))
            yield from (Line("words", text) for text in words)


def _why(trouble: Trouble, opened: frozenset[Part]) -> Iterator[Line]:
    yield _toggle("why", short_reason(trouble), "why" in opened)
    if "why" in opened:
        yield Line("card", "")


def _toggle(part: Part, text: str, is_open: bool) -> Line:
    return Line("toggle", f"{OPEN if is_open else CLOSED}{text}", part)


def short_reason(trouble: Trouble) -> str:
    """The reason in a few words, for a line that can be opened."""
    match trouble.reason:
        case BrokenView() as broken:
            return f"why: {broken.short}"
        case Clash(dim=dim, sizes=sizes):
            return f"why: dimension {dim}, counted from the right, has sizes {' and '.join(map(str, sizes))}"
        case SharedCells(times=times):
            return f"why: {plural(times, 'element')} on one cell"
        case ReadWhileWritten(byte=byte):
            return f"why: byte {byte} is read and written"
        case Kept(dim=dim, size=size):
            return f"why: dimension {dim} has size {size}"
    return f"why: {plural(len(trouble.obstacles), 'thing')} in the way"


def _operations(ops: tuple[OperationRow, ...]) -> Iterator[Line]:
    """The operations of torch that ran, in order; the same ones in a row are counted."""
    if not ops:
        yield Line("operation", "no operation of torch was recorded")
        return
    width = max(len(one.name) for one in ops[:MOST_OPERATIONS])
    for one, times in _counted(ops):
        copied = f", {bytes_text(one.bytes_copied)} copied" if one.bytes_copied else ""
        again = f", {count_text(times)} times" if times > 1 else ""
        yield Line("operation", f"{one.name:<{width}}  {EFFECT_WORDS[one.effect]}{copied}{again}")
    listed = sum(times for _, times in _counted(ops))
    if listed < len(ops):
        yield Line("operation", f"and {plural(len(ops) - listed, 'more operation')}")


def _counted(ops: tuple[OperationRow, ...]) -> Iterator[tuple[OperationRow, int]]:
    rows: list[tuple[OperationRow, int]] = []
    for one in ops:
        if rows and rows[-1][0] == one:
            rows[-1] = (one, rows[-1][1] + 1)
        elif len(rows) < MOST_OPERATIONS:
            rows.append((one, 1))
        else:
            break
    yield from rows


def printable(text: str) -> list[str]:
    """The lines of a text, with what cannot be drawn replaced by a mark."""
    return _BREAKS.split(_ODD.sub("\ufffd", text))
