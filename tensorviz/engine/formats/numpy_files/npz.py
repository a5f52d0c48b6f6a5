"""An .npz file: a zip archive with an array in each member, stored or compressed.

Must not know how a header is written.
"""

from __future__ import annotations

import itertools
import struct
from typing import IO

from tensorviz.core.stored import Contents, StoredStorage, StoredTensor, letters
from tensorviz.core.text import bytes_text
from tensorviz.engine.formats.numpy_files.header import LONGEST, Header, read_header
from tensorviz.engine.formats.numpy_files.npy import Taker
from tensorviz.engine.formats.spec import Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of
from tensorviz.engine.zip_directory import STORED, Member, ZipDamaged, blocks_of, members_of, start_of

SUFFIX = ".npy"
MOST_OTHERS = 1_000


def _recognises(head: bytes, _size: int) -> bool:
    (length,) = struct.unpack_from("<H", head, 26) if head.startswith(b"PK\x03\x04") and len(head) >= 30 else (0,)
    return head[30 : 30 + length].endswith(SUFFIX.encode())


def _read(path: str, file: IO[bytes]) -> Contents:
    try:
        return _contents(path, file, size_of(file))
    except ZipDamaged as error:
        raise Damaged(str(error)) from error


def _contents(path: str, file: IO[bytes], size: int) -> Contents:
    tensors: list[StoredTensor] = []
    storages: list[StoredStorage] = []
    others: list[tuple[str, str]] = []
    for member in members_of(file, size).values():
        name = member.name.removesuffix(SUFFIX)
        try:
            header = _header(file, member, size) if name != member.name else None
        except Damaged as error:
            if not error.hint and "which no tensor holds" not in str(error):
                raise Damaged(f"{member.name[:80]}: {error}") from error
            others.append((name, f"no tensor: {error}"))
            continue
        if header is None:
            others.append((member.name, bytes_text(member.size)))
            continue
        tensors.append(StoredTensor(name, header.layout, header.dtype, letters(len(storages))))
        storages.append(_storage(file, path, member, header, letters(len(storages))))
    return Contents(path, "npz", size, tuple(tensors), tuple(storages), others=tuple(others[:MOST_OTHERS]))


def _header(file: IO[bytes], member: Member, size: int) -> Header:
    """The member's header. Only its first bytes are read, or inflated."""
    if member.method == STORED:
        start = start_of(file, member, size)
        raw = read_at(file, start, min(member.size, LONGEST + 16))
    else:
        raw = b"".join(itertools.islice(blocks_of(file, member, size), 2))  # blocks hold more than a header
    header = read_header(Taker(raw).take)
    if header.length + header.layout.nbytes > member.size:
        raise Damaged(f"its header promises {header.layout.nbytes:,} bytes, and it has {member.size:,} in all")
    return header


def _storage(file: IO[bytes], path: str, member: Member, header: Header, letter: str) -> StoredStorage:
    size = size_of(file)
    start = start_of(file, member, size) + header.length if member.method == STORED else None
    skip = 0 if start is not None else header.length
    return StoredStorage(
        letter, header.layout.nbytes, path, start, member.name, header.big_endian, skip=skip, file_bytes=size
    )


NPZ = FileFormat("a NumPy archive", _recognises, _read)
