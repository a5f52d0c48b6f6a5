"""The report on a file as text, as `tensorviz inspect` tells it.

Must not know widgets or the terminal.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from tensorviz.core.checkpoint_report import globals_text, headline, repairs, waste, written_text
from tensorviz.core.checkpoint_rows import ALONE, Row, metadata_rows, other_rows, storage_rows
from tensorviz.core.checkpoint_text import analysis_lines, module_lines
from tensorviz.core.checkpoint_told import comparison_lines, duplicates_lines, values_lines
from tensorviz.core.layout import shape_text
from tensorviz.core.text import bytes_text, count_text, path_text, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_values import Comparison, Duplicates, TensorValues, Written
    from tensorviz.core.family import Family
    from tensorviz.core.stored import Contents, StoredTensor

MOST_TENSORS, MOST_ROWS = 1000, 100


class Found(Protocol):
    """What is known of a file by now."""

    path: str
    contents: Contents | None
    analysis: Analysis | None
    family: Family | None
    guess: str
    values: tuple[TensorValues, ...]
    duplicates: tuple[Duplicates, ...] | None
    comparison: Comparison | None
    other: str
    copies: dict[str, Written]


def report_lines(found: Found) -> Iterator[str]:
    """Everything, in blocks with an empty line between; nothing before the file is analysed."""
    if found.contents is None or found.analysis is None:
        return
    first = True
    for block in _blocks(found, found.contents, found.analysis):
        begun = False
        for line in block:
            if not begun and not first:
                yield ""
            begun, first = True, False
            yield printable(line)


def _blocks(found: Found, contents: Contents, analysis: Analysis) -> Iterator[Iterable[str]]:
    yield _heading(found, contents, analysis)
    yield _tensors(contents.tensors)
    yield _under("storages shared or not fully used", _cells(storage_rows(analysis, lambda _: None)))
    yield analysis_lines(analysis)
    yield _under("by module", module_lines(analysis))
    yield _under("not tensors", _cells(other_rows(contents)))
    yield _under(globals_text(contents), contents.unsafe_globals)
    yield contents.notes
    yield _under("values", chain(values_lines(found.values), duplicates_lines(found.duplicates or ())))
    if found.comparison is not None:
        yield _under(f"compared with {path_text(found.other)}", comparison_lines(found.comparison))
    for written in found.copies.values():
        yield (written_text(path_text(written.path), written.nbytes, written.spared), *written.lost)


def _heading(found: Found, contents: Contents, analysis: Analysis) -> Iterator[str]:
    held, wasted = sum(storage.nbytes for storage in contents.storages), waste(contents, analysis)
    yield f"{path_text(found.path)}  ({contents.format}, {bytes_text(contents.nbytes)})"
    counts = (plural(len(contents.tensors), "tensor"), plural(analysis.elements, "element"))
    yield f"  {' of '.join(counts)} over {plural(len(contents.storages), 'storage')}, {bytes_text(held)}"
    if wasted is not None:
        yield f"  {wasted.text()} ({wasted.exact()}): no tensor reaches them"
    yield f"  looks like: {headline(found.family, found.guess)}"
    yield from (f"  to load it: {text}" for text in repairs(found.family))
    yield from (f"  {name}: {row.copied}" for row in metadata_rows(contents) for name in row.cells[:1])


def _tensors(tensors: Sequence[StoredTensor]) -> Iterator[str]:
    yield from (_tensor(tensor) for tensor in tensors[:MOST_TENSORS])
    if len(tensors) > MOST_TENSORS:
        yield f"and {plural(len(tensors) - MOST_TENSORS, 'more tensor')}"


def _tensor(tensor: StoredTensor) -> str:
    layout = tensor.layout
    plain = tensor.is_contiguous and not layout.offset
    where = "" if plain else f"  ({','.join(map(str, layout.stride))})+{layout.offset}"
    contiguous = "" if tensor.is_contiguous else ", not contiguous"
    what = f"{shape_text(layout.shape)}  {tensor.dtype}  {plural(tensor.nbytes, 'byte')}  {tensor.storage}"
    return f"{tensor.name or ALONE}  {what}{where}{contiguous}"


def _cells(rows: Sequence[Row]) -> Iterator[str]:
    yield from ("  ".join(cell for cell in row.cells if cell) for row in islice(rows, MOST_ROWS))
    if len(rows) > MOST_ROWS:
        yield f"and {count_text(len(rows) - MOST_ROWS)} more"


def _under(head: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines under a heading; nothing where there are none."""
    for number, line in enumerate(lines):
        if not number:
            yield head
        yield f"  {line}"
