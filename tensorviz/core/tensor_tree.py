"""The tensors of a file as rows: a tree by the dots of their names, or a list; filtered, sorted, folded.

Must not know Qt, or how rows are painted. A module is a stretch of the names in their order, so nothing is made of
what nobody unfolded. What takes long is a generator that stops often.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tensorviz.core.tensor_filter import ANY_SHAPE, NO_WORDS, NameWords, ShapeFilter
from tensorviz.core.tensor_index import CHUNK, pieces, sorted_in_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tensorviz.core.tensor_index import TensorIndex

Kind = Literal["root", "module", "tensor", "section", "value"]
Order = Literal["name", "size", "dtype", "shape", "file", "storage"]
ROWS = 60  # that are unfolded without being asked
ROWS_FOUND = 1000  # the same of what was searched for
VALUES = 12  # of values that are no tensors, unfolded without being asked
FEW = 32  # modules taken apart between two stops
SECTION = "\0"  # the path of their section


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of the tensors of a file, and how. dtype: "" for all. reverse: the other way round."""

    name: NameWords = NO_WORDS
    dtype: str = ""
    shape: ShapeFilter = ANY_SHAPE
    flat: bool = False
    order: Order = "name"
    reverse: bool = False

    @property
    def filters(self) -> bool:
        """Whether some may be left out."""
        return bool(self.name.words or self.dtype or self.shape.conditions)

    def finds_as(self, other: Wish) -> bool:
        """Whether the same tensors pass, in whatever order they stand."""
        return (self.name, self.dtype, self.shape) == (other.name, other.dtype, other.shape)


@dataclass(slots=True)
class Folding:
    """What a person folded (False) or unfolded (True), by path. rest: all others; None is as far as there is room."""

    turned: dict[str, bool] = field(default_factory=dict)
    rest: bool | None = None

    def turn_all(self, unfolded: bool | None) -> None:
        """All of it alike."""
        self.turned.clear()
        self.rest = unfolded


class Node:
    """A row. place: of the tensor in the file, or of the value among the values; -1 for others. lo, hi: the stretch of
    a module in `Rows.places`. start: where in its name the text of the row begins; cut: where that of its parts does.
    below: None while they were not made.
    """

    __slots__ = ("below", "cut", "depth", "hi", "kind", "lo", "open", "place", "start")

    def __init__(
        self, kind: Kind, depth: int, start: int = 0, place: int = -1, lo: int = 0, hi: int = 0, cut: int = 0
    ) -> None:
        self.kind, self.depth, self.start, self.place = kind, depth, start, place
        self.lo, self.hi, self.cut = lo, hi, cut
        self.open = False
        self.below: list[Node] | None = None  # nothing leads back up, so what is not needed goes at once

    @property
    def can_open(self) -> bool:
        """Whether rows can be unfolded under it."""
        return self.kind in ("module", "section")


