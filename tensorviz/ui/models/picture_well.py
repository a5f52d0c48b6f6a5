"""The picture well: the pictures as thumbnails, chosen by mouse and keyboard.

Must not know how answers or thumbnails are made; drops are the window's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import count_text, plural
from tensorviz.ui.commands import command
from tensorviz.ui.icons import icon
from tensorviz.ui.models.picture_delegate import MARGIN, PictureDelegate
from tensorviz.ui.models.picture_list import Index, PictureList
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.state.workspace import Workspace

FOCUS_RING = 2  # pixels, from the stylesheet
BESIDE_TITLE = 60  # pixels: margins, gaps and a short count
MENU = (
    ("results.run", "results.run_all", "translate.run", "translate.selected_to_folder"),
    ("pictures.copy_path", "pictures.show_folder"),
    ("pictures.remove", "pictures.clear"),
)
TOOLS = ("pictures.open", "pictures.open_folder", "pictures.clear")
RUN = {"classify": "results.run", "translate": "translate.run"}  # by task
KEYS = {
    Qt.Key.Key_Return: "",
    Qt.Key.Key_Enter: "",
    Qt.Key.Key_Delete: "pictures.remove",
    Qt.Key.Key_Backspace: "pictures.remove",
}


class PictureWell(QFrame):
    """Heading with the count, the thumbnails, or what to do when there are none."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setMinimumWidth(140)
        self._title = QLabel("Pictures", self)
        self._count = ElidedLabel(mode=Qt.TextElideMode.ElideRight, parent=self)
        self._count.setProperty("role", "muted")
        self.view = PictureView(workspace, self)  # first, so that it is first in the order of the Tab key
        self._tools = {identifier: self._tool(identifier) for identifier in TOOLS}
        self._stack = QStackedLayout()
        self._stack.addWidget(EmptyWell(workspace, self))
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 8)
        column.setSpacing(6)
        column.addLayout(self._heading())
        column.addLayout(self._stack, 1)
        pictures = workspace.pictures
        for signal in (pictures.inserted, pictures.removed, pictures.reset, pictures.selection_changed):
            signal.connect(self._refresh)
        self._refresh()

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        self._title.setProperty("role", "heading")
        row.addWidget(self._title)
        row.addSpacing(4)
        row.addWidget(self._count, 1)
        for identifier in TOOLS:
            row.addWidget(self._tools[identifier])
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is little room, the title goes before anything of it is cut."""
        super().resizeEvent(event)
        tools = sum(tool.sizeHint().width() for tool in self._tools.values())
        self._title.setVisible(self.width() >= tools + self._title.sizeHint().width() + BESIDE_TITLE)

    def _tool(self, identifier: str) -> QToolButton:
        row = command(identifier)
        button = QToolButton(self)
        button.setIcon(icon(row.icon, "muted"))
        button.setToolTip(row.tip)
        button.setAccessibleName(row.plain_text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self._workspace.wishes.run(identifier))
        return button

    def _refresh(self) -> None:
        pictures = self._workspace.pictures
        selected = f", {count_text(pictures.selected_count)} selected" if pictures.selected_count > 1 else ""
        self._count.setText(f"{count_text(pictures.count)}{selected}" if pictures.count else "")
        self._count.setAccessibleName(plural(pictures.count, "picture") + selected)
        for identifier, button in self._tools.items():
            button.setEnabled(command(identifier).applies(self._workspace))
        self._stack.setCurrentIndex(1 if pictures.count else 0)


class EmptyWell(QWidget):
    """What to do when there are no pictures yet."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 16, 12)
        column.setSpacing(8)
        column.addStretch(2)
        mark = QLabel(self)
        mark.setPixmap(icon("pictures", "muted").pixmap(QSize(40, 40)))
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        words = QLabel("Drop pictures or a folder here", self)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        column.addWidget(words)
        column.addSpacing(8)
        offers = ("pictures.open", "Open..."), ("pictures.open_folder", "Open folder..."), ("edit.paste", "Paste")
        for identifier, text in (*offers, ("pictures.samples", "Take the samples")):
            column.addWidget(self._offer(workspace, identifier, text))
        column.addStretch(3)

    def _offer(self, workspace: Workspace, identifier: str, text: str) -> QPushButton:
        row = command(identifier)
        button = QPushButton(icon(row.icon), text, self)
        button.setToolTip(row.tip)
        button.setAccessibleName(row.plain_text)
        button.setVisible(row.applies(workspace))
        button.clicked.connect(lambda: workspace.wishes.run(identifier))
        return button


