"""The session as something to keep: a plain PyTorch script that does what its steps did.

Must not know torch or files: the steps as data in, text out. Code is parsed to see which names it uses, never run.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tensorviz.core.session_data import EFFECT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.session_data import StepRow

LOST = "# cancelled half-way, and not brought back:"  # how the code of such a step begins
# What the console has from the start, and how a script gets it.
IMPORTS = {
    "math": "import math",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
}
DRAWS = frozenset({
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "normal", "bernoulli",
    "multinomial", "random_", "normal_", "uniform_", "exponential_", "bernoulli_", "cauchy_", "geometric_",
    "log_normal_", "dropout", "alpha_dropout", "gumbel_softmax",
})  # fmt: skip
ARRAYS = "random."  # how the words of numpy.random begin here
OTHERS = "# Random numbers: the session drew its own; this script draws others."
WORTH_SAYING = ("view", "inplace", "copy", "same")


def script(steps: Sequence[StepRow], seed: int | None = None) -> str:
    """A script that runs without tensorviz and ends with the tensors that the session has.

    steps: those that led to where the session stands, in order. seed: what the session's random numbers began with.
    Steps that were refused are comments with the reason. What was shown is printed.
    """
    done = [row for row in steps if not _is_left_out(row)]
    trees = [tree for row in done if (tree := _tree(row.code)) is not None]
    last_shown = any("_" in _names(tree, ast.Load) for tree in trees) and not any(
        "_" in _names(tree, ast.Store) for tree in trees
    )
    lines = [_heading(len(steps)), "", *_imports(trees), *_random(steps, trees, seed), ""]
    for row in steps:
        lines += _left_out(row) if _is_left_out(row) else _step(row, last_shown)
    return "\n".join(lines).rstrip() + "\n"


def _heading(count: int) -> str:
    return f"# A session of tensorviz as plain PyTorch: {count} step{'' if count == 1 else 's'}."


def _imports(trees: Sequence[ast.Module]) -> Iterator[str]:
    yield "import torch"
    used = {name for tree in trees for name in _names(tree, ast.Load) - _imported(tree)}
    yield from (line for name, line in IMPORTS.items() if name in used)


# ------------------------------------------------------------------------------------------------- random numbers


def _random(steps: Sequence[StepRow], trees: Sequence[ast.Module], seed: int | None) -> Iterator[str]:
    """What makes the script draw the session's numbers, or says that it draws others."""
    words = [word for tree in trees for word in _words(tree)]
    refused = {word for row in steps if _is_left_out(row) for word in re.findall(r"\w+", row.code)}
    tensors, arrays = _draws_unseeded(words, DRAWS, "manual_seed"), _draws_unseeded(words, ARRAYS, f"{ARRAYS}seed")
    if not (tensors or arrays):
        return
    if seed is None or "seed" in words or refused & (DRAWS | {"random"}):
        yield OTHERS
        return
    yield from ("", "# The session's random numbers:")
    if tensors:
        yield f"torch.manual_seed({seed})"
    if arrays:
        yield from ("import numpy", f"numpy.random.seed({seed % 2**32})")


def _draws_unseeded(words: Sequence[str], draws: frozenset[str] | str, seeds: str) -> bool:
    """Whether numbers are drawn before they are seeded. draws: the words that draw, or how these begin."""
    for word in words:
        if word == seeds:
            return False
        if word in draws if isinstance(draws, frozenset) else word.startswith(draws):
            return True
    return False


def _words(tree: ast.Module) -> Iterator[str]:
    """Every name and attribute in the order of the text; those of numpy.random begin with "random."."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)]
    before = ""
    for node in sorted(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0)):
        word = node.id if isinstance(node, ast.Name) else node.attr
        yield ARRAYS + word if before == "random" and isinstance(node, ast.Attribute) else word
        before = word


# ---------------------------------------------------------------------------------------------------------- steps


def _is_left_out(row: StepRow) -> bool:
    return row.trouble is not None or row.code.startswith(LOST)


def _left_out(row: StepRow) -> Iterator[str]:
    """A refused step, and why; nothing of it is run."""
    code = row.code.removeprefix(LOST).strip("\n")
    reason = row.trouble.message if row.trouble is not None else "It was cancelled half-way."
    yield f"# refused: {' '.join(reason.split())}"
    if row.effect == "inplace":
        yield "# (it had written to memory before; this script does not)"
    yield from (f"#     {line}".rstrip() for line in code.splitlines())


def _step(row: StepRow, last_shown: bool) -> Iterator[str]:
    tree = _tree(row.code)
    body = tree.body if tree is not None else []
    shown = len(body) == 1 and isinstance(body[0], ast.Expr) and bool(row.output) and not _prints(body[0].value)
    if not shown:
        yield _with_effect(row.code, row)
        return
    if last_shown:
        yield f"_ = ({row.code})" if "\n" not in row.code else f"_ = (\n{row.code}\n)"
        yield "print(_)"
        return
    tuple_ = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Tuple)
    yield _with_effect(f"print(({row.code}))" if tuple_ else f"print({row.code})", row)


def _with_effect(line: str, row: StepRow) -> str:
    """The line with what it does to memory, where that is worth saying and there is room."""
    if row.effect not in WORTH_SAYING or "\n" in line or "#" in line or len(line) > 100:
        return line
    return f"{line}  # {EFFECT_WORDS[row.effect]}"


def _prints(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"


def _tree(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.Module, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _imported(tree: ast.Module) -> set[str]:
    """The names that a step imports itself."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in found for alias in node.names}
