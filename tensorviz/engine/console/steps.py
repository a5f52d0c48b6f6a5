"""Text into steps: one per statement, as a prompt takes them, so that a broken one does not take the others along.

Must not know what a statement does. The text is parsed, never compiled to code.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tensorviz.core.text import count_text
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.hearing import quiet

LONGEST_TEXT = 200_000  # characters of one run
MOST_LINES = 400  # that one statement may span when its neighbours are broken
DEEPEST = 150  # nested parts of the syntax tree; evaluating one takes a few frames of Python's own stack
CONTINUES = ("else", "elif", "except", "finally", ")", "]", "}")


@dataclass(frozen=True, slots=True)
class ParsedStep:
    """One statement: its text, and either its syntax or why it has none."""

    code: str
    node: ast.stmt | None
    error: Exception | None = None


def split_steps(source: str) -> list[ParsedStep]:
    """The statements of `source` in order. Raises Refused for a text that is too long."""
    if len(source) > LONGEST_TEXT:
        raise Refused(f"The code has {count_text(len(source))} characters; up to {count_text(LONGEST_TEXT)} are taken.")
    try:
        return _statements(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _piece_by_piece(source)


def _statements(text: str) -> list[ParsedStep]:
    with quiet():  # an invalid escape in a text is the writer's business
        tree = ast.parse(text)
    steps = []
    for node in tree.body:
        code = ast.get_source_segment(text, node) or ""
        steps.append(ParsedStep(code, node, _too_deep(node)))
    return steps


def _too_deep(node: ast.AST) -> Exception | None:
    """The refusal of a tree that is nested too deeply; found level by level, without recursion."""
    level: list[ast.AST] = [node]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if not level:
            return None
    return Refused(f"The code is nested deeper than {DEEPEST} levels.", "Give parts of it names of their own.")


def _piece_by_piece(text: str) -> list[ParsedStep]:
    """Statement by statement, each as few lines as make sense; a line that makes none is a step with an error."""
    lines = text.splitlines()
    steps: list[ParsedStep] = []
    position = 0
    while position < len(lines):
        if not lines[position].strip() or lines[position].lstrip().startswith("#"):
            position += 1
            continue
        length, found = _shortest(lines[position : position + MOST_LINES])
        steps.extend(found)
        position += length
    return steps


def _shortest(lines: list[str]) -> tuple[int, list[ParsedStep]]:
    """How many of the lines make the first statement, and its steps; the first block with its error otherwise."""
    error: Exception | None = None
    for end in range(1, len(lines) + 1):
        if end < len(lines) and _goes_on(lines[end]):
            continue
        text = "\n".join(lines[:end])
        try:
            return end, _statements(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as failure:
            error = error or failure
            if not _is_open(failure):
                break
    end = 1
    while end < len(lines) and _goes_on(lines[end]):
        end += 1
    text = "\n".join(lines[:end]).rstrip()
    return end, [ParsedStep(text, None, syntax_refusal(text, error))]


def _goes_on(line: str) -> bool:
    """Whether a line belongs to the one before it."""
    return not line.strip() or line[:1].isspace() or line.startswith(CONTINUES)


def _is_open(error: Exception) -> bool:
    """Whether more lines could make sense of it."""
    said = str(error)
    return "never closed" in said or "unterminated triple" in said or "unexpected EOF" in said


def syntax_refusal(text: str, error: Exception | None) -> Refused:
    """The sentence for code that is none."""
    if text.lstrip().startswith(("%", "!")) or text.rstrip().endswith("?"):
        return Refused(f"`{text.splitlines()[0]}` belongs to notebooks; the console has no such commands.")
    refusal = Refused(f"`{text.strip().splitlines()[0][:80]}` is not Python: {_why(error)}.", _where(error))
    refusal.__cause__ = error
    return refusal


def _why(error: Exception | None) -> str:
    if isinstance(error, SyntaxError):
        return (error.msg or "invalid syntax").rstrip(".")
    return "it is nested too deeply" if isinstance(error, RecursionError | MemoryError) else str(error)


def _where(error: Exception | None) -> str:
    if isinstance(error, SyntaxError) and error.lineno and error.offset:
        return f"Look at line {error.lineno}, column {error.offset} of the step."
    return ""
