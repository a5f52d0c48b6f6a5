"""An .npy file: one array.

Must not know archives of arrays.
"""

from __future__ import annotations

from typing import IO

from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.text import bytes_text
from tensorviz.engine.formats.numpy_files.header import LONGEST, MAGIC, read_header
from tensorviz.engine.formats.spec import Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of


def _recognises(head: bytes, _size: int) -> bool:
    return head.startswith(MAGIC)


def _read(path: str, file: IO[bytes]) -> Contents:
    size = size_of(file)
    taker = Taker(read_at(file, 0, LONGEST + 16))
    header = read_header(taker.take)
    nbytes = header.layout.nbytes
    if header.length + nbytes > size:
        raise Damaged(f"its header promises {nbytes:,} bytes, and {max(size - header.length, 0):,} follow")
    left = size - header.length - nbytes
    notes = (f"The last {bytes_text(left)} of the file belong to nothing.",) if left else ()
    storage = StoredStorage("A", nbytes, path, header.length, big_endian=header.big_endian, file_bytes=size)
    tensor = StoredTensor("", header.layout, header.dtype, "A")
    return Contents(path, "npy", size, (tensor,), (storage,), notes=notes)


class Taker:
    """Gives bytes piece by piece, fewer where they end."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        piece = self._raw[self._at : self._at + count]
        self._at += count
        return piece


NPY = FileFormat("a NumPy file", _recognises, _read)
