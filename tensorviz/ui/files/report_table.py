"""A table or tree of the report: as high as its rows, up to a limit; names of tensors are links.

Must not know what the rows say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tensorviz.ui.files.report_model import Dress, RowsModel, cell
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

    from tensorviz.core.checkpoint_rows import Row
    from tensorviz.ui.files.report_model import Columns

MOST_ROWS = 12  # seen at once; the rest is scrolled to
BAR_WIDTH, BAR_HEIGHT, PADDING = 96, 5, 8
INSET = 5
ROW_PADDING = 6
LEAST_WIDE = 140
MEASURED = 40  # rows that say how wide a column must be


class ReportTable(QTreeView):
    """Rows of one kind. Signals: tensor_wished(place) when the name of a tensor was chosen.

    said: what it is, spoken. Enter chooses the current row; Ctrl+C copies it.
    """

    tensor_wished = Signal(int)

    def __init__(self, columns: Columns, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowsModel(columns, self)
        self._columns = columns
        self._build(said)
        self._dress()
        self.setModel(self.rows)
        self._widths = [0] * len(columns.titles)
        self.expanded.connect(self._opened)
        self.collapsed.connect(self._later)
        self.rows.rowsInserted.connect(self._later)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.fit)
        self.clicked.connect(self._clicked)

    def set_rows(self, rows: Sequence[Row], *, opened: int = 0) -> None:
        """Shows other rows. opened: how many at the top may be expanded: those with few below, or else the last."""
        self.rows.set_rows(rows)
        shown = self.rows.taken(QModelIndex())
        self.setRootIsDecorated(any(row.below for row in shown))
        self._widths = [0] * len(self._columns.titles)
        self._widen(shown)
        self._span(shown)
        few = [number for number, row in enumerate(shown[:opened]) if len(row.below) <= MOST_ROWS]
        for number in few or range(len(shown) - 1, len(shown) - 1 + min(1, opened)):
            self._open(self.rows.index(number, 0))
        self.fit()

    def _span(self, rows: Sequence[Row]) -> None:
        """Rows that only head others have the whole width."""
        for number, row in enumerate(rows):
            if row.below and not any(row.cells[1:]):
                self.setFirstColumnSpanned(number, QModelIndex(), True)

    def append(self, rows: Sequence[Row]) -> None:
        """Adds rows at the end."""
        self.rows.append(rows)
        self._widen(rows[:MOST_ROWS])
        self._later()

    def _open(self, index: QModelIndex) -> None:
        """Expands a row, and what is alone under it, until there is something to choose from."""
        for _ in range(6):
            row = self.rows.row_at(index)
            if row is None or not row.below:
                return
            if self.rows.canFetchMore(index):
                self.rows.fetchMore(index)
            self.expand(index)
            if len(row.below) != 1:
                return
            index = self.rows.index(0, 0, index)

    # ------------------------------------------------------------------------------------------------- choosing

    def choose(self, index: QModelIndex) -> None:
        """As if the row was pressed: looks at its tensor, or opens what is below."""
        row = self.rows.row_at(index)
        if row is not None and row.place is not None:
            self.tensor_wished.emit(row.place)
        elif row is not None and row.below:
            first = index.siblingAtColumn(0)
            self.setExpanded(first, not self.isExpanded(first))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is not None and row.place is not None and index.column() == self._columns.links:
            self.tensor_wished.emit(row.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Enter chooses; Ctrl+C copies the row as text."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        else:
            super().keyPressEvent(event)

    def copied(self) -> str:
        """The current row as text; its value exactly where it has one."""
        row = self.rows.row_at(self.currentIndex())
        return "" if row is None else row.copied or "\t".join(cell for cell in row.cells if cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: the pointer says where a name can be pressed."""
        index = self.indexAt(event.position().toPoint())
        row = self.rows.row_at(index)
        link = row is not None and row.place is not None and index.column() == self._columns.links
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    # ----------------------------------------------------------------------------------------------------- size

    @Slot(QModelIndex)
    def _opened(self, index: QModelIndex) -> None:
        self._widen(self.rows.taken(index)[:MOST_ROWS])
        self._later()

    @Slot()
    def _later(self) -> None:
        self._timer.start(0)

    @Slot()
    def fit(self) -> None:
        """Makes it as high as the rows that are open."""
        count = self._open_rows(QModelIndex(), MOST_ROWS)
        row = self.sizeHintForRow(0) if count else 0
        head = 0 if self.isHeaderHidden() else self.header().sizeHint().height()
        sideways = self.horizontalScrollBar().sizeHint().height() if self.header().length() > self._room() else 0
        self.setFixedHeight(head + row * count + 2 * self.frameWidth() + 4 + sideways)

    def _room(self) -> int:
        return self.width() - 2 * self.frameWidth()

    def _open_rows(self, parent: QModelIndex, most: int) -> int:
        count = 0
        for number in range(self.rows.rowCount(parent)):
            if count >= most:
                break
            index = self.rows.index(number, 0, parent)
            count += 1
            if self.isExpanded(index):
                count += self._open_rows(index, most - count)
        return min(count, most)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where the columns have no room, a bar to scroll them needs some."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._spread()
            self._later()

    def _spread(self) -> None:
        """The wide columns share what the others leave. Qt's own way to fit the others would ask for every cell."""
        wide, head = self._columns.wide, self.header()
        taken = sum(width for column, width in enumerate(self._widths) if column not in wide)
        each = max(LEAST_WIDE, (self.viewport().width() - taken) // len(wide))
        for column in wide:
            head.resizeSection(column, each)

    def _widen(self, rows: Sequence[Row]) -> None:
        """Makes the columns that are not wide as wide as the longest text of these rows, if they are not yet."""
        plain, figures = self.fontMetrics(), QFontMetrics(self.rows.dress.figures or self.font())
        bold = QFont(self.font())
        bold.setBold(True)
        titles = QFontMetrics(bold)
        for column, title in enumerate(self._columns.titles):
            if column in self._columns.wide:
                continue
            texts = [cell(row, column) for row in rows[:MEASURED] if any(row.cells[1:])]
            metrics = figures if column in self._columns.figures else plain
            longest = metrics.horizontalAdvance(max(texts, key=len, default=""))
            needed = max(longest + 2 * INSET, titles.horizontalAdvance(title) + 2 * PADDING)
            needed += PADDING + (BAR_WIDTH if column == self._columns.bar else 0)
            needed += self.indentation() if column == 0 and self.rootIsDecorated() else 0
            if needed > self._widths[column]:
                self._widths[column] = needed
                self.header().resizeSection(column, needed)
        self._spread()

    # ---------------------------------------------------------------------------------------------------- looks

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: colours follow the theme."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        tokens = tokens_of(self)
        tones = {tone: tokens.colour(tone) for tone in ("muted", "warning", "danger")}
        self.rows.dress = Dress(tones, tokens.colour("accent"), number_font(self.font().pointSizeF()))
        self.viewport().update()

    def _build(self, said: str) -> None:
        self.setAccessibleName(said)
        self.setItemDelegate(_Cells(self._columns, self))
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setIndentation(16)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        head = self.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setRootIsDecorated(False)
        head.setSectionsMovable(False)
        head.setSectionsClickable(False)
        self.setHeaderHidden(not any(self._columns.titles))


class TablePlace(QWidget):
    """Where a table stands as soon as there are rows: one without rows would cost as much. Signals: as the table's.

    table: None before there were rows.
    """

    tensor_wished = Signal(int)

    def __init__(self, columns: Columns, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._said = columns, said
        self.table: ReportTable | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def set_rows(self, rows: Sequence[Row], *, opened: int = 0) -> None:
        """As the table's."""
        if len(rows) or self.table is not None:
            self._made().set_rows(rows, opened=opened)
        self.setVisible(len(rows) > 0)

    def append(self, rows: Sequence[Row]) -> None:
        """As the table's."""
        if rows:
            self._made().append(rows)
            self.show()

    def _made(self) -> ReportTable:
        if self.table is None:
            self.table = ReportTable(self._columns, self._said)
            self.table.tensor_wished.connect(self.tensor_wished)
            self._column.addWidget(self.table)
        return self.table


class _Cells(QStyledItemDelegate):
    """Paints cells; a share has a bar beside its figure."""

    def __init__(self, columns: Columns, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = columns

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, option.fontMetrics.height() + ROW_PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(INSET, 0, -INSET, 0)  # under the titles, which stand further in
        super().paint(painter, inner, index)
        model = index.model()
        row = model.row_at(index) if isinstance(model, RowsModel) else None
        if row is not None and row.share is not None and index.column() == self._columns.bar:
            self._bar(painter, option, row)

    def _bar(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        place, palette = option.rect, option.palette
        top = place.center().y() - BAR_HEIGHT / 2 + 0.5
        track = QRectF(place.left() + PADDING, top, BAR_WIDTH - 2 * PADDING, BAR_HEIGHT)
        filled = QRectF(track)
        filled.setWidth(max(track.width() * min(1.0, row.share or 0.0), 1.0 if row.share else 0.0))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.setBrush(palette.color(QPalette.ColorRole.Accent))
        painter.setClipRect(filled)
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.restore()
