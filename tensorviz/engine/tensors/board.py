"""The memory that may be looked at while a step runs: storages by letter, read in pages.

Must not know the session or its language: it is given storages, and a lock that is held while memory is written.

The lane that looks and the lane that changes are two threads. A storage on the board is kept alive by it, so that it
can be read whatever becomes of the tensors; only resizing moves its bytes, and that happens under the lock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tensorviz.core.session_data import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Pages = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class _Open:
    """What can be looked at, in one piece: whoever reads has the lock that belongs to the storages."""

    storages: dict[str, torch.UntypedStorage]
    tensors: dict[str, torch.Tensor]
    lock: threading.RLock


class Board:
    """What is open to be looked at. `memory` counts the states of the session's memory."""

    def __init__(self) -> None:
        self._open = _Open({}, {}, threading.RLock())
        self.memory = 0

    def publish(
        self, storages: Mapping[str, torch.UntypedStorage], tensors: Mapping[str, torch.Tensor], lock: threading.RLock
    ) -> None:
        """Replaces what can be looked at. lock: is held by whoever writes to it."""
        self._open = _Open(dict(storages), dict(tensors), lock)

    def tensor(self, name: str) -> torch.Tensor | None:
        """The tensor of that name, as it was when the last step ended."""
        return self._open.tensors.get(name)

    @property
    def lock(self) -> threading.RLock:
        """To be held while a tensor's memory is read."""
        return self._open.lock

    def read(self, storage: str, pages: Iterable[int]) -> tuple[int, Pages]:
        """The bytes of some pages (the last one may be shorter), and the state of memory that they are of.

        Pages beyond the end, and storages that are not on the board, are left out.
        """
        now = self._open
        held = now.storages.get(storage)
        if held is None:
            return self.memory, ()
        with now.lock, torch.no_grad():
            memory = self.memory
            return memory, _read(held, sorted(set(pages)))


def _read(storage: torch.UntypedStorage, pages: list[int]) -> Pages:
    nbytes = storage.nbytes()
    there = [page for page in pages if 0 <= page * PAGE < nbytes]
    if not there:
        return ()
    whole = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)
    if storage.device.type == "cpu":
        # A copy of each page: numpy() on the storage itself would forbid it to be resized.
        return tuple((page, bytes(whole[page * PAGE : (page + 1) * PAGE].clone().numpy())) for page in there)
    # One transfer for all of them: a page is cheap, each trip to the device is not.
    parts = [whole[page * PAGE : (page + 1) * PAGE] for page in there]
    moved = bytes(torch.cat(parts).cpu().numpy())
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + part.numel())
    return tuple((page, moved[a:b]) for page, a, b in zip(there, starts, starts[1:], strict=False))
