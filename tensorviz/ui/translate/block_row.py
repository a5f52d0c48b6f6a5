"""Boxes beside one another that are scrolled sideways: one stop of the Tab key, and the arrow keys go along them.

Must not know what the boxes show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tensorviz.ui.models.stage_box import Arrow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QWheelEvent

SCROLLED = 14  # points that the bar below takes
MARGIN = 48  # points that stay in sight beside the box that has the keyboard, so that there is seen to be more


class BlockRow(QScrollArea):
    """Widgets in a row with an arrow before each but the first. Left, Right, Home and End go along those in use."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = QWidget(self)
        column, self._line = QVBoxLayout(self._inside), QHBoxLayout()
        column.setContentsMargins(1, 1, 1, 1)
        column.addLayout(self._line)
        column.addStretch()  # the boxes stay at the top, whether there is a bar to scroll with or not
        self._line.setSpacing(0)
        self._places: list[tuple[Arrow, QWidget]] = []
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def insert(self, place: int, widget: QWidget, stretch: int = 1) -> None:
        """Puts a widget before the one that stands at `place`."""
        arrow = Arrow(self._inside)
        widget.setParent(self._inside)
        self._places.insert(place, (arrow, widget))
        self._line.insertWidget(2 * place, arrow)
        self._line.insertWidget(2 * place + 1, widget, stretch)
        widget.installEventFilter(self)
        self._order()

    def show_only(self, shown: Sequence[QWidget]) -> None:
        """Shows some of the widgets, the first of them without an arrow."""
        first = True
        for arrow, widget in self._places:
            visible = widget in shown
            widget.setVisible(visible)
            arrow.setVisible(visible and not first)
            first = first and not visible
        self.settle()

    def settle(self) -> None:
        """Sees to it that the Tab key finds a box in use, and that all of the boxes' height is there."""
        stops = self._stops()
        if stops and not any(widget.focusPolicy() == Qt.FocusPolicy.StrongFocus for widget in stops):
            self._take(stops[0])
        self.setFixedHeight(self._inside.sizeHint().height() + SCROLLED)

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scrolls to a widget once it has its place."""
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(widget, MARGIN, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the arrow keys, and what has the keyboard comes into sight."""
        if isinstance(watched, QWidget):
            if event.type() == QEvent.Type.FocusIn:
                self._take(watched)
            elif event.type() == QEvent.Type.KeyPress:
                return self._go(watched, event)  # type: ignore[arg-type]  # it is a QKeyEvent
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: there is only one way to scroll, whichever way the wheel turns."""
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        step = turned.x() if abs(turned.x()) > abs(turned.y()) else turned.y()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - step)
        event.accept()

    def _go(self, here: QWidget, event: QKeyEvent) -> bool:
        stops = self._stops()
        if here not in stops or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        at, last = stops.index(here), len(stops) - 1
        wanted = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        place = wanted.get(Qt.Key(event.key()))
        if place is None:
            return False
        stops[max(0, min(last, place))].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _stops(self) -> list[QWidget]:
        """The boxes that can be gone to."""
        return [
            widget
            for _, widget in self._places
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isEnabled() and not widget.isHidden()
        ]

    def _take(self, box: QWidget) -> None:
        """The Tab key finds this box from now on, and no other one."""
        for _, widget in self._places:
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                one = widget is box
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one else Qt.FocusPolicy.ClickFocus)
        self.ensureWidgetVisible(box, MARGIN, 0)

    def _order(self) -> None:
        """The Tab key goes as the eye does, though boxes come later than what stands after them."""
        for (_, one), (_, other) in zip(self._places, self._places[1:], strict=False):
            QWidget.setTabOrder(one, other)
