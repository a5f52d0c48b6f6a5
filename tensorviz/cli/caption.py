"""`tensorviz caption`: pictures in, a sentence for each out.

Must not know networks: it asks the engine, and imports torch only when all options make sense.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import PlainText, progress_size, say, watched, writing_rows
from tensorviz.core.caption_choice import CaptionerChoice
from tensorviz.core.row_text import CaptionedCsvText, RowText, row_text
from tensorviz.core.text import path_text, plural
from tensorviz.engine.tasks.caption import SPEC
from tensorviz.engine.tasks.caption.choosing import BEAM, RULES, decoding_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.results import Captioned, Failed
    from tensorviz.engine.tasks.caption.describer import Describer
    from tensorviz.engine.tasks.caption.sentences import DecodingOptions


@click.command(SPEC.id)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--model", default="", metavar="NAME", help="A name of `tensorviz models --task caption`.")
@click.option("--weights", default="", metavar="NAME|FILE", help="Published weights by name, or a checkpoint file.")
@click.option("--infos", default="", metavar="FILE", help="Options and vocabulary: the published pickle, or JSON.")
@click.option("--cnn-weights", default="", metavar="FILE", help="The Caffe-style ResNet-101 that it sees with.")
@click.option("--beam", type=int, metavar="N", help=f"Sentences followed at a time.  [default: {BEAM}, as in the book]")
@click.option("--temperature", type=float, metavar="T", help="Draw words instead; below 1 surer, above 1 bolder.")
@click.option("--seed", type=int, metavar="N", help="Draw words instead, the same for the same number.")
@click.option("--rules", type=click.Choice(RULES), default="book", show_default=True, help="Whose way of searching.")
@click.option("--length-penalty", default="", metavar="avg_0|wu_X", help="Upstream's ways to compare long with short.")
@click.option(
    "--largest-side", type=int, default=0, show_default=True, metavar="N",
    help="Make larger pictures smaller, to N pixels; 0 keeps their size, as published.",
)  # fmt: skip
@click.option("--vis", metavar="FILE", help="Also write the vis.json of the original programs.")
@click.option("--convert-infos", metavar="FILE", help="Write the infos as JSON to FILE, and end; no PATH is needed.")
@common_options()
def caption(
    paths: tuple[str, ...], common: Common, vis: str | None, convert_infos: str | None, beam: int | None,
    temperature: float | None, seed: int | None, rules: Any, length_penalty: str, **options: Any,
) -> int:  # fmt: skip  # as the options above
    """Say in a sentence what each picture shows, with the probability of each word.

    Folders are walked; a picture that cannot be read gets its own row. --weights of your own need --infos, and
    --cnn-weights to see with. A published infos file (a Python 2 pickle) is read without running anything in it; to
    keep it as plain JSON: tensorviz caption --infos fc-infos.pkl --convert-infos fc-infos.json
    """
    choice = CaptionerChoice(device=common.device, **options)
    if convert_infos is not None:
        return _convert(choice, paths, convert_infos, common)
    if not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
    how: dict[str, Any] = {"beam": beam, "temperature": temperature, "seed": seed, "rules": rules}
    how["length_penalty"] = length_penalty
    chosen = decoding_options(**how)  # what makes no sense is said before anything is loaded
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(writing_rows(common))
        describer = _loaded(choice)
        writer.text = _text(common.format, chosen)
        extra = stack.enter_context(_vis(vis))
        for row in _rows(describer, paths, decoding_options(describer.infos, **how), common.quiet):
            writer.write(row)
            extra(row)
    if writer.failed and not common.quiet:
        say(f"{writer.failed} of {plural(writer.count, 'picture')} could not be described; the rows say why.")
    return 1 if writer.failed else 0


def _convert(choice: CaptionerChoice, paths: tuple[str, ...], output: str, common: Common) -> int:
    """The infos that the options choose, as JSON; no torch is needed for it."""
    if paths:
        raise click.UsageError("--convert-infos describes no pictures, and PATHs were given.")
    from tensorviz.engine.tasks.caption.infos import read_infos, write_json
    from tensorviz.engine.tasks.caption.source import source_of

    infos = read_infos(choice.infos or source_of(choice).infos)
    write_json(infos, Path(output))
    if not common.quiet:
        say(f"{path_text(output)}: {plural(len(infos.words), 'word')}, {plural(len(infos.options), 'option')}.")
    return 0


def _loaded(choice: CaptionerChoice) -> Describer:
    """The captioner; what can be wrong without torch is found wrong first."""
    from tensorviz.engine.tasks.caption.source import source_of

    source_of(choice)
    from tensorviz.engine.tasks.caption.describer import Describer
    from tensorviz.engine.tasks.caption.load import load_captioner

    describer = Describer(load_captioner(choice))
    describer.seeing()
    return describer


def _text(form: str, options: DecodingOptions) -> RowText:
    if form == "csv":
        return CaptionedCsvText(options.beam)
    return PlainText() if form == "text" else row_text(form)


@contextlib.contextmanager
def _vis(path: str | None) -> Iterator[Any]:
    """Takes each row for the vis.json, if there is to be one."""
    if path is None:
        yield lambda _row: None
        return
    from tensorviz.engine.tasks.caption.vis import writing_vis

    with writing_vis(path) as writer:
        yield writer.write


def _rows(
    describer: Describer, paths: tuple[str, ...], options: DecodingOptions, quiet: bool
) -> Iterator[Captioned | Failed]:
    from tensorviz.engine.find_pictures import find_pictures

    if quiet or not watched():
        return describer.stream(find_pictures(paths), options)
    found = list(find_pictures(paths))
    return iter(_with_progress(describer.stream(found, options), len(found)))


def _with_progress(rows: Iterable[Captioned | Failed], total: int) -> Iterable[Captioned | Failed]:
    from tqdm import tqdm

    progress: Iterable[Captioned | Failed] = tqdm(
        rows, total=total, unit=" pictures", leave=False, file=sys.stderr, **progress_size()
    )
    return progress
