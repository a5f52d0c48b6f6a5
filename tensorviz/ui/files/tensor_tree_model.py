"""The rows of a file's tensors for Qt: one flat table, as Qt's tree view would ask for each of 10,000 rows at once.

Must not know how rows are made or painted.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tensorviz.ui.files.tensor_tree_rows import COLUMNS, NAME, SIZE, RowTexts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tensorviz.core.checkpoint_analysis import StorageUse
    from tensorviz.core.tensor_tree import Node, Rows

NOWHERE = QModelIndex()
ROOM = " " * 4  # for the mark of the order, which Qt paints over what ends at the right
Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TensorRows(QAbstractTableModel):
    """nodes: the rows in their order. texts: what they say. looked_at: the place of the tensor that is looked at."""

    def __init__(self, rows: Rows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = rows
        self.nodes: list[Node] = []
        self.wasteful: dict[str, StorageUse] = {}
        self.texts = RowTexts(rows, self.wasteful)
        self.looked_at = -1

    # ------------------------------------------------------------------------------------------------- changing

    def show(self, rows: Rows, nodes: list[Node]) -> None:
        """Replaces all rows."""
        self.beginResetModel()
        self.rows, self.nodes, self.texts = rows, nodes, RowTexts(rows, self.wasteful)
        self.endResetModel()

    def unfold(self, row: int, below: Sequence[Node]) -> None:
        """Shows the rows under one."""
        self.nodes[row].open = True
        if below:
            self.beginInsertRows(NOWHERE, row + 1, row + len(below))
            self.nodes[row + 1 : row + 1] = below
            self.endInsertRows()
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def fold(self, row: int) -> None:
        """Hides the rows under one."""
        self.nodes[row].open = False
        last = self.last_below(row)
        if last > row:
            self.beginRemoveRows(NOWHERE, row + 1, last)
            del self.nodes[row + 1 : last + 1]
            self.endRemoveRows()
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def know_wasteful(self, wasteful: dict[str, StorageUse]) -> None:
        """Marks the tensors on storages with bytes that no tensor reaches."""
        self.wasteful = wasteful
        self.texts = RowTexts(self.rows, wasteful)
        if self.nodes:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.nodes) - 1, 0))

    # ------------------------------------------------------------------------------------------------- asking

    def node(self, index: Index) -> Node | None:
        """The row at an index."""
        return self.nodes[index.row()] if index.isValid() and index.row() < len(self.nodes) else None

    def last_below(self, row: int) -> int:
        """The last of the rows under one; itself when there are none."""
        depth, last = self.nodes[row].depth, row
        while last + 1 < len(self.nodes) and self.nodes[last + 1].depth > depth:
            last += 1
        return last

    def above(self, row: int) -> int:
        """The row that one stands under; -1 for the outermost."""
        depth = self.nodes[row].depth
        return next((at for at in range(row - 1, -1, -1) if self.nodes[at].depth < depth), -1)

    def row_of(self, node: Node) -> int:
        """Where a row is; -1 while something over it is folded."""
        return next((at for at, one in enumerate(self.nodes) if one is node), -1)

    def rows_of(self, places: Collection[int], paths: Collection[str] = ()) -> list[int]:
        """The rows of tensors by place and of modules by path, in order; those that are not shown are left out."""
        if not places and not paths:
            return []
        path = self.rows.path
        return [
            row
            for row, one in enumerate(self.nodes)
            if (one.place in places and one.kind == "tensor") or (paths and one.can_open and path(one) in paths)
        ]

    def row_like(self, node: Node | None) -> int:
        """The row of the tensor that another row, of other rows, is of; -1 where it is not shown."""
        found = self.rows_of((node.place,)) if node is not None and node.kind == "tensor" else []
        return found[0] if found else -1

    # ------------------------------------------------------------------------------------------------- Qt's

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Qt's."""
        return 0 if parent.isValid() else len(self.nodes)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Qt's."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section] + (ROOM if section == SIZE and self.rows.wish.order == "size" else "")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section == SIZE else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's: the text of a cell; the row in full as tooltip; the row as a sentence where it is spoken."""
        node = self.node(index)
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.texts.cell(node, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.texts.told(node))
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == NAME:
                return self.texts.spoken(node)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if index.column() == SIZE else LEFT
        return None


def plain_tip(lines: Iterable[str]) -> str:
    """Lines as a tooltip that wraps; whatever stands in them is shown as it is."""
    return f"<qt>{'<br>'.join(escape(line) for line in lines)}</qt>"
