"""Rows of the report as Qt sees them: a tree that takes from its rows only what is looked at.

Must not know what the rows say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from tensorviz.core.checkpoint_rows import Row

AT_ONCE = 40  # rows taken at a time
ROOT = 0
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass
class _Node:
    """A row in the tree. number: its place among those of `parent`; below: the numbers of the nodes made so far."""

    row: Row | None
    rows: Sequence[Row]
    parent: int
    number: int
    below: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    """Titles; which ones hold figures, which one a share with its bar, and which ones take the room that is left."""

    titles: tuple[str, ...]
    figures: frozenset[int] = frozenset()
    bar: int | None = None
    wide: tuple[int, ...] = (0,)
    links: int = 0


@dataclass
class Dress:
    """Colours and font of cells, as the theme has them."""

    tones: dict[str, QColor] = field(default_factory=dict)
    link: QColor | None = None
    figures: QFont | None = None


def cell(row: Row, column: int) -> str:
    """The text of a cell; rows below others may have fewer."""
    return row.cells[column] if column < len(row.cells) else ""


class RowsModel(QAbstractItemModel):
    """A tree of rows; `dress` is set by the view."""

    def __init__(self, columns: Columns, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns, self.dress = columns, Dress()
        self._nodes: list[_Node] = [_Node(None, (), ROOT, 0)]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows other rows."""
        self.beginResetModel()
        self._nodes = [_Node(None, rows, ROOT, 0)]
        self._take(ROOT, AT_ONCE)
        self.endResetModel()

    def append(self, rows: Sequence[Row]) -> None:
        """Adds rows at the end."""
        if rows:
            root = self._nodes[ROOT]
            if not isinstance(root.rows, list):
                root.rows = list(root.rows)
            root.rows.extend(rows)
            if len(root.below) < AT_ONCE:
                self.fetchMore(QModelIndex())

    def row_at(self, index: AnyIndex) -> Row | None:
        """The row of an index."""
        return self._nodes[index.internalId()].row if index.isValid() else None

    def taken(self, index: AnyIndex) -> list[Row]:
        """The rows below an index that were looked at so far."""
        nodes = (self._nodes[number] for number in self._nodes[self._number(index)].below)
        return [node.row for node in nodes if node.row is not None]

    def _number(self, index: AnyIndex) -> int:
        return index.internalId() if index.isValid() else ROOT

    def _take(self, number: int, count: int) -> None:
        node = self._nodes[number]
        start = len(node.below)
        for at in range(start, min(start + count, len(node.rows))):
            row = node.rows[at]
            node.below.append(len(self._nodes))
            self._nodes.append(_Node(row, row.below, number, at))

    # ---------------------------------------------------------------------------------------------- what Qt asks

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's
        """Qt's."""
        below = self._nodes[self._number(parent)].below
        if not (0 <= row < len(below) and 0 <= column < len(self.columns.titles)):
            return QModelIndex()
        return self.createIndex(row, column, below[row])

    def parent(self, index: AnyIndex = QModelIndex()) -> Any:  # noqa: B008  # Qt's
        """Qt's."""
        if not index.isValid():
            return QModelIndex()
        above = self._nodes[index.internalId()].parent
        return QModelIndex() if above == ROOT else self.createIndex(self._nodes[above].number, 0, above)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's
        """Qt's: the rows taken so far."""
        return 0 if parent.column() > 0 else len(self._nodes[self._number(parent)].below)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's
        """Qt's."""
        return len(self.columns.titles)

    def hasChildren(self, parent: AnyIndex = QModelIndex()) -> bool:  # noqa: B008  # Qt's
        """Qt's: also where no row was taken yet."""
        return parent.column() <= 0 and bool(len(self._nodes[self._number(parent)].rows))

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Qt's."""
        node = self._nodes[self._number(parent)]
        return len(node.below) < len(node.rows)

    def fetchMore(self, parent: AnyIndex) -> None:
        """Qt's: the next rows."""
        number = self._number(parent)
        node = self._nodes[number]
        start, stop = len(node.below), min(len(node.below) + AT_ONCE, len(node.rows))
        if stop > start:
            self.beginInsertRows(self.createIndex(node.number, 0, number) if number else QModelIndex(), start, stop - 1)
            self._take(number, AT_ONCE)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns.titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns.titles[section]
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        row = self.row_at(index)
        if row is None:
            return None
        column = index.column()
        text = cell(row, column)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.columns.titles[column]} {text}".strip()
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case Qt.ItemDataRole.FontRole:
                return self.dress.figures if column in self.columns.figures else None
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(row, column)
        return None

    def _colour(self, row: Row, column: int) -> QColor | None:
        if row.place is not None and column == self.columns.links:
            return self.dress.link
        return self.dress.tones.get(row.tone) if column == self.columns.links or row.tone == "muted" else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        right = column in self.columns.figures
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
