"""A step that was refused, written again with the repair: the call replaced where that is sure to be meant.

Must not know widgets or torch. The code is parsed, never run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.code_lines import CONSOLE
from tensorviz.core.reasons import BrokenView, ReadWhileWritten, SharedCells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.session_data import Trouble

LONGEST = 50_000  # characters of a step that is written again


@dataclass(frozen=True, slots=True)
class Repaired:
    """A way out as a person sees it. code: what to run, or to go on from. sure: it can be run as it is.

    text: the short name on a button; note: what it costs and changes.
    """

    text: str
    note: str
    code: str
    sure: bool


def repairs_of(trouble: Trouble, code: str) -> tuple[Repaired, ...]:
    """The ways out of a refused step, the cheapest first; empty where nothing is known."""
    reason, subject = trouble.reason, trouble.subject
    if isinstance(reason, BrokenView):
        ways = (_instead_of_view(code, subject, one.code, one.note) for one in reason.repairs if subject)
        return tuple(sorted(ways, key=lambda way: "permute" in way.text))  # it is another result: last
    if isinstance(reason, SharedCells):
        return tuple(_own_cells(code, subject, one.code, one.note) for one in reason.repairs if subject)
    if isinstance(reason, ReadWhileWritten):
        return tuple(_copied_first(code, subject, one.code, one.note) for one in reason.repairs if subject)
    if trouble.obstacles and subject and all(one.repair.code for one in trouble.obstacles):
        return (_without_obstacles(code, trouble),)
    return ()


def _instead_of_view(code: str, subject: str, repair: str, note: str) -> Repaired:
    """`x.view(6)` becomes `x.reshape(6)`, wherever it stands in the step."""
    call = _only_call(code, subject, "view")
    name = _short(repair)
    if call is None:
        return Repaired(name, note, f"{_bracketed(subject)}{repair}", False)
    assert isinstance(call.func, ast.Attribute)
    value = _segment(code, call.func.value)
    return Repaired(name, note, _replaced(code, call, f"{value}{repair}"), True)


def _own_cells(code: str, subject: str, repair: str, note: str) -> Repaired:
    """The tensor is replaced by a copy before the step runs again; what is no plain name is left to the person."""
    if not subject.isidentifier():
        return Repaired("clone", note, f"{_bracketed(subject)}{repair}", False)
    return Repaired("clone", note, f"{subject} = {subject}{repair}\n{code}", True)


def _copied_first(code: str, subject: str, repair: str, note: str) -> Repaired:
    """What is read is copied before anything is written; left to the person where it is not sure what that is."""
    tree = _tree(code)
    found = [] if tree is None else [read for node in ast.walk(tree) for read in _read_by(node, subject)]
    if len(found) != 1:
        return Repaired("clone what is read", note, code, False)
    copied = _bracketed(_segment(code, found[0])) + repair
    return Repaired("clone what is read", note, _replaced(code, found[0], copied), True)


def _read_by(node: ast.AST, subject: str) -> Iterator[ast.expr]:
    """What a node reads when it writes to the subject: `s[...] = read`, `s += read`, `s.copy_(read)`."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=holder)], value=read) if ast.unparse(holder) == subject:
            yield read
        case ast.AugAssign(target=target, value=read) if ast.unparse(target) == subject:
            yield read
        case ast.Call(func=ast.Attribute(value=target, attr=name), args=[read], keywords=[]) if name.endswith("_"):
            if ast.unparse(target) == subject:
                yield read


def _without_obstacles(code: str, trouble: Trouble) -> Repaired:
    """Everything that is in the way of `.numpy()` removed in one go."""
    chain = "".join(one.repair.code for one in trouble.obstacles)
    note = ", ".join(dict.fromkeys(one.repair.note for one in trouble.obstacles))
    call = _only_call(code, trouble.subject, "numpy")
    text = f"{chain}.numpy()".removeprefix(".")
    if call is None:
        return Repaired(text, note, f"{_bracketed(trouble.subject)}{chain}.numpy()", False)
    assert isinstance(call.func, ast.Attribute)
    value = call.func.value
    return Repaired(text, note, _replaced(code, value, f"{_segment(code, value)}{chain}"), True)


def _short(repair: str) -> str:
    """ ".permute(1, 0).view(6)" as "permute, view"."""
    tree = _tree(f"x{repair}")
    if tree is None:
        return repair.removeprefix(".")
    names = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return ", ".join(reversed(names)) + (" (another order)" if "permute" in names else "")


def _bracketed(subject: str) -> str:
    """The subject so that a dot may follow it."""
    tree = _tree(subject)
    node = tree.body[0].value if tree is not None and tree.body and isinstance(tree.body[0], ast.Expr) else None
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return subject if plain else f"({subject})"


def _only_call(code: str, subject: str, method: str) -> ast.Call | None:
    """The call of `method` on `subject`, when the code has exactly one."""
    tree = _tree(code)
    if tree is None:
        return None
    found = list(_calls(tree, subject, method))
    return found[0] if len(found) == 1 else None


def _calls(tree: ast.Module, subject: str, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method):
            continue
        if ast.unparse(node.func.value) == subject:
            yield node


def _tree(code: str) -> ast.Module | None:
    if len(code) > LONGEST:
        return None
    try:
        return ast.parse(code, CONSOLE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _segment(code: str, node: ast.expr) -> str:
    return ast.get_source_segment(code, node) or ast.unparse(node)


def _replaced(code: str, node: ast.expr, text: str) -> str:
    """The code with the text of one node replaced. Columns of the syntax tree are counted in bytes."""
    lines = code.encode().split(b"\n")
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = b"\n".join((*lines[:first], lines[first][: node.col_offset]))
    after = b"\n".join((lines[last][node.end_col_offset or 0 :], *lines[last + 1 :]))
    return (before + text.encode() + after).decode()
