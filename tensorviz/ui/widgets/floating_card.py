"""A card that floats over a window: it blocks nothing, can be dragged by its header, and closes on Esc.

Must not know what is in it. Its colours are the stylesheet's: a frame of role "popup".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent

EDGE = 8  # kept free between the card and the window's edge


class CardHeader(QWidget):
    """The line at the top of a card, by which it is dragged. Signals: dragged(by) in pixels."""

    dragged = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._from: QPoint | None = None
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.title, self.detail, self.close_button = QLabel(self), QLabel(self), QToolButton(self)
        self.title.setProperty("role", "heading")
        self.detail.setProperty("role", "muted")
        for label in (self.title, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setAccessibleName("Close")
        self.close_button.setCursor(Qt.CursorShape.ArrowCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addWidget(self.detail, 1)
        row.addWidget(self.close_button)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: dragging begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: the card follows."""
        if self._from is not None:
            here = event.globalPosition().toPoint()
            self.dragged.emit(here - self._from)
            self._from = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: dragging ends."""
        self._from = None


class FloatingCard(QFrame):
    """Lies over the window of `parent`, inside it; is deleted when it closes. `body` takes what is shown.

    width: of the card in pixels; it is as high as its content asks for, also when that changes. Signals: closed().
    """

    closed = Signal()

    def __init__(self, title: str, close_icon: QIcon, width: int, parent: QWidget) -> None:
        over: QWidget = parent.window()
        super().__init__(over)
        self._over = over
        self.setProperty("role", "popup")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._before: QWidget | None = self._over.focusWidget()
        self._open = True
        self._wide = width
        self.header = CardHeader(self)
        self.header.title.setText(title)
        self.header.close_button.setIcon(close_icon)
        self.header.close_button.clicked.connect(self.leave)
        self.header.dragged.connect(lambda by: self.place(self.pos() + by))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 12)
        column.setSpacing(8)
        column.addWidget(self.header)
        column.addLayout(self.body)
        self._over.installEventFilter(self)
        self.hide()

    def open_at(self, global_pos: QPoint, first: QWidget | None = None) -> None:
        """Shows it with a corner at that place of the screen, as far as it fits; `first` gets the keyboard."""
        self.fit()
        self.place(self._over.mapFromGlobal(global_pos))
        self.raise_()
        self.show()
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self, corner: QPoint) -> None:
        """Moves it, kept inside the window."""
        room = self._over.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        left = max(room.left(), min(corner.x(), room.right() - self.width() + 1))
        top = max(room.top(), min(corner.y(), room.bottom() - self.height() + 1))
        self.move(left, top)

    def fit(self) -> None:
        """Takes the height that its content asks for now."""
        layout = self.layout()
        assert layout is not None
        width = min(max(self._wide, layout.totalMinimumSize().width()), self._over.width() - 2 * EDGE)
        high = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        if (width, high) != (self.width(), self.height()):
            self.resize(width, high)
            self.place(self.pos())

    def leave(self) -> None:
        """Closes it and gives the keyboard back."""
        if not self._open:
            return
        self._open = False
        self._over.removeEventFilter(self)
        holder: QWidget | None = self._over.focusWidget()
        had_keyboard = holder is not None and self.isAncestorOf(holder)
        self.hide()
        if self._before is not None and had_keyboard:
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def forget_keyboard(self) -> None:
        """The keyboard is not given back: its former place may be gone, or something else wants it."""
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Qt's: what is in it asks for another height."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self._open:
            self.fit()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: stays inside when the window shrinks."""
        if event.type() == QEvent.Type.Resize and self._open:
            self.place(self.pos())
        return False
