"""Translated pictures that are kept, as many as fit: those that were looked at last.

Must not know Qt, jobs or what is chosen.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.drawn import Translation

if TYPE_CHECKING:
    from collections.abc import Callable


Meaning = tuple[object, ...]  # what makes a translation one of another generator, range or size
KEPT = 192 * 1024 * 1024  # bytes of pictures


@dataclass(frozen=True, slots=True)
class Kept:
    """A translation, what was chosen when it was drawn, and what drew the way back (None when none was drawn)."""

    meaning: Meaning
    back: Meaning | None
    translation: Translation

    def answers(self, meaning: Meaning | None, back: Meaning | None) -> bool:
        """Whether it is what such a choice would draw; a way back that nobody wants does no harm."""
        return self.meaning == meaning and back in (None, self.back)


class TranslationCache:
    """One translation for each picture and choice; the one that was used last is never dropped."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, Meaning], Kept] = OrderedDict()
        self._latest: dict[str, Kept] = {}
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, path: str, meaning: Meaning | None) -> Kept | None:
        """What is best shown of a picture: its translation of that choice, else the one that came or was used last."""
        found = self._kept.get((path, meaning)) if meaning is not None else None
        return found or self._latest.get(path)

    def use(self, path: str, kept: Kept) -> None:
        """It is looked at: others are dropped before it."""
        self._kept.move_to_end((path, kept.meaning))
        self._latest[path] = kept

    def put(self, path: str, kept: Kept, shown: tuple[str, Kept] | None = None) -> None:
        """Keeps a translation. shown: the one that is looked at, when it is another."""
        key = path, kept.meaning
        if (older := self._kept.pop(key, None)) is not None:
            self.nbytes -= older.translation.nbytes
        self._kept[key] = self._latest[path] = kept
        self.nbytes += kept.translation.nbytes
        if shown is not None and (shown[0], shown[1].meaning) in self._kept:
            self._kept.move_to_end((shown[0], shown[1].meaning))
        while self.nbytes > self._limit and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def keep(self, known: Callable[[str], bool]) -> None:
        """Drops the translations of pictures that are not known any more."""
        for key in [key for key in self._kept if not known(key[0])]:
            self._drop(key)

    def _drop(self, key: tuple[str, Meaning]) -> None:
        kept = self._kept.pop(key)
        self.nbytes -= kept.translation.nbytes
        if self._latest.get(key[0]) is kept:
            others = [other for (path, _), other in self._kept.items() if path == key[0]]
            if others:
                self._latest[key[0]] = others[-1]
            else:
                del self._latest[key[0]]
