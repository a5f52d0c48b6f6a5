"""Fetching, importing and deleting weights of whatever task: each row is given to who knows its kind.

Must not know torch or Qt, nor who asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.errors import ValueRefused
from tensorviz.core.generators import GeneratorWeights
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import store
from tensorviz.engine.weights.fetch import fetch_weights
from tensorviz.engine.weights.fetch_captioner import delete_captioner, fetch_captioner
from tensorviz.engine.weights.fetch_generator import delete_generator, fetch_generator, import_generator
from tensorviz.engine.weights.import_captioner import import_captioner

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.weights.fetch import Report


def fetch_any(row: WeightsRow, trusted: bool, token: CancelToken, report: Report) -> Path:
    """The checked file of these weights; of a captioner that of its numbers, and its other files are here too.

    trusted: whether a file is accepted that nothing can tell from another. Raises what the task's own function does.
    """
    if isinstance(row, CaptionerWeights):
        return fetch_captioner(row, token, report)
    if isinstance(row, GeneratorWeights):
        return fetch_generator(row, trusted, token, report)
    return fetch_weights(row, token, report)


def import_any(row: WeightsRow, source: str, trusted: bool = False, token: CancelToken | None = None) -> Path:
    """Takes a file that was got another way (of a captioner also a folder); gives where the row's file belongs.

    Raises what the task's own function does.
    """
    if isinstance(row, CaptionerWeights):
        import_captioner(row, source, trusted, token)
    elif isinstance(row, GeneratorWeights):
        import_generator(row, source, token)
    else:
        store.import_file(source, row)
    return place_of(row)


def delete_any(row: WeightsRow) -> int:
    """Deletes what was downloaded of these weights; gives the bytes set free.

    Raises NothingFound, ValueRefused (no file that was downloaded).
    """
    if not row.url:
        raise ValueRefused(
            f"{row.model}:{row.name} is not a downloaded file; it was left.", "Only downloaded weights are deleted."
        )
    if isinstance(row, CaptionerWeights):
        return delete_captioner(row)
    return delete_generator(row) if isinstance(row, GeneratorWeights) else store.delete(store.destination(row))


def place_of(row: WeightsRow) -> Path:
    """Where the published file of these weights belongs; of a captioner that of its numbers."""
    if isinstance(row, CaptionerWeights):
        return weights_folder() / row.file("weights").name
    return store.destination(row)
