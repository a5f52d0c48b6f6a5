"""A text that is being typed at a prompt: whether it is complete, how far the next line is indented, what was pasted.

Must not know widgets, or what a statement does. The text is parsed, never compiled to code.
"""

from __future__ import annotations

import ast
import re

from tensorviz.core.code_colours import open_bracket, parts_of_text

INDENT = 4
# The name of what is parsed on the window's thread. Python's remarks on it (an invalid escape in a text) are for the
# writer, who sees the text; they are ignored by a filter for the whole program, since to change the filters for a
# moment is not safe while other threads do so too.
CONSOLE = "<console>"
LONGEST_PARSED = 200_000
ALLOW_INCOMPLETE_INPUT = 0x4000  # of Python's compile: says "incomplete input" where more lines would help
LEAVES = ("return", "pass", "break", "continue", "raise")
COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef, ast.Match)
_PROMPT = re.compile(r"^\s*(?:>>>|In \[\d+\]:)(?: |$)")
_MORE = re.compile(r"^\s*\.\.\.:?(?: |$)")


def is_complete(text: str) -> bool:
    """Whether Enter at the end runs the text. What can never be right is complete: the answer tells what is wrong.

    A block of several lines is complete after an empty line, as at a prompt.
    """
    if not text.strip() or len(text) > LONGEST_PARSED:
        return True
    try:
        tree = _parsed(text + "\n")
    except SyntaxError as error:
        return "incomplete input" not in str(error)
    except (ValueError, RecursionError, MemoryError):
        return True
    if not tree.body or not isinstance(tree.body[-1], COMPOUND):
        return True
    last = text.split("\n")[-1]
    return "\n" not in text.strip() or not last.strip() or not last[0].isspace()


def _parsed(text: str) -> ast.Module:
    tree = compile(text, CONSOLE, "exec", ast.PyCF_ONLY_AST | ALLOW_INCOMPLETE_INPUT, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def next_indent(before: str) -> int:
    """How many spaces the line after `before` (the text up to the cursor) begins with."""
    line = before.split("\n")[-1]
    now = len(line) - len(line.lstrip(" "))
    bracket = open_bracket(before)
    if bracket is not None:
        opened_in = before[: bracket + 1].split("\n")[-1]
        return len(opened_in) - len(opened_in.lstrip(" ")) + INDENT
    words = [one for one in parts_of_text(line) if one.kind != "comment"]
    if words and line[words[-1].start : words[-1].stop].endswith(":") and words[-1].kind == "operator":
        return now + INDENT
    if words and line[words[0].start : words[0].stop] in LEAVES:
        return max(0, now - INDENT)
    return now


def without_prompts(text: str) -> str:
    """Code out of a transcript: only what stands behind `>>> ` and `... `, or all of a text that has no prompts."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").split("\n")
    if not any(_PROMPT.match(line) for line in lines):
        return "\n".join(lines)
    found: list[str] = []
    inside = False
    for line in lines:
        prompt = _PROMPT.match(line) or (_MORE.match(line) if inside else None)
        inside = prompt is not None
        if prompt is not None:
            found.append(line[prompt.end() :])
    return "\n".join(_without_empty_ends(found))


def _without_empty_ends(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines
