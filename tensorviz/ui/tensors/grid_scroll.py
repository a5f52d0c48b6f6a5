"""A scroll area for contents of any size: positions are Python integers, the scroll bars stand for them.

Must not know what is scrolled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QWheelEvent

LONGEST_BAR = 1_000_000_000  # of a scroll bar; positions beyond are in proportion
NOTCH = 120  # of a wheel, in eighths of a degree


class LongScrollArea(QAbstractScrollArea):
    """Shows a window on contents; `origin` is the point of the contents at the top left.

    Signals: moved() when the origin changed.
    """

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.origin = (0, 0)
        self._content = (0, 0)
        self._following = False
        self.line = 22  # pixels of one notch's line
        for bar in self._bars():
            bar.valueChanged.connect(self._bar_moved)

    def _bars(self) -> tuple[QScrollBar, QScrollBar]:
        return self.horizontalScrollBar(), self.verticalScrollBar()

    def _room(self) -> tuple[int, int]:
        return self.viewport().width(), self.viewport().height()

    def furthest(self) -> tuple[int, int]:
        """The largest origin."""
        return tuple(max(size - room, 0) for size, room in zip(self._content, self._room(), strict=True))  # type: ignore[return-value]  # two of them

    def set_content(self, width: int, height: int) -> None:
        """Says how large the contents are."""
        self._content = (width, height)
        self.scroll_to(*self.origin)

    def scroll_to(self, x: int, y: int) -> None:
        """Moves the window, as far as there are contents."""
        far = self.furthest()
        before, self.origin = self.origin, (min(max(x, 0), far[0]), min(max(y, 0), far[1]))
        self._tell_bars(far)
        if self.origin != before:
            self.viewport().update()
            self.moved.emit()

    def _tell_bars(self, far: tuple[int, int]) -> None:
        self._following = True
        for bar, at, most, room in zip(self._bars(), self.origin, far, self._room(), strict=True):
            longest = min(most, LONGEST_BAR)
            bar.setRange(0, longest)
            bar.setPageStep(max(1, room if most <= LONGEST_BAR else room * LONGEST_BAR // most))
            bar.setSingleStep(self.line)
            bar.setValue(at if most <= LONGEST_BAR else at * longest // most)
        self._following = False

    def _bar_moved(self) -> None:
        if self._following:
            return
        places = []
        for bar, at, most in zip(self._bars(), self.origin, self.furthest(), strict=True):
            longest = min(most, LONGEST_BAR)
            shown = at * longest // most if most else 0
            # A bar that did not move keeps the exact position, which it may not be able to name.
            places.append(at if bar.value() == shown else bar.value() * most // longest if longest else 0)
        self.scroll_to(*places)

    def reveal_rect(self, x: int, y: int, width: int, height: int, head: tuple[int, int] = (0, 0)) -> None:
        """Scrolls just as far as a rectangle needs; `head`: what stands before it and covers the window."""
        room = self._room()
        places = []
        for at, start, size, whole, before in zip(self.origin, (x, y), (width, height), room, head, strict=True):
            at = start + size - whole if start + size > at + whole else at
            places.append(min(at, start - before))
        self.scroll_to(*places)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Three lines a notch; sideways with Shift. At the end of the way it is left to who is around."""
        by = event.pixelDelta()
        if by.isNull():
            by = QPoint(*(turn * 3 * self.line // NOTCH for turn in (event.angleDelta().x(), event.angleDelta().y())))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not by.x():
            by = QPoint(by.y(), 0)
        before = self.origin
        self.scroll_to(self.origin[0] - by.x(), self.origin[1] - by.y())
        event.setAccepted(self.origin != before)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less is in sight."""
        super().resizeEvent(event)
        self.scroll_to(*self.origin)
