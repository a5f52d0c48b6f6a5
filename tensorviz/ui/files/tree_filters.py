"""What is wanted of a file's tensors: a name, a shape, an element type; tree or list; in which order.

Must not know how they are shown.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QActionGroup, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from tensorviz.core.errors import ValueRefused
from tensorviz.core.tensor_filter import SHAPE_EXAMPLES, NameWords, ShapeFilter
from tensorviz.core.tensor_tree import Wish
from tensorviz.core.text import count_text
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.segmented_switch import SegmentedSwitch
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.core.tensor_tree import Order

PAUSE = 80  # milliseconds after a letter before names are searched
ORDERS: dict[Order, str] = {
    "name": "&Name", "size": "Si&ze", "dtype": "Element &type", "shape": "S&hape", "storage": "St&orage",
    "file": "&As in the file",
}  # fmt: skip  # one line
LARGEST_FIRST: frozenset[Order] = frozenset({"size"})
FIND_TIP = "Parts of names, in any order. * is any letters: layer1.* begins so, *.weight ends so, 1.*.conv is inside."
ALL = "All types"


class TreeFilters(QWidget):
    """Fields on two lines. Signals: changed() when `wish` is another one; left() when the keyboard should go on to the
    rows; entered() when the first row that was found is meant.
    """

    changed = Signal()
    left = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search, self.shape, self.dtype = _Field(self), _Field(self), QComboBox()
        self.form, self.sort = SegmentedSwitch("Tree or list"), QToolButton()
        self.said = WrappedLabel("danger")
        self.order: Order = "name"
        self.reverse = False
        self._orders = QActionGroup(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self.tell)
        self._build()
        self.wish = self._read()

    # ------------------------------------------------------------------------------------------------- wishes

    @property
    def waits(self) -> bool:
        """Whether something was typed that was not told yet."""
        return self._soon.isActive()

    @Slot()
    def tell(self) -> None:
        """Tells what is wanted now, if that is new."""
        self._soon.stop()
        wish = self._read()
        if wish != self.wish:
            self.wish = wish
            self.changed.emit()

    def set_order(self, order: Order, reverse: bool | None = None) -> None:
        """Orders by something; by what it is ordered by already: the other way round. Sizes begin with the largest."""
        usual = order in LARGEST_FIRST
        again = order == self.order and reverse is None
        self.reverse = (not self.reverse if again else usual) if reverse is None else reverse
        self.order = order
        for action in self._orders.actions():
            action.setChecked(action.data() == order)
        self._turn.setChecked(self.reverse != usual)
        self.tell()

    def set_flat(self, flat: bool) -> None:
        """A list instead of a tree."""
        self.form.set_current("list" if flat else "tree")
        self.tell()

    def clear(self) -> None:
        """Takes all filters away."""
        for field in (self.search, self.shape):
            field.clear()
        self.dtype.setCurrentIndex(0)
        self.tell()

    def offer_types(self, dtypes: Mapping[str, int]) -> None:
        """The element types that can be chosen; none is asked for where there is only one."""
        self.dtype.clear()
        self.dtype.addItem(ALL, "")
        for name, count in sorted(dtypes.items(), key=lambda row: (-row[1], row[0])):
            self.dtype.addItem(name, name)
            self.dtype.setItemData(self.dtype.count() - 1, f"{count_text(count)} of them", Qt.ItemDataRole.ToolTipRole)
        self.dtype.setVisible(len(dtypes) > 1)

    def _read(self) -> Wish:
        try:
            shape, said = ShapeFilter.of(self.shape.text()), ""
        except ValueRefused as problem:
            shape, said = ShapeFilter(), f"{problem.message} {problem.hint}"
        self.said.say_or_hide(said)
        _dress(self.shape, "invalid" if said else "")
        return Wish(
            NameWords.of(self.search.text()), self.dtype.currentData() or "", shape,
            self.form.current == "list", self.order, self.reverse,
        )  # fmt: skip  # in the order of the fields

    # ------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self._build_fields()
        self._build_sort()
        self.form.add("tree", "Tree", icon("tree"), "By the parts of the names")
        self.form.add("list", "List", icon("list"), "Every tensor by its whole name")
        self.form.set_current("tree")
        self.form.chosen.connect(self.tell)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search, 1)
        first.addWidget(self.form)
        second.addWidget(self.shape, 1)
        second.addWidget(self.dtype)
        second.addWidget(self.sort)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for line in (first, second):
            line.setSpacing(6)
            column.addLayout(line)
        column.addWidget(self.said)

    def _build_fields(self) -> None:
        self.search.setPlaceholderText("Find a name")
        self.search.setObjectName("file_search")
        self.search.setAccessibleName("Find tensors by name")
        self.search.setToolTip(FIND_TIP)
        self.search.setAccessibleDescription(FIND_TIP)
        self.shape.setPlaceholderText("Shape: 64,*,3,3  4d  >1M")
        self.shape.setAccessibleName("Filter by shape or size")
        self.shape.setToolTip(_examples())
        self.shape.setAccessibleDescription("; ".join(f"{one}: {means}" for one, means in SHAPE_EXAMPLES))
        for field in (self.search, self.shape):
            field.setClearButtonEnabled(True)
            field.setMinimumWidth(60)
            field.textChanged.connect(self._soon.start)
            field.left.connect(self._leave)
            field.returnPressed.connect(self._enter)
        self.dtype.setAccessibleName("Filter by element type")
        self.dtype.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.dtype.currentIndexChanged.connect(self.tell)
        self.dtype.hide()
        self.said.hide()

    def _build_sort(self) -> None:
        menu = QMenu(self)
        for order, text in ORDERS.items():
            action = menu.addAction(text, partial(self.set_order, order, order in LARGEST_FIRST))
            action.setCheckable(True)
            action.setData(order)
            action.setChecked(order == self.order)
            self._orders.addAction(action)
        menu.addSeparator()
        self._turn = menu.addAction("The other way &round", self._turned)
        self._turn.setCheckable(True)
        self.sort.setIcon(icon("sort"))
        self.sort.setMenu(menu)
        self.sort.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sort.setAccessibleName("Order of the tensors")
        self.sort.setToolTip("Order of the tensors")
        self.sort.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @Slot()
    def _turned(self) -> None:
        self.set_order(self.order, not self.reverse)

    @Slot()
    def _leave(self) -> None:
        self.tell()
        self.left.emit()

    @Slot()
    def _enter(self) -> None:
        self.tell()
        self.entered.emit()


class _Field(QLineEdit):
    """A field that Down leaves, and Esc empties. Signals: left()."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Down:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


def _examples() -> str:
    """What the field for shapes understands, as a tooltip."""
    rows = (f"<tr><td><b>{escape(one)}</b>&nbsp;&nbsp;</td><td>{means}</td></tr>" for one, means in SHAPE_EXAMPLES)
    return f"<qt><table>{''.join(rows)}</table>Several with spaces between: all must hold.</qt>"


def _dress(field: QLineEdit, role: str) -> None:
    if (field.property("role") or "") != role:
        field.setProperty("role", role)
        field.style().unpolish(field)
        field.style().polish(field)
