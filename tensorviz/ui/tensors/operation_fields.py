"""One field for each kind of parameter of an operation: numbers in their range, dimensions, orders, shapes, flags.

Must not know operations: a field shows what is offered, holds a value, and says when the person changed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QToolButton,
    QWidget,
)

from tensorviz.core.colours import dimension_style
from tensorviz.core.operation_ranges import shape_from_text
from tensorviz.ui.icons import icon
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from tensorviz.core.operation_data import Offer, Parameter, Value

SWATCH = 12
SPACE = 5  # pixels before a number
LARGEST = 2**31 - 1  # of a spin box


class Field(QWidget):
    """A parameter's value. Signals: changed() when the person changed it."""

    changed = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._quiet = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def offer(self, offer: Offer, value: Value) -> None:
        """Shows what may be chosen, and the value; says nothing."""
        self._quiet = True
        self._show(offer, value)
        self._quiet = False

    @property
    def value(self) -> Value:
        """What is in it now."""
        raise NotImplementedError

    def _show(self, offer: Offer, value: Value) -> None:
        raise NotImplementedError

    def _say(self) -> None:
        if not self._quiet:
            self.changed.emit()

    def _take(self, widget: QWidget) -> None:
        widget.setAccessibleName(self.parameter.label)
        self._row.addWidget(widget, 1)
        self.setFocusProxy(widget)


class ChoiceField(Field):
    """One of a few. keys: the colour keys of the tensor's dimensions, for a choice of dimension."""

    def __init__(self, parameter: Parameter, keys: tuple[int, ...], parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self._keys = keys if parameter.rule.startswith("dim") else ()
        self._offered: tuple[tuple[Value, str], ...] = ()
        self.combo = QComboBox(self)
        self.combo.setIconSize(QSize(SWATCH, SWATCH))
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(16)
        self._take(self.combo)
        self.combo.currentIndexChanged.connect(self._say)

    @property
    def value(self) -> Value:
        """The choice."""
        place = self.combo.currentIndex()
        return self._offered[place][0] if 0 <= place < len(self._offered) else None

    def _show(self, offer: Offer, value: Value) -> None:
        if offer.choices != self._offered:
            self._offered = offer.choices
            self.combo.clear()
            for choice, text in offer.choices:
                self.combo.addItem(self._swatch(choice), text)
        self.combo.setCurrentIndex(next((at for at, (one, _) in enumerate(self._offered) if one == value), -1))

    def _swatch(self, choice: Value) -> QIcon:
        if not isinstance(choice, int) or choice >= len(self._keys):
            return QIcon()
        return swatch(self._keys[choice], self)


def swatch(key: int, widget: QWidget) -> QIcon:
    """A square in the colour of a dimension."""
    ratio = widget.devicePixelRatioF()
    square = QPixmap(round(SWATCH * ratio), round(SWATCH * ratio))
    square.setDevicePixelRatio(ratio)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(dimension_style(key, tokens_of(widget).name == "dark").colour))
    painter.drawRoundedRect(0, 0, SWATCH, SWATCH, 3, 3)
    painter.end()
    return QIcon(square)


