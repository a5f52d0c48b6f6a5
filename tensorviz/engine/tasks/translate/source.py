"""Which weights a choice of generator means, and where they are.

Must not know torch or pixels: catalogue rows in, a file and names out.
"""

# Files are asked about without exceptions: names may be too long for one, or lie where one may not look.
# ruff: noqa: PTH110, PTH112, PTH113

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.errors import NameUnknown, WeightsMissing
from tensorviz.core.generators import GeneratorWeights
from tensorviz.core.text import path_text
from tensorviz.engine.weights.catalogue import find_weights
from tensorviz.engine.weights.generators import find_generator, weights_of
from tensorviz.engine.weights.naming import is_file_choice
from tensorviz.engine.weights.own_generators import find_own, list_generators
from tensorviz.engine.weights.store import locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.catalogue import ModelRow
    from tensorviz.core.generators import OwnGenerator
    from tensorviz.core.translation import GeneratorChoice


@dataclass(frozen=True, slots=True)
class Source:
    """What a choice means. model, weights: the names that results show.

    file: where the numbers are. row: the published (or bundled) weights whose bytes the file must have, None for a
    file of the person's own. way_back: the model for the other direction, "" when none is known.
    """

    model: str
    weights: str
    file: str
    row: GeneratorWeights | None = None
    way_back: str = ""


def source_of(choice: GeneratorChoice) -> Source:
    """What `choice` means, as far as it can be told without reading the file of numbers.

    Raises NameUnknown (model, weights), WeightsMissing (a file that is not there, weights that are not fetched).
    """
    own = list_generators()
    entry = find_own(choice.model, own) if choice.model else None
    if entry is not None and choice.weights in ("", "DEFAULT", Path(entry.path).name):
        return _from_entry(entry)
    if is_file_choice(choice.weights):
        return _from_file(choice, own)
    model = find_generator(choice.model, own)
    row = _row(model, choice.weights)
    found = locate(row)
    if found is None:
        raise WeightsMissing(
            f"The weights {row.name} of {model.name} are not on this computer.",
            f"Fetch them with `tensorviz fetch {'--trust ' if row.unchecked else ''}{model.name}:{row.name}`.",
        )
    return Source(model.name, row.name, str(found), row, row.way_back)


def _from_entry(entry: OwnGenerator) -> Source:
    if not os.path.isfile(entry.path):
        raise WeightsMissing(
            f"The file {path_text(entry.path)} of the kept generator {entry.name} is not there any more.",
            "Put it back, or remove the entry and keep it again from its new place.",
        )
    return Source(entry.name, path_text(Path(entry.path).name), entry.path, None, entry.way_back)


def _row(model: ModelRow, name: str) -> GeneratorWeights:
    try:
        wanted = find_weights(model, name)
    except NameUnknown as error:
        raise NameUnknown(error.message, f"{error.hint} A file with that name is not there either.".strip()) from error
    return next(row for row in weights_of(model) if row.name == wanted.name)


def _from_file(choice: GeneratorChoice, own: Sequence[OwnGenerator]) -> Source:
    path = Path(choice.weights)
    if not os.path.isfile(path):
        other = "is a folder" if os.path.isdir(path) else "is no ordinary file"
        kind = other if os.path.exists(path) else "is not there"
        raise WeightsMissing(
            f"The weights file {path_text(choice.weights)} {kind}.",
            "Give a .pth, .pt or .safetensors file, or a name from `tensorviz models --task translate`.",
        )
    if not choice.model:
        return Source(path_text(path.stem), path_text(choice.weights), choice.weights)
    model = find_generator(choice.model, own)
    return Source(model.name, path_text(choice.weights), choice.weights, None, weights_of(model)[0].way_back)
