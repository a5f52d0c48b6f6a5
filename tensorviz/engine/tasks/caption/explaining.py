"""What is kept of a step so that it can be explained: candidates, alternatives, where the network looked.

Must not know how candidates are chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.engine.tasks.caption.sentences import Candidate, DecodingStep

if TYPE_CHECKING:
    from tensorviz.engine.tasks.caption.network import Step

    Columns = tuple[list[int], list[int], list[float], list[float]]


def step_of(step: Step, own: slice, count: int, candidates: Columns, kept: int) -> DecodingStep:
    """The step of one picture, whose rows are `own`. candidates: rows, words, logs and totals, best first."""
    logs = step.log_probabilities[own].float().cpu()
    values, words = logs.topk(min(count, logs.shape[1]), dim=1)
    alternatives = tuple(tuple(zip(*pair, strict=True)) for pair in zip(words.tolist(), values.tolist(), strict=True))
    rows = zip(*candidates, strict=True)
    told = tuple(Candidate(*row, kept=at if at < kept else None) for at, row in enumerate(rows))
    weights = None if step.attention is None else step.attention[own].float().cpu().numpy().copy()
    return DecodingStep(told, alternatives, weights)
