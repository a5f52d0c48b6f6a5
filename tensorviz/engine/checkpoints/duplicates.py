"""Tensors of one file that hold the same elements in places of their own.

Must not know file formats or torch. The order of elements counts, not how they lie in memory.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.checkpoint_values import Duplicates
from tensorviz.core.errors import TensorvizError
from tensorviz.core.layout import Layout
from tensorviz.engine.checkpoints.elements import Read, Source, block_limit, blocks, same_bits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.stored import Contents, StoredTensor
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.values import ProgressSaid

FIRST = 1024  # elements of the first part that candidates are told apart by


def find_duplicates(
    contents: Contents, read: Read, progress: ProgressSaid | None = None, cancel: CancelToken | None = None
) -> tuple[Duplicates, ...]:
    """Groups of equal tensors, those that would spare most first, constant ones last. Raises Cancelled.

    Only tensors of one shape and element type are compared; hashes find candidates, bytes confirm them. Tensors that
    cannot be read are left out.
    """
    work = _Work(contents, read, progress, cancel)
    groups = _split(work.candidates(), work.start)
    groups = _split(groups, work.hash)
    equal = [same for group in groups for same in work.confirmed(group)]
    found = [
        Duplicates(tuple(tensor.name for tensor in same), (len(same) - 1) * same[0].nbytes, work.constant(same[0]))
        for same in equal
    ]
    return tuple(sorted(found, key=lambda group: (group.constant, -group.saved)))


def _split(groups: Iterable[list[StoredTensor]], key: object) -> list[list[StoredTensor]]:
    """Each group by what `key` says of its tensors; those that are alone are dropped, and those it says None of."""
    found: list[list[StoredTensor]] = []
    for group in groups:
        parts: dict[object, list[StoredTensor]] = defaultdict(list)
        for tensor in group:
            said = key(tensor)  # type: ignore[operator]  # one of the methods below
            if said is not None:
                parts[said].append(tensor)
        found += [part for part in parts.values() if len(part) > 1]
    return found


class _Work:
    def __init__(
        self, contents: Contents, read: Read, progress: ProgressSaid | None, cancel: CancelToken | None
    ) -> None:
        self.contents, self.read, self.progress, self.cancel = contents, read, progress, cancel
        self.storages = {storage.id: storage for storage in contents.storages}
        self.done = 0
        self.total = sum(tensor.nbytes for group in self.candidates() for tensor in group)

    def candidates(self) -> list[list[StoredTensor]]:
        """Tensors of one shape and element type, tied ones once, empty ones not at all."""
        groups: dict[object, list[StoredTensor]] = defaultdict(list)
        met: set[object] = set()
        for tensor in self.contents.tensors:
            layout = tensor.layout
            same = (tensor.storage, layout, tensor.dtype, tensor.conjugated, tensor.negated)
            if layout.numel and same not in met:
                met.add(same)
                groups[layout.shape, tensor.dtype].append(tensor)
        return [group for group in groups.values() if len(group) > 1]

    def source(self, tensor: StoredTensor) -> Source:
        return Source(tensor, self.storages[tensor.storage], self.read)

    def start(self, tensor: StoredTensor) -> bytes | None:
        """The first elements."""
        self._check()
        try:
            source = self.source(tensor)
            first = next(blocks(tensor.layout, FIRST))
            return source.gather(first.layout).tobytes()
        except (TensorvizError, OSError):
            return None

    def hash(self, tensor: StoredTensor) -> bytes | None:
        """A digest of all elements in the order of their indices."""
        digest = hashlib.blake2b(digest_size=32)
        try:
            source = self.source(tensor)
            for part in blocks(tensor.layout, block_limit(tensor.layout)):
                self._check()
                digest.update(source.gather(part.layout).data)
                self._said(part.layout.nbytes)
        except (TensorvizError, OSError):
            return None
        return digest.digest()

    def confirmed(self, group: list[StoredTensor]) -> list[list[StoredTensor]]:
        """The group as groups whose bytes are the same: one, unless two digests met by accident or the file changed."""
        found: list[list[StoredTensor]] = []
        for tensor in group:
            same = next((known for known in found if self._equal(known[0], tensor)), None)
            if same is None:
                found.append([tensor])
            else:
                same.append(tensor)
        return [same for same in found if len(same) > 1]

    def _equal(self, one: StoredTensor, other: StoredTensor) -> bool:
        try:
            return same_bits(self.source(one), self.source(other), self._check)
        except (TensorvizError, OSError):
            return False

    def constant(self, tensor: StoredTensor) -> bool:
        """Whether all elements are the same bytes."""
        source, layout = self.source(tensor), tensor.layout
        one = source.gather(Layout((1,) * layout.ndim, layout.stride, layout.offset, layout.itemsize)).reshape(-1)
        item = layout.itemsize
        first = one.view("u1").reshape(item)
        for part in blocks(layout):
            self._check()
            cells = source.gather(part.layout).reshape(-1).view("u1").reshape(-1, item)
            if not np.array_equal(cells, np.broadcast_to(first, cells.shape)):
                return False
        return True

    def _check(self) -> None:
        if self.cancel is not None:
            self.cancel.check()

    def _said(self, nbytes: int) -> None:
        self.done += nbytes
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)
