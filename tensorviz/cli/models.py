"""`tensorviz models`: what can be chosen, what it costs and scores, and whether it is on this computer.

Must not know networks or torch: the catalogue is a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import say
from tensorviz.cli.tables import Cell, Document, write_document
from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.catalogue import WeightsRow
from tensorviz.core.errors import NameUnknown
from tensorviz.core.generators import GeneratorWeights
from tensorviz.core.names import did_you_mean
from tensorviz.core.text import bytes_text, count_text, percent_text, plural, short_count_text
from tensorviz.engine.weights.entries import list_entries
from tensorviz.engine.weights.every_model import every_model
from tensorviz.engine.weights.own_generators import list_generators

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.core.catalogue import ModelRow

UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
HEADINGS = ("model", "weights", "top-1", "parameters", "GFLOPs", "size", "trained on", "here")
RECIPE_COLUMNS = ("resize", "crop", "mean", "std", "interpolation", "fit")
GENERATOR_HEADINGS = (
    "model", "weights", "width", "blocks", "parameters", "GFLOPs", "size", "trained on", "way back", "here",
)  # fmt: skip  # where nothing else is listed
CAPTIONER_HEADINGS = ("model", "weights", "family", "words", "parameters", "GFLOPs", "size", "trained on", "here")
GENERATOR_COLUMNS = ("width", "blocks", "way_back", "git_blob")
CAPTIONER_COLUMNS = ("caption_family", "words")
RIGHT = ("top-1", "width", "blocks", "words", "parameters", "GFLOPs", "size")
# Accuracies on another set of pictures are another figure: they come after those on ImageNet-1K.
SORTS: dict[str, Callable[[WeightsRow], Any]] = {
    "name": lambda row: row.model.casefold(),
    "accuracy": lambda row: (row.accuracy_1 is None, row.trained_on != "ImageNet-1K", -(row.accuracy_1 or 0.0)),
    "size": lambda row: row.file_bytes,
    "parameters": lambda row: row.parameters,
    "gflops": lambda row: row.gflops,
}


def byte_count(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """The bytes in a size as a person writes it: 50MB, 1.5 GB, 300KiB, 1000. Raises click.BadParameter."""
    if value is None:
        return None
    met = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", value, re.ASCII)
    if met is None or met[2].lower() not in UNITS:
        raise click.BadParameter(f"{value!r} is no size; write it like 50MB or 1.5GB.")
    return int(float(met[1]) * UNITS[met[2].lower()])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which weights are listed. fits: bytes of the file at most. here: only those on this computer."""

    task: str | None = None
    search: str = ""
    fits: int | None = None
    here: bool = False


@click.command("models")
@click.option("--task", metavar="TASK", help="Only models of this task, e.g. classify.")
@click.option("--search", default="", metavar="TEXT", help="Only those with these words in name, family or weights.")
@click.option("--fits", callback=byte_count, metavar="SIZE", help="Only weights whose file is at most so large: 50MB.")
@click.option("--here", is_flag=True, help="Only weights that are on this computer.")
@click.option("--sort", type=click.Choice(tuple(SORTS)), help="Best accuracy first, the others smallest first.")
@common_options()
def models(common: Common, task: str | None, search: str, fits: int | None, here: bool, sort: str | None) -> int:
    """List the models, their weights, and what is on this computer.

    `*` marks the weights that are taken when none are named. Accuracy is the published one, for the pictures of the
    set named under "trained on".
    """
    rows = every_model(list_entries(say), list_generators(say))
    _check_task(task, rows)
    chosen = choose(rows, Wanted(task, search, fits, here), sort)
    write_document(_document(chosen, _ordered(chosen, sort)), common)
    if not common.quiet and common.format == "text":
        say(f"{plural(len(chosen), 'model')}, {plural(sum(len(row.weights) for row in chosen), 'set')} of weights.")
    return 0


def choose(rows: Sequence[ModelRow], wanted: Wanted, sort: str | None) -> tuple[ModelRow, ...]:
    """The models that have wanted weights, with those only; the order is that of each one's first in `sort`."""
    kept = [replace(model, weights=tuple(row for row in model.weights if _fits(model, row, wanted))) for model in rows]
    found = [model for model in kept if model.weights]
    if sort is None:
        return tuple(found)
    key = SORTS[sort]
    ordered = [replace(model, weights=tuple(sorted(model.weights, key=key))) for model in found]
    return tuple(sorted(ordered, key=lambda model: key(model.weights[0])))


