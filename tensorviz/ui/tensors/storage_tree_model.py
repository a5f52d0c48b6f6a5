"""The rows of the workspace tree as an item model that changes row by row, so that nothing closes or flickers.

Must not know how rows are made or painted.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tensorviz.ui.state.ranges import ranges_of
from tensorviz.ui.tensors.storage_tree_rows import MARKS, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
ROW, CURRENT, HIDDEN = (Qt.ItemDataRole.UserRole + place for place in range(3))
COLUMNS = 2  # what it is, and whether its lane is drawn


class Node:
    """A row at its place in the tree."""

    __slots__ = ("above", "below", "number", "place", "row")

    def __init__(self, number: int, row: Row, above: Node | None) -> None:
        self.number, self.row, self.above = number, row, above
        self.place = 0
        self.below: list[Node] = []


class StorageModel(QAbstractItemModel):
    """The tree. `current`: names and storage letters that are looked at; `hidden`: tensors without a lane."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._root = Node(0, Row("", "section", ""), None)
        self._nodes: dict[int, Node] = {}
        self._by_key: dict[str, Node] = {}
        self._current: frozenset[str] = frozenset()
        self._hidden: frozenset[str] = frozenset()

    # ------------------------------------------------------------------------------------------------- changing

    def show(self, rows: Sequence[Row]) -> None:
        """Makes the tree these rows; what stays keeps its index."""
        self._merge(self._root, rows)

    def mark(self, current: frozenset[str], hidden: frozenset[str]) -> None:
        """Says which rows (by key) are looked at, and which tensors have no lane."""
        changed = (self._current ^ current) | (self._hidden ^ hidden)
        self._current, self._hidden = current, hidden
        for key in changed & self._by_key.keys():
            self._tell(self._by_key[key])

    def _merge(self, node: Node, rows: Sequence[Row]) -> None:
        self._remove_all_but(node, rows)
        here = {child.row.key: child for child in node.below}
        for place, fresh in _stretches([row.key not in here for row in rows]):
            self._insert(node, place, rows[place : place + fresh])
        for row in rows:
            child = here.get(row.key)
            if child is None:
                continue
            before, child.row = child.row, row
            if before is not row and before != row:
                self._tell(child)
            if child.below or row.below:
                self._merge(child, row.below)

    def _remove_all_but(self, node: Node, rows: Sequence[Row]) -> None:
        """Removes what is gone, and what stands in another order by now."""
        order = {row.key: place for place, row in enumerate(rows)}
        gone, reached = [], -1
        for place, child in enumerate(node.below):
            wanted = order.get(child.row.key, -1)
            if wanted <= reached:
                gone.append(place)
            else:
                reached = wanted
        for first, last in reversed(ranges_of(gone)):
            self.beginRemoveRows(self._index_of(node), first, last)
            for child in node.below[first : last + 1]:
                self._drop(child)
            del node.below[first : last + 1]
            _renumber(node, first)
            self.endRemoveRows()

    def _insert(self, node: Node, place: int, rows: Sequence[Row]) -> None:
        self.beginInsertRows(self._index_of(node), place, place + len(rows) - 1)
        node.below[place:place] = [self._made(row, node) for row in rows]
        _renumber(node, place)
        self.endInsertRows()

    def _made(self, row: Row, above: Node) -> Node:
        node = Node(next(self._numbers), row, above)
        self._nodes[node.number] = self._by_key[row.key] = node
        node.below = [self._made(one, node) for one in row.below]
        _renumber(node, 0)
        return node

    def _drop(self, node: Node) -> None:
        for child in node.below:
            self._drop(child)
        del self._nodes[node.number]
        if self._by_key.get(node.row.key) is node:
            del self._by_key[node.row.key]

    def _tell(self, node: Node) -> None:
        self.dataChanged.emit(self._index_of(node), self._index_of(node, COLUMNS - 1))

    # ------------------------------------------------------------------------------------------------- looking

    def row_of(self, index: Index) -> Row | None:
        """The row at an index."""
        node = self._node(index)
        return None if node is self._root else node.row

    def index_of(self, key: str) -> QModelIndex:
        """The index of a row by its key; not valid when there is none."""
        node = self._by_key.get(key)
        return QModelIndex() if node is None else self._index_of(node)

    def _node(self, index: Index) -> Node:
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def _index_of(self, node: Node, column: int = 0) -> QModelIndex:
        return QModelIndex() if node.above is None else self.createIndex(node.place, column, node.number)

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        """Qt's."""
        below = self._node(parent).below
        inside = 0 <= row < len(below) and 0 <= column < COLUMNS and parent.column() <= 0
        return self.createIndex(row, column, below[row].number) if inside else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # Qt has another `parent` without index
        """Qt's."""
        above = self._node(index).above
        return QModelIndex() if above is None else self._index_of(above)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Qt's."""
        return 0 if parent.column() > 0 else len(self._node(parent).below)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Qt's."""
        return COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's: texts, what is painted, and the whole row as a sentence for those who do not see it."""
        row = self.row_of(index)
        if row is None:
            return None
        if role == ROW:
            return row
        if role == CURRENT:
            return row.key in self._current
        if role == HIDDEN:
            return row.key in self._hidden
        return self._told(row, index.column(), role)

    def _told(self, row: Row, column: int, role: int) -> str | None:
        lane = row.kind == "tensor" and row.storage is not None
        if column == 1:
            shown = "not drawn" if row.key in self._hidden else "drawn"
            spoken = role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
            return f"The lane of {row.name} is {shown}" if lane and spoken else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                looked_at = ", looked at" if row.key in self._current else ""
                hidden = ", lane hidden" if row.key in self._hidden else ""
                return row.spoken + looked_at + hidden
            case Qt.ItemDataRole.ToolTipRole:
                marks = "".join(f"\n{MARKS[mark].capitalize()}" for mark in row.marks)
                exact = f"\n{row.short}" if row.kind == "storage" and row.short != row.about else ""
                return f"{row.name or row.text}\n{row.about}{exact}{marks}".strip()
        return None


def _renumber(node: Node, first: int) -> None:
    for place in range(first, len(node.below)):
        node.below[place].place = place


def _stretches(fresh: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where rows are new: the first of each stretch and how many, from the front."""
    place = 0
    for is_new, group in itertools.groupby(fresh):
        count = len(list(group))
        if is_new:
            yield place, count
        place += count
