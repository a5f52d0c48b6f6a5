"""The models of all tasks together: one name means one model, whatever it does.

Must not know how networks are built or files fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.errors import NameUnknown
from tensorviz.core.names import did_you_mean
from tensorviz.engine.weights.captioners import read_captioners
from tensorviz.engine.weights.catalogue import find_model, read_catalogue
from tensorviz.engine.weights.generators import read_generators
from tensorviz.engine.weights.store import file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.catalogue import ModelRow, OwnEntry, WeightsRow
    from tensorviz.core.generators import OwnGenerator


def every_model(entries: Sequence[OwnEntry] = (), own: Sequence[OwnGenerator] = ()) -> tuple[ModelRow, ...]:
    """Those that classify, those that translate, those that describe; each task's own order."""
    return (*read_catalogue(entries), *read_generators(own), *read_captioners())


def find_any_model(name: str, entries: Sequence[OwnEntry] = (), own: Sequence[OwnGenerator] = ()) -> ModelRow:
    """The model of that name, of whatever task; "" is the classifier that comes along. Raises NameUnknown."""
    others = {row.name: row for row in (*read_generators(own), *read_captioners())}
    if name in others:
        return others[name]
    try:
        return find_model(name, entries)
    except NameUnknown as error:
        raise NameUnknown(error.message, did_you_mean(name, others) or error.hint) from error


def stored_names(row: WeightsRow) -> tuple[str, ...]:
    """The names that the files of these weights have in the weights folder, chunks included; none of own files."""
    if isinstance(row, CaptionerWeights):
        files = [piece for file in row.files for piece in (file, *file.chunks)] if row.url else []
        return tuple(file.name for file in files)
    return (file_name(row.url),) if row.url else ()
