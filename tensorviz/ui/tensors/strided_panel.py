"""The strided view: size, stride and offset of a view by sliders that never leave the storage, and what it would see.

Must not know how lanes are drawn: the canvas draws the ghost that is told.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from tensorviz.core.colours import keys_like
from tensorviz.core.layout import index_letters
from tensorviz.core.operation_data import free_name
from tensorviz.core.session_data import TensorFacts
from tensorviz.core.strided_presets import MOST_DIMS, presets, with_dimension
from tensorviz.core.text import count_text, plural
from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.strided_rows import LayoutRows
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.floating_card import FloatingCard
from tensorviz.ui.widgets.flow_row import FlowRow
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.layout import Layout
    from tensorviz.ui.state.workspace import Workspace

WIDTH = 610
FIRST_SHOWN = 12  # elements


class StridedPanel(FloatingCard):
    """Explores the storage of one tensor; the canvas shows where the view would look while this is open.

    Signals: to_console(code) when the person wants the line in the console.
    """

    to_console = Signal(str)

    def __init__(self, workspace: Workspace, base: TensorFacts, parent: QWidget) -> None:
        super().__init__("Strided view", icon("close", "muted"), WIDTH, parent)
        self._workspace, self._base = workspace, base
        self.layout_now = base.layout
        self.rows = LayoutRows(self)
        self.name, self.code = QLineEdit(self), QLineEdit(self)
        self.formula, self.reach, self.values = (
            WrappedLabel("", self),
            WrappedLabel("muted", self),
            WrappedLabel("", self),
        )
        self.keep = QPushButton("&Keep", self)
        self.add = QToolButton(self)
        self.presets: list[QToolButton] = []
        self._build()
        self._listen()
        self.show_layout(base.layout)

    @property
    def elements(self) -> int:
        """How many elements of the tensor's dtype the storage has."""
        storage = self._workspace.session.facts.storage(self._base.storage)
        return 0 if storage is None else storage.nbytes // self._base.layout.itemsize

    @property
    def ghost(self) -> TensorFacts:
        """The view as a tensor, which does not exist."""
        base, layout = self._base, self.layout_now
        size = layout.itemsize
        there = zip(base.layout.stride, base.layout.shape, base.keys, strict=False)
        known = {(step * size, count): key for step, count, key in there}
        keys = keys_like([step * size for step in layout.stride], layout.shape, known)
        return TensorFacts(self.name.text().strip() or "view", layout, base.dtype, base.device, base.storage, keys)

    def show_layout(self, layout: Layout) -> None:
        """Shows a layout; one that leaves the storage is not shown."""
        if not layout.fits(self.elements):
            return
        self.layout_now = layout
        ghost = self.ghost
        self.rows.show_layout(layout, self.elements, ghost.keys)
        self.add.setEnabled(layout.ndim < MOST_DIMS)
        self._tell()
        self._workspace.showing.set_ghost(ghost)

    def _tell(self) -> None:
        layout = self.layout_now
        self.formula.say(f"{layout.formula_in_words()}  =  {_filled(layout)}")
        self.reach.say(reach_text(layout))
        self._tell_values()
        self.code.setText(self._code())
        self.code.setCursorPosition(0)

    def _tell_values(self) -> None:
        """The first elements in the order of the indices."""
        layout, ghost, memory = self.layout_now, self.ghost, self._workspace.memory
        texts = []
        for index in islice(product(*(range(size) for size in layout.shape)), FIRST_SHOWN):
            found = memory.element_text(ghost, layout.address(index))
            texts.append("..." if found is None else found.text)
        more = layout.numel - len(texts)
        rest = f"   and {count_text(more)} more" if more > 0 else ""
        self.values.say(("  ".join(texts) + rest) if texts else "no elements")
        self.values.setAccessibleName(f"First values in order: {self.values.plain}")

    def _code(self) -> str:
        layout, name = self.layout_now, self.name.text().strip()
        sizes, strides = _tuple(layout.shape), _tuple(layout.stride)
        code = f"{self._base.name}.as_strided({sizes}, {strides}, {layout.offset})"
        return f"{name} = {code}" if name else code

    # ------------------------------------------------------------------------------------------------- doing

    def run(self) -> None:
        """Makes the view, and closes."""
        if self.keep.isEnabled():
            self._workspace.session.run(self.code.text())
            self.leave()

    def leave(self) -> None:
        """Closes; the canvas shows only what is there."""
        self._workspace.showing.set_ghost(None)
        super().leave()

    def _follow(self) -> None:
        """The session changed: the storage may be gone, or shorter."""
        base = self._workspace.session.facts.tensor(self._base.name)
        if base is None or base.storage != self._base.storage or base.dtype != self._base.dtype:
            self.leave()
            return
        self._base = base
        self.show_layout(self.layout_now if self.layout_now.fits(self.elements) else base.layout)

    def _renamed(self) -> None:
        name = self.name.text().strip()
        good = not name or (name.isidentifier() and not name.startswith("__"))
        self.keep.setEnabled(good)
        self.name.setProperty("role", "" if good else "invalid")
        self.name.style().unpolish(self.name)
        self.name.style().polish(self.name)
        self.code.setText(self._code())
        self._workspace.showing.set_ghost(self.ghost)

    def _arrived(self, storage: str) -> None:
        if storage == self._base.storage:
            self._tell_values()

    # ------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self.setAccessibleDescription("Sizes, strides and offset of a view that stays inside the storage")
        base = self._base
        self.header.detail.setText(f"over storage {base.storage} of {base.name}, {plural(self.elements, 'element')}")
        self.body.addLayout(self._preset_row())
        self.body.addWidget(self.rows)
        for label in (self.formula, self.values):
            label.setFont(number_font())
        for label in (self.formula, self.reach, self.values):
            self.body.addWidget(label)
        self._name_row()

    def _preset_row(self) -> FlowRow:
        row = FlowRow()
        for preset in presets(self._base.layout, self.elements):
            row.addWidget(self._button(preset.title, preset.tip, preset.layout))
        self.add.setText("+ dimension")
        self.add.setToolTip("One dimension more, at the end")
        self.add.setProperty("role", "chip")
        self.add.setFocusPolicy(self.presets[0].focusPolicy())
        row.addWidget(self.add)
        return row

    def _button(self, title: str, tip: str, layout: Layout) -> QToolButton:
        button = QToolButton(self)
        button.setText(title)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setProperty("role", "chip")
        button.setFocusPolicy(self.keep.focusPolicy())
        button.clicked.connect(lambda: self.show_layout(layout))
        self.presets.append(button)
        return button

    def _name_row(self) -> None:
        taken = frozenset(one.name for one in self._workspace.session.facts.tensors)
        root = self._base.name if self._base.name.isidentifier() else "x"
        self.name.setText(free_name(f"{root}_strided", taken))
        self.name.setAccessibleName("Name of the view")
        self.code.setReadOnly(True)
        self.code.setAccessibleName("Code line")
        label = QLabel("Keep as", self)
        label.setProperty("role", "muted")
        label.setBuddy(self.name)
        row = QHBoxLayout()
        for widget in (label, self.name, self.keep):
            row.addWidget(widget)
        self.keep.setProperty("role", "primary")
        for field in (self.name, self.code):
            field.setFont(number_font())
        self.body.addWidget(self.code)
        self.body.addLayout(row)

    def _listen(self) -> None:
        self.rows.changed.connect(self.show_layout)
        self.add.clicked.connect(lambda: self.show_layout(with_dimension(self.layout_now, self.elements)))
        self.name.textChanged.connect(self._renamed)
        self.name.returnPressed.connect(self.run)
        self.keep.clicked.connect(self.run)
        self._workspace.session.changed.connect(self._follow)
        self._workspace.memory.arrived.connect(self._arrived)


