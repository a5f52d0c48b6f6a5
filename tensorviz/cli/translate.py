"""`tensorviz translate`: pictures in, the same scenes in another manner out, as files.

Must not know networks: it asks the engine, and imports torch only when all options make sense.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, get_args

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import PlainText, progress_size, say, watched, writing_rows
from tensorviz.core.row_text import RowText, TranslatedCsvText, row_text
from tensorviz.core.text import plural
from tensorviz.core.translation import RESIZE, GeneratorChoice, InputRange
from tensorviz.engine.tasks.translate import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.results import Failed, Translated
    from tensorviz.engine.tasks.translate.keeping import OutputFolder
    from tensorviz.engine.tasks.translate.translator import Translator


@click.command(SPEC.id)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--output", required=True, metavar="DIR", help="The folder that gets the pictures; made if need be.")
@click.option("--model", default="", metavar="NAME", help="A name of `tensorviz models --task translate`.")
@click.option("--weights", default="", metavar="NAME|FILE", help="Published weights by name, or a checkpoint file.")
@click.option(
    "--input-range", type=click.Choice(get_args(InputRange)), default="trained", show_default=True,
    help="Values from -1 to 1, or from 0 to 1 as in the book.",
)  # fmt: skip
@click.option("--resize", type=int, default=RESIZE, show_default=True, help="Shorter side in pixels; 0 keeps the size.")
@click.option("--save-as", type=click.Choice(("png", "jpeg")), default="png", show_default=True)
@common_options()
def translate(paths: tuple[str, ...], common: Common, output: str, save_as: Any, **options: Any) -> int:
    """Draw what pictures show in another manner: photographs as paintings, horses as zebras, and back.

    Folders are walked; a picture that cannot be read gets its own row. No file is ever written over: a name that is
    taken gets a number.
    """
    choice = GeneratorChoice(device=common.device, **options)
    with writing_rows(common) as writer:
        translator, folder = _loaded(choice, output, save_as)
        writer.text = _text(common.format)
        for row in _rows(translator, paths, folder, common.quiet):
            writer.write(row)
    if writer.failed and not common.quiet:
        say(f"{writer.failed} of {plural(writer.count, 'picture')} could not be translated; the rows say why.")
    return 1 if writer.failed else 0


def _loaded(choice: GeneratorChoice, output: str, save_as: Any) -> tuple[Translator, OutputFolder]:
    """The translator and the folder; what can be wrong without torch is found wrong first, and makes no folder."""
    from tensorviz.engine.tasks.translate.source import source_of

    source_of(choice)
    from tensorviz.engine.tasks.translate.keeping import OutputFolder
    from tensorviz.engine.tasks.translate.load import load_translator

    translator = load_translator(choice)
    return translator, OutputFolder(output, save_as)


def _text(form: str) -> RowText:
    if form == "text":
        return PlainText()
    return TranslatedCsvText() if form == "csv" else row_text(form)


def _rows(
    translator: Translator, paths: tuple[str, ...], folder: OutputFolder, quiet: bool
) -> Iterator[Translated | Failed]:
    from tensorviz.engine.find_pictures import find_pictures
    from tensorviz.engine.tasks.translate.stream import translate_stream

    found = list(find_pictures(paths))  # before the first is written: the output may lie in a folder that is walked
    rows = translate_stream(translator, found, folder)
    return rows if quiet or not watched() else iter(_with_progress(rows, len(found)))


def _with_progress(rows: Iterable[Translated | Failed], total: int) -> Iterable[Translated | Failed]:
    from tqdm import tqdm

    progress: Iterable[Translated | Failed] = tqdm(
        rows, total=total, unit=" pictures", leave=False, file=sys.stderr, **progress_size()
    )
    return progress
