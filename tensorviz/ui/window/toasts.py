"""Sentences that come up at the lower edge of the window, stay a while, and go by themselves.

Must not know what they are about. Assistive technology is told each one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent

    from tensorviz.ui.state.messages import Message, MessagesState

AT_ONCE = 3
SECONDS = {"info": 5.0, "good": 5.0, "warning": 10.0, "danger": 15.0}
SECONDS_TO_ACT = 12.0  # at least, where there is something to press
ICONS = {"info": "info", "good": "tick", "warning": "warning", "danger": "warning"}
WIDTH, GAP, EDGE = 420, 8, 16
HIGHEST_FIELD = 100  # pixels; what is higher is no field, and a toast hides little of it


class Toast(QFrame):
    """One sentence with its hint; stays while the mouse is on it."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.setProperty("role", "toast")
        self.setProperty("tone", message.tone)
        self.setAccessibleName(f"{message.text} {message.hint}".strip())
        seconds = max(SECONDS[message.tone], SECONDS_TO_ACT if message.button else 0.0)
        self.timer = QTimer(self, singleShot=True, interval=round(seconds * 1000))
        self.timer.timeout.connect(self.close)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build(message)
        self.setFixedWidth(min(WIDTH, max(200, parent.width() - 2 * EDGE)))
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.timer.start()

    def _build(self, message: Message) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(10)
        tone = "accent" if message.tone == "info" else message.tone
        picture = QLabel()
        picture.setPixmap(icon(ICONS[message.tone], tone).pixmap(18, 18))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_sentence(message.text, ""))
        if message.hint:
            words.addWidget(_sentence(message.hint, "muted"))
        if message.button:
            words.addWidget(self._offer(message), 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)
        row.addWidget(self._closer(), 0, Qt.AlignmentFlag.AlignTop)

    def _offer(self, message: Message) -> QPushButton:
        button = QPushButton(message.button)
        button.setAccessibleDescription(message.text)
        button.clicked.connect(self._act)
        return button

    def _act(self) -> None:
        if self.message.act is not None:
            self.message.act()
        self.close()

    def _closer(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("close", "muted"))
        button.setAccessibleName("Dismiss")
        button.setToolTip("Dismiss")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it goes by itself; nobody should have to tab past it
        button.clicked.connect(self.close)
        return button

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stays while it is read."""
        self.timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Goes after a while; not under the keyboard of somebody."""
        if not self.isAncestorOf(QApplication.focusWidget() or self.window()):
            self.timer.start()


class Toasts(QObject):
    """Stacks what `messages` says at the lower edge of `window`, newest lowest."""

    def __init__(self, messages: MessagesState, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        messages.said.connect(self.show_message)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._place)
        window.destroyed.connect(self._shown.clear)

    @property
    def shown(self) -> tuple[Toast, ...]:
        """What is to be read now, oldest first."""
        return tuple(self._shown)

    def show_message(self, message: Message) -> None:
        """Shows a sentence; one that is still there is not repeated."""
        for toast in self._shown:
            if toast.message == message:
                toast.timer.start()
                return
        while len(self._shown) >= AT_ONCE:
            self._shown[0].close()
        toast = Toast(message, self._window)
        toast.installEventFilter(self)
        self._shown.append(toast)
        toast.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(toast, toast.accessibleName()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the stack at the lower edge, and forgets what was closed."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() == QEvent.Type.Close and watched in self._shown:
            self._shown[:] = [toast for toast in self._shown if toast is not watched]
            self._place()
        return False

    @Slot()
    def _place(self) -> None:
        if not self._shown:  # also while the window goes, and with it what is asked below
            return
        bottom = self._bottom()
        for toast in reversed(self._shown):
            toast.move((self._window.width() - toast.width()) // 2, bottom - toast.height())
            toast.raise_()
            bottom -= toast.height() + GAP

    def _bottom(self) -> int:
        """The lower edge of the window; above the field with the keyboard, so that nobody types under a toast."""
        bottom, field = self._window.height() - EDGE, QApplication.focusWidget()
        if field is None or field.window() is not self._window or field.height() > HIGHEST_FIELD:
            return bottom
        at = QRect(field.mapTo(self._window, QPoint(0, 0)), field.size())
        beside = abs(at.center().x() - self._window.width() // 2) > (at.width() + WIDTH) // 2
        near = bottom - sum(toast.height() + GAP for toast in self._shown) < at.bottom()
        return bottom if beside or not near else at.top() - GAP


def _sentence(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("role", role)
    return label
