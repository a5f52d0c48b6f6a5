"""The published weights on this computer: which files, how large, where.

Must not delete anything itself: a file that is picked opens its card, where it can be deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import bytes_text, plural
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.ui.state.workspace import Workspace

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WeightFiles(QWidget):
    """Signals: picked(model) by Enter or a double click; closed().

    files: gives those of the task. none: said when there are none.
    """

    picked = Signal(str)
    closed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        files: Callable[[], tuple[WeightsRow, ...]],
        none: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._messages = workspace.catalogue, workspace.messages
        self._files, self._none = files, none
        self.list = QTreeWidget()
        self._shown: tuple[WeightsRow, ...] | None = None
        self._folder, self._sum = WrappedLabel("muted"), WrappedLabel("muted")
        self._build()
        self._catalogue.changed.connect(self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        files = self._files()
        self._say(len(files))
        if files == self._shown:
            return  # the selection and the place of the list stay while a download goes on
        self._shown = files
        self.list.clear()
        for weights in files:
            item = QTreeWidgetItem([f"{weights.model} {weights.name}", bytes_text(weights.file_bytes)])
            item.setData(0, Qt.ItemDataRole.UserRole, weights.model)
            item.setToolTip(0, weights.path or "")
            item.setTextAlignment(1, RIGHT)
            item.setFont(1, number_font())
            self.list.addTopLevelItem(item)

    def _say(self, count: int) -> None:
        self._folder.say(self._catalogue.folder)
        self._folder.setToolTip(self._catalogue.folder)
        total = f"{plural(count, 'file')}, the folder takes {bytes_text(self._catalogue.disk_bytes)}"
        self._sum.say(total if count else self._none)

    def _pick(self, item: QTreeWidgetItem) -> None:
        self.picked.emit(str(item.data(0, Qt.ItemDataRole.UserRole)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._catalogue.folder)
        self._messages.say(f"Copied: {self._catalogue.folder}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc goes back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        title, copy, back = QLabel("Weights on this computer"), QPushButton("&Copy folder"), QPushButton("&Back")
        title.setProperty("role", "title")
        self.list.setHeaderLabels(["File of", "Size"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName("Weight files")
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemActivated.connect(self._pick)
        copy.clicked.connect(self._copy)
        back.clicked.connect(self.closed)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        for widget in (title, self._folder, self.list, self._sum):
            layout.addWidget(widget)
        layout.addLayout(buttons)
