"""`tensorviz inspect`: what is inside a file of tensors, with nothing of it run.

Must not know formats, nor torch, which it never imports.
"""

from __future__ import annotations

import contextlib
import gc
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from tensorviz.cli.inspect_values import Found, ValueWork, Wishes, lines_of
from tensorviz.cli.options import FORMATS, Common, common_options
from tensorviz.cli.output import deliver, say
from tensorviz.cli.tables import Cell, Document, document_text
from tensorviz.core.layout import shape_text
from tensorviz.core.plain_data import as_json
from tensorviz.core.stored import Contents
from tensorviz.core.text import bytes_pair, bytes_text, count_text, path_text, plural, printable
from tensorviz.engine.formats import read_contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tensorviz.core.checkpoint_analysis import StorageUse
    from tensorviz.core.stored import RawForm, StoredTensor

HEADINGS = ("name", "shape", "dtype", "bytes", "storage", "stride and offset")
RIGHT = ("bytes",)
LONGEST_NAME, MOST_NAMES = 100, 6
SORTS = ("file", "name", "size")


@click.command("inspect")
@click.argument("file", metavar="FILE")
@click.option("--sort", type=click.Choice(SORTS), default="file", show_default=True, help="Order of the tensors.")
@click.option("--dtype", metavar="NAME", help="Take the file as raw numbers of this element type.")
@click.option("--shape", metavar="N,N,...", callback=lambda _c, _p, value: _sizes(value), help="Sizes of raw numbers.")
@click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="First byte of raw numbers.")
@click.option("--big-endian", is_flag=True, help="Raw numbers have their highest byte first.")
@click.option("--values", is_flag=True, help="Look at all values: NaN, infinities, constant tensors, duplicates.")
@click.option("--compare", metavar="OTHER", default="", help="Tell how the tensors of another file differ.")
@click.option("--compact", metavar="OUT", default="", help="Write a copy without the bytes that no tensor reaches.")
@click.option("--to-safetensors", "safetensors", metavar="OUT", default="", help="Write the tensors as safetensors.")
@common_options(FORMATS)
def inspect(
    file: str, sort: str, values: bool, compare: str, compact: str, safetensors: str, common: Common, **raw: Any
) -> int:
    """What is inside a tensor or checkpoint file: tensors, storages, who shares them, what is wasted.

    Nothing of the file is run: names that its pickle would call are listed. FILE is a .pt, .pth, .safetensors, .npy or
    .npz file, or a folder or index of .safetensors files; with --dtype any file of raw numbers.
    """
    wishes = Wishes(values, compare, compact, safetensors)
    wishes.check(file)
    with _without_collector():
        found = _Report(read_contents(file, _raw_form(raw)), path_text(file), sort)
        found.more = ValueWork(found.contents, wishes).done()
        # A lone surrogate in a name is written as JSON escapes it.
        deliver(found.text(common.format).encode("utf-8", "backslashreplace").decode("utf-8"), common)
    if found.contents.unsafe_globals and not common.quiet:
        names = plural(len(found.contents.unsafe_globals), "name")
        say(f"The pickle in {path_text(file)} would look up {names} that tensors do not need; nothing was run.")
    return 0


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing made here is thrown away before the end: looking for garbage would take a quarter of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _sizes(value: str | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    if not re.fullmatch(r"\s*(-?\d{1,18}\s*[,x]\s*)*-?\d{1,18}\s*,?\s*", value):
        raise click.BadParameter(f"{value!r} is no shape; write it like 3,224,224.")
    return tuple(int(part) for part in re.split(r"[,x]", value) if part.strip())


def _raw_form(raw: dict[str, Any]) -> RawForm | None:
    if raw["dtype"] is None:
        if raw["shape"] is not None or raw["offset"] or raw["big_endian"]:
            raise click.UsageError("--shape, --offset and --big-endian are for raw numbers: give --dtype with them.")
        return None
    from tensorviz.core.stored import RawForm

    return RawForm(raw["dtype"], raw["shape"], raw["offset"], raw["big_endian"])


@dataclass
class _Report:
    """What is printed of a file. path: as it was named."""

    contents: Contents
    path: str
    sort: str

    def __post_init__(self) -> None:
        self.more = Found()
        self.guess = _guess(self.contents)

    @cached_property
    def uses(self) -> tuple[StorageUse, ...]:
        """What each storage is used for."""
        from tensorviz.core.checkpoint_layout import storage_uses

        return storage_uses(self.contents)

    @cached_property
    def wasted(self) -> int:
        """Bytes that no tensor reaches."""
        return sum(use.wasted for use in self.uses)

    def text(self, form: str) -> str:
        """The report as "text", "json", "jsonl" or "csv"."""
        if form == "csv":
            return document_text(Document((), [_csv_row(t) for t in self.tensors()], (), ()), "csv")
        if form == "text":
            return self._for_people()
        return json_text(self.whole(), form == "json")

    def whole(self) -> dict[str, Any]:
        """The contract's form."""
        found = self.contents
        return {
            "path": self.path, "format": found.format, "bytes": found.nbytes, "metadata": as_json(found.metadata),
            "tensors": [_row(tensor) for tensor in self.tensors()],
            "storages": [_storage(use) for use in self.uses],
            "wasted_bytes": self.wasted, "unsafe_globals": list(found.unsafe_globals), "guess": self.guess,
            "others": [{"name": name, "text": text} for name, text in found.others], "notes": self.notes(),
            **self.more.keys,
        }  # fmt: skip  # in the order of the contract

    def tensors(self) -> list[StoredTensor]:
        """The tensors in the order asked for."""
        rows = list(self.contents.tensors)
        if self.sort == "name":
            rows.sort(key=lambda tensor: _natural(tensor.name))
        if self.sort == "size":
            rows.sort(key=lambda tensor: -tensor.nbytes)
        return rows

    def notes(self) -> list[str]:
        """Remarks of the reader, and what is not exact here."""
        rough = [use.storage.id for use in self.uses if use.used is None]
        return [
            *self.contents.notes,
            *(f"How much of storage {name} is used was too long to count: at most what is said." for name in rough),
        ]

    def _for_people(self) -> str:
        from tensorviz.core.checkpoint_layout import sentences_of

        sentences = sentences_of(self.contents, self.uses)
        lines = tuple(_line(tensor) for tensor in self.tensors())
        table = document_text(Document((), (), HEADINGS, lines, RIGHT), "text")
        asked = lines_of(self.more.blocks)
        blocks = (_storages(self.uses), list(sentences), self._others(), self._unsafe(), self.notes(), *asked)
        return "\n".join(block for block in (self._heading(), table, *map(_block, blocks)) if block)

    def _heading(self) -> str:
        found, wasted = self.contents, self.wasted
        elements = sum(tensor.layout.numel for tensor in found.tensors)
        held = sum(storage.nbytes for storage in found.storages)
        lines = [
            f"{self.path}  ({found.format}, {bytes_text(found.nbytes)})",
            f"  {plural(len(found.tensors), 'tensor')} of {plural(elements, 'element')} "
            f"over {plural(len(found.storages), 'storage')}, {bytes_text(held)}",
        ]
        lines += [f"  {bytes_pair(wasted, held)} wasted: no tensor reaches them"] if wasted else []
        lines += [f"  looks like: {self.guess}"] if self.guess else []
        lines += [f"  {key}: {_metadata_text(value)}" for key, value in list(found.metadata.items())[:12]]
        return _block(lines)

    def _others(self) -> list[str]:
        rows = [f"  {_short(name) or '(the file)'}: {text}" for name, text in self.contents.others[:MOST_NAMES]]
        more = len(self.contents.others) - len(rows)
        rows += [f"  and {plural(more, 'more value')}"] if more > 0 else []
        return ["not tensors", *rows] if rows else []

    def _unsafe(self) -> list[str]:
        names = self.contents.unsafe_globals
        return ["the pickle would look up (nothing was run)", *(f"  {_short(name)}" for name in names)] if names else []


def _storages(uses: Sequence[StorageUse]) -> list[str]:
    """Those that several tensors share, and those with bytes that nobody reaches."""
    told = [use for use in uses if len(use.tensors) != 1 or use.wasted]
    return ["storages shared or not fully used", *map(_storage_line, told)] if told else []


def _block(lines: list[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)


def _storage_line(use: StorageUse) -> str:
    names = [_short(tensor.name) or "(the tensor)" for tensor in use.tensors]
    shown = ", ".join(names[:MOST_NAMES]) or "no tensor"
    more = f" and {count_text(len(names) - MOST_NAMES)} more" if len(names) > MOST_NAMES else ""
    size = use.storage.nbytes
    waste = f"{bytes_pair(use.wasted, size)} wasted" if use.wasted else bytes_text(size)
    return f"  {use.storage.id}: {waste}; {shown}{more}"


def _row(tensor: StoredTensor) -> dict[str, Any]:
    layout = tensor.layout
    return {
        "name": tensor.name, "shape": list(layout.shape), "stride": list(layout.stride),
        "storage_offset": layout.offset, "dtype": tensor.dtype, "storage": tensor.storage, "nbytes": tensor.nbytes,
        "is_contiguous": tensor.is_contiguous,
    }  # fmt: skip  # in the order of the contract


def _csv_row(tensor: StoredTensor) -> dict[str, Cell]:
    row = _row(tensor)
    return {**row, "shape": " ".join(map(str, row["shape"])), "stride": " ".join(map(str, row["stride"]))}


def _line(tensor: StoredTensor) -> tuple[str, ...]:
    layout = tensor.layout
    plain = tensor.is_contiguous and not layout.offset
    where = "" if plain else f"({','.join(map(str, layout.stride))})+{layout.offset}"
    return (
        _short(tensor.name) or "(the tensor)", shape_text(layout.shape), tensor.dtype, count_text(tensor.nbytes),
        tensor.storage, where if tensor.is_contiguous else f"{where}, not contiguous",
    )  # fmt: skip  # in the order of the headings


def _short(name: str) -> str:
    """A name on one line of a bounded length; letters that steer a terminal are escaped."""
    safe = printable(name[: LONGEST_NAME + 1])
    return safe if len(safe) <= LONGEST_NAME else f"{safe[: LONGEST_NAME - 1]}…"


def _natural(name: str) -> list[tuple[int, int, str]]:
    """For sorting: numbers in a name count as numbers, so that layer 10 comes after layer 9."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part[:18]), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def _metadata_text(value: Any) -> str:
    plain = as_json(value)
    return _short(plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False))


def json_text(whole: Mapping[str, Any], rows: bool) -> str:
    """One line of JSON; with `rows` a line for each key, and for each item of a list of tables."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # made once, and not for each row
    if not rows:
        return encode(whole) + "\n"

    def value_text(value: Any) -> str:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "[\n  " + ",\n  ".join(map(encode, value)) + "\n ]"
        return encode(value)

    return "{\n " + ",\n ".join(f"{encode(key)}: {value_text(value)}" for key, value in whole.items()) + "\n}\n"


def _storage(use: StorageUse) -> dict[str, Any]:
    """All bytes count as used where that is not known; a note says so then."""
    size, names = use.storage.nbytes, [tensor.name for tensor in use.tensors]
    return {"id": use.storage.id, "nbytes": size, "used_bytes": size - use.wasted, "tensors": names}


def _guess(contents: Contents) -> str:
    """The family of networks that the names and shapes speak for."""
    from tensorviz.core.families import guess
    from tensorviz.engine.checkpoints.known import known_networks

    return guess(contents, known_networks())
