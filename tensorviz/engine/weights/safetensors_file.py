"""Reading a safetensors file with positioned reads: the header is checked against the file before any memory is taken.

Must not know checkpoints. The library's own loader maps the file, and a mapped file that shrinks kills the process.
"""

from __future__ import annotations

import json
import math
import struct
from typing import IO, Any, TypeGuard

import torch

LONGEST_HEADER = 100_000_000  # bytes; the format's own limit
DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
    "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
    "C64": torch.complex64, "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2, "U16": torch.uint16,
    "U32": torch.uint32, "U64": torch.uint64,
}  # fmt: skip  # a table


class HeaderLies(Exception):
    """The header says what the file does not hold; the text says what."""


def looks_like_safetensors(head: bytes) -> bool:
    """Whether the first bytes are a header's length and an opening brace."""
    return len(head) > 8 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] <= LONGEST_HEADER


def read_safetensors(stream: IO[bytes], size: int) -> dict[str, torch.Tensor]:
    """The tensors by name, on the processor. `size`: bytes of the whole file. Raises HeaderLies, OSError."""
    header, start = _header(stream, size)
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    plans = {name: _plan(name, entry, size - start) for name, entry in entries.items()}
    _check_overlaps([(begin, end) for _, _, begin, end in plans.values()])
    return {name: _read(stream, start, *plan) for name, plan in plans.items()}


def _header(stream: IO[bytes], size: int) -> tuple[dict[str, Any], int]:
    stream.seek(0)
    (length,) = struct.unpack("<Q", stream.read(8))
    if length > min(LONGEST_HEADER, size - 8):
        raise HeaderLies(f"its header should be {length:,} bytes long, and the file has {size:,}")
    try:
        header = json.loads(stream.read(length))
    except (ValueError, RecursionError) as error:
        raise HeaderLies("its header is not JSON") from error
    if not isinstance(header, dict):
        raise HeaderLies("its header is not a table")
    return header, 8 + length


def _plan(name: str, entry: Any, space: int) -> tuple[torch.dtype, list[int], int, int]:
    """Element type, shape, and the first and last byte after the header, all checked."""
    if not isinstance(entry, dict):
        raise HeaderLies(f'its header does not describe "{name}"')
    dtype, shape, offsets = DTYPES.get(str(entry.get("dtype"))), entry.get("shape"), entry.get("data_offsets")
    if dtype is None:
        raise HeaderLies(f'"{name}" has the unknown element type {entry.get("dtype")!r:.40}')
    if not _sizes(shape) or not _sizes(offsets) or len(offsets) != 2 or not offsets[0] <= offsets[1] <= space:
        raise HeaderLies(f'"{name}" should lie outside the file, or has no shape')
    if math.prod(shape) * dtype.itemsize != offsets[1] - offsets[0]:
        raise HeaderLies(f'the shape of "{name}" does not fit its bytes')
    return dtype, shape, offsets[0], offsets[1]


def _sizes(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 2**63 for item in value)


def _check_overlaps(spans: list[tuple[int, int]]) -> None:
    reached = 0
    for begin, end in sorted(spans):
        if begin < reached and end > begin:
            raise HeaderLies("two tensors should lie in the same bytes")
        reached = max(reached, end)


def _read(stream: IO[bytes], start: int, dtype: torch.dtype, shape: list[int], begin: int, end: int) -> torch.Tensor:
    if begin == end:
        return torch.empty(shape, dtype=dtype)
    block = bytearray(end - begin)
    stream.seek(start + begin)
    if stream.readinto(block) != len(block):  # type: ignore[attr-defined]  # binary files have it
        raise HeaderLies("the file ended while it was read")
    return torch.frombuffer(block, dtype=dtype).reshape(shape)
