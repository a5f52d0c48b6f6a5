"""What is done for each request about the catalogue, whatever the task: read, fetch, import, delete, keep, forget.

Must not know who asked or on which thread it runs. Heavy libraries are imported inside the functions: the window is
painted before any of them is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.errors import NameUnknown, NothingFound
from tensorviz.core.names import did_you_mean
from tensorviz.engine.messages import (
    CatalogueRead,
    CheckpointRecognised,
    DeleteWeights,
    FetchWeights,
    ImportWeights,
    KeepEntry,
    ReadCatalogue,
    RecogniseCheckpoint,
    RemoveEntry,
)
from tensorviz.engine.messages.translate import GeneratorRecognised, KeepGenerator, RecogniseGenerator

if TYPE_CHECKING:
    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.engine.worker import Handler, Handlers, Job


def catalogue_handlers() -> Handlers:
    """The table."""
    table: dict[type[Any], Handler] = {
        ReadCatalogue: read_catalogue,
        FetchWeights: fetch_weights,
        ImportWeights: import_weights,
        DeleteWeights: delete_weights,
        RecogniseCheckpoint: recognise_checkpoint,
        RecogniseGenerator: recognise_generator,
        KeepEntry: keep_entry,
        KeepGenerator: keep_generator,
        RemoveEntry: remove_entry,
    }
    return table


def read_catalogue(job: Job, *said: str) -> None:
    """Every model there is, published, bundled and own, and what is on this computer. said: notes that go with it."""
    from tensorviz.engine.places import weights_folder
    from tensorviz.engine.weights.catalogue import read_catalogue as read
    from tensorviz.engine.weights.entries import list_entries
    from tensorviz.engine.weights.generators import read_generators
    from tensorviz.engine.weights.own_generators import list_generators
    from tensorviz.engine.weights.store import list_files

    notes = list(said)
    models, generators = read(list_entries(notes.append)), read_generators(list_generators(notes.append))
    disk = sum(file.nbytes for file in list_files())
    job.report(CatalogueRead(job.number, models, str(weights_folder()), disk, tuple(notes), generators))


def fetch_weights(job: Job) -> None:
    """Downloads, with progress in bytes, and reads the catalogue again."""
    from tensorviz.engine.weights.fetch_any import fetch_any

    request = cast("FetchWeights", job.request)
    row = _row(request.model, request.weights)

    def report(done: int, total: int | None) -> None:
        job.progress(done, total, "byte")

    fetch_any(row, request.trusted, job.token, report)
    read_catalogue(job)


def import_weights(job: Job) -> None:
    """Checks a file the person has and copies it to where torch keeps weights."""
    from tensorviz.engine.weights.fetch_any import import_any

    request = cast("ImportWeights", job.request)
    import_any(_row(request.model, request.weights), request.path, token=job.token)
    read_catalogue(job)


def delete_weights(job: Job) -> None:
    """Deletes the file of published weights."""
    from tensorviz.engine.weights.fetch_any import delete_any

    request = cast("DeleteWeights", job.request)
    row = _row(request.model, request.weights)
    if row.path is None and not isinstance(row, CaptionerWeights):  # of which some files may be here
        raise NothingFound(f"{row.model} {row.name} is not on this computer.", "There is nothing to delete.")
    delete_any(row)
    read_catalogue(job)


def recognise_checkpoint(job: Job) -> None:
    """Reads a checkpoint without running it, and says whose it is."""
    from tensorviz.engine.torch_loading import load_torch

    load_torch()
    from tensorviz.engine.tasks.classify.recognise import recognise_file

    path = cast("RecogniseCheckpoint", job.request).path
    found = recognise_file(path)
    job.report(CheckpointRecognised(job.number, path, found.architecture, found.classes, found.notes))


def recognise_generator(job: Job) -> None:
    """Reads a checkpoint without running it, and says which generator it holds; one that could not draw is refused."""
    from tensorviz.engine.torch_loading import load_torch

    load_torch()
    from tensorviz.engine.tasks.translate.build import build_generator
    from tensorviz.engine.weights.checkpoint import read_checkpoint

    path = cast("RecogniseGenerator", job.request).path
    checkpoint = read_checkpoint(path)
    job.token.check()
    built = build_generator(checkpoint.tensors)
    plan, parameters = built.network.plan, sum(value.numel() for value in built.network.parameters())
    notes = (*checkpoint.notes, *built.notes)
    job.report(
        GeneratorRecognised(job.number, path, plan.width, plan.blocks, plan.norm, plan.dropout, parameters, notes)
    )


def keep_entry(job: Job) -> None:
    """Keeps an own checkpoint in the chooser."""
    from tensorviz.engine.weights.entries import keep_entry as keep

    keep(cast("KeepEntry", job.request).entry)
    read_catalogue(job)


def keep_generator(job: Job) -> None:
    """Keeps an own generator in the chooser."""
    from tensorviz.engine.weights.own_generators import keep_generator as keep

    keep(cast("KeepGenerator", job.request).entry)
    read_catalogue(job)


def remove_entry(job: Job) -> None:
    """Forgets an own entry, of whatever task; its file stays where it is."""
    from tensorviz.engine.weights.entries import list_entries
    from tensorviz.engine.weights.entries import remove_entry as remove
    from tensorviz.engine.weights.own_generators import list_generators, remove_generator

    name = cast("RemoveEntry", job.request).name
    own, generators = ([entry.name for entry in list_entries()], [entry.name for entry in list_generators()])
    if name not in (*own, *generators):
        raise NameUnknown(f'There is no kept model named "{name}".', did_you_mean(name, (*own, *generators)))
    left: tuple[str, ...] = ()
    if name in generators:
        left = remove_generator(name)
    else:
        remove(name)
    read_catalogue(job, *(f"{other} has no way back any more: {name} was removed." for other in left))


def _row(model: str, weights: str) -> WeightsRow:
    """The row of weights; the name alone decides of which task. Raises NameUnknown."""
    from tensorviz.engine.weights.catalogue import find_weights
    from tensorviz.engine.weights.entries import list_entries
    from tensorviz.engine.weights.every_model import find_any_model
    from tensorviz.engine.weights.own_generators import list_generators

    return find_weights(find_any_model(model, list_entries(), list_generators()), weights)
