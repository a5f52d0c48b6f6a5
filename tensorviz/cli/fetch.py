"""`tensorviz fetch`: published weights onto this computer ahead of time; also what is here, importing and deleting.

Must not know networks or torch.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import progress_size, say, watched, write_out
from tensorviz.cli.tables import Document, write_document
from tensorviz.core.captioners import CaptionerWeights
from tensorviz.core.catalogue import WeightsRow
from tensorviz.core.errors import Problem, TensorvizError, problem_of
from tensorviz.core.text import bytes_text, path_text
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import store
from tensorviz.engine.weights.catalogue import find_weights
from tensorviz.engine.weights.entries import list_entries
from tensorviz.engine.weights.every_model import every_model, find_any_model, stored_names
from tensorviz.engine.weights.fetch_any import delete_any, fetch_any, import_any, place_of
from tensorviz.engine.weights.fetch_captioner import announcement
from tensorviz.engine.weights.fetch_captioner import place_of as file_place
from tensorviz.engine.weights.import_captioner import import_captioner, still_missing
from tensorviz.engine.weights.own_generators import list_generators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tensorviz.core.catalogue import OwnEntry
    from tensorviz.core.generators import OwnGenerator

    Deed = Callable[[WeightsRow], "Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one set of weights. status: a word for programs; text: for a person."""

    row: WeightsRow
    status: str
    text: str
    path: str | None = None
    bytes: int = 0
    problem: Problem | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `error` only on failure, and then without a result."""
        who = {"model": self.row.model, "weights": self.row.name}
        if self.problem is not None:
            return {**who, "error": self.problem.as_dict()}
        return {**who, "status": self.status, "path": self.path, "bytes": self.bytes}


@click.command("fetch")
@click.argument("names", nargs=-1, metavar="MODEL[:WEIGHTS]...")
@click.option("--from", "source", metavar="FILE", help="Take the weights from FILE (or a folder), once checked.")
@click.option("--list", "listing", is_flag=True, help="List the weight files on this computer, with their sizes.")
@click.option("--delete", "deleting", is_flag=True, help="Delete the files; of a MODEL alone, all of its weights.")
@click.option("--trust", is_flag=True, help="Accept a file for which no fingerprint is published.")
@common_options()
def fetch(
    names: tuple[str, ...], common: Common, source: str | None, listing: bool, deleting: bool, trust: bool
) -> int:
    """Download published weights ahead of time, into the folder where PyTorch keeps them.

    Without WEIGHTS the model's default is taken. Nothing is downloaded twice; a download that breaks off goes on where
    it ended when it is asked for again; every file is checked before it is used.
    """
    _check_request(names, source, listing, deleting)
    if listing:
        write_document(_files_document(), common)
        return 0
    entries, own = list_entries(say), list_generators(say)
    rows = [row for name in names for row in resolve(name, entries, own, every=deleting)]
    return _report([_attempt(row, _deed(source, deleting, trust, common), common) for row in rows], common)


def _check_request(names: tuple[str, ...], source: str | None, listing: bool, deleting: bool) -> None:
    if sum((source is not None, listing, deleting)) > 1:
        raise click.UsageError("Use only one of --from, --list and --delete.")
    if listing and names:
        raise click.UsageError("--list takes no model; it lists all files.")
    if not listing and not names:
        raise click.UsageError("Which model? For example: tensorviz fetch resnet101:IMAGENET1K_V1")
    if source is not None and len(names) != 1:
        raise click.UsageError("--from takes exactly one model: tensorviz fetch --from FILE MODEL[:WEIGHTS]")


def resolve(
    name: str, entries: Sequence[OwnEntry] = (), own: Sequence[OwnGenerator] = (), *, every: bool = False
) -> list[WeightsRow]:
    """The weights that "MODEL:WEIGHTS" names; `every`: of "MODEL" alone all that are here. Raises NameUnknown."""
    model_name, _, weights = name.partition(":")
    if not model_name:
        raise click.UsageError(f"{name!r} names no model; write MODEL or MODEL:WEIGHTS.")
    model = find_any_model(model_name, entries, own)
    here = [row for row in model.weights if row.here]
    return here if every and here and not weights else [find_weights(model, weights)]


def _deed(source: str | None, deleting: bool, trust: bool, common: Common) -> Deed:
    if deleting:
        return _delete
    if source is not None:
        return lambda row: _import(row, source, trust)
    return lambda row: _fetch(row, trust, common)


def _fetch(row: WeightsRow, trust: bool, common: Common) -> Outcome:
    was_here = row.here
    if isinstance(row, CaptionerWeights) and not common.quiet and (told := announcement(row)):
        say(told)
    with _progress(row, common) as report:
        path = fetch_any(row, trust, CancelToken(), report)
    size = _size(row, path)
    word = "comes with tensorviz" if row.bundled else "already here" if was_here else "fetched"
    return Outcome(row, "here" if was_here else "fetched", f"{word}, {bytes_text(size)}", str(path), size)


def _size(row: WeightsRow, path: Path) -> int:
    """Bytes of all files of the row, the first of which is at `path`."""
    if isinstance(row, CaptionerWeights) and row.url:
        return sum(file_place(file).stat().st_size for file in row.files)
    return row.file_bytes if isinstance(row, CaptionerWeights) else path.stat().st_size


def _import(row: WeightsRow, source: str, trust: bool) -> Outcome:
    if isinstance(row, CaptionerWeights):
        return _import_files(row, source, trust)
    path = import_any(row, source, trust)
    size = path.stat().st_size
    return Outcome(row, "imported", f"imported, {bytes_text(size)}", str(path), size)


def _import_files(row: CaptionerWeights, source: str, trust: bool) -> Outcome:
    """One file of several, or a folder of them."""
    names = import_captioner(row, source, trust)
    left = still_missing(row)
    size = sum(place.stat().st_size for file in row.files if (place := file_place(file)).is_file())
    text = f"imported {', '.join(names)}; {left or f'all files are here, {bytes_text(size)}'}"
    return Outcome(row, "imported", text, str(weights_folder() if left else place_of(row)), size)


def _delete(row: WeightsRow) -> Outcome:
    freed = delete_any(row)
    return Outcome(row, "deleted", f"deleted, {bytes_text(freed)} free again", str(place_of(row)), freed)


def _attempt(row: WeightsRow, deed: Deed, common: Common) -> Outcome:
    """Does it for one set of weights; a failure becomes its row, and the others go on."""
    try:
        outcome = deed(row)
    except TensorvizError as error:
        outcome = Outcome(row, "failed", "", problem=problem_of(error))
        say(f"{row.model}:{row.name}: {error}")
    if outcome.problem is None and common.format == "text" and common.report is None:
        write_out(_line(outcome))
    return outcome


def _line(outcome: Outcome) -> str:
    name = f"{outcome.row.model}:{outcome.row.name}"
    if outcome.problem is not None:
        return f"{name}  failed: {outcome.problem.message} {outcome.problem.hint}".rstrip() + "\n"
    return f"{name}  {outcome.text}  {path_text(outcome.path or '')}\n"


def _report(outcomes: list[Outcome], common: Common) -> int:
    if common.format != "text" or common.report is not None:
        write_document(_outcomes_document(outcomes), common)
    return 1 if any(outcome.problem for outcome in outcomes) else 0


def _outcomes_document(outcomes: list[Outcome]) -> Document:
    return Document(
        objects=[outcome.as_dict() for outcome in outcomes],
        table=[
            {
                "model": outcome.row.model, "weights": outcome.row.name, "status": outcome.status, "path": outcome.path,
                "bytes": outcome.bytes, "error": outcome.problem.message if outcome.problem else None,
            }
            for outcome in outcomes
        ],
        headings=("weights", "result"),
        lines=[
            (f"{outcome.row.model}:{outcome.row.name}", outcome.problem.message if outcome.problem else outcome.text)
            for outcome in outcomes
        ],
    )  # fmt: skip  # rows as rows


def _files_document() -> Document:
    owners = {name: row for model in every_model() for row in model.weights for name in stored_names(row)}
    objects: list[dict[str, Any]] = []
    for file in store.list_files():
        owner = owners.get(file.name.removesuffix(store.PARTIAL))
        who = {"model": owner.model, "weights": owner.name} if owner else {"model": None, "weights": None}
        objects.append(
            {"name": file.name, "path": path_text(file.path), "bytes": file.nbytes, **who, "partial": file.partial}
        )
    lines = [(item["name"], bytes_text(item["bytes"]), _owner_text(item)) for item in objects]
    total = bytes_text(sum(item["bytes"] for item in objects))
    lines.append((f"in {path_text(weights_folder())}", total, "in all"))
    return Document(objects, objects, ("file", "size", "weights"), lines, ("size",))


def _owner_text(item: dict[str, Any]) -> str:
    owner = f"{item['model']}:{item['weights']}" if item["model"] else "not of this catalogue"
    return f"{owner} (unfinished)" if item["partial"] else owner


def _unseen(_done: int, _total: int | None) -> None:
    """Shows nothing."""


@contextmanager
def _progress(row: WeightsRow, common: Common) -> Iterator[Callable[[int, int | None], None]]:
    """A line that fills up, on a terminal only."""
    if common.quiet or not watched():
        yield _unseen
        return
    from tqdm import tqdm

    name = f"{row.model}:{row.name}"
    look: dict[str, Any] = {"unit": "B", "unit_scale": True, "leave": False, **progress_size()}
    with tqdm(desc=name, total=row.file_bytes, file=sys.stderr, **look) as bar:

        def show(done: int, total: int | None) -> None:
            bar.total, bar.n = total or row.file_bytes, done
            bar.refresh()

        yield show
