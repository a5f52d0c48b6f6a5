"""Tensors of a file as the panels see them that look at tensors of the session: the same words, nothing copied.

Must not know how a file is read.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts
from tensorviz.core.text import path_text, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.stored import Contents, StoredStorage, StoredTensor

NAMELESS = "tensor"  # what one that was saved alone is called
MOST_BESIDE = 200  # tensors of one storage that are listed beside those that were chosen
LONGEST = 200  # letters of a name

BIG_ENDIAN = "The file has the bytes of each element the other way round (big-endian); here they are turned."
COMPRESSED = "Compressed in the file: it is inflated from the beginning to read a part of it."


class FileFacts:
    """Names and facts of the tensors of one file."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._found: dict[str, list[int]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A name for each place: on one line, no two alike, what is very long cut in the middle."""
        names = [tensor.name for tensor in self.contents.tensors]
        if not _are_plain(names):
            names = [_short(name) for name in names]
        return tuple(names if len(set(names)) == len(names) else _unlike(names))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each name."""
        return dict(zip(self.names, range(len(self.names)), strict=True))

    @cached_property
    def _storages(self) -> dict[str, StoredStorage]:
        return {storage.id: storage for storage in self.contents.storages}

    @cached_property
    def _letters(self) -> tuple[str, ...]:
        return tuple(tensor.storage for tensor in self.contents.tensors)

    def _members(self, letter: str) -> list[int]:
        """The places of the tensors on a storage, which are looked for once."""
        found = self._found.get(letter)
        if found is None:
            found = []
            at = -1
            for _ in range(self._letters.count(letter)):
                at = self._letters.index(letter, at + 1)  # faster than to look at each
                found.append(at)
            self._found[letter] = found
        return found

    def can_be_shown(self, place: int) -> bool:
        """Whether its elements can be drawn: quantised ones cannot."""
        return self.contents.tensors[place].dtype in DTYPES

    def beside(self, place: int) -> tuple[int, ...]:
        """The places of all tensors on the same storage, itself too."""
        return tuple(self._members(self.contents.tensors[place].storage))

    def facts(self, chosen: Iterable[int]) -> SessionFacts:
        """The chosen tensors, with the others on their storages; as far as they can be shown, and not too many."""
        wanted = [place for place in chosen if self.can_be_shown(place)]
        rows: dict[str, list[int]] = {}
        for letter in dict.fromkeys(self.contents.tensors[place].storage for place in wanted):
            own = [place for place in wanted if self.contents.tensors[place].storage == letter]
            others = (place for place in self._members(letter) if place not in own and self.can_be_shown(place))
            rows[letter] = sorted({*own, *islice(others, max(0, MOST_BESIDE - len(own)))})
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
        stored = self._storages[letter]
        [(dtype, _)] = Counter(self.contents.tensors[place].dtype for place in places).most_common(1)
        left_out = len(self._members(letter)) - len(places)
        return StorageFacts(
            letter,
            stored.nbytes,
            "cpu",  # where it is read to
            dtype,
            tuple(self.names[place] for place in places),
            path_text(os.path.basename(stored.file)),  # noqa: PTH119 - core has no pathlib
            stored.start,
            _remarks(stored, left_out),
        )


def _remarks(stored: StoredStorage, left_out: int) -> tuple[str, ...]:
    said = []
    if stored.big_endian:
        said.append(BIG_ENDIAN)
    if stored.start is None and stored.nbytes:
        said.append(COMPRESSED)
    if stored.device not in ("", "cpu"):
        said.append(f"It was saved on {printable(stored.device)}.")
    if left_out:
        said.append(f"{plural(left_out, 'more tensor')} of the file look at this storage and are not listed here.")
    return tuple(said)


def _are_plain(names: Sequence[str]) -> bool:
    """Whether all can be shown as they are; a hundred thousand are looked at in milliseconds."""
    return "".join(names).isprintable() and all(names) and max(map(len, names), default=0) <= LONGEST


def _short(name: str) -> str:
    """The name on one line, with its middle left out where it is very long."""
    if len(name) > LONGEST:
        name = f"{name[: LONGEST // 2]}...{name[-LONGEST // 2 :]}"
    return printable(name) or NAMELESS


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