class WholeField(Field):
    """A whole number that cannot leave its range."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self.box = QSpinBox(self)
        self.box.lineEdit().setFont(number_font())
        self.box.lineEdit().setTextMargins(SPACE, 0, 0, 0)
        self.box.lineEdit().setAccessibleName(parameter.label)
        self._take(self.box)
        self.box.valueChanged.connect(self._say)

    @property
    def value(self) -> Value:
        """The number."""
        return self.box.value()

    def _show(self, offer: Offer, value: Value) -> None:
        low, high = max(offer.low, -LARGEST), min(offer.high, LARGEST)
        self.box.setRange(low, high)
        self.box.setToolTip(f"{low} to {high}")
        self.box.setAccessibleDescription(f"{low} to {high}")
        self.box.setEnabled(low < high)
        if isinstance(value, int):
            self.box.setValue(value)


class TextField(Field):
    """A shape or a number, as it is typed; `value` is its text where it is not what was asked for."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self.line = QLineEdit(self)
        self.line.setFont(number_font())
        self._take(self.line)
        if parameter.kind == "shape":
            self.line.setPlaceholderText("sizes, as in 2, -1")
        self.line.textChanged.connect(self._say)

    @property
    def value(self) -> Value:
        """The sizes, or the number's text; None for a text that is no shape."""
        return shape_from_text(self.line.text()) if self.parameter.kind == "shape" else self.line.text()

    def mark(self, good: bool) -> None:
        """Shows whether it makes sense."""
        role = "" if good else "invalid"
        if (self.line.property("role") or "") != role:  # dressing again costs much
            self.line.setProperty("role", role)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    def _show(self, offer: Offer, value: Value) -> None:
        if value != self.value:
            self.line.setText(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


class FlagField(Field):
    """Yes or no."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self.box = QCheckBox(self)
        self._take(self.box)
        self.box.toggled.connect(self._say)

    @property
    def value(self) -> Value:
        """Whether it is ticked."""
        return self.box.isChecked()

    def _show(self, offer: Offer, value: Value) -> None:
        self.box.setChecked(bool(value))


class _Row(QListWidget):
    """Dimensions in a row. Alt and the arrow keys move the current one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_current(step)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def move_current(self, step: int) -> None:
        """Moves the current dimension by a place."""
        here, there = self.currentRow(), self.currentRow() + step
        if here >= 0 and 0 <= there < self.count():
            item = self.takeItem(here)
            self.insertItem(there, item)
            self.setCurrentRow(there)


class OrderField(Field):
    """An order of the dimensions: dragged, or moved by buttons and by Alt with the arrow keys."""

    def __init__(self, parameter: Parameter, keys: tuple[int, ...], parent: QWidget | None = None) -> None:
        super().__init__(parameter, parent)
        self._keys = keys
        self.row = _Row(self)
        self.row.setFlow(QListView.Flow.LeftToRight)
        self.row.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.row.setFont(number_font())
        self.row.setIconSize(QSize(SWATCH, SWATCH))
        self.row.setSpacing(1)
        self.row.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.row.setFixedHeight(self.row.fontMetrics().height() + 22)
        self.row.setMinimumWidth(120)
        self.row.setToolTip("Drag a dimension, or move it with Alt and the arrow keys")
        self.row.setAccessibleDescription("Alt and the arrow keys move a dimension")
        self._take(self.row)
        for name, step, sign in (("Move to the left", -1, "previous"), ("Move to the right", 1, "next")):
            button = QToolButton(self)
            button.setIcon(icon(sign))
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, by=step: self.row.move_current(by))
            self._row.addWidget(button)
        self.row.model().rowsInserted.connect(self._moved)
        self.row.model().rowsMoved.connect(self._moved)

    @property
    def value(self) -> Value:
        """The dimensions in their new order."""
        items = (self.row.item(place) for place in range(self.row.count()))
        return tuple(int(item.data(Qt.ItemDataRole.UserRole)) for item in items)

    def _moved(self) -> None:
        if self.row.count() == len(self._keys):  # while one is taken out it is no order
            self._say()

    def _show(self, offer: Offer, value: Value) -> None:
        if value == self.value or not isinstance(value, tuple):
            return
        self.row.clear()
        for dim in value:
            item = QListWidgetItem(swatch(self._keys[dim], self), str(dim))
            item.setData(Qt.ItemDataRole.UserRole, dim)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Dimension {dim}")
            self.row.addItem(item)
        self.row.setCurrentRow(0)


def field_for(parameter: Parameter, keys: tuple[int, ...], parent: QWidget) -> Field:
    """The field for a parameter. keys: the colour keys of the tensor's dimensions."""
    if parameter.kind == "choice":
        return ChoiceField(parameter, keys, parent)
    if parameter.kind == "order":
        return OrderField(parameter, keys, parent)
    return {"whole": WholeField, "flag": FlagField, "shape": TextField, "number": TextField}[parameter.kind](
        parameter, parent
    )
