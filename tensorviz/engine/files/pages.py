"""Pages of the storages of an open file, in this computer's order of bytes.

Must not know requests, formats or torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.session_data import PAGE
from tensorviz.engine.formats.bytes_of import native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.stored import StoredStorage
    from tensorviz.engine.checkpoints.elements import Read
    from tensorviz.engine.files.open_files import OpenedFile

TOGETHER = 256  # pages read in one go

Page = tuple[int, bytes]


def pages_of(opened: OpenedFile, name: str, pages: Sequence[int], read: Read) -> Iterator[list[Page]]:
    """The pages of a storage, the last one shorter, in pieces; those that it does not have are left out.

    Raises CheckpointUnreadable where the file is not what it was.
    """
    storage = opened.storages.get(name)
    if storage is None:
        return
    dtype = _turned_as(opened, storage)
    for first, stop in _runs(pages, -(-storage.nbytes // PAGE)):
        raw = read(storage, first * PAGE, min(stop * PAGE, storage.nbytes))
        raw = _turned(raw, dtype) if dtype else raw
        yield [(page, raw[(page - first) * PAGE : (page - first + 1) * PAGE]) for page in range(first, stop)]


def _runs(pages: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """Stretches of pages that follow one another, each once."""
    wanted = sorted({page for page in pages if 0 <= page < count})
    at = 0
    while at < len(wanted):
        stop = at + 1
        while stop < len(wanted) and wanted[stop] == wanted[stop - 1] + 1 and stop - at < TOGETHER:
            stop += 1
        yield wanted[at], wanted[stop - 1] + 1
        at = stop


def _turned_as(opened: OpenedFile, storage: StoredStorage) -> str:
    """The element type by which the bytes have to be turned, "" where they are as they should be."""
    if not storage.big_endian:
        return ""
    sizes: dict[int, str] = {}
    for tensor in opened.on_storage[storage.id]:
        kind = DTYPES.get(tensor.dtype)
        halves = 2 if kind is not None and kind.kind == "complex" else 1
        sizes.setdefault(tensor.layout.itemsize // halves, tensor.dtype)
    if len(sizes) > 1:
        raise CheckpointUnreadable(
            f"Storage {storage.id} has its highest byte first and is seen as {' and '.join(sizes.values())}: its bytes "
            "have no one order.",
            "Its layout can be looked at all the same.",
        )
    return next(iter(sizes.values()), "")


def _turned(raw: bytes, dtype: str) -> bytes:
    size = DTYPES[dtype].itemsize if dtype in DTYPES else 4
    whole = len(raw) - len(raw) % size  # what is left is no element
    return native(raw[:whole], dtype) + raw[whole:]
