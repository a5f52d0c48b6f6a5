"""The answers of all pictures for Qt's table views: sorted by any column, filtered by a text, of any length.

Must not know how the table looks. While a batch runs, rows stay where they are; they are sorted again when it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tensorviz.core.results import Classified, Failed
from tensorviz.core.text import path_text, percent_text, seconds_text
from tensorviz.ui.models.answer_text import STATE_WORDS, name_text, problem_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.ui.state.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
COLUMNS = ("Picture", "Best label", "Probability", "Second", "Model", "Seconds", "Error")
PATH, BEST, PROBABILITY, SECOND, MODEL, SECONDS, ERROR = range(len(COLUMNS))
FIGURES = (PROBABILITY, SECONDS)


class RowTable(QAbstractTableModel):
    """One row per picture that passes the filter."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._pictures, self._results = workspace, workspace.pictures, workspace.results
        self._paths: list[str] = []
        self._shown: set[str] = set()
        self._filter = ""
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder
        self._sorted = True
        self._pictures.inserted.connect(self._inserted)
        self._pictures.removed.connect(self.rebuild)
        self._pictures.reset.connect(self.rebuild)
        self._pictures.items_changed.connect(self._repaint)
        self._results.changed.connect(self._answered)
        self._results.jobs_changed.connect(self._settle)
        self.rebuild()

    # ------------------------------------------------------------------------------------------------ reading

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many pictures pass the filter."""
        return 0 if parent.isValid() else len(self._paths)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Always the same."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; figures stand on the right."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section] + _margin(section)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the path, the label and the error in full as tooltip."""
        if not index.isValid() or index.row() >= len(self._paths):
            return None
        path, column = self._paths[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return name_text(path) if column == PATH else self.text(path, column) + _margin(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            error = "" if column == PATH else self.text(path, ERROR)
            return error or (self.text(path, column) if column in (PATH, BEST) else None)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def path_at(self, row: int) -> str:
        """The picture of a row."""
        return self._paths[row]

    def row_of(self, path: str) -> int | None:
        """The row of a picture; None when the filter hides it."""
        return self._paths.index(path) if path in self._shown else None

    def is_stale(self, row: int) -> bool:
        """Whether the answer is of another model than the one chosen now."""
        item = self._pictures.item(self._paths[row])
        return item is not None and item.stale

    def error_at(self, row: int) -> str:
        """Why the picture of a row has no answer, the picture named without its folder; "" when it has one."""
        path = self._paths[row]
        return self.text(path, ERROR).replace(path_text(path), name_text(path))

    def text(self, path: str, column: int) -> str:
        """The text of a cell, the path in full."""
        if column == PATH:
            return path_text(path)
        row = self._results.row(path)
        if isinstance(row, Failed):
            return {BEST: "failed", ERROR: problem_text(row.problem)}.get(column, "")
        if row is None:
            item = self._pictures.item(path)
            return STATE_WORDS.get(item.state, "") if item is not None and column == BEST else ""
        return _answer_text(row, column)

    def tsv(self, rows: Iterable[int]) -> str:
        """Rows with all their columns, tab-separated, under the names of the columns."""
        lines = ["\t".join(COLUMNS)]
        for row in rows:
            cells = (self.text(self._paths[row], column) for column in range(len(COLUMNS)))
            lines.append("\t".join(" ".join(cell.split()) if "\t" in cell or "\n" in cell else cell for cell in cells))
        return "\n".join(lines) + "\n"

    # ------------------------------------------------------------------------------------------ order, filter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; -1 is the order of the well. What has no value stands last in both directions."""
        self._column, self._order = column, order
        self._rearrange()

    def set_filter(self, text: str) -> None:
        """Shows the rows that contain the text in path, labels, model or error, in any case of letters."""
        self._filter = text.casefold()
        self.rebuild()

    def rebuild(self, *_: object) -> None:
        """All rows anew."""
        self.beginResetModel()
        self._paths = self._ordered([path for path in self._pictures.paths if self._passes(path)])
        self._shown = set(self._paths)
        self._sorted = True
        self.endResetModel()

    def _passes(self, path: str) -> bool:
        if not self._filter:
            return True
        return self._filter in self._searched(path).casefold()

    def _searched(self, path: str) -> str:
        """All that is looked into, put together at once: a hundred thousand rows are filtered at a keystroke."""
        row = self._results.row(path)
        if isinstance(row, Classified):
            labels = "\n".join(label.label for label in row.top[:2])
            return f"{path_text(path)}\n{labels}\n{row.model} {row.weights}"
        return "\n".join(self.text(path, column) for column in (PATH, BEST, ERROR))

    def _ordered(self, paths: list[str]) -> list[str]:
        if self._column < 0:
            return sorted(paths, key=self._place)
        key = self._key(self._column)
        known = [(value, path) for path in paths if (value := key(path)) is not None]
        without = [path for path in paths if key(path) is None] if len(known) < len(paths) else []
        known.sort(key=lambda pair: pair[0], reverse=self._order == Qt.SortOrder.DescendingOrder)
        return [path for _, path in known] + without

    def _place(self, path: str) -> int:
        row = self._pictures.row_of(path)
        return -1 if row is None else row

    def _key(self, column: int) -> Callable[[str], Any]:
        """The value that a column is sorted by; None where there is none."""
        if column not in FIGURES:
            return lambda path: self.text(path, column).casefold() or None

        def figure(path: str) -> float | None:
            row = self._results.row(path)
            if not isinstance(row, Classified):
                return None
            if column == SECONDS:
                return row.seconds.total
            return row.top[0].probability if row.top else None

        return figure

    def _rearrange(self) -> None:
        """Sorts without losing the selection."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._paths[index.row()], index.column()) for index in before]
        self._paths = self._ordered(self._paths)
        wanted = {path for path, _ in held}
        rows = {path: row for row, path in enumerate(self._paths) if path in wanted}
        self.changePersistentIndexList(before, [self.index(rows[path], column) for path, column in held])
        self._sorted = True
        self.layoutChanged.emit()

    # ----------------------------------------------------------------------------------------------- following

    def _inserted(self, first: int, last: int) -> None:
        self._append([path for path in self._pictures.paths_between(first, last) if self._passes(path)])

    def _append(self, paths: list[str]) -> None:
        if not paths:
            return
        self.beginInsertRows(NOWHERE, len(self._paths), len(self._paths) + len(paths) - 1)
        self._paths.extend(paths)
        self._shown.update(paths)
        self.endInsertRows()
        self._sorted = self._sorted and self._column < 0

    def _answered(self, paths: tuple[str, ...]) -> None:
        """Rows stay where they are; those that have come to pass the filter are added at the end."""
        if self._filter:
            self._append([path for path in paths if path not in self._shown and self._passes(path)])
        self._sorted = self._sorted and self._column < 0
        self._repaint()

    def _settle(self) -> None:
        """Sorts again when the last batch has ended."""
        if not self._sorted and not self._results.batches:
            self._rearrange()

    def _repaint(self) -> None:
        if self._paths:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._paths) - 1, len(COLUMNS) - 1))


def _margin(column: int) -> str:
    """Air between a figure, on the right of its column, and the text on the left of the next."""
    return "\N{EN SPACE}" if column in FIGURES else ""


def _answer_text(row: Classified, column: int) -> str:
    """The text of an answer's cell."""
    if column == MODEL:
        return f"{row.model} {row.weights}".strip()
    if column == SECONDS:
        return seconds_text(row.seconds.total)
    place = 1 if column == SECOND else 0
    if column == ERROR or len(row.top) <= place:
        return ""
    label = row.top[place]
    if column == SECOND:
        return f"{label.label} {percent_text(label.probability)}"
    return percent_text(label.probability) if column == PROBABILITY else label.label
