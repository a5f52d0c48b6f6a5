"""What the head of a file says of it, in words.

Must not know widgets beyond the chips that are filled here, or how a file is read.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tensorviz.core.text import bytes_text, count_text, percent_text, plural, printable
from tensorviz.ui.widgets.chip_line import Chip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.stored import Contents, RawForm
    from tensorviz.ui.state.tensor_file import TensorFile

FORMATS = MappingProxyType(
    {
        "pt-zip": "PyTorch zip",
        "pt-legacy": "PyTorch (before 1.6)",
        "safetensors": "safetensors",
        "safetensors-sharded": "safetensors in several files",
        "npy": "NumPy",
        "npz": "NumPy archive",
    }
)
NAMED = 12  # names in one tooltip


def format_text(contents: Contents) -> str:
    """The format in words: "PyTorch zip", "raw numbers of float32"."""
    if contents.format == "raw":
        return f"raw numbers of {contents.tensors[0].dtype}"
    return FORMATS.get(contents.format, contents.format)


def facts_text(contents: Contents) -> str:
    """Format, size and counts on one line."""
    tensors, storages = len(contents.tensors), len(contents.storages)
    if contents.format == "raw" and tensors == 1:
        shape = " x ".join(map(count_text, contents.tensors[0].layout.shape)) or "one number"
        return " · ".join((format_text(contents), shape, bytes_text(contents.nbytes)))
    counts = plural(tensors, "tensor")
    if storages != tensors:
        counts = f"{counts} over {plural(storages, 'storage')}"
    return " · ".join((format_text(contents), bytes_text(contents.nbytes), counts))


def guess_text(file: TensorFile) -> str:
    """Which family it is of, what has to be done to it; what is still being found out."""
    if file.contents is None:
        return ""
    if file.analysis is None:
        return "Looking at its names and layouts..." if file.is_working("open") else ""
    if file.raw is not None:
        return _raw_text(file.raw, file.contents)
    return printable(file.guess)


def _raw_text(raw: RawForm, contents: Contents) -> str:
    """Where the numbers begin, and what is left after them."""
    start = f"from byte {count_text(raw.offset)} on" if raw.offset else "from the first byte on"
    return "; ".join((start, *(note.rstrip(".") for note in contents.notes)))


def layout_chips(file: TensorFile) -> tuple[Chip, ...]:
    """What names, layouts and storages tell, the gravest first; it takes a while where they are many."""
    if file.contents is None:
        return ()
    return (*_called(file.contents), *_layouts(file.analysis), *_order(file.contents))


def value_chips(file: TensorFile) -> tuple[Chip, ...]:
    """What was seen of values by now."""
    return tuple(_values(file))


def _called(contents: Contents) -> Iterator[Chip]:
    count = len(contents.unsafe_globals)
    if count:
        names = _some(contents.unsafe_globals)
        text = f"{plural(count, 'name')} a pickle would call: nothing was run"
        tip = f"Loading it as a pickle would call {names}. Nothing of it was run here."
        yield Chip(text, tip, "danger", f"a pickle would call {plural(count, 'name')}")


def _values(file: TensorFile) -> Iterator[Chip]:
    """After somebody had the values looked at."""
    nan = sum(bool(row.nan) for row in file.values)
    infinite = sum(bool(row.positive_infinite or row.negative_infinite) for row in file.values)
    for count, word in ((nan, "NaN"), (infinite, "infinities")):
        if count:
            yield Chip(f"{word} in {plural(count, 'tensor')}", f"{plural(count, 'tensor')} with {word}.", "danger")


def _layouts(analysis: Analysis | None) -> Iterator[Chip]:
    if analysis is None:
        return
    wasted, total = analysis.wasted, sum(use.storage.nbytes for use in analysis.storages)
    if wasted:
        tip = f"{bytes_text(wasted)} of {bytes_text(total)} in storages are reached by no tensor. Save a compact copy."
        yield Chip(f"{_share(wasted, total)} wasted", tip, "warning")
    shared = sum(len(use.tensors) > 1 for use in analysis.storages)
    if shared:
        has = "storage has" if shared == 1 else "storages have"
        tied = f" {plural(len(analysis.tied), 'group')} of names are one tensor each." if analysis.tied else ""
        yield Chip("shared", f"{count_text(shared)} {has} several tensors.{tied}")


def _order(contents: Contents) -> Iterator[Chip]:
    count = sum(storage.big_endian for storage in contents.storages)
    if count:
        tip = "The first byte of each number is the one that counts most. Values are shown as they are meant."
        yield Chip("big-endian", tip)


def _share(part: int, whole: int) -> str:
    text = percent_text(part / whole)
    return "> 99.9 %" if text == "100.0 %" and part < whole else text


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(map(printable, names[:NAMED]))
    return f"{shown} and {count_text(len(names) - NAMED)} more" if len(names) > NAMED else shown
