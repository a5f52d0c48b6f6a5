"""Letters for storages in the order in which they appeared: A, B, ... Z, AA, AB.

Must not know what is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.multiprocessing.reductions import StorageWeakRef

from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    import torch

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
        for entry in (self._by_object.get(number), self._by_place.get(place)):
            if entry is not None and not entry[1].expired():
                return self._note(place, number, entry)
        name = letters(self._count)
        self._count += 1
        return self._note(place, number, (name, StorageWeakRef(storage)))

    def _note(self, place: Key, number: int, entry: tuple[str, StorageWeakRef]) -> str:
        self._by_place[place] = entry
        self._by_object[number] = entry
        return entry[0]
