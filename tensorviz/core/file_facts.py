"""Tensors of a file as the panels see them that look at tensors of the session: the same words, nothing copied.

Must not know how a file is read.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.stored import Contents, StoredStorage, StoredTensor

NAMELESS = "tensor"  # what one that was saved alone is called
MOST_BESIDE = 200  # tensors of one storage that are listed beside those that were chosen


class FileFacts:
    """Names and facts of the tensors of one file. names: a name for each place, no two alike."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.names = tuple(_unlike(tensor.name or NAMELESS for tensor in contents.tensors))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each name."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _storages(self) -> dict[str, StoredStorage]:
        return {storage.id: storage for storage in self.contents.storages}

    @cached_property
    def _members(self) -> dict[str, list[int]]:
        members: dict[str, list[int]] = defaultdict(list)
        for place, tensor in enumerate(self.contents.tensors):
            members[tensor.storage].append(place)
        return members

    def can_be_shown(self, place: int) -> bool:
        """Whether its elements can be drawn: quantised ones cannot."""
        return self.contents.tensors[place].dtype in DTYPES

    def beside(self, place: int) -> tuple[int, ...]:
        """The places of all tensors on the same storage, itself too."""
        return tuple(self._members[self.contents.tensors[place].storage])

    def facts(self, chosen: Iterable[int]) -> SessionFacts:
        """The chosen tensors, with the others on their storages; as far as they can be shown."""
        letters = dict.fromkeys(self.contents.tensors[place].storage for place in chosen if self.can_be_shown(place))
        wanted = set(chosen)
        rows: dict[str, list[int]] = {}
        for letter in letters:
            members = [place for place in self._members[letter] if self.can_be_shown(place)]
            spare = max(0, MOST_BESIDE - sum(place in wanted for place in members))
            others = [place for place in members if place not in wanted][:spare]
            kept = wanted.union(others)
            rows[letter] = [place for place in members if place in kept]
        tensors = sorted(place for places in rows.values() for place in places)
        return SessionFacts(
            tuple(self._tensor(place) for place in tensors),
            tuple(self._storage(letter, places) for letter, places in rows.items()),
        )

    def _tensor(self, place: int) -> TensorFacts:
        stored: StoredTensor = self.contents.tensors[place]
        return TensorFacts(
            self.names[place], stored.layout, stored.dtype, "cpu", stored.storage, tuple(range(stored.layout.ndim)),
            place + 1, requires_grad=stored.requires_grad, conjugated=stored.conjugated, negated=stored.negated,
        )  # fmt: skip  # in the order of the fields

    def _storage(self, letter: str, places: list[int]) -> StorageFacts:
        dtype = self.contents.tensors[places[0]].dtype
        names = tuple(self.names[place] for place in places)
        return StorageFacts(letter, self._storages[letter].nbytes, "cpu", dtype, names)


def _unlike(names: Iterable[str]) -> Iterable[str]:
    """The names, with a number behind one that was there before."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unlike = name if seen[name] == 1 else f"{name} ({seen[name]})"
        while unlike != name and unlike in seen:
            seen[name] += 1
            unlike = f"{name} ({seen[name]})"
        seen.setdefault(unlike, 1)
        yield unlike