def _fits(model: ModelRow, row: WeightsRow, wanted: Wanted) -> bool:
    text = f"{model.name} {model.family} {model.architecture} {row.name} {row.trained_on}".casefold()
    return (
        wanted.task in (None, model.task)
        and all(word in text for word in wanted.search.casefold().split())
        and (wanted.fits is None or row.file_bytes <= wanted.fits)
        and (row.here or not wanted.here)
    )


def _check_task(task: str | None, rows: Sequence[ModelRow]) -> None:
    tasks = sorted({row.task for row in rows})
    if task is not None and task not in tasks:
        hint = did_you_mean(task, tasks) or f"There are models for {', '.join(tasks)}."
        raise NameUnknown(f'There are no models for the task "{task}".', hint)


def _ordered(chosen: Sequence[ModelRow], sort: str | None) -> list[WeightsRow]:
    """One row per weights; sorted among all, not only within their model."""
    rows = [row for model in chosen for row in model.weights]
    return sorted(rows, key=SORTS[sort]) if sort else rows


def _document(chosen: Sequence[ModelRow], rows: Sequence[WeightsRow]) -> Document:
    drawing = [row for row in rows if isinstance(row, GeneratorWeights)]
    speaking = [row for row in rows if isinstance(row, CaptionerWeights)]
    headings: tuple[str, ...] = HEADINGS
    lines = [_line(row) for row in rows]
    if rows and len(drawing) == len(rows):
        headings, lines = GENERATOR_HEADINGS, [_generator_line(row) for row in drawing]
    elif rows and len(speaking) == len(rows):
        headings, lines = CAPTIONER_HEADINGS, [_captioner_line(row) for row in speaking]
    return Document(
        objects=[model.as_dict() for model in chosen],
        table=[_csv_row(row) for row in rows],
        headings=headings,
        right=RIGHT,
        lines=lines,
    )


def _line(row: WeightsRow) -> tuple[str, ...]:
    accuracy = "" if row.accuracy_1 is None else percent_text(row.accuracy_1)
    return (*_names(row), accuracy, *_costs(row), row.trained_on, _here(row))


def _generator_line(row: GeneratorWeights) -> tuple[str, ...]:
    return (*_names(row), str(row.width), str(row.blocks), *_costs(row), row.trained_on, row.way_back, _here(row))


def _captioner_line(row: CaptionerWeights) -> tuple[str, ...]:
    return (*_names(row), row.caption_family, count_text(row.words), *_costs(row), row.trained_on, _here(row))


def _names(row: WeightsRow) -> tuple[str, str]:
    return row.model, f"{row.name}{' *' if row.is_default else ''}"


def _costs(row: WeightsRow) -> tuple[str, str, str]:
    parameters = short_count_text(row.parameters) if row.parameters else ""
    return parameters, f"{row.gflops:.2f}" if row.gflops else "", bytes_text(row.file_bytes)


def _here(row: WeightsRow) -> str:
    return "yes" if row.here else ""


def _csv_row(row: WeightsRow) -> dict[str, Cell]:
    values = {key: value for key, value in WeightsRow.as_dict(row).items() if key not in ("recipe", "name")}
    told: dict[str, Cell] = {"model": row.model, "weights": row.name, **values}
    drawing: dict[str, Cell] = dict.fromkeys(GENERATOR_COLUMNS)
    speaking: dict[str, Cell] = dict.fromkeys(CAPTIONER_COLUMNS)
    if isinstance(row, GeneratorWeights):
        drawing = {key: getattr(row, key) for key in GENERATOR_COLUMNS}
    elif isinstance(row, CaptionerWeights):
        speaking = {key: getattr(row, key) for key in CAPTIONER_COLUMNS}
    else:
        return {**told, **_recipe_cells(row), **drawing, **speaking}
    return {**told, "classes": None, **dict.fromkeys(RECIPE_COLUMNS), **drawing, **speaking}


def _recipe_cells(row: WeightsRow) -> dict[str, Cell]:
    """In the order of RECIPE_COLUMNS."""
    recipe = row.recipe
    return {
        "resize": recipe.resize, "crop": recipe.crop, "mean": " ".join(f"{value:g}" for value in recipe.mean),
        "std": " ".join(f"{value:g}" for value in recipe.std), "interpolation": recipe.interpolation,
        "fit": recipe.fit,
    }  # fmt: skip  # in the order of the columns
