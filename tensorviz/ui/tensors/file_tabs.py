"""The tabs over the Tensors page: the session, and each open file; names told apart, marks, closing.

Must not know what a tab shows.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QToolButton, QWidget

from tensorviz.core.text import path_text, printable
from tensorviz.ui.icons import icon
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.widgets.chip_line import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from tensorviz.ui.state.tensor_file import TensorFile

WIDEST, NARROWEST = 240, 96  # of a tab
CALM = 300  # milliseconds before a file that is being read is marked
SIDE = QTabBar.ButtonPosition.RightSide


class FileTabs(QTabBar):
    """The first is the session. Signals: close_wished(TensorFile); chosen(TensorFile or None) by the person."""

    close_wished = Signal(object)
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files: tuple[TensorFile, ...] = ()
        self._pressed = -1
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._mark)
        self.setProperty("role", "files")
        self.setAccessibleName("Session and open files")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.setIconSize(QSize(14, 14))
        self.addTab(icon("tensor", "muted"), "Session")
        self.setTabToolTip(0, "The session: tensors that can be worked with")
        self.currentChanged.connect(self._tell)

    def show_files(self, files: Sequence[TensorFile], current: TensorFile | None) -> None:
        """Shows a tab for each file, in order, and which one is looked at; says nothing."""
        self.blockSignals(True)
        self._keep_only(files)
        for place, file in enumerate(files, start=1):
            if place > len(self.files) or self.files[place - 1] is not file:
                self._insert(place, file)
        for place, (file, name) in enumerate(zip(files, labels([one.path for one in files]), strict=True), start=1):
            text = (name if file.raw is None else f"{name} ({file.raw.dtype})").replace("&", "&&")
            if self.tabText(place) != text:
                self.setTabText(place, text)
        self.setCurrentIndex(self.files.index(current) + 1 if current in self.files else 0)
        self.blockSignals(False)
        self._mark_soon()

    def _keep_only(self, files: Sequence[TensorFile]) -> None:
        for place in reversed(range(len(self.files))):
            if self.files[place] not in files:
                self.removeTab(place + 1)
                self.files = (*self.files[:place], *self.files[place + 1 :])

    def _insert(self, place: int, file: TensorFile) -> None:
        self.insertTab(place, icon("file", "muted"), "")
        self.files = (*self.files[: place - 1], file, *self.files[place - 1 :])
        self.setTabToolTip(place, plain_tip(path_text(file.path)))
        self.setTabButton(place, SIDE, self._close_button(file))
        for signal in (file.read_to_end, file.working_changed):
            signal.connect(self._mark_soon)

    def _close_button(self, file: TensorFile) -> QWidget:
        button, name = QToolButton(), printable(path_text(PurePath(file.path).name or file.path))
        button.setProperty("role", "tabclose")
        button.setIcon(icon("close", "muted"))
        button.setIconSize(QSize(12, 12))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the tab has the keyboard: Delete, or Ctrl+W anywhere
        button.setAccessibleName(f"Close {name}")
        button.setToolTip(plain_tip(f"Close {name}"))
        button.clicked.connect(partial(self._wish_close, file))
        box = QWidget()  # the bar shifts and clips the button of a tab; with room on its right it looks even
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(button)
        return box

    def _wish_close(self, file: TensorFile, checked: bool = False) -> None:
        self.close_wished.emit(file)

    # --------------------------------------------------------------------------------------------------- marks

    def _mark_soon(self) -> None:
        """At once for those that are read to the end; a while later for those that are still being read."""
        self._mark(busy=False)
        if any(_is_busy(file) for file in self.files):
            self._calm.start()

    def _mark(self, busy: bool = True) -> None:
        for place, file in enumerate(self.files, start=1):
            if file.problem is not None:
                self.setTabIcon(place, icon("warning", "warning"))
                self._say(place, file, "could not be read")
            elif not _is_busy(file):
                self.setTabIcon(place, icon("file", "muted"))
                self._say(place, file, "")
            elif busy:
                self.setTabIcon(place, icon("dot", "accent"))
                self._say(place, file, "is being read")
            elif not self.accessibleTabName(place):
                self._say(place, file, "")

    def _say(self, place: int, file: TensorFile, state: str) -> None:
        self.setTabToolTip(place, plain_tip(path_text(file.path) + (f"\nIt {state}." if state else "")))
        self.setAccessibleTabName(place, f"{self.tabText(place).replace('&&', '&')}{f', {state}' if state else ''}")

    # ------------------------------------------------------------------------------------------------ the person

    def _tell(self, place: int) -> None:
        self.chosen.emit(self.files[place - 1] if place > 0 else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button chooses no tab."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed = self.tabAt(event.position().toPoint())
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button closes."""
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton:
            if place > 0 and place == self._pressed:
                self.close_wished.emit(self.files[place - 1])
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Delete closes the file whose tab has the keyboard."""
        if event.key() == Qt.Key.Key_Delete and self.currentIndex() > 0:
            self.close_wished.emit(self.files[self.currentIndex() - 1])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: the wheel moves tabs that have no room into sight; it chooses none."""
        down = event.angleDelta().y() < 0 or event.angleDelta().x() < 0
        button = self.findChild(QToolButton, "ScrollRightButton" if down else "ScrollLeftButton")
        if button is not None and button.isVisible() and button.isEnabled():
            button.click()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a frame around the tab that has the keyboard."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens_of(self).colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.tabRect(self.currentIndex())).adjusted(2, 3, -2, -1), 4, 4)
            painter.end()

    # --------------------------------------------------------------------------------------------------- sizes

    def tabSizeHint(self, index: int) -> QSize:
        """Qt's: no wider than a name should be."""
        size = super().tabSizeHint(index)
        return QSize(min(max(size.width(), NARROWEST), WIDEST), size.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Qt's: names are cut only where they are too long."""
        return self.tabSizeHint(index)


def _is_busy(file: TensorFile) -> bool:
    return file.contents is None and file.problem is None and not file.asks_raw


def labels(paths: Sequence[str]) -> list[str]:
    """The names of files; where two are alike, with as many folders before them as tell them apart."""
    parts = [tuple(part for part in PurePath(path).parts if part.strip("/\\")) or (path,) for path in paths]
    depth = [1] * len(parts)
    while True:
        told = [parts[at][-depth[at] :] for at in range(len(parts))]
        met: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for at, one in enumerate(told):
            met.setdefault(one, set()).add(parts[at])
        longer = [at for at, one in enumerate(told) if len(met[one]) > 1 and depth[at] < len(parts[at])]
        if not longer:
            return [printable(path_text("/".join(one))) for one in told]
        for at in longer:
            depth[at] += 1
