"""The name of a dimension as a chip in its colour, which can be dragged or opened as a menu; the zones where chips lie.

Must not know tensors: what a drop means is for who listens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QBoxLayout, QLabel, QWidget

from tensorviz.core.colours import dimension_style
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QMouseEvent, QPaintEvent

    from tensorviz.core.grid_map import Role

HIGH, BESIDE = 19, 8


class DimensionChip(QAbstractButton):
    """A chip "dim 0: 3". Enter, Space, a click and the right button open its menu; dragging carries it elsewhere.

    Signals: opened(dim); dragged(dim, point on the screen); dropped(dim, point); let_go(dim) when a drag was given up.
    """

    opened = Signal(int)
    dragged = Signal(int, QPoint)
    dropped = Signal(int, QPoint)
    let_go = Signal(int)

    def __init__(self, dim: int, size: int, key: int, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dim, self._key, self._upright = dim, key, upright
        self._from: QPoint | None = None
        self.dragging = False
        self.target = False
        self.setText(f"dim {dim}: {size}")
        self.setAccessibleName(f"Dimension {dim} of size {size}")
        self.say(transposes=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.clicked.connect(lambda: self.opened.emit(self.dim))

    def say(self, transposes: bool) -> None:
        """Says what dragging means: onto another dimension it transposes, or only shows each in the other's place."""
        onto = "to transpose" if transposes else "to show each in the other's place"
        self.setToolTip(
            f"Drag it onto another dimension {onto}, or to rows, columns, panels or slider to show it there. "
            "Enter opens the menu."
        )

    def set_target(self, target: bool) -> None:
        """Whether what is dragged would fall on it."""
        if target != self.target:
            self.target = target
            self.update()

    def sizeHint(self) -> QSize:
        """The text and some room."""
        wide = QFontMetrics(self._small()).horizontalAdvance(self.text()) + 2 * BESIDE
        return QSize(HIGH, wide) if self._upright else QSize(wide, HIGH)

    def minimumSizeHint(self) -> QSize:
        """All of it."""
        return self.sizeHint()

    def _small(self) -> QFont:
        font = self.font()
        font.setPixelSize(11)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """A pill in the colour of the dimension, its text along it; from bottom to top where it is upright."""
        tokens = tokens_of(self)
        style = dimension_style(self._key, tokens.name == "dark")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(style.colour)
        soft = QColor(colour)
        soft.setAlphaF(0.35 if self.target else 0.14 if not self.underMouse() else 0.24)
        pen = QPen(tokens.colour("focus") if self.hasFocus() else colour, 2 if self.hasFocus() or self.target else 1)
        if style.dash and not self.hasFocus():
            pen.setDashPattern([length / 2 for length in style.dash])
        painter.setPen(pen)
        painter.setBrush(soft)
        inset = pen.widthF() / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), HIGH / 2, HIGH / 2)
        painter.setFont(self._small())
        painter.setPen(tokens.colour("text"))
        area = QRectF(0, 0, self.width(), self.height())
        if self._upright:
            painter.translate(0, self.height())
            painter.rotate(-90)
            area = QRectF(0, 0, self.height(), self.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Maybe a drag begins."""
        self._from = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough, it is a drag."""
        far = self._from is not None and (event.position().toPoint() - self._from).manhattanLength()
        if far and far >= QApplication.startDragDistance():
            self.dragging = True
            self.setDown(False)
        if self.dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.dim, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drops what is dragged; else it is a click."""
        self._from = None
        if self.dragging:
            self._end()
            self.dropped.emit(self.dim, event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    def _end(self) -> None:
        self.dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the menu key open the menu; Escape gives a drag up."""
        if event.key() == Qt.Key.Key_Escape and self.dragging:
            self._from = None
            self._end()
            self.let_go.emit(self.dim)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu):
            self.opened.emit(self.dim)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the right button."""
        self.opened.emit(self.dim)

    def event(self, event: QEvent) -> bool:
        """Lights up under the pointer and with the focus."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)


class ChipZone(QWidget):
    """Where the chips of one role lie; framed, with its name, while a chip is being dragged."""

    def __init__(self, role: Role, name: str, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        direction = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        self._line = QBoxLayout(direction, self)
        edge = 0 if role in ("rows", "columns") else 5
        self._line.setContentsMargins(edge, 0, edge, 0)
        self._line.setSpacing(4)
        self._upright = upright
        self._name = name
        self._hint = QLabel(name if not upright else "", self)
        self._hint.setProperty("role", "muted")
        self._hint.hide()
        self._line.addWidget(self._hint)
        self._line.addStretch(1)
        self.chips: list[QWidget] = []
        self._state = ""
        self.setAccessibleName(name)

    def set_chips(self, chips: list[QWidget]) -> None:
        """These lie here now."""
        self.chips = chips
        for at, chip in enumerate(chips):
            self._line.insertWidget(1 + at, chip)
            chip.show()
        self._tell()

    def _tell(self) -> None:
        """The name, while nothing lies here, and always where the place alone does not tell it."""
        self._hint.setVisible(bool(self._state) if not self.chips else self.role == "panels")

    def set_state(self, state: str) -> None:
        """ "" as usual, "open" while a chip is dragged, "target" when it would fall here."""
        if state != self._state:
            self._state = state
            self._tell()
            self.update()

    def minimumSizeHint(self) -> QSize:
        """Room for a chip across."""
        size = super().minimumSizeHint()
        return QSize(max(size.width(), HIGH), max(size.height(), HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame while a chip is dragged."""
        if not self._state:
            return
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        target = self._state == "target"
        painter.setPen(QPen(tokens.colour("accent"), 2 if target else 1, Qt.PenStyle.DashLine))
        if target:
            painter.setBrush(tokens.colour("soft"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
