"""Letters for storages in the order in which they appeared: A, B, ... Z, AA, AB.

Must not know what is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.multiprocessing.reductions import StorageWeakRef

from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from tensorviz.engine.console.effects import Key


def letters(count: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    text = ""
    count += 1
    while count:
        count, rest = divmod(count - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


class StorageNames:
    """Gives each storage its letter as long as it lives; a storage that grew and moved keeps its own."""

    def __init__(self) -> None:
        self._by_place: dict[Key, tuple[str, StorageWeakRef]] = {}
        self._by_object: dict[int, tuple[str, StorageWeakRef]] = {}
        self._count = 0

    def name_of(self, tensor: torch.Tensor) -> str:
        """The letter of the storage of `tensor`."""
        storage = tensor.untyped_storage()
        place, number = identity_of(tensor), int(storage._cdata)
        known, there = self._by_object.get(number), self._by_place.get(place)
        if known is not None and not known[1].expired():
            return self._note(place, number, known)
        if there is not None and _begins_at(there[1], place):
            return self._note(place, number, there)
        name = letters(self._count)
        self._count += 1
        return self._note(place, number, (name, StorageWeakRef(storage)))

    def _note(self, place: Key, number: int, entry: tuple[str, StorageWeakRef]) -> str:
        self._by_place[place] = entry
        self._by_object[number] = entry
        return entry[0]


def _begins_at(reference: StorageWeakRef, place: Key) -> bool:
    """Whether the storage lives and is still where it was; one that grew left its place to others."""
    storage: torch.UntypedStorage | None = torch.UntypedStorage._new_with_weak_ptr(reference.cdata)
    return False if storage is None else storage.data_ptr() == place[1]
