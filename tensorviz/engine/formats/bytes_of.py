"""The bytes of a storage in a file, read by position and in blocks; those of compressed members inflated on the way.

Must not know formats: where the bytes lie is told by the storage.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import CheckpointUnreadable, ValueRefused
from tensorviz.core.text import path_text
from tensorviz.engine.positioned import LARGEST_BLOCK, read_at, size_of
from tensorviz.engine.zip_directory import ZipDamaged, blocks_of, members_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.stored import StoredStorage


def read_storage(storage: StoredStorage, start: int = 0, stop: int | None = None) -> bytes:
    """Bytes start..stop-1 of the storage, as the file has them; all from `start` on without `stop`.

    Raises ValueRefused for bytes outside the storage, CheckpointUnreadable where the file is not what it was.
    """
    return b"".join(storage_blocks(storage, start, stop))


def storage_blocks(storage: StoredStorage, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The same in blocks of up to LARGEST_BLOCK bytes. A compressed member is gone through from its beginning."""
    end = storage.nbytes if stop is None else stop
    if not 0 <= start <= end <= storage.nbytes:
        raise ValueRefused(
            f"Bytes {start} to {end} were asked for; storage {storage.id} has {storage.nbytes}.", "Ask for fewer."
        )
    return _blocks(storage, start, end) if start < end else iter(())


def native(raw: bytes, dtype: str) -> bytes:
    """Whole elements of a file in the big order of bytes, in the little one; complex numbers part by part."""
    kind = DTYPES.get(dtype)
    size = 4 if kind is None and dtype == "qint32" else 1 if kind is None else kind.itemsize
    size = size // 2 if kind is not None and kind.kind == "complex" else size
    if size == 1:
        return raw
    turned = bytearray(len(raw))
    for at in range(size):
        turned[at::size] = raw[size - 1 - at :: size]
    return bytes(turned)


def _blocks(storage: StoredStorage, start: int, stop: int) -> Iterator[bytes]:
    shown = path_text(storage.file)
    try:
        with Path(storage.file).open("rb") as file:
            _check_size(file, storage, shown)
            packed = storage.start is None
            yield from _inflated(file, storage, start, stop) if packed else _plain(file, storage, start, stop)
    except ZipDamaged as error:
        raise CheckpointUnreadable(f"{shown} cannot be read: {error}.", "Get it again.") from error
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        why = "it is no longer there" if gone else (error.strerror or str(error)).lower()
        raise CheckpointUnreadable(f"{shown} cannot be read: {why}.", "Open it again when it is there.") from error


def _check_size(file: IO[bytes], storage: StoredStorage, shown: str) -> None:
    size = size_of(file)
    if storage.file_bytes and size != storage.file_bytes:
        raise CheckpointUnreadable(
            f"{shown} has changed: it had {storage.file_bytes:,} bytes and now has {size:,}.", "Open it again."
        )


def _plain(file: IO[bytes], storage: StoredStorage, start: int, stop: int) -> Iterator[bytes]:
    first = storage.start or 0
    for at in range(start, stop, LARGEST_BLOCK):
        count = min(LARGEST_BLOCK, stop - at)
        block = read_at(file, first + at, count)
        if len(block) < count:
            raise ZipDamaged("it became shorter while it was read")
        yield block


def _inflated(file: IO[bytes], storage: StoredStorage, start: int, stop: int) -> Iterator[bytes]:
    size = size_of(file)
    member = members_of(file, size).get(storage.member)
    if member is None:
        raise ZipDamaged(f'its member "{storage.member[:80]}" is gone')
    first, last, at = storage.skip + start, storage.skip + stop, 0
    for block in blocks_of(file, member, size):
        if at + len(block) > first and at < last:
            yield block[max(first - at, 0) : last - at]
        at += len(block)
        if at >= last < member.size:  # what follows is of no interest; a whole member is checked by its sum
            return
    if at < last:
        raise ZipDamaged(f'its member "{storage.member[:80]}" ended early')
