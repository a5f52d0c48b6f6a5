"""The command palette: type a few letters of a command or a model, press Enter.

Must not know what commands do. What it offers is made of the table of commands and of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import bytes_text
from tensorviz.ui import icons
from tensorviz.ui.fuzzy import fit
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.window.model_wish import ModelWish

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.ui.command import Command
    from tensorviz.ui.screen import Context
    from tensorviz.ui.window.actions import Actions

WIDTH, ROW_HEIGHT, ROWS_SHOWN, TOP = 600, 34, 10, 30
BEST_KEPT = 60
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette. detail: what stands at its right; searched: what the typed letters are compared with."""

    text: str
    detail: str
    icon: str
    searched: str
    run: Callable[[], None]


def command_entries(actions: Actions) -> list[Entry]:
    """The commands that apply now, except the one that opens the palette."""
    return [_of_command(row, actions) for row in actions.applying() if row.id != "window.palette"]


def _of_command(row: Command, actions: Actions) -> Entry:
    native = QKeySequence.SequenceFormat.NativeText
    keys = QKeySequence(row.shortcuts[0]).toString(native) if row.shortcuts else ""
    searched = f"{row.plain_text} {row.menu.replace('&', '')}"
    return Entry(row.plain_text, keys, row.icon, searched, partial(actions.run, row.id))


def model_entries(models: Iterable[ModelRow], wish: ModelWish) -> list[Entry]:
    """One line per model and, where there are several, per set of weights: "Use resnet101"."""
    entries: list[Entry] = []
    for model in models:
        entries.append(_of_model(model, model.default(), "", wish))
        others = [row for row in model.weights if len(model.weights) > 1]
        entries += [_of_model(model, row, row.name, wish) for row in others]
    return entries


def _of_model(model: ModelRow, row: WeightsRow, weights: str, wish: ModelWish) -> Entry:
    text = f"Use {model.name} {weights}".rstrip()
    where = "on this computer" if row.here else f"{bytes_text(row.file_bytes)} to fetch"
    drawn = "translate" if model.task == "translate" else "model"
    return Entry(text, where, drawn, f"{text} {model.task}", partial(wish.use, model, row))


def best(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries that fit, best first; all, in their order, when nothing is typed."""
    if not query.strip():
        return list(entries)
    scored = [(found, entry) for entry in entries if (found := fit(query, entry.searched)) is not None]
    scored.sort(key=lambda pair: -pair[0])
    return [entry for _, entry in scored[:BEST_KEPT]]


class EntriesModel(QAbstractListModel):
    """The entries as Qt sees them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Replaces them all."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """One row per entry."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text; for assistive technology with its detail."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.text}, {entry.detail}" if entry.detail else entry.text
        return None


class _EntryPainter(QStyledItemDelegate):
    """Icon, text, and the detail at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, max(ROW_HEIGHT, option.fontMetrics.height() + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, EntriesModel)
        entry, view = model.entries[index.row()], option.widget
        tokens = tokens_of(view)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, tokens.colour("soft"))
        inside = option.rect.adjusted(12, 0, -12, 0)
        side = 16
        drawing = icons.pixmap(entry.icon, "muted", side, view.devicePixelRatioF())
        painter.drawPixmap(inside.left(), inside.center().y() - side // 2 + 1, drawing)
        width = option.fontMetrics.horizontalAdvance(entry.detail)
        painter.setPen(tokens.colour("muted"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.detail)
        painter.setPen(tokens.colour("text"))
        place = QRect(inside.left() + side + 10, inside.top(), inside.width() - side - 22 - width, inside.height())
        text = option.fontMetrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class CommandPalette(QFrame):
    """Lies over the window while it is open; closes on Esc, on Enter, or when the keyboard goes elsewhere."""

    def __init__(self, context: Context, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._actions = context.workspace, actions
        self._over = window
        self._wish = ModelWish(context, self)
        self._offered: list[Entry] = []
        self._before: QWidget | None = None
        self.field = QLineEdit()
        self.list = QListView()
        self.model = EntriesModel(self)
        self._nothing = QLabel("Nothing of that name. Try fewer letters.")
        self._build()
        self.hide()

    def _build(self) -> None:
        self.setProperty("role", "popup")
        self.setAccessibleName("Command palette")
        self.field.setPlaceholderText("Type a command, or a model such as resnet101")
        self.field.setAccessibleName("Find a command or a model")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_EntryPainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys of the field move in it
        self.list.setAccessibleName("What was found")
        self.list.setProperty("role", "plain")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(12, 8, 12, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        for widget in (self.field, self.list, self._nothing):
            column.addWidget(widget)

    def open(self, text: str = "") -> None:
        """Shows the palette with what may be done now."""
        self._before = self.window().focusWidget()
        self._offered = command_entries(self._actions)
        self._offered += model_entries(self._workspace.catalogue.models, self._wish)
        self._offered += model_entries(self._workspace.catalogue.generators, self._wish)
        self.field.setText(text)
        self._search(text)
        self.raise_()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Closes it and gives the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's arrow keys move in the list; Enter runs, Esc closes."""
        if event.type() == QEvent.Type.FocusOut and QApplication.activePopupWidget() is None:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._run(self.list.currentIndex())
            case Qt.Key.Key_Down | Qt.Key.Key_Up | Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                QApplication.sendEvent(self.list, event)
            case _:
                return False
        return True

    def _search(self, text: str) -> None:
        self.model.show_entries(best(self._offered, text))
        count = self.model.rowCount()
        self.list.setCurrentIndex(self.model.index(0))
        self.list.setVisible(count > 0)
        self._nothing.setVisible(count == 0)
        self.list.setFixedHeight(min(count, ROWS_SHOWN) * ROW_HEIGHT + 4)
        width = min(WIDTH, self._over.width() - 32)
        self.setGeometry((self._over.width() - width) // 2, TOP, width, 10)
        self.setFixedWidth(width)
        self.adjustSize()

    def _run(self, index: QModelIndex) -> None:
        if index.isValid():
            entry = self.model.entries[index.row()]
            self.leave()
            entry.run()
