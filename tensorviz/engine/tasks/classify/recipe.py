"""Which recipe and which class names belong to a choice of model and weights.

Must not know torch or pixels: catalogue rows in, recipes and words out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import ModelRow, WeightsRow
from tensorviz.core.errors import LabelsInvalid, NameUnknown, ValueRefused, WeightsMissing
from tensorviz.core.text import path_text, plural
from tensorviz.engine.weights.catalogue import categories, find_model, find_weights, read_labels
from tensorviz.engine.weights.entries import list_entries
from tensorviz.engine.weights.naming import is_file_choice as is_file_choice  # others ask for it here
from tensorviz.engine.weights.store import locate

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelChoice, OwnEntry
    from tensorviz.core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Source:
    """What a choice means: which model, which numbers, which recipe is theirs.

    row: the published (bundled, kept) weights, or for a file the row whose recipe and classes it starts from.
    file: where the numbers are. published: whether the file must have the row's published bytes.
    name: what a result calls the weights. labels: the file with the class names, or None.
    """

    model: ModelRow
    row: WeightsRow
    file: str
    published: bool
    name: str
    labels: str | None

    @property
    def recipe(self) -> Recipe:
        """The weights' own recipe."""
        return self.row.recipe


def source_of(choice: ModelChoice) -> Source:
    """What `choice` means, as far as it can be told without reading the file of numbers.

    Raises NameUnknown (model, weights), WeightsMissing (a file that is not there, weights not fetched), LabelsInvalid.
    """
    entries = tuple(list_entries())
    model = find_model(choice.model, entries)
    entry = next((item for item in entries if item.name == model.name), None) if model.kind == "own" else None
    if entry is not None and choice.weights in ("", "DEFAULT", *(row.name for row in model.weights)):
        source = _from_entry(model, entry, choice.weights)
    elif is_file_choice(choice.weights):
        source = _from_file(model, choice.weights)
    else:
        source = _from_catalogue(model, choice.weights)
    return replace(source, labels=choice.labels or source.labels)


def recipe_of(choice: ModelChoice) -> Recipe:
    """The recipe that a choice stands for, whether or not its weights are on this computer."""
    return choice.recipe or own_recipe_of(choice)


def own_recipe_of(choice: ModelChoice) -> Recipe:
    """The weights' own recipe, whether or not they are on this computer."""
    try:
        return source_of(choice).recipe
    except WeightsMissing:
        return find_weights(find_model(choice.model, list_entries()), choice.weights).recipe


def _from_file(model: ModelRow, path: str) -> Source:
    if not Path(path).is_file():
        other = "is a folder" if Path(path).is_dir() else "is no ordinary file"
        kind = other if Path(path).exists() else "is not there"
        raise WeightsMissing(
            f"The weights file {path_text(path)} {kind}.",
            "Give a .pth, .pt or .safetensors file, or a name from `tensorviz models`.",
        )
    return Source(model, _first(model), path, False, path, None)


def _first(model: ModelRow) -> WeightsRow:
    """The row that a file of this architecture starts from: the builder's first published weights."""
    if model.kind == "own":
        model = find_model(model.architecture)
    return find_weights(model, model.first)


def _from_entry(model: ModelRow, entry: OwnEntry, weights: str) -> Source:
    row = find_weights(model, weights)
    if not Path(entry.path).is_file():
        raise WeightsMissing(
            f"The file {path_text(entry.path)} of the kept model {entry.name} is not there any more.",
            "Put it back, or remove the entry and keep it again from its new place.",
        )
    return Source(model, row, entry.path, False, row.name, entry.labels)


def _from_catalogue(model: ModelRow, weights: str) -> Source:
    row = _known(model, weights)
    found = locate(row)
    if found is None:
        here = [item.name for item in model.weights if item.here]
        other = f" On this computer: {', '.join(here)}." if here else ""
        raise WeightsMissing(
            f"The weights {row.name} of {model.name} are not on this computer.",
            f"Fetch them with `tensorviz fetch {model.name}:{row.name}`.{other}",
        )
    return Source(model, row, str(found), True, row.name, None)


def _known(model: ModelRow, weights: str) -> WeightsRow:
    try:
        return find_weights(model, weights)
    except NameUnknown as error:
        raise NameUnknown(error.message, f"{error.hint} A file with that name is not there either.".strip()) from error


def overridden(recipe: Recipe, changes: dict[str, Any]) -> Recipe:
    """The recipe with the given parameters changed (those that are None are left); raises ValueRefused."""
    return replace(recipe, **{key: value for key, value in changes.items() if value is not None})


def class_names(source: Source, classes: int) -> tuple[str, ...]:
    """A name for each of `classes` scores: the labels file's, else the weights' categories, else "class 17".

    Raises LabelsInvalid when the labels file has another number of lines.
    """
    if source.labels is not None:
        return _checked(read_labels(source.labels), source.labels, classes)
    known = categories(source.row)
    if len(known) != classes and source.model.kind == "own":
        known = categories(_first(source.model))
    return known if len(known) == classes else tuple(f"class {index}" for index in range(classes))


def _checked(labels: tuple[str, ...], path: str, classes: int) -> tuple[str, ...]:
    if len(labels) != classes:
        raise LabelsInvalid(
            f"The labels file {path_text(path)} has {plural(len(labels), 'line')}, and the network tells"
            f" {classes} classes apart.",
            "It needs one line for each class, in the order of the network's scores.",
        )
    return labels


def fitting_recipe(wanted: Recipe | None, own: Recipe, side: int | None, model: str) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe to use, and a note when it had to follow the network.

    side: the only picture side that the network takes, None when it takes many. A recipe that nobody asked for
    follows it in proportion; one that somebody asked for is refused.
    """
    recipe = wanted or own
    if side is None or recipe.crop == side:
        return recipe, ()
    if wanted is not None:
        raise ValueRefused(
            f"These weights of {model} take exactly {side} x {side} pixels, and the recipe crops {recipe.crop}.",
            f"Use --crop {side}, with --resize {_in_proportion(own, side)} or what the weights were trained with.",
        )
    followed = replace(own, crop=side, resize=_in_proportion(own, side))
    return followed, (f"the checkpoint takes {side} x {side} pixels, so the recipe became: {followed.describe()}",)


def _in_proportion(own: Recipe, side: int) -> int:
    return round(own.resize * side / own.crop)
