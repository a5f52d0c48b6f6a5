"""The tensors of a file prepared for looking through: folded names, natural order, sizes, who shares a storage.

Must not know Qt. What takes long is a generator that stops often, so that who runs it can do other things between.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import Any

    from tensorviz.core.stored import Contents
    from tensorviz.core.tensor_tree import Node

T = TypeVar("T")
CHUNK = 256  # items between two stops
RUN = 1024  # items sorted in one go
MOST_PARTS = 20_000  # of names whose keys are kept while names are sorted


class TensorIndex:
    """names: what each tensor is called, no two alike. After `build`: order: places by name; sizes: bytes by place;
    rank: where a place stands in `order`; dtypes: how many tensors there are of each; beside: the places on a storage.
    """

    def __init__(self, contents: Contents, names: Sequence[str]) -> None:
        self.contents, self.tensors, self.names = contents, contents.tensors, names
        self.folded: list[str] = []
        self.sizes: list[int] = []
        self.order: list[int] = []
        self.rank: list[int] = []
        self.dtypes: Counter[str] = Counter()
        self.beside: defaultdict[str, list[int]] = defaultdict(list)
        self.widest: tuple[int, ...] = ()
        self.flat: list[Node] = []  # a row for each place, once a list was asked for

    def build(self) -> Generator[None, None, None]:
        """Looks at all of them."""
        keys: list[str] = []
        key_of = NaturalKeys()
        for place, tensor in enumerate(self.tensors):
            keys.append(key_of(self.names[place]))
            self.folded.append(self.names[place].casefold())
            self._note(place, tensor.layout.shape, tensor.nbytes)
            self.dtypes[tensor.dtype] += 1
            self.beside[tensor.storage].append(place)
            if not place % (CHUNK // 4):
                yield
        self.order = yield from sorted_in_slices(list(range(len(keys))), keys.__getitem__)
        self.rank = [0] * len(keys)
        for chunk, places in pieces(self.order):
            for at, place in enumerate(places, chunk):
                self.rank[place] = at
            yield

    def _note(self, place: int, shape: tuple[int, ...], nbytes: int) -> None:
        self.sizes.append(nbytes)
        if len(shape) > len(self.widest) or (len(shape) == len(self.widest) and shape > self.widest):
            self.widest = shape

    def shares(self, place: int) -> list[int]:
        """The places of the other tensors on its storage."""
        return [one for one in self.beside[self.tensors[place].storage] if one != place]

    def is_shared(self, place: int) -> bool:
        """Whether others lie on its storage."""
        return len(self.beside[self.tensors[place].storage]) > 1


class NaturalKeys:
    """Keys that order names part by part (parts end at dots), numbers in them by value: layer.9 before layer.10.

    Names that begin with the same parts have keys that begin alike, and no two names have one key.
    """

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The key of a name."""
        return "\0".join([self._kept.get(part) or self._key(part) for part in name.split(".")])

    def _key(self, part: str) -> str:
        key = natural_key(part)
        if len(self._kept) < MOST_PARTS:
            self._kept[part] = key
        return key


def natural_key(part: str) -> str:
    """The key of one part of a name; it has no zero character in it."""
    if not part.isprintable():  # what is below 4 means something in a key
        part = re.sub("[\0-\3]", lambda found: f"\3{chr(ord(found.group()) + 16)}", part)
    return re.sub("[0-9]+", _number_key, part)


def _number_key(found: re.Match[str]) -> str:
    """How many digits, the digits, and a mark for each zero in front: 9 -> "09", 10 -> "110", 007 -> "07" and marks."""
    digits = found.group().lstrip("0") or "0"
    count = str(len(digits) - 1) if len(digits) < 10 else f"9{len(digits):09d}"
    return count + digits + "\2" * (len(found.group()) - len(digits))


def sorted_in_slices(items: list[T], key: Callable[[T], Any], reverse: bool = False) -> Generator[None, None, list[T]]:
    """The items sorted, what is alike in the order it came; stops after each piece."""
    runs: list[list[T]] = []
    for start in range(0, len(items), RUN):
        runs.append(sorted(items[start : start + RUN], key=key, reverse=reverse))
        yield
    if len(runs) < 2:
        return runs[0] if runs else []
    found: list[T] = []
    for item in heapq.merge(*runs, key=key, reverse=reverse):
        found.append(item)
        if not len(found) % CHUNK:
            yield
    return found


def pieces(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """The items CHUNK by CHUNK, with where each piece begins."""
    for start in range(0, len(items), CHUNK):
        yield start, items[start : start + CHUNK]
