"""Goes through what a pickle describes, names the tensors in it, and keeps how it was nested.

Must not know files or torch. What it gathers is bounded: one list in a list in a list may be a billion.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from types import MappingProxyType
from typing import Any

from tensorviz.core.layout import shape_text
from tensorviz.core.stored import Leaf, Unread
from tensorviz.engine.formats.pytorch.values import Bag, Global, Made, Saved, StorageOf, Table, TensorOf, Value

DEEPEST = 60
MOST_VISITS, MOST_TENSORS, MOST_OTHERS = 400_000, 100_000, 1_000
MOST_LETTERS = 24_000_000  # of all names together
LONGEST_TEXT, FEW = 60, 8
PLAIN = (str, int, float, complex, bool, bytes, type(None))
PLAIN_TYPES = frozenset(PLAIN)
MODULE_PARTS = ("_parameters", "_buffers", "_modules")
SCALARS = MappingProxyType(
    {"f8": "<d", "f4": "<f", "f2": "<e", "i8": "<q", "i4": "<i", "i2": "<h", "i1": "<b", "b1": "<?", "u1": "<B"}
)


class Walk:
    """tensors: name and tensor, in the order of the file. others: name and text of what is no tensor.

    cut: whether something was left out, for its depth or its number. structure: what was gone through, as
    tensorviz.core.stored.Contents wants it; None where something was left out.
    """

    def __init__(self, value: Value) -> None:
        self.tensors: list[tuple[str, TensorOf]] = []
        self.others: list[tuple[str, str]] = []
        self.cut = self._full = False
        self._visits = self._letters = 0
        self._path: set[int] = set()
        whole = self._visit("", value, 0)
        self.structure = None if self.cut else whole

    def _visit(self, name: str, value: Value, depth: int) -> Any:
        """The structure of a value; its tensors and remarks are noted on the way."""
        if type(value) in PLAIN_TYPES:
            self._other(name, _plain_text(value))
            return value
        if depth > DEEPEST or id(value) in self._path or not self._room(name):
            self.cut = self.cut or id(value) not in self._path
            return Unread("itself" if id(value) in self._path else "nested too deeply")
        self._path.add(id(value))
        node = self._entered(name, value, depth)
        self._path.discard(id(value))
        return node

    def _room(self, name: str, cost: int = 1) -> bool:
        self._visits += cost
        self._letters += len(name)
        return self._visits < MOST_VISITS and self._letters < MOST_LETTERS and len(self.tensors) < MOST_TENSORS

    def _entered(self, name: str, value: Value, depth: int) -> Any:
        if isinstance(value, TensorOf):
            return self._tensor(name, value, depth)
        if isinstance(value, Table):
            return self._table(name, value, depth)
        if isinstance(value, list | tuple | Bag):
            return self._row(name, value, depth)
        if isinstance(value, Made):
            return self._made(name, value, depth)
        return self._unread(name, _short_text(value))

    def _unread(self, name: str, text: str) -> Unread:
        self._other(name, text)
        return Unread(text)

    def _other(self, name: str, text: str) -> None:
        if len(self.others) < MOST_OTHERS:
            self.others.append((name, text))
        self._full = self._full or len(self.others) >= MOST_OTHERS

    def _tensor(self, name: str, value: TensorOf, depth: int) -> Leaf:
        self.tensors.append((name, value))
        node = Leaf(len(self.tensors) - 1)
        for part, belonging in value.parts:
            if isinstance(belonging, TensorOf | Table | Made | tuple):
                self._visit(joined(name, part) if part else name, belonging, depth + 1)
        return node

    def _table(self, name: str, table: Table, depth: int) -> dict[Any, Any]:
        node: dict[Any, Any] = OrderedDict() if table.ordered else {}
        for key, value in self._pairs(name, table.pairs):
            node[key] = self._visit(joined(name, key_text(key)), value, depth + 1)
        return node

    def _pairs(self, name: str, pairs: list[tuple[Value, Value]]) -> list[tuple[Any, Value]]:
        """The pairs that count, each key once; what was set on an OrderedDict, like its _metadata, is not looked at."""
        last: dict[Any, Value] = {}
        if not self._room(name, len(pairs)):
            self.cut = True
            return []
        for key, value in pairs:
            if not isinstance(key, Saved):
                last[key if type(key) in PLAIN_TYPES else Unread(_short_text(key))] = value
        return list(last.items())

    def _row(self, name: str, row: list[Value] | tuple[Value, ...] | Bag, depth: int) -> Any:
        items = row.items if isinstance(row, Bag) else row
        if not self._room(name, len(items) // 16):
            self.cut = True
            return Unread("too many")
        if len(items) > FEW and all(type(item) in PLAIN_TYPES for item in items):
            self._other(name, f"{len(items):,} plain values")
            nodes = list(items)
        else:
            nodes = [self._visit(joined(name, str(at)), item, depth + 1) for at, item in enumerate(items)]
        if isinstance(row, Bag):
            return set(nodes) if all(type(node) in PLAIN_TYPES for node in nodes) else nodes
        return tuple(nodes) if isinstance(row, tuple) else nodes

    def _made(self, name: str, made: Made, depth: int) -> Unread:
        """What only running something would make; the tensors it holds are named all the same."""
        text = _array_text(made)
        if text:
            return self._unread(name, text)
        tables = [state for whole in made.state for state in (whole if isinstance(whole, tuple) else (whole,))]
        for state in tables:
            if isinstance(state, Table):
                self._state(name, state, depth)
            elif state is not None:
                self._visit(name, state, depth + 1)
        for key, value in self._pairs(name, made.pairs):
            self._visit(joined(name, key_text(key)), value, depth + 1)
        for at, item in enumerate((*made.arguments, *made.items)):
            if type(item) not in PLAIN_TYPES and not isinstance(item, Global):
                self._visit(joined(name, str(at)), item, depth + 1)
        return self._unread(name, f"what {made.call[:80]} would make")

    def _state(self, name: str, state: Table, depth: int) -> None:
        """What would be set on an object. A network's own tables are its names, as in its state_dict."""
        pairs = self._pairs(name, state.pairs)
        module = any(key in MODULE_PARTS for key, _ in pairs if isinstance(key, str))
        for key, value in pairs:
            if module and key in MODULE_PARTS and isinstance(value, Table):
                for inner, part in self._pairs(name, value.pairs):
                    if part is not None:
                        self._visit(joined(name, key_text(inner)), part, depth + 1)
            elif not (module and (type(value) in PLAIN_TYPES or str(key).startswith("_"))):
                self._visit(joined(name, key_text(key)), value, depth + 1)