class Rows:
    """The tensors that pass a wish. places: in the order of names. values: those of what is no tensor."""

    def __init__(self, index: TensorIndex, wish: Wish) -> None:
        self.index, self.wish = index, wish
        self.places: list[int] = []
        self.values: list[int] = []
        self.root = Node("root", -1)
        self._sums: list[int] = [0]

    # ------------------------------------------------------------------------------------------------- asking

    def count(self, node: Node) -> int:
        """How many tensors or values it stands for."""
        if node.kind == "section":
            return len(self.values)
        return node.hi - node.lo if node.kind in ("module", "root") else 1

    def nbytes(self, node: Node) -> int:
        """Bytes of its tensors, each by name."""
        if node.kind == "tensor":
            return self.index.sizes[node.place]
        return self._sums[node.hi] - self._sums[node.lo] if node.kind in ("module", "root") else 0

    def tensors(self, node: Node) -> list[int]:
        """The places of the tensors it stands for."""
        if node.kind == "tensor":
            return [node.place]
        return self.places[node.lo : node.hi] if node.kind in ("module", "root") else []

    def path(self, node: Node) -> str:
        """Its whole name."""
        if node.kind == "tensor":
            return self.index.names[node.place]
        if node.kind == "value":
            return self.index.contents.others[node.place][0]
        return SECTION if node.kind == "section" else self.index.names[self.places[node.lo]][: max(0, node.cut - 1)]

    def text(self, node: Node) -> str:
        """What its row is called, under the row above it."""
        return self.path(node)[node.start :] if node.kind != "section" else "not tensors"

    # ------------------------------------------------------------------------------------------------- making

    def arrange(self, folding: Folding) -> Generator[None, None, list[Node]]:
        """The rows, folded as a person did it."""
        yield from self._filter()
        if self.wish.flat:
            yield from self._list()
        else:
            yield from self._unfold(folding)
        if self.values:
            section = Node("section", 0)
            usual = len(self.values) <= VALUES if folding.rest is None else folding.rest
            section.open = folding.turned.get(SECTION, usual)
            assert self.root.below is not None
            self.root.below.append(section)
        return (yield from self.unfolded(self.root))

    def children(self, node: Node) -> Generator[None, None, list[Node]]:
        """The rows under one; made if they were not."""
        if node.below is None:
            if node.kind == "section":
                found = [Node("value", 1, place=place) for place in self.values]
            else:
                found = yield from self._split(node)
                found = yield from self._sorted(found)
            node.below = found
        return node.below

    def unfolded(self, node: Node) -> Generator[None, None, list[Node]]:
        """All rows under one, as far as they are open, in their order."""
        found: list[Node] = []
        waiting = list(reversed((yield from self.children(node))))
        while waiting:
            one = waiting.pop()
            found.append(one)
            if one.open:
                waiting += reversed((yield from self.children(one)))
            if not len(found) % FEW:
                yield
        return found

    def way_to(self, place: int) -> Generator[None, None, list[Node]]:
        """The rows from the outermost down to that of a tensor; empty when it does not pass the wish."""
        rank, node, found = self.index.rank, self.root, []
        at = bisect_left(self.places, rank[place], key=rank.__getitem__)
        if at == len(self.places) or self.places[at] != place:
            return []
        while node.kind != "tensor":
            below = yield from self.children(node)
            node = next(one for one in below if one.place == place or one.lo <= at < one.hi)
            found.append(node)
        return found

    def _filter(self) -> Generator[None, None, None]:
        wish, index = self.wish, self.index
        words, shape, dtype = wish.name, wish.shape, wish.dtype
        for _, places in pieces(index.order):
            kept = [place for place in places if words.fit(index.folded[place])] if words.words else places
            if dtype:
                kept = [place for place in kept if index.tensors[place].dtype == dtype]
            if shape.conditions:
                kept = [place for place in kept if shape.fits(index.tensors[place].layout)]
            self.places += kept
            for place in kept:
                self._sums.append(self._sums[-1] + index.sizes[place])
            yield
        self.root.hi = len(self.places)
        if not dtype and not shape.conditions:
            for start, values in pieces(index.contents.others):
                self.values += [at for at, (name, _) in enumerate(values, start) if words.fit(name.casefold())]
                yield

    def _list(self) -> Generator[None, None, None]:
        flat, found = self.index.flat, []
        for _, places in pieces(range(len(flat), len(self.index.names))):
            flat += [Node("tensor", 0, place=place) for place in places]
            yield
        for _, kept in pieces(self.places):
            found += [flat[place] for place in kept]
            yield
        self.root.below = yield from self._sorted(found)

    def _unfold(self, folding: Folding) -> Generator[None, None, None]:
        """Makes and opens rows level by level; without a person's wish as long as there is room for a whole level."""
        spare, turned = ROWS_FOUND if self.wish.filters else ROWS, folding.turned
        level = [self.root]
        while level:
            if folding.rest is None:
                spare = yield from self._room(level, spare)
            usual = spare >= 0 if folding.rest is None else folding.rest
            below: list[Node] = []
            for at, node in enumerate(level):
                node.open = node is self.root or (turned.get(self.path(node), usual) if turned else usual)
                if node.open:
                    below += [one for one in (yield from self.children(node)) if one.can_open]
                if not at % FEW:
                    yield
            level = below

    def _room(self, level: list[Node], spare: int) -> Generator[None, None, int]:
        """The rows to spare after a level is unfolded, below 0 when it has no room; a single row is always unfolded."""
        if spare < 0:
            return spare
        for at, node in enumerate(level):
            spare -= len((yield from self.children(node)))
            if not at % FEW:
                yield
            if spare < 0:
                return 0 if len(level) == 1 else -1
        return spare

    def _split(self, node: Node) -> Generator[None, None, list[Node]]:
        """What is under a module: one row for each next part of a name; those with one tensor are that tensor."""
        names, places, found = self.index.names, self.places, []
        at, depth, start = node.lo, node.depth + 1, node.cut
        while at < node.hi:
            name = names[places[at]]
            dot = name.find(".", start)
            stop = at + 1 if dot < 0 else self._stop(at, node.hi, name[: dot + 1])
            if stop == at + 1:
                found.append(Node("tensor", depth, start, places[at], at, stop))
            else:
                cut = _common(name, names[places[stop - 1]])
                found.append(Node("module", depth, start, -1, at, stop, cut))
            at = stop
            if not len(found) % CHUNK:
                yield
        return found

    def _stop(self, at: int, end: int, start: str) -> int:
        """Behind the last name that begins so; all of them stand together."""
        names, places = self.index.names, self.places
        step = 1
        while at + step < end and names[places[at + step]].startswith(start):
            step *= 2
        low, high = at + step // 2, min(at + step, end)
        return bisect_left(range(high), True, low, high, key=lambda one: not names[places[one]].startswith(start))

    # ------------------------------------------------------------------------------------------------- order

    def _sorted(self, nodes: list[Node]) -> Generator[None, None, list[Node]]:
        wish = self.wish
        if wish.order == "name":
            return nodes[::-1] if wish.reverse else nodes
        keys: dict[Order, Callable[[Node], Any]] = {
            "size": self.nbytes,
            "dtype": self._dtype,
            "shape": self._shape,
            "storage": self._storage,
            "file": self._first,
        }
        return (yield from sorted_in_slices(nodes, keys[wish.order], wish.reverse))

    def _dtype(self, node: Node) -> str:
        return self.index.tensors[node.place].dtype if node.kind == "tensor" else ""

    def _shape(self, node: Node) -> tuple[int, tuple[int, ...]]:
        """Few dimensions first; modules, which have none, by how many tensors they have."""
        if node.kind != "tensor":
            return (-1, (self.count(node),))
        shape = self.index.tensors[node.place].layout.shape
        return (len(shape), shape)

    def _storage(self, node: Node) -> tuple[int, str]:
        letter = self.index.tensors[node.place].storage if node.kind == "tensor" else ""
        return (len(letter), letter)

    def _first(self, node: Node) -> int:
        return node.place if node.kind == "tensor" else min(self.places[node.lo : node.hi])


def _common(one: str, other: str) -> int:
    """Behind the last dot that two different names have in common from their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return one.rfind(".", 0, low) + 1
