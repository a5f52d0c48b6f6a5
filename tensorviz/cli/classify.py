"""`tensorviz classify`: pictures in, the most probable classes out.

Must not know networks: it asks the engine, and imports torch only when all options make sense.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, get_args

import click

from tensorviz.cli.options import Common, WholeNumber, common_options
from tensorviz.cli.output import progress_size, rows_as, say, watched, writing_rows
from tensorviz.core.catalogue import BATCH, ModelChoice
from tensorviz.core.recipe import Fit, Interpolation
from tensorviz.core.text import plural
from tensorviz.engine.tasks.classify import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.results import Row
    from tensorviz.engine.tasks.classify.classifier import Classifier

RECIPE_OPTIONS = ("resize", "crop", "mean", "std", "interpolation", "fit")


@click.command(SPEC.id)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--model", default="", metavar="NAME", help="A name of `tensorviz models`.")
@click.option("--weights", default="", metavar="NAME|FILE", help="Published weights by name, or a checkpoint file.")
@click.option("--labels", metavar="FILE", help="One class per line.")
@click.option("--resize", type=int, metavar="N", help="Shorter side before the crop, in pixels.")
@click.option("--crop", type=int, metavar="N", help="Side of the square that the network sees, in pixels.")
@click.option("--mean", type=float, nargs=3, metavar="R G B", help="Subtracted from values in 0 to 1.")
@click.option("--std", type=float, nargs=3, metavar="R G B", help="Then divided by.")
@click.option("--interpolation", type=click.Choice(get_args(Interpolation)), help="How to resize.")
@click.option("--fit", type=click.Choice(get_args(Fit)), help="Resize the shorter side, or stretch both to the same.")
@click.option("--top", type=WholeNumber(1), default=5, show_default=True, help="How many classes to name.")
@click.option("--precision", type=click.Choice(("fp32", "bf16", "fp16")), default="fp32", show_default=True)
@click.option("--batch", type=WholeNumber(1, 4096), default=BATCH, show_default=True, help="Pictures computed at once.")
@common_options()
def classify(paths: tuple[str, ...], common: Common, top: int, **options: Any) -> int:
    """Name what pictures show: the most probable classes, each with its probability.

    Folders are walked; a picture that cannot be read gets its own row.
    """
    choice = _choice(common, options)
    with writing_rows(common) as writer:
        classifier = _loaded(choice)
        top = min(top, len(classifier.identity.labels))
        writer.text = rows_as(common.format, top)
        for row in _rows(classifier, paths, top, common.quiet):
            writer.write(row)
    if writer.failed and not common.quiet:
        say(f"{writer.failed} of {plural(writer.count, 'picture')} could not be answered; the rows say why.")
    return 1 if writer.failed else 0


def _choice(common: Common, options: dict[str, Any]) -> ModelChoice:
    """What is to answer; everything that can be wrong without torch is found wrong here."""
    from tensorviz.engine.tasks.classify.recipe import overridden, source_of
    from tensorviz.engine.weights.catalogue import read_labels

    changes = {name: options.pop(name) for name in RECIPE_OPTIONS}
    choice = ModelChoice(device=common.device, **options)
    source = source_of(choice)
    if source.labels is not None:
        read_labels(source.labels)
    if all(value is None for value in changes.values()):
        return choice
    return ModelChoice(device=common.device, recipe=overridden(source.recipe, changes), **options)


def _loaded(choice: ModelChoice) -> Classifier:
    from tensorviz.engine.tasks.classify.load import load_classifier

    return load_classifier(choice)


def _rows(classifier: Classifier, paths: tuple[str, ...], top: int, quiet: bool) -> Iterator[Row]:
    from tensorviz.engine.find_pictures import find_pictures

    if quiet or not watched():
        return classifier.classify_stream(find_pictures(paths), top)
    found = list(find_pictures(paths))  # to know how many there are; only where somebody watches
    return iter(_with_progress(classifier.classify_stream(found, top), len(found)))


def _with_progress(rows: Iterable[Row], total: int) -> Iterable[Row]:
    from tqdm import tqdm

    progress: Iterable[Row] = tqdm(rows, total=total, unit=" pictures", leave=False, file=sys.stderr, **progress_size())
    return progress
