"""What is done for each request about translating pictures: one short function each, and the table of them.

Must not know who asked or on which thread it runs. Heavy libraries are imported inside the functions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tensorviz.core.drawn import Translation
from tensorviz.core.results import Failed, Seconds, Translated
from tensorviz.engine.messages.translate import (
    BlockDrawn,
    DrawBlocks,
    PictureSaved,
    PicturesKept,
    SavePicture,
    Translate,
    TranslateToFolder,
    TranslationReady,
)
from tensorviz.engine.worker import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.drawn import WayBack
    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.engine.pictures import Picture
    from tensorviz.engine.tasks.translate.cache import TranslatorCache
    from tensorviz.engine.tasks.translate.translator import Drawn, Translator
    from tensorviz.engine.worker import Handler, Handlers

BLOCK = "block"


def translation_handlers(cache: TranslatorSource) -> Handlers:
    """The table. `cache` gives the generators kept warm; all else is stateless."""
    table: dict[type[Any], Handler] = {
        Translate: lambda job: translate(job, cache.get()),
        TranslateToFolder: lambda job: translate_to_folder(job, cache.get()),
        DrawBlocks: lambda job: draw_blocks(job, cache.get()),
        SavePicture: save_picture,
    }
    return table


class TranslatorSource:
    """Makes the cache of warm generators when it is first needed (it needs torch)."""

    def __init__(self) -> None:
        self._cache: TranslatorCache | None = None

    def get(self) -> TranslatorCache:
        """The cache; loads torch the first time."""
        if self._cache is None:
            from tensorviz.engine.torch_loading import load_torch

            load_torch()
            from tensorviz.engine.tasks.translate.cache import TranslatorCache

            self._cache = TranslatorCache()
        return self._cache

    def relieve(self) -> None:
        """Forgets generators, the oldest first, while the computer is short of memory."""
        if self._cache is not None:
            self._cache.relieve()

    def drop(self) -> None:
        """Forgets all generators."""
        if self._cache is not None:
            self._cache.drop_all()


@dataclass(slots=True)
class _Blocks:
    """Says how many residual blocks are done: those of one generator, or of two, one after the other."""

    job: Job
    first: int = 0
    second: int = 0
    done: int = field(default=0, init=False)

    @property
    def total(self) -> int:
        return self.first + self.second

    def say(self) -> None:
        """What is being done now."""
        back = self.second and self.done >= self.first
        at, of = (self.done - self.first, self.second) if back else (self.done, self.first)
        what = f"block {at + 1} of {of}" if at < of else "the last layers"
        self.job.progress(self.done, self.total, BLOCK, f"the way back, {what}" if back else what)

    def tell(self, _index: int) -> None:
        """One block more is done. The last one of the way there leaves its last layers to do."""
        self.done += 1
        if self.second and self.done == self.first:
            self.job.progress(self.done, self.total, BLOCK, "the last layers")
        else:
            self.say()


def translate(job: Job, cache: TranslatorCache) -> None:
    """Draws one picture, and its way back where that was asked for."""
    from tensorviz.engine.pictures import open_picture
    from tensorviz.engine.tasks.translate.there_and_back import there_and_back

    request = cast("Translate", job.request)
    started = time.perf_counter()
    picture = open_picture(request.path)
    decoded = time.perf_counter() - started
    there = _loaded(job, cache, request.choice)
    back = None if request.back is None else _loaded(job, cache, request.back)
    blocks = _Blocks(job, _count(there), _count(back))
    blocks.say()
    if back is None:
        drawn, way = there.translate(picture.image, job.token, tell=blocks.tell), None
    else:
        drawn, way = there_and_back(there, back, picture.image, job.token, blocks.tell)
    row = _row(request.path, picture, there, drawn, decoded)
    job.report(TranslationReady(job.number, _translation(row, request.choice, picture, drawn, way)))


def translate_to_folder(job: Job, cache: TranslatorCache) -> Iterator[None]:
    """Pictures as they are kept; between two of them the lane may run something more urgent."""
    from tensorviz.engine.tasks.translate.keeping import OutputFolder
    from tensorviz.engine.tasks.translate.stream import translate_stream

    request = cast("TranslateToFolder", job.request)
    total = len(request.paths)
    translator = _loaded(job, cache, request.choice)
    job.progress(0, total)
    folder = OutputFolder(request.folder, request.form)
    for done, row in enumerate(translate_stream(translator, request.paths, folder, job.token), 1):
        job.failed += isinstance(row, Failed)
        job.report(PicturesKept(job.number, (row,)))
        job.progress(done, total)
        yield


def draw_blocks(job: Job, cache: TranslatorCache) -> Iterator[None]:
    """The picture before the first residual block and after each; something more urgent may run between two."""
    from tensorviz.engine.pictures import open_picture

    request = cast("DrawBlocks", job.request)
    picture = open_picture(request.path)
    translator = _loaded(job, cache, request.choice)
    for drawn in translator.blocks(picture.image, job.token):
        job.report(BlockDrawn(job.number, request.path, drawn))
        job.progress(drawn.block, drawn.blocks, BLOCK)
        yield
        job.token.check()


def save_picture(job: Job) -> None:
    """Writes a picture in the form that its suffix says, over another file only where that is asked for."""
    from PIL import Image

    from tensorviz.engine.tasks.translate.keeping import keep_as

    request = cast("SavePicture", job.request)
    picture = request.picture
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    job.report(PictureSaved(job.number, keep_as(image, request.path, replace=request.replace)))


def _row(path: str, picture: Picture, translator: Translator, drawn: Drawn, decoded: float) -> Translated:
    identity = translator.identity
    return Translated(
        path=path,
        model=identity.model,
        weights=identity.weights,
        device=translator.device,
        precision="fp32",
        seconds=Seconds(decoded, drawn.preprocess, drawn.forward, decoded + drawn.preprocess + drawn.forward),
        output="",
        size=drawn.image.size,
        notes=(*picture.notes, *identity.notes),
    )


def _translation(
    row: Translated, choice: GeneratorChoice, picture: Picture, drawn: Drawn, way: WayBack | None
) -> Translation:
    from tensorviz.core.differences import difference
    from tensorviz.engine.tasks.translate.translator import preview_of

    before, after = preview_of(drawn.before), preview_of(drawn.image)
    return Translation(row, choice, picture.image.size, before, after, difference(before, after), way)


def _loaded(job: Job, cache: TranslatorCache, choice: GeneratorChoice) -> Translator:
    from tensorviz.engine.tasks.translate.source import source_of

    if not cache.has(choice):
        job.progress(0, None, BLOCK, f"loading {source_of(choice).model}")
        job.progress.flush()
    return cache.translator(choice, job.token)


def _count(translator: Translator | None) -> int:
    return 0 if translator is None else translator.forward.network.plan.blocks
