"""Many pictures through a generator: read, drawn, kept in a folder, one row for each.

Must not know how rows are printed or shown.
"""

from __future__ import annotations

import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from tensorviz.core.errors import Cancelled, TensorvizError, problem_of
from tensorviz.core.results import Failed, Seconds, Translated
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.tasks.translate import SPEC
from tensorviz.engine.tasks.translate.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.keeping import OutputFolder
    from tensorviz.engine.tasks.translate.translator import Translator


def translate_stream(
    translator: Translator,
    items: Iterable[str | Failed],
    folder: OutputFolder,
    token: CancelToken | None = None,
    beside: Beside | None = None,
) -> Iterator[Translated | Failed]:
    """A row for each path, in order; a Failed among the items is passed on in its place.

    beside: what is to be drawn and kept beside each picture.
    One picture is in memory at a time. Raises Cancelled between pictures and layers; whatever else goes wrong with a
    picture becomes its row, but for a folder that cannot be written any more, which ends the stream. Then nothing stays
    there of the picture that could not be kept whole, with all that is drawn beside it.
    """
    for item in items:
        if token is not None:
            token.check()
        if isinstance(item, Failed):
            yield replace(item, task=SPEC.id)
        else:
            yield _row(translator, item, folder, token, beside or Beside())


def _row(
    translator: Translator, path: str, folder: OutputFolder, token: CancelToken | None, beside: Beside
) -> Translated | Failed:
    started = time.perf_counter()
    try:
        picture = open_picture(path)
        decoded = time.perf_counter() - started
        folder.check(translator.plan(picture.image.size).result)
        drawn = translator.translate(picture.image, token)
        more = beside.draw(translator, picture.image, drawn, token)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one picture must not end a batch; the unknown keeps its traceback
        details = "" if isinstance(error, TensorvizError) else traceback.format_exc()
        return Failed(path, problem_of(error, details), SPEC.id)
    identity = translator.identity
    row = Translated(
        path=path,
        model=identity.model,
        weights=identity.weights,
        device=translator.device,
        precision="fp32",
        seconds=Seconds(decoded, drawn.preprocess, drawn.forward, 0.0),
        output="",
        size=drawn.image.size,
        notes=(*picture.notes, *identity.notes),
    )
    with folder.together():
        row = beside.keep(replace(row, output=folder.keep(drawn.image, path)), more, folder)
    return replace(row, seconds=replace(row.seconds, total=time.perf_counter() - started))
