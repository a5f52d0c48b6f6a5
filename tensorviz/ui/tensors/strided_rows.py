"""Number and slider side by side, and the rows of them that make up a layout.

Must not know the session: ranges are told, changes are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QSlider, QSpinBox, QToolButton, QWidget

from tensorviz.core import strided_bounds
from tensorviz.core.strided_presets import with_size, with_stride, without_dimension
from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.operation_fields import LARGEST, SPACE, SWATCH, swatch
from tensorviz.ui.theme import number_font

if TYPE_CHECKING:
    from tensorviz.core.layout import Layout


class Dial(QWidget):
    """A whole number as a slider and a spin box that agree. Signals: moved(value) when the person changed it."""

    moved = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box, self.slider = QSpinBox(self), QSlider(Qt.Orientation.Horizontal, self)
        self.box.lineEdit().setFont(number_font())
        self.box.lineEdit().setTextMargins(SPACE, 0, 0, 0)
        self.box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.slider.setMinimumWidth(70)
        for widget in (self.box, self.box.lineEdit()):
            widget.setAccessibleName(name)
        self.slider.setAccessibleName(f"{name}, slider")
        self.box.valueChanged.connect(self._changed)
        self.slider.valueChanged.connect(self._changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.box)
        row.addWidget(self.slider, 1)
        self.setFocusProxy(self.box)

    @property
    def value(self) -> int:
        """The number."""
        return self.box.value()

    def show_range(self, low: int, high: int, value: int) -> None:
        """Shows what is legal now, and the number; says nothing."""
        for widget in (self.box, self.slider):
            widget.blockSignals(True)
            widget.setRange(min(low, LARGEST), min(high, LARGEST))
            widget.setValue(value)
            widget.setEnabled(low < high)
            widget.setToolTip(f"{low} to {high}")
            widget.setAccessibleDescription(f"{low} to {high}")
            widget.blockSignals(False)

    def _changed(self, value: int) -> None:
        for widget in (self.box, self.slider):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        self.moved.emit(value)


class LayoutRows(QWidget):
    """Offset, and size and stride of each dimension, none of which can leave the storage.

    Signals: changed(Layout) when the person changed it.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: Layout | None = None
        self._elements = 0
        self.sizes: list[Dial] = []
        self.strides: list[Dial] = []
        self.removers: list[QToolButton] = []
        self._rows: list[list[QWidget]] = []
        self.offset = Dial("Offset", self)
        self.offset.moved.connect(self._offset_moved)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        for column, text in enumerate(("", "size", "stride")):
            self._grid.addWidget(_muted(text, self), 0, column)
        self._grid.addWidget(_muted("offset", self), 1, 0)
        self._grid.addWidget(self.offset, 1, 1)

    def show_layout(self, layout: Layout, elements: int, keys: tuple[int, ...]) -> None:
        """Shows a layout over a storage of so many elements, with the ranges that it leaves."""
        if len(self._rows) != layout.ndim:
            self._make_rows(layout.ndim)
        self._layout, self._elements = layout, elements
        room = strided_bounds.offsets(layout, elements)
        self.offset.show_range(room.start, max(room.stop - 1, room.start), layout.offset)
        for dim in range(layout.ndim):
            sizes = strided_bounds.sizes(layout, dim, elements)
            strides = strided_bounds.strides(layout, dim, elements)
            low = min(1, layout.shape[dim])
            self.sizes[dim].show_range(low, max(sizes.stop - 1, low), layout.shape[dim])
            self.strides[dim].show_range(0, max(strides.stop - 1, 0), layout.stride[dim])
            self._dye(dim, keys[dim])

    def _make_rows(self, count: int) -> None:
        while len(self._rows) > count:
            for widget in self._rows.pop():
                widget.hide()
                widget.deleteLater()
            for dials in (self.sizes, self.strides, self.removers):
                dials.pop()
        while len(self._rows) < count:
            self._add_row(len(self._rows))

    def _add_row(self, dim: int) -> None:
        label = QToolButton(self)
        label.setText(f"dim {dim}")
        label.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        label.setIconSize(QSize(SWATCH, SWATCH))
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        size, stride = Dial(f"Size of dimension {dim}", self), Dial(f"Stride of dimension {dim}", self)
        size.moved.connect(lambda value: self._say(with_size(self._shown, dim, value)))
        stride.moved.connect(lambda value: self._say(with_stride(self._shown, dim, value)))
        remove = QToolButton(self)
        remove.setIcon(icon("minus", "muted"))
        remove.setToolTip(f"Leave dimension {dim} out")
        remove.setAccessibleName(f"Leave dimension {dim} out")
        remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        remove.clicked.connect(lambda: self._say(without_dimension(self._shown, dim)))
        row: list[QWidget] = [label, size, stride, remove]
        for column, widget in enumerate(row):
            self._grid.addWidget(widget, dim + 2, column)
        self.sizes.append(size)
        self.strides.append(stride)
        self.removers.append(remove)
        self._rows.append(row)

    def _dye(self, dim: int, key: int) -> None:
        label = self._rows[dim][0]
        if isinstance(label, QToolButton):
            label.setIcon(swatch(key, self))

    @property
    def _shown(self) -> Layout:
        assert self._layout is not None, "rows are there for a layout only"
        return self._layout

    def _offset_moved(self, value: int) -> None:
        self._say(self._shown.at(value))

    def _say(self, layout: Layout) -> None:
        self.changed.emit(layout)


def _muted(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "muted")
    return label
