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
    from tensorviz.engine.tasks.translate.beside import Beside
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
@click.option("--and-back", is_flag=True, help="Also translate the result back, as NAME-back, and tell the error.")
@click.option(
    "--back", default="", metavar="NAME|FILE",
    help="The generator of the way back, where it is not the known one; NAME:WEIGHTS for certain weights.",
)  # fmt: skip
@click.option("--blocks", is_flag=True, help="Also keep the picture after each residual block, as NAME-block-N.")
@click.option("--save-as", type=click.Choice(("png", "jpeg")), default="png", show_default=True)
@common_options()
def translate(
    paths: tuple[str, ...], common: Common, output: str, save_as: Any, and_back: bool, back: str, blocks: bool,
    **options: Any,
) -> int:  # fmt: skip  # as the options above
    """Draw what pictures show in another manner: photographs as paintings, horses as zebras, and back.

    Folders are walked; a picture that cannot be read gets its own row. No file is ever written over: a name that is
    taken gets a number. The error of the way back is the mean of the differences from the picture that the first
    generator was shown, in levels of 255.
    """
    choice = GeneratorChoice(device=common.device, **options)
    with writing_rows(common) as writer:
        translator, beside = _loaded(choice, and_back or bool(back), back, blocks)
        folder = _folder(output, save_as)
        writer.text = _text(common.format, translator, beside)
        for row in _rows(translator, paths, folder, beside, common.quiet):
            writer.write(row)
    if writer.failed and not common.quiet:
        say(f"{writer.failed} of {plural(writer.count, 'picture')} could not be translated; the rows say why.")
    return 1 if writer.failed else 0


def _loaded(choice: GeneratorChoice, and_back: bool, back: str, blocks: bool) -> tuple[Translator, Beside]:
    """The translator, and what is drawn beside; what can be wrong without torch is found wrong first."""
    from tensorviz.engine.tasks.translate.source import source_of
    from tensorviz.engine.tasks.translate.way_back import back_choice

    source = source_of(choice)
    way_back = back_choice(choice, source, back) if and_back else None
    if way_back is not None:
        source_of(way_back)
    from tensorviz.engine.tasks.translate.beside import Beside
    from tensorviz.engine.tasks.translate.load import load_translator

    return load_translator(choice), Beside(load_translator(way_back) if way_back is not None else None, blocks)


def _folder(path: str, save_as: Any) -> OutputFolder:
    """The folder, made when nothing else can be wrong any more."""
    from tensorviz.engine.tasks.translate.keeping import OutputFolder

    return OutputFolder(path, save_as)


def _text(form: str, translator: Translator, beside: Beside) -> RowText:
    if form == "csv":
        blocks = translator.forward.network.plan.blocks + 1 if beside.blocks else 0
        return TranslatedCsvText(beside.back is not None, blocks)
    return PlainText() if form == "text" else row_text(form)


def _rows(
    translator: Translator, paths: tuple[str, ...], folder: OutputFolder, beside: Beside, quiet: bool
) -> Iterator[Translated | Failed]:
    from tensorviz.engine.find_pictures import find_pictures
    from tensorviz.engine.tasks.translate.stream import translate_stream

    found = list(find_pictures(paths))  # before the first is written: the output may lie in a folder that is walked
    rows = translate_stream(translator, found, folder, beside=beside)
    return rows if quiet or not watched() else iter(_with_progress(rows, len(found)))


def _with_progress(rows: Iterable[Translated | Failed], total: int) -> Iterable[Translated | Failed]:
    from tqdm import tqdm

    progress: Iterable[Translated | Failed] = tqdm(
        rows, total=total, unit=" pictures", leave=False, file=sys.stderr, **progress_size()
    )
    return progress
