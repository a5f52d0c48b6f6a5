"""A safetensors file: its header, checked against the size of the file before any memory is taken.

Must not know sets of files.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, TypeGuard

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.layout import Layout, contiguous_strides
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor, letters
from tensorviz.core.text import bytes_text
from tensorviz.engine.formats.spec import LARGEST, Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_HEADER = 100_000_000  # bytes; the format's own limit
MOST_HELD = 120_000_000  # bytes that the header's tables may take in memory
MOST_ENTRIES = 200_000
NAMES = MappingProxyType(
    {
        "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
        "I16": "int16", "I8": "int8", "U8": "uint8", "U16": "uint16", "U32": "uint32", "U64": "uint64", "BOOL": "bool",
        "C64": "complex64", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E4M3FNUZ": "float8_e4m3fnuz",
        "F8_E5M2FNUZ": "float8_e5m2fnuz", "F8_E8M0": "float8_e8m0fnu", "F4": "float4_e2m1fn_x2",
    }
)  # fmt: skip  # a table


def recognises(head: bytes, _size: int) -> bool:
    """Whether the first bytes are a header's length and an opening brace."""
    return len(head) > 8 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] <= LONGEST_HEADER


@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor of the header: its type, its sizes, and its bytes start..stop-1 of the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


def entries_of(file: IO[bytes]) -> tuple[list[Entry], Mapping[str, Any], list[str]]:
    """The tensors in the order of their bytes, what the file says of itself, and remarks. Raises Damaged, OSError."""
    size = size_of(file)
    header, start = _header(file, size)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise Damaged("its __metadata__ is not a table of texts")
    if len(header) > MOST_ENTRIES:
        raise Damaged(f"it lists {len(header):,} tensors, which is too many to look at")
    rows = sorted((_entry(name, row, start, size) for name, row in header.items()), key=lambda row: row.start)
    return rows, metadata, _gaps(rows, start, size)


def _header(file: IO[bytes], size: int) -> tuple[dict[str, Any], int]:
    raw = read_at(file, 0, 8)
    length = struct.unpack("<Q", raw)[0] if len(raw) == 8 else 0
    if length > min(LONGEST_HEADER, size - 8):
        raise Damaged(f"its header should be {length:,} bytes long, and the file has {size:,}")
    raw = read_at(file, 8, length)
    if len(raw) < length:
        raise Damaged("it ended while its header was read")
    # Estimated from the letters that make objects: a header of brackets only would take a hundred times its size.
    held = 3 * length + 64 * raw.count(b"[") + 300 * raw.count(b"{") + 48 * raw.count(b",")
    if held > MOST_HELD:
        raise Damaged(f"its header of {bytes_text(length)} describes more than can be looked at in bounded memory")
    try:
        header = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Damaged("its header is not JSON") from error
    if not isinstance(header, dict):
        raise Damaged("its header is not a table")
    return header, 8 + length


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise Damaged("its header has a name twice")
    return table


def _entry(name: str, row: Any, start: int, size: int) -> Entry:
    if not isinstance(row, dict):
        raise Damaged(f'its header does not describe "{name[:80]}"')
    kind, shape, offsets = row.get("dtype"), row.get("shape"), row.get("data_offsets")
    dtype = NAMES.get(kind) if isinstance(kind, str) else None
    if dtype is None:
        raise Damaged(f'"{name[:80]}" has the unknown element type {str(kind)[:40]!r}')
    if not _sizes(shape) or not _sizes(offsets) or len(offsets) != 2 or not offsets[0] <= offsets[1] <= size - start:
        raise Damaged(f'"{name[:80]}" should lie outside the file, or has no shape')
    if kind == "F4" and shape:
        shape = [*shape[:-1], shape[-1] // 2] if shape[-1] % 2 == 0 else shape  # two elements to a byte
    if math.prod(size or 1 for size in shape) >= LARGEST:
        raise Damaged(f'"{name[:80]}" has sizes that cannot be')
    if math.prod(shape) * DTYPES[dtype].itemsize != offsets[1] - offsets[0]:
        raise Damaged(f'the shape of "{name[:80]}" does not fit its bytes')
    return Entry(name, dtype, tuple(shape), start + offsets[0], start + offsets[1])


def _sizes(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 2**63 for item in value)


def _gaps(rows: list[Entry], start: int, size: int) -> list[str]:
    """What lies between and after the tensors, in a sentence. Raises Damaged for two in the same bytes."""
    reached, left = start, 0
    for row in rows:
        if row.start < reached and row.stop > row.start:
            raise Damaged(f'"{row.name[:80]}" should lie in the bytes of another tensor')
        left += max(row.start - reached, 0)
        reached = max(reached, row.stop)
    left += size - reached
    library = "the safetensors library would refuse the file"
    return [f"{bytes_text(left)} of it belong to no tensor; {library}."] if left else []


def stored(entry: Entry, at: int, path: str, size: int) -> tuple[StoredTensor, StoredStorage]:
    """The tensor and its storage, which is the `at`-th. size: bytes of the file."""
    layout = Layout(entry.shape, contiguous_strides(entry.shape), 0, DTYPES[entry.dtype].itemsize)
    storage = StoredStorage(letters(at), entry.stop - entry.start, path, entry.start, file_bytes=size)
    return StoredTensor(entry.name, layout, entry.dtype, storage.id), storage


def _read(path: str, file: IO[bytes]) -> Contents:
    rows, metadata, notes = entries_of(file)
    size = size_of(file)
    made = [stored(entry, at, path, size) for at, entry in enumerate(rows)]
    tensors, storages = tuple(tensor for tensor, _ in made), tuple(storage for _, storage in made)
    return Contents(path, "safetensors", size, tensors, storages, metadata, notes=tuple(notes))


SAFETENSORS = FileFormat("a safetensors file", recognises, _read)
