"""What was found in a checkpoint, as lines for a person: layout, modules, refusals.

Must not know the terminal or the window; values are told by tensorviz.core.checkpoint_told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_layout import exact_bytes, names_text
from tensorviz.core.text import count_text, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.checkpoint_analysis import Analysis

MODULES_SHOWN, LEVELS = 24, 2


def analysis_lines(analysis: Analysis) -> Iterator[str]:
    """Everything worth telling, the gravest first."""
    yield from analysis.sentences
    kinds = ", ".join(f"{share.dtype} {count_text(share.elements)}" for share in analysis.dtypes)
    if kinds:
        yield f"Elements: {kinds}."
    if analysis.strided:
        yield f"Not contiguous: {names_text(list(analysis.strided), 8)}."
    if analysis.empty:
        yield f"Empty: {names_text(list(analysis.empty), 8)}."
    if analysis.refused:
        yield f"safetensors would refuse it: {plural(len(analysis.refused), 'reason')}."
        yield from (f'  "{row.name}": {row.reason}; {row.repair}.' for row in analysis.refused[:8])


def module_lines(analysis: Analysis) -> Iterator[str]:
    """The largest modules with their elements and bytes, children indented."""
    rows = list(analysis.modules.walk(LEVELS))
    for depth, module in rows[:MODULES_SHOWN]:
        yield f"{'  ' * depth}{module.name}: {count_text(module.elements)} elements, {exact_bytes(module.nbytes)}"
    if len(rows) > MODULES_SHOWN:
        yield f"... {count_text(len(rows) - MODULES_SHOWN)} more"
