"""What the rows of a file's tensors say: cells, marks, the sentence that is spoken, what is told of one in full.

Must not know Qt, or how rows are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.layout import shape_text
from tensorviz.core.text import bytes_text, count_text, plural, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.checkpoint_analysis import StorageUse
    from tensorviz.core.stored import StoredTensor
    from tensorviz.core.tensor_tree import Node, Rows

COLUMNS = ("Name", "Shape", "DType", "Size", "Storage")
NAME, SHAPE, DTYPE, SIZE, STORAGE = range(len(COLUMNS))
MARKS = {"shared": "on a shared storage", "strided": "not contiguous", "wasted": "a part of a larger storage"}
MOST_LETTERS = 240  # of a name, in one place; more of it is cut out of the middle
MOST_NAMES = 6  # told of those on the same storage


class RowTexts:
    """The texts of rows. wasteful: the storages with bytes that no tensor reaches, by letter, once they are known."""

    def __init__(self, rows: Rows, wasteful: dict[str, StorageUse]) -> None:
        self.rows, self._index = rows, rows.index
        self._wasteful = wasteful

    def cell(self, node: Node, column: int) -> str:
        """What stands in a column."""
        if column == NAME:
            return self.name(node)
        if node.kind == "tensor":
            return self._tensor_cell(node, column)
        if column == SHAPE and node.kind == "value":
            return cut(self._index.contents.others[node.place][1])
        if column == SHAPE:
            return plural(self.rows.count(node), "tensor" if node.kind == "module" else "value")
        return size_text(self.rows.nbytes(node)) if column == SIZE and node.kind == "module" else ""

    def _tensor_cell(self, node: Node, column: int) -> str:
        tensor = self._index.tensors[node.place]
        if column == SHAPE:
            return cut(shape_words(tensor.layout.shape))
        return (tensor.dtype, size_text(tensor.nbytes), tensor.storage)[column - DTYPE]

    def name(self, node: Node) -> str:
        """What the row is called; in a list, all of the name."""
        return cut(self.rows.text(node)) or '""'

    def path(self, node: Node) -> str:
        """The whole name, for a person."""
        return "not tensors" if node.kind == "section" else cut(self.rows.path(node))

    def marks(self, node: Node) -> tuple[str, ...]:
        """Keys of MARKS."""
        if node.kind != "tensor":
            return ()
        tensor = self._index.tensors[node.place]
        held = (
            ("shared", self._index.is_shared(node.place)),
            ("strided", not tensor.is_contiguous),
            ("wasted", tensor.storage in self._wasteful),
        )
        return tuple(mark for mark, holds in held if holds)

    def spoken(self, node: Node) -> str:
        """The row as one sentence, for those who do not see the columns."""
        if node.kind == "value":
            return f"{self.path(node)}: {self.cell(node, SHAPE)}, not a tensor"
        if node.can_open:
            about = ", ".join(filter(None, (self.cell(node, SHAPE), self.cell(node, SIZE))))
            return f"{self.path(node)}: {about}, {'unfolded' if node.open else 'folded'}, level {node.depth + 1}"
        tensor = self._index.tensors[node.place]
        told = [shape_words(tensor.layout.shape), tensor.dtype, size_text(tensor.nbytes)]
        return f"{self.path(node)}: {', '.join([*told, *(MARKS[mark] for mark in self.marks(node))])}"

    def told(self, node: Node) -> list[str]:
        """All about a row, in lines."""
        if node.kind == "tensor":
            return self._tensor_told(node.place)
        if node.kind == "value":
            return [self.path(node), self.cell(node, SHAPE), "Not a tensor: it cannot be looked at."]
        if node.kind == "section":
            return [f"{plural(len(self.rows.values), 'value')} of the file that are no tensors"]
        nbytes = plural(self.rows.nbytes(node), "byte")
        return [self.path(node), f"{plural(self.rows.count(node), 'tensor')}, {nbytes} by name"]

    def _tensor_told(self, place: int) -> list[str]:
        tensor, layout = self._index.tensors[place], self._index.tensors[place].layout
        lines = [
            cut(self._index.names[place]),
            f"{cut(shape_words(layout.shape))} {tensor.dtype}, {plural(layout.numel, 'element')}",
            f"{plural(tensor.nbytes, 'byte')} on storage {tensor.storage}",
        ]
        if self._index.is_shared(place):
            lines += self._shares(place, tensor)
        if not tensor.is_contiguous:
            stride = ", ".join(map(str, layout.stride))
            lines.append(f"Not contiguous: stride ({cut(stride)}), offset {count_text(layout.offset)}")
        use = self._wasteful.get(tensor.storage)
        if use is not None:
            lines.append(wasted_text(use))
        return lines

    def _shares(self, place: int, tensor: StoredTensor) -> list[str]:
        others = self._index.shares(place)
        layout = tensor.layout
        tied = [one for one in others if layout.numel and self._same(one, tensor)]
        rest = [one for one in others if one not in set(tied)]
        lines = []
        if tied:
            lines.append(f"Tied: the same elements as {self._names(tied)}")
        if rest:
            lines.append(f"Shares storage {tensor.storage} with {self._names(rest)}")
        return lines

    def _same(self, place: int, tensor: StoredTensor) -> bool:
        other = self._index.tensors[place]
        return other.layout == tensor.layout and other.dtype == tensor.dtype

    def _names(self, places: Sequence[int]) -> str:
        shown = [cut(self._index.names[place], 80) for place in places[:MOST_NAMES]]
        more = len(places) - len(shown)
        return ", ".join(shown) + (f" and {count_text(more)} more" if more else "")


def shape_words(shape: tuple[int, ...]) -> str:
    """As in "64x3x7x7"; "scalar" for no dimensions."""
    return shape_text(shape) if shape else "scalar"


def size_text(count: int) -> str:
    """A byte count in a column: "1 byte", "9.4 kB"."""
    return plural(count, "byte") if count < 1000 else bytes_text(count)


def wasted_text(use: StorageUse) -> str:
    """What comes along when a tensor of a storage is saved or opened."""
    nbytes = use.storage.nbytes
    return f"{count_text(use.wasted)} of {plural(nbytes, 'byte')} of storage {use.storage.id} are reached by no tensor"


def cut(text: str, most: int = MOST_LETTERS) -> str:
    """The text on one line, without letters that steer; what is too long has dots in its middle."""
    if len(text) > most:
        text = f"{text[: most // 2]}…{text[-(most // 2) + 1 :]}"
    return printable(text)
