"""Reading compressed members once: a storage that can only be inflated from its beginning is kept while it is used.

Must not know formats. Others are passed through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.stored import StoredStorage
    from tensorviz.engine.checkpoints.elements import Read

LARGEST_KEPT = 64 << 20  # bytes; larger ones are inflated anew for each block, which is slow and takes no memory


def keeping_members(read: Read) -> Read:
    """The same bytes as `read` gives; the last compressed member of up to LARGEST_KEPT bytes is kept."""
    kept: dict[str, bytes] = {}

    def reading(storage: StoredStorage, start: int, stop: int) -> bytes:
        if storage.start is not None or storage.nbytes > LARGEST_KEPT:
            return read(storage, start, stop)
        if storage.id not in kept:
            kept.clear()
            kept[storage.id] = read(storage, 0, storage.nbytes)
        return kept[storage.id][start:stop]

    return reading