def _tuple(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))}{',' if len(numbers) == 1 else ''})"


def _filled(layout: Layout) -> str:
    """The formula with the strides filled in: "0 + i*2 + j*1"."""
    letters = index_letters(layout.ndim)
    return " + ".join(
        [str(layout.offset), *(f"{one}*{step}" for one, step in zip(letters, layout.stride, strict=True))]
    )


def reach_text(layout: Layout) -> str:
    """How many elements lie on how many cells, and what is missed between."""
    if not layout.numel:
        return "No elements."
    said = f"{plural(layout.numel, 'element')} over cells {layout.extent[0]} to {layout.extent[1] - 1}"
    reach = layout.glance
    if reach.distinct is None:
        return f"{said}."
    if reach.overlaps:
        said += f"; only {plural(reach.distinct, 'cell')}, so some are seen more than once"
    gaps = reach.stop - reach.start - reach.distinct
    if gaps:
        said += f"; {plural(gaps, 'cell')} between them not seen"
    return f"{said}."


def show_strided(workspace: Workspace, name: str, parent: QWidget, place: QPoint | None = None) -> StridedPanel | None:
    """Opens the strided view of a tensor over the window of `parent`; None where there is no storage to look at."""
    tensor = workspace.session.facts.tensor(name)
    if tensor is None or tensor.storage is None:
        workspace.messages.say("There is no storage to look at.", "A tensor on the meta device has a shape only.")
        return None
    for other in parent.window().findChildren(StridedPanel):
        other.leave()
    workspace.showing.show_storage(tensor.storage)
    panel = StridedPanel(workspace, tensor, parent)
    corner = parent.window().mapToGlobal(QPoint(parent.window().width() - WIDTH - 24, 60))
    panel.open_at(place or corner, panel.rows.offset)
    return panel
