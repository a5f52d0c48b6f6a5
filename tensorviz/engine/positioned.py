"""Reading a file by position: what is asked for, never more, and never through a memory map.

Must not know what a file means. A mapped file that shrinks kills the process; a read that comes up short is an answer.
"""

from __future__ import annotations

import os
from typing import IO

LARGEST_BLOCK = 1 << 20  # bytes read in one go while a file is gone through


def read_at(file: IO[bytes], start: int, count: int) -> bytes:
    """Up to `count` bytes from byte `start`; fewer only where the file ends. Raises OSError."""
    if not hasattr(os, "pread"):  # Windows
        file.seek(start)
        return file.read(count)
    piece = os.pread(file.fileno(), count, start)
    if len(piece) == count or not piece:
        return piece
    pieces = [piece]  # a read may be cut by the system, at 2 GiB for one
    while (got := sum(map(len, pieces))) < count and pieces[-1]:
        pieces.append(os.pread(file.fileno(), count - got, start + got))
    return b"".join(pieces)


def size_of(file: IO[bytes]) -> int:
    """The bytes that the open file has now."""
    return os.fstat(file.fileno()).st_size
