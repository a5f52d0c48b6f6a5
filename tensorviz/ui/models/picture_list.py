"""The pictures of the well for Qt's views: what each cell says.

Must not know how a cell is painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tensorviz.ui.models.answer_text import name_text, state_text, tip_text

if TYPE_CHECKING:
    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.state.pictures import PictureItem, PicturesState

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class PictureList(QAbstractListModel):
    """One row per picture, in the order of the state."""

    def __init__(self, pictures: PicturesState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._count = pictures.count
        pictures.inserted.connect(self._inserted)
        pictures.removing.connect(lambda first, last: self.beginRemoveRows(NOWHERE, first, last))
        pictures.removed.connect(self._removed)
        pictures.reset.connect(self._reset)
        pictures.item_changed.connect(lambda row: self._tell(row, row))
        pictures.items_changed.connect(lambda: self._tell(0, self._count - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many pictures."""
        return 0 if parent.isValid() else self._count

    def item_at(self, index: Index) -> PictureItem | None:
        """The picture of a cell."""
        if not index.isValid() or index.row() >= self._pictures.count:
            return None
        return self._pictures.item(self._pictures.path_at(index.row()))

    def thumbnail_at(self, index: Index) -> Preview | None:
        """The thumbnail of a cell, when there is one."""
        return self._pictures.thumbnail(self._pictures.path_at(index.row()))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, tooltip and what a screen reader says."""
        item = self.item_at(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return name_text(item.path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(item)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{name_text(item.path)}, {state_text(item)}"
        return None

    def _inserted(self, first: int, last: int) -> None:
        self.beginInsertRows(NOWHERE, first, last)
        self._count = self._pictures.count
        self.endInsertRows()

    def _removed(self, first: int, last: int) -> None:
        self._count = self._pictures.count
        self.endRemoveRows()

    def _reset(self) -> None:
        self.beginResetModel()
        self._count = self._pictures.count
        self.endResetModel()

    def _tell(self, first: int, last: int) -> None:
        if 0 <= first <= last < self._count:
            self.dataChanged.emit(self.index(first), self.index(last))