def joined(name: str, key: str) -> str:
    """A name within another: parts joined by dots."""
    return f"{name}.{key}" if name else key


def key_text(key: Any) -> str:
    """A key as a part of a name."""
    return key if isinstance(key, str) else key.text if isinstance(key, Unread) else _plain_text(key)


def _plain_text(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 400:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, bytes):
        return f"{len(value)} bytes" if len(value) > 16 else repr(value)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _short_text(value: Value) -> str:
    if isinstance(value, Saved):
        return value.text
    if isinstance(value, StorageOf):
        return f"storage of {value.count:,} {value.dtype}"
    if isinstance(value, Global):
        return value.name[:120]
    if isinstance(value, tuple) and len(value) <= FEW and all(type(item) in PLAIN_TYPES for item in value):
        return ",".join(map(_plain_text, value))
    return f"a {type(value).__name__}"


def _array_text(made: Made) -> str:
    """What a NumPy array or number is, in short; empty for anything else."""
    if made.call == "numpy array" and made.state and isinstance(made.state[0], tuple) and len(made.state[0]) == 5:
        _, shape, dtype, _, _ = made.state[0]
        sizes = shape if isinstance(shape, tuple) and all(type(size) is int for size in shape) else ()
        return f"NumPy array {shape_text(sizes)} of {_numpy_type(dtype)}"[:120]
    if made.call.endswith("multiarray.scalar") and len(made.arguments) == 2:
        return _scalar_text(_numpy_type(made.arguments[0]), made.arguments[1])
    return f"NumPy type {_numpy_type(made)}" if made.call == "numpy.dtype" else ""


def _scalar_text(kind: str, raw: Value) -> str:
    form = SCALARS.get(kind)
    if form is None or not isinstance(raw, bytes) or len(raw) != struct.calcsize(form):
        return f"NumPy number of {kind}"
    return f"{struct.unpack(form, raw)[0]!r} (NumPy {kind})"


def _numpy_type(value: Value) -> str:
    if not isinstance(value, Made) or not value.arguments or not isinstance(value.arguments[0], str):
        return "an unknown type"
    state = value.state[0] if value.state else ()
    foreign = isinstance(state, tuple) and len(state) > 1 and state[1] == ">"
    return f"{'>' if foreign else ''}{value.arguments[0][:20]}"
