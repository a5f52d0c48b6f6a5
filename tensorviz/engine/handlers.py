"""What is done for each request: one short function each, and the table of them.

Must not know who asked or on which thread it runs. Heavy libraries are imported inside the functions: the window is
painted before any of them is needed.
"""

from __future__ import annotations

import importlib
import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from tensorviz.core.errors import TensorvizError, problem_of
from tensorviz.core.results import Classified, Failed
from tensorviz.engine.catalogue_handlers import catalogue_handlers
from tensorviz.engine.messages import (
    Classify,
    DescribeNetwork,
    DescribePipeline,
    DropNetworks,
    EngineReady,
    Exported,
    ExportRows,
    FindPictures,
    KeepPasted,
    MakeThumbnails,
    NetworkDescribed,
    PicturesFound,
    PicturesRefused,
    PipelineDescribed,
    RelieveMemory,
    RowsReady,
    StartEngine,
    ThumbnailFailed,
    ThumbnailMade,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.engine.tasks.classify.cache import NetworkCache
    from tensorviz.engine.worker import Handler, Handlers, Job

PATHS_A_PIECE = 500

# What the looking lane and the window import on first use. An import that maps a library waits, with the interpreter
# lock held, while another thread maps torch's big ones (one lock of the system's loader serves all): these go first.
BEFORE_TORCH = (
    "psutil",
    "tensorviz.engine.find_pictures",
    "tensorviz.engine.pipeline",
    "tensorviz.engine.tasks.classify.recipe",
    "tensorviz.engine.thumbnails",
    "tensorviz.engine.weights.catalogue",
    "tensorviz.engine.weights.fetch_any",
    "tensorviz.engine.weights.own_generators",
)


def handlers(cache: NetworkCacheSource) -> Handlers:
    """The table. `cache` gives the networks kept warm; all else is stateless."""
    table: dict[type[Any], Handler] = {
        StartEngine: start_engine,
        FindPictures: find_pictures,
        KeepPasted: keep_pasted,
        MakeThumbnails: make_thumbnails,
        DescribePipeline: describe_pipeline,
        Classify: lambda job: classify(job, cache.get()),
        DropNetworks: lambda job: cache.drop(),
        RelieveMemory: lambda job: cache.relieve(),
        DescribeNetwork: describe_network,
        **catalogue_handlers(),
        ExportRows: export_rows,
    }
    return table


class KeptWarm(Protocol):
    """Something that keeps networks."""

    def relieve(self) -> None:
        """Forgets some while the computer is short of memory."""

    def drop(self) -> None:
        """Forgets all."""


class NetworkCacheSource:
    """Makes the cache of warm networks when it is first needed (it needs torch).

    others: what keeps networks of other tasks warm, and forgets them with these.
    """

    def __init__(self, *others: KeptWarm) -> None:
        self._cache: NetworkCache | None = None
        self._others = others

    def get(self) -> NetworkCache:
        """The cache; loads torch the first time."""
        if self._cache is None:
            from tensorviz.engine.torch_loading import load_torch

            load_torch()
            from tensorviz.engine.tasks.classify.cache import NetworkCache

            self._cache = NetworkCache()
        return self._cache

    def relieve(self) -> None:
        """Forgets networks, the oldest first, while the computer is short of memory."""
        if self._cache is not None:
            self._cache.relieve()
        for other in self._others:
            other.relieve()

    def drop(self) -> None:
        """Forgets all networks."""
        if self._cache is not None:
            self._cache.drop_all()
        for other in self._others:
            other.drop()


def start_engine(job: Job) -> None:
    """Loads torch and says what there is to compute on."""
    from PIL import Image

    from tensorviz.engine.torch_loading import load_torch

    for name in BEFORE_TORCH:
        importlib.import_module(name)
    Image.init()  # the formats' own libraries
    job.token.check()
    load_torch()
    importlib.import_module("tensorviz.engine.tasks.classify.cache")  # and with it all that the first answer needs
    import torch

    from tensorviz.engine.devices import list_devices

    job.report(EngineReady(job.number, torch.__version__, list_devices()))


def find_pictures(job: Job) -> Iterator[None]:
    """Walks what was given and reports in pieces, so that the first thumbnails are there at once."""
    from tensorviz.engine.find_pictures import find_pictures as walk

    request = cast("FindPictures", job.request)
    found = walk(request.paths, job.token)
    while piece := list(itertools.islice(found, PATHS_A_PIECE)):
        for refused in (item for item in piece if isinstance(item, Failed)):
            job.report(PicturesRefused(job.number, refused.path, refused.problem))
        paths = tuple(item for item in piece if isinstance(item, str))
        if paths:
            job.report(PicturesFound(job.number, paths))
        yield


def keep_pasted(job: Job) -> None:
    """Writes a pasted picture into the cache folder, quickly rather than small."""
    from PIL import Image

    from tensorviz.engine.places import cache_folder

    request = cast("KeepPasted", job.request)
    folder = cache_folder() / "pasted"
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(dir=folder, prefix="pasted-", suffix=".png")
    with os.fdopen(handle, "wb") as file:
        image = Image.frombytes("RGB", (request.width, request.height), request.pixels)
        image.save(file, format="PNG", compress_level=1)
    job.report(PicturesFound(job.number, (path,)))


def make_thumbnails(job: Job) -> Iterator[None]:
    """One small picture after the other; a bad file is an answer too."""
    from tensorviz.engine.thumbnails import make_thumbnail

    request = cast("MakeThumbnails", job.request)
    for path in request.paths:
        job.token.check()
        try:
            made = make_thumbnail(path, request.side)
            job.report(ThumbnailMade(job.number, path, made.preview, made.size, made.format))
        except TensorvizError as error:
            job.report(ThumbnailFailed(job.number, path, problem_of(error)))
        yield


def describe_pipeline(job: Job) -> None:
    """The steps from the picture to the network's input, with the recipe chosen or the weights' own."""
    from tensorviz.engine.pipeline import describe_pipeline as describe
    from tensorviz.engine.tasks.classify.recipe import own_recipe_of

    request = cast("DescribePipeline", job.request)
    own = own_recipe_of(request.choice)
    pipeline = describe(request.path, request.choice.recipe or own, own, request.preview_side)
    job.token.check()
    job.report(PipelineDescribed(job.number, pipeline))


def classify(job: Job, cache: NetworkCache) -> Iterator[None]:
    """Answers as they come, a batch at a time; between two batches the lane may run something more urgent."""
    request = cast("Classify", job.request)
    total = len(request.paths)
    job.progress(0, total, stage=f"loading {request.choice.model or 'the network'}")
    classifier = cache.classifier(request.choice, job.token)
    for done, row in enumerate(classifier.classify_stream(request.paths, request.top, job.token), 1):
        job.failed += isinstance(row, Failed)
        job.report(RowsReady(job.number, (row,)))
        job.progress(done, total)
        yield


def describe_network(job: Job) -> None:
    """The layers of the chosen network, built without its numbers."""
    from tensorviz.engine.torch_loading import load_torch

    load_torch()
    from tensorviz.engine.tasks.classify.structure import describe_network as describe
    from tensorviz.engine.weights.catalogue import find_model, find_weights
    from tensorviz.engine.weights.entries import list_entries

    choice = cast("DescribeNetwork", job.request).choice
    model = find_model(choice.model, list_entries())
    named = any(row.name == choice.weights for row in model.weights)
    weights = find_weights(model, choice.weights if named else "")
    job.report(NetworkDescribed(job.number, choice, describe(model, weights)))


def export_rows(job: Job) -> None:
    """Writes results beside the file and renames, in the format its suffix says."""
    from tensorviz.core.row_text import pieces, row_text
    from tensorviz.engine.writing import replacing

    request = cast("ExportRows", job.request)
    top = max((len(row.top) for row in request.rows if isinstance(row, Classified)), default=1)
    writer = row_text(Path(request.path).suffix.removeprefix(".").lower() or "json", top)
    with replacing(request.path) as file:
        for piece in pieces(request.rows, writer):
            job.token.check()
            file.write(piece)
    job.report(Exported(job.number, request.path, len(request.rows)))
