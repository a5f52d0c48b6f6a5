"""Fetching, importing and deleting weights of whatever task: each row is given to who knows its kind.

Must not know torch or Qt, nor who asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.errors import NothingFound, ValueRefused
from tensorviz.core.generators import GeneratorWeights
from tensorviz.engine.weights import store
from tensorviz.engine.weights.fetch import fetch_weights
from tensorviz.engine.weights.fetch_captioner import delete_captioner, fetch_captioner, place_of
from tensorviz.engine.weights.fetch_generator import delete_generator, fetch_generator, import_generator
from tensorviz.engine.weights.import_captioner import import_captioner

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.weights.fetch import Report


def fetch_any(row: WeightsRow, trusted: bool, token: CancelToken, report: Report) -> Path:
    """The checked file of these weights (of a captioner: of its numbers; the others are here too).

    trusted: whether a file is accepted that nothing can tell from another. Raises what the task's own function does.
    """
    if isinstance(row, CaptionerWeights):
        return fetch_captioner(row, token, report)
    if isinstance(row, GeneratorWeights):
        return fetch_generator(row, trusted, token, report)
    return fetch_weights(row, token, report)
