"""A set of safetensors files: an index says which tensor lies in which file beside it.

Must not know how one file is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.text import path_text, plural
from tensorviz.engine.formats.safetensors.single import Entry, entries_of, recognises, stored
from tensorviz.engine.formats.spec import HEAD, Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

INDEX_SUFFIX = ".safetensors.index.json"
LARGEST_INDEX = 32 << 20
MOST_FILES = 4_000


def _recognises(head: bytes, _size: int) -> bool:
    return head.lstrip()[:1] == b"{" and (b'"weight_map"' in head or b'"metadata"' in head)


def index_in(folder: Path) -> Path | None:
    """The one index in a folder; the one safetensors file where there is no index; None where it is not clear."""
    names = sorted(path for path in folder.iterdir() if path.name.endswith((INDEX_SUFFIX, ".safetensors")))
    indices = [path for path in names if path.name.endswith(INDEX_SUFFIX)]
    found = indices or names
    return found[0] if len(found) == 1 else None


def _read(path: str, file: IO[bytes]) -> Contents:
    index = _index(file)
    wanted = _files(index.get("weight_map"))
    folder = Path(path).parent
    tensors: list[StoredTensor] = []
    storages: list[StoredStorage] = []
    notes: list[str] = []
    total = size_of(file)
    for name, expected in wanted.items():
        rows, size, remarks = _shard(folder / name, name)
        total += size
        notes += [f"{name}: {remark}" for remark in remarks] + _missing(name, rows, expected)
        for row in rows:
            tensor, storage = stored(row, len(storages), str(folder / name), size)
            tensors.append(tensor)
            storages.append(storage)
    _check_names(tensors)
    told = index.get("metadata")
    metadata: Mapping[str, Any] = told if isinstance(told, dict) else {}
    found = {**metadata, "files": list(wanted)}
    return Contents(path, "safetensors-sharded", total, tuple(tensors), tuple(storages), found, notes=tuple(notes))


def _index(file: IO[bytes]) -> dict[str, Any]:
    size = size_of(file)
    raw = read_at(file, 0, size) if size <= LARGEST_INDEX else b""
    if 3 * size + 64 * raw.count(b"[") + 300 * raw.count(b"{") + 90 * raw.count(b",") > 4 * LARGEST_INDEX:
        raise Damaged("it is larger than an index of tensors")
    try:
        index = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Damaged("it is not JSON") from error
    if not isinstance(index, dict):
        raise Damaged("it is not a table")
    return index


def _files(weights: Any) -> dict[str, set[str]]:
    """The names of the files in order, each with the tensors that it should have."""
    if not isinstance(weights, dict) or not weights or not all(isinstance(name, str) for name in weights.values()):
        raise Damaged("it has no weight_map from tensors to files", "Give the .safetensors file itself.")
    wanted: dict[str, set[str]] = {name: set() for name in sorted(set(weights.values()))}
    for tensor, name in weights.items():
        wanted[name].add(tensor)
    for name in wanted:
        if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
            raise Damaged(f"it names a file outside its folder ({path_text(name[:80])!r})")
        if name.endswith((".bin", ".pt", ".pth")):
            raise Damaged("its files are PyTorch files", f"Give one of them, for example {path_text(name[:80])}.")
    if len(wanted) > MOST_FILES:
        raise Damaged(f"it names {len(wanted):,} files, which is too many to look at")
    return wanted


def _shard(place: Path, name: str) -> tuple[list[Entry], int, list[str]]:
    try:
        with place.open("rb") as file:
            if not recognises(read_at(file, 0, HEAD), size_of(file)):
                raise Damaged(f"{path_text(name)}, which it names, is no safetensors file")
            rows, _, remarks = entries_of(file)
            return rows, size_of(file), remarks
    except FileNotFoundError as error:
        raise Damaged(f"{path_text(name)}, which it names, is missing", "Download the missing file.") from error
    except Damaged as error:
        raise Damaged(f"{path_text(name)}: {error}" if name not in str(error) else str(error), error.hint) from error


def _missing(name: str, rows: list[Entry], expected: set[str]) -> list[str]:
    there = {row.name for row in rows}
    lacking, more = len(expected - there), len(there - expected)
    notes = [f"{name} lacks {plural(lacking, 'tensor')} that the index promises."] if lacking else []
    return notes + ([f"{name} has {plural(more, 'tensor')} that the index does not list."] if more else [])


def _check_names(tensors: list[StoredTensor]) -> None:
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise Damaged("two of its files have a tensor of the same name")


SHARDED = FileFormat("an index of safetensors files", _recognises, _read)
