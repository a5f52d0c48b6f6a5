"""What is done for each request about an open file: one short function each, and the table of them.

Must not know who asked, nor torch.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from tensorviz.core.errors import NameUnknown
from tensorviz.engine.messages.files import (
    CloseFile,
    CompareFiles,
    CopyWritten,
    DuplicatesFound,
    FileAnalysed,
    FileOpened,
    FilesCompared,
    LookAtValues,
    OpenFile,
    ValuesSeen,
    WriteCopy,
)
from tensorviz.engine.messages.session import MeasureTensor, PagesRead, ReadPages, TensorMeasured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.core.checkpoint_values import TensorValues
    from tensorviz.engine.files.open_files import OpenedFile, OpenFiles
    from tensorviz.engine.worker import Handler, Handlers, Job

OFTEN = 0.1  # seconds between two pieces of what was seen, at least: each is drawn


def file_handlers(files: OpenFiles, session: Handlers) -> Handlers:
    """The table for open files. session: what answers ReadPages and MeasureTensor for the session, file 0."""

    def either(kind: type[ReadPages | MeasureTensor], work: Callable[[OpenFiles, Job], Iterator[None]]) -> Handler:
        def chosen(job: Job) -> Iterator[None] | None:
            of_file = cast("ReadPages | MeasureTensor", job.request).file
            return work(files, job) if of_file else session[kind](job)

        return chosen

    table: dict[type[Any], Handler] = {
        OpenFile: partial(open_file, files),
        CloseFile: partial(close_file, files),
        ReadPages: either(ReadPages, read_pages),
        MeasureTensor: either(MeasureTensor, measure_tensor),
        LookAtValues: partial(look_at_values, files),
        CompareFiles: partial(compare_files, files),
        WriteCopy: partial(write_copy, files),
    }
    return table


def open_file(files: OpenFiles, job: Job) -> Iterator[None]:
    """What a file holds, at once; then what its layouts and names tell."""
    from tensorviz.engine.formats import read_contents

    request = cast("OpenFile", job.request)
    opened = files.add(request.file, read_contents(request.path, request.raw))
    job.report(FileOpened(job.number, request.file, opened.contents))
    yield
    job.report(_analysed(job.number, opened))


def _analysed(job: int, opened: OpenedFile) -> FileAnalysed:
    from tensorviz.core.checkpoint_layout import analyse
    from tensorviz.core.checkpoint_lost import what_is_lost
    from tensorviz.core.families import guess, recognise
    from tensorviz.engine.checkpoints.known import known_networks

    contents = opened.contents
    analysis, family = analyse(contents), recognise(contents, known_networks())
    text = guess(contents) if family is None else family.sentence()
    return FileAnalysed(job, opened.number, analysis, family, text, tuple(what_is_lost(contents)))


def close_file(files: OpenFiles, job: Job) -> None:
    """Nothing is known of it any more."""
    files.close(cast("CloseFile", job.request).file)


def read_pages(files: OpenFiles, job: Job) -> Iterator[None]:
    """Bytes of a storage; none where the file was closed meanwhile."""
    from tensorviz.engine.files.pages import pages_of

    request = cast("ReadPages", job.request)
    opened, found = files.get(request.file), []
    if opened is not None:
        reader = files.looking(opened, job.token.check)
        for pages in pages_of(opened, request.storage, request.pages, reader.read):
            found += pages
            yield
    job.report(PagesRead(job.number, request.storage, 0, tuple(found)))


def measure_tensor(files: OpenFiles, job: Job) -> Iterator[None]:
    """Statistics of a whole tensor, block by block; between two blocks somebody may look at pages."""
    from tensorviz.engine.files.measure import measure

    request = cast("MeasureTensor", job.request)
    opened = files.get(request.file)
    if opened is None:
        return  # nobody waits for it
    if not 0 <= request.tensor < len(opened.contents.tensors):
        raise NameUnknown(f"There is no tensor {request.name} in the file.")
    tensor = opened.contents.tensors[request.tensor]
    read = opened.reader(job.token.check).read
    for found in measure(request.name, tensor, opened.storages[tensor.storage], read):
        job.token.check()
        if found is not None:
            job.report(TensorMeasured(job.number, 0, found, request.file))
        yield


def look_at_values(files: OpenFiles, job: Job) -> Iterator[None]:
    """Every value of the file, tensor by tensor; then which tensors are the same."""
    from tensorviz.engine.checkpoints.duplicates import find_duplicates
    from tensorviz.engine.checkpoints.values import look_at_values as look

    opened = files.get(cast("LookAtValues", job.request).file)
    if opened is None:
        return
    read = opened.reader(job.token.check).read
    said = partial(job.progress, unit="byte", stage="looking at values")
    rows: list[TensorValues] = []
    told = time.monotonic()
    for row in look(opened.contents, read, said, job.token):
        rows.append(row)
        if time.monotonic() - told >= OFTEN:
            job.report(ValuesSeen(job.number, opened.number, tuple(rows)))
            rows, told = [], time.monotonic()
            yield
    if rows:
        job.report(ValuesSeen(job.number, opened.number, tuple(rows)))
    yield
    said = partial(job.progress, unit="byte", stage="looking for duplicates")
    groups = find_duplicates(opened.contents, read, said, job.token)
    job.report(DuplicatesFound(job.number, opened.number, groups))


def compare_files(files: OpenFiles, job: Job) -> None:
    """How the tensors of another file differ."""
    from tensorviz.engine.checkpoints.compare import Side, compare
    from tensorviz.engine.files.open_files import OpenedFile
    from tensorviz.engine.files.reading import stamps_of
    from tensorviz.engine.formats import read_contents

    request = cast("CompareFiles", job.request)
    opened = files.get(request.file)
    if opened is None:
        return
    contents = read_contents(request.other)
    other = OpenedFile(0, contents, stamps_of(contents))
    check = job.token.check
    one, two = Side(opened.contents, opened.reader(check).read), Side(contents, other.reader(check).read)
    found = compare(one, two, progress=partial(job.progress, unit="byte"), cancel=job.token)
    job.report(FilesCompared(job.number, request.file, request.other, found))


def write_copy(files: OpenFiles, job: Job) -> None:
    """A copy of the file, whole or not at all."""
    from tensorviz.engine.checkpoints.compact import compact
    from tensorviz.engine.checkpoints.convert import to_safetensors
    from tensorviz.engine.files.copying import check_free
    from tensorviz.engine.formats import read_contents

    request = cast("WriteCopy", job.request)
    opened = files.get(request.file)
    if opened is None:
        return
    check_free(request.out, files.all())
    write = compact if request.kind == "compact" else to_safetensors
    read, said = opened.reader(job.token.check).read, partial(job.progress, unit="byte")
    written = write(opened.contents, read, request.out, reopen=read_contents, progress=said, cancel=job.token)
    job.report(CopyWritten(job.number, request.file, request.kind, written))