class PictureView(QListView):
    """The thumbnails. Asks for those in sight, and keeps the state's current picture and selection."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._pictures = workspace, workspace.pictures
        self._delegate = PictureDelegate(workspace.settings.whole("thumbnail_side"), self)
        self._following = False
        self._columns = 1
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(15)
        self._looking.timeout.connect(self.ask_for_thumbnails)
        self._dress()
        self.setModel(PictureList(self._pictures, self))
        self.setItemDelegate(self._delegate)
        self._listen()
        self.follow_current()

    def _dress(self) -> None:
        self.setObjectName("picture_well")
        self.setAccessibleName("Pictures")
        self.setAccessibleDescription("Arrow keys choose a picture, Delete removes, the menu key offers more.")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _listen(self) -> None:
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentChanged.connect(self._tell_current)
        self.verticalScrollBar().valueChanged.connect(lambda: self._looking.start())
        self.customContextMenuRequested.connect(self._show_menu)
        self._pictures.current_changed.connect(self.follow_current)
        for signal in (self._pictures.inserted, self._pictures.removed, self._pictures.reset):
            signal.connect(self._look_soon)
        self._workspace.settings.changed.connect(self._setting_changed)

    # -------------------------------------------------------------------------------------------- the pictures

    def _look_soon(self) -> None:
        self._looking.start()

    def rows_in_sight(self) -> range:
        """The rows that are seen, a line more on either side."""
        columns, high, top = self._columns, max(1, self.gridSize().height()), self.verticalScrollBar().value()
        first = max(0, (top // high - 1) * columns)
        last = ((top + self.viewport().height()) // high + 2) * columns
        return range(min(first, self._pictures.count), min(last, self._pictures.count))

    def ask_for_thumbnails(self) -> None:
        """Says which pictures are in sight, in the pixels of this screen."""
        rows = self.rows_in_sight()
        if self.isVisible() and rows:
            side = round(self._delegate.side * self.devicePixelRatioF())
            self._pictures.want_thumbnails(self._pictures.paths_between(rows[0], rows[-1]), side)

    def _setting_changed(self, key: str) -> None:
        if key == "thumbnail_side":
            self._delegate.side = self._workspace.settings.whole(key)
            self._lay_out()

    def _lay_out(self) -> None:
        """As many columns as fit, spread over the width."""
        least = self._delegate.side + 2 * MARGIN
        bar = self.verticalScrollBar().sizeHint().width()  # Qt leaves room for it, whether it is there or not
        room = max(least, self.width() - 2 * FOCUS_RING - bar - 1)
        self._columns = max(1, room // least)
        self._delegate.cell = QSize(room // self._columns, self._delegate.side + MARGIN + 22)
        self.setGridSize(self._delegate.cell)
        self._look_soon()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paints anew what changed. Qt's own list would lay out every cell again, and all are of one size."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the columns out anew."""
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for what is in sight now."""
        super().showEvent(event)
        self._look_soon()

    # ------------------------------------------------------------------------------------ current and selected

    def follow_current(self) -> None:
        """Shows the state's current picture as current."""
        row = self._pictures.row_of(self._pictures.current) if self._pictures.current is not None else None
        if row is None or row == self.currentIndex().row() or row >= self.model().rowCount():
            return
        self._following = True
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)
        self._following = False

    def _tell_current(self) -> None:
        index = self.currentIndex()
        if index.isValid() and not self._following and index.row() < self._pictures.count:
            self._pictures.set_current(self._pictures.path_at(index.row()))

    def _tell_selection(self) -> None:
        selected = self.selectionModel().selection()
        parts = [selected.at(number) for number in range(selected.size())]
        self._pictures.set_selection([(part.top(), part.bottom()) for part in parts])

    # --------------------------------------------------------------------------------------------- keys, menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter runs the task, Delete removes; the arrow keys are the view's own."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        wish = KEYS.get(Qt.Key(event.key())) if plain else None
        if wish is None:
            super().keyPressEvent(event)
        else:
            self._workspace.wishes.run(wish or RUN[self._workspace.task.task])

    def menu(self) -> QMenu:
        """The context menu, built from the commands that make sense now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for part in MENU:
            for row in filter(lambda row: row.belongs(self._workspace), map(command, part)):
                action = QAction(icon(row.icon), row.text, menu)
                action.setEnabled(row.applies(self._workspace))
                action.triggered.connect(lambda _=False, wish=row.id: self._workspace.wishes.run(wish))
                menu.addAction(action)
            menu.addSeparator()
        return menu

    def _show_menu(self, at: QPoint) -> None:
        """At the pointer, or at the current picture when asked for by key."""
        if not self.rect().contains(at):
            at = self.visualRect(self.currentIndex()).center()
        self.menu().popup(self.viewport().mapToGlobal(at))

    def event(self, event: QEvent) -> bool:
        """Another screen may have other pixels."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._look_soon()
        return super().event(event)

    def visible_rect_of(self, path: str) -> QRect:
        """Where a picture is painted, in the view's pixels; empty when it is not here."""
        row = self._pictures.row_of(path)
        return QRect() if row is None else self.visualRect(self.model().index(row, 0))
