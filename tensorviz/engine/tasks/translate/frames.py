"""Plain values and arrays through a pipe between two processes of this program: a frame each, arrays not copied.

Must not know what they mean, or which process is which. Both ends are ours: nothing read from a file or a network ever
comes through here, so the values are pickled.
"""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

_COUNT, _LENGTH = struct.Struct("<I"), struct.Struct("<Q")
PIECE = 1 << 20  # bytes written at once


def write_frame(file: IO[bytes], value: object) -> None:
    """Writes a value; the bytes of its arrays follow behind it. Raises OSError when nobody reads."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    _write(file, memoryview(_COUNT.pack(len(parts))))
    for part in parts:
        _write(file, memoryview(_LENGTH.pack(part.nbytes)))
        _write(file, part)


def read_frame(file: IO[bytes]) -> Any:
    """The next value, its arrays in memory of their own, which may be written to. Raises EOFError at the end."""
    count = _COUNT.unpack(_read(file, _COUNT.size))[0]
    head, *buffers = (_read(file, _LENGTH.unpack(_read(file, _LENGTH.size))[0]) for _ in range(count))
    return pickle.loads(head, buffers=buffers)


def _write(file: IO[bytes], data: memoryview) -> None:
    at = 0
    while at < data.nbytes:
        at += file.write(data[at : at + PIECE])  # an unbuffered pipe may take less than was given


def _read(file: Any, length: int) -> bytearray:
    data = bytearray(length)
    rest = memoryview(data)
    while rest.nbytes:
        got = file.readinto(rest)
        if not got:
            raise EOFError
        rest = rest[got:]
    return data
