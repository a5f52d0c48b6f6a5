"""One tensor as a card: its name and layout, its dimensions where they lie, its cells, and the formula.

Must not know the other cards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from tensorviz.core.grid_map import ROLE_WORDS
from tensorviz.core.grid_picture import GridPicture, draw_grid
from tensorviz.core.text import count_text
from tensorviz.ui.state.grids import SMALLEST_TEXT
from tensorviz.ui.state.pointing import MOST_INDICES
from tensorviz.ui.tensors.grid_chips import ChipZone, DimensionChip
from tensorviz.ui.tensors.grid_formula import FormulaLine
from tensorviz.ui.tensors.grid_header import GridHeader
from tensorviz.ui.tensors.grid_limits import LimitsRow
from tensorviz.ui.tensors.grid_menus import dimension_menu, swap
from tensorviz.ui.tensors.grid_sliders import SliderRow
from tensorviz.ui.tensors.grid_view import GridView
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.tab_order import tab_through

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QMenu

    from tensorviz.core.drawing import Drawing
    from tensorviz.core.dtypes import Number
    from tensorviz.core.grid_map import GridMap, Role
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking

NARROWEST, WIDEST = 150, 640
MOST_SLIDERS_HIGH = 52
BESIDE = 42  # what stands beside the cells: the chips of rows, and the edges


class GridCard(QFrame):
    """Signals: resized() when it asks for more or less room: `asked` pixels across, `liked` where there is plenty."""

    resized = Signal()

    def __init__(self, workspace: Looking, tensor: TensorFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace, self.tensor = workspace, tensor
        self.current = False
        self.asked = self.liked = NARROWEST
        self.chips: dict[int, DimensionChip] = {}
        self.sliders: dict[int, SliderRow] = {}
        self._built: object = None
        self._ghost: QLabel | None = None
        self.setProperty("role", "card")
        self.header = GridHeader(workspace, lambda: self.tensor, self)
        self.view = GridView(workspace, tensor, self)
        self.formula = FormulaLine(self)
        self.note = ElidedLabel("", Qt.TextElideMode.ElideRight, self)
        self.note.setProperty("role", "muted")
        self.limits = LimitsRow(self)
        self.limits.chosen.connect(lambda limits: workspace.grids.set_source(self.tensor, "set", limits))
        self.nothing = QLabel(self)
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zones: dict[Role, ChipZone] = {
            "rows": ChipZone("rows", "rows", True, self),
            "columns": ChipZone("columns", "columns", False, self),
            "panels": ChipZone("panels", "panels", False, self),
            "slider": ChipZone("slider", "slider", False, self),
        }
        self._lay_out()
        self._connect()
        self.show_tensor(tensor)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(2)
        lines = QWidget(self)
        self._slider_area = _slider_area(lines, self)
        self._slider_box = QVBoxLayout(lines)
        self._slider_box.setContentsMargins(0, 0, 0, 0)
        self._slider_box.setSpacing(2)
        body = QGridLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.zones["columns"], 1)
        top.addWidget(self.zones["panels"])
        top.addWidget(self.zones["slider"])
        body.addLayout(top, 0, 1)
        body.addWidget(self.zones["rows"], 1, 0)
        body.addWidget(self.view, 1, 1)
        body.setRowStretch(1, 1)
        body.setColumnStretch(1, 1)
        column.addWidget(self.header)
        column.addWidget(self._slider_area)
        column.addLayout(body, 1)
        for widget in (self.nothing, self.limits, self.formula, self.note):
            column.addWidget(widget, 1 if widget is self.nothing else 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        self.workspace.grids.changed.connect(self._look_changed)
        self.workspace.pointing.pointed.connect(self._say_formula)
        self.workspace.memory.arrived.connect(self._say_formula)
        self.view.noted.connect(self._say_note)
        self.view.resized.connect(self._fit)

    # ------------------------------------------------------------------------------------------------- showing

    def show_tensor(self, tensor: TensorFacts) -> None:
        """The tensor as it is now."""
        self.tensor = tensor
        self.header.refresh()
        self.view.show_tensor(tensor)
        self._place_chips()
        self._show_what_there_is()
        self._say_formula()
        self._say_note()
        self._fit()

    def set_current(self, current: bool) -> None:
        """Whether it is the tensor that is worked with."""
        if current != self.current:
            self.current = current
            self.update()

    def _show_what_there_is(self) -> None:
        there = self.tensor.storage is not None
        look = self.workspace.grids.look(self.tensor)
        for widget in (self.view, self.formula):
            widget.setVisible(there)
        self.note.setVisible(there and bool(self.note.text()))
        self.nothing.setVisible(not there)
        self.limits.setVisible(there and look.source == "set" and look.scale != "off")
        if look.limits is not None:
            self.limits.show_limits(look.limits)
        if not there:
            where = "on the meta device" if self.tensor.device == "meta" else "not laid out as a strided tensor"
            self.nothing.setText(f"There is no memory to look at: {self.tensor.name} is {where}.")

    @Slot(str)
    def _look_changed(self, name: str) -> None:
        if name == self.tensor.name:
            self.show_tensor(self.tensor)

    @Slot()
    def _fit(self) -> None:
        """Asks for as much as its cells, its head and its chips need, within reason."""
        cells, head = self.view.wanted().width() + BESIDE, self.header.wanted()
        asked = max(cells, head, NARROWEST, min(self.chips_across(), WIDEST))
        liked = max(asked, min(self.formula.wanted() + 20, WIDEST))  # with the formula in full
        if (asked, liked) != (self.asked, self.liked):
            self.asked, self.liked = asked, liked
            self.resized.emit()

    def chips_across(self) -> int:
        """The width at which no chip over the cells is cut, in pixels."""
        zones = [self.zones[role] for role in ("columns", "panels", "slider")]
        return sum(zone.sizeHint().width() + 6 for zone in zones if zone.chips) + BESIDE

    @Slot()
    def _say_formula(self) -> None:
        indices = self.workspace.pointing.indices(self.tensor)
        if self.tensor.storage is None:
            return
        index = self.view.pointed or (indices[0] if indices else None)
        cell = None if index is None else self.view.cells.at(self.tensor.layout.address(index))
        more = len(indices) if len(indices) < MOST_INDICES else self.workspace.pointing.count(self.tensor)
        self.formula.show_element(self.tensor, index, "" if cell is None else cell.text, _more(more))

    @Slot()
    def _say_note(self) -> None:
        note = self.view.note
        if note != self.note.text():
            self.note.setText(note)
            self.note.setVisible(bool(note) and self.tensor.storage is not None)

    def drawing(self) -> Drawing:
        """What is in sight as a drawing, in the colours of the window."""
        view, dark = self.view, tokens_of(self).name == "dark"
        scene = view.scene(view.viewport().rect())
        geometry = view.geometry_of_cells
        picture = GridPicture(
            self.tensor.name,
            self.tensor.title,
            self.tensor.layout,
            geometry.plan,
            self.tensor.keys,
            tuple(geometry.pieces(*view.origin, *scene.size)) if self.tensor.storage is not None else (),
            self._cell,
            scene.colours,
            view.note if self.tensor.storage is not None else self.nothing.text(),
            self.view.look.cell_height >= SMALLEST_TEXT,
        )
        return draw_grid(picture, dark)

    def _cell(self, address: int) -> tuple[str, Number | None] | None:
        cell = self.view.cells.at(address)
        return None if cell is None else (cell.text, cell.value)

    # ------------------------------------------------------------------------------------------------- dimensions

    def _place_chips(self) -> None:
        """A chip per dimension where it lies; built anew only when something is another."""
        look = self.workspace.grids.look(self.tensor)
        wish = (self.tensor.layout.shape, self.tensor.keys, look.map)
        if wish != self._built:
            held = self.focusWidget()
            focused = held.dim if isinstance(held, DimensionChip) and held.hasFocus() else None
            self._built = wish
            self._clear_chips()
            self._build_chips(look.map)
            tab_through(*self.reached())
            if focused is not None and focused in self.chips:
                self.chips[focused].setFocus()
        for dim, row in self.sliders.items():
            row.set_index(look.chosen[dim])

    def reached(self) -> list[QWidget]:
        """What the Tab key goes through, from top to bottom."""
        header, rows = self.header, self.sliders.items()
        lines = [part for dim, row in rows for part in (self.chips[dim], row.slider, row.number, row.play)]
        chips = [chip for dim, chip in self.chips.items() if dim not in self.sliders]
        return [header.operations, header.options, header.close_button, *lines, *chips, self.view]

    def _clear_chips(self) -> None:
        for widget in (*self.chips.values(), *self.sliders.values()):
            widget.hide()
            widget.deleteLater()  # by Qt, later: one of them may be in the middle of its own event
        self.chips.clear()
        self.sliders.clear()
        for zone in self.zones.values():
            zone.chips = []

    def _build_chips(self, roles: GridMap) -> None:
        for role, zone in self.zones.items():
            chips: list[QWidget] = [self._chip(dim, role == "rows") for dim in roles.dims(role)]
            if role == "slider":
                chips = self._slider_rows(roles.sliders, chips)
            zone.set_chips(chips)
        self._slider_area.setVisible(bool(self.sliders))
        high = sum(row.sizeHint().height() + 2 for row in self.sliders.values())
        self._slider_area.setMinimumHeight(min(high, MOST_SLIDERS_HIGH // 2))  # one of them where there is little room
        self._slider_area.setMaximumHeight(min(high, MOST_SLIDERS_HIGH))
        self._show_zones(False)

    def _chip(self, dim: int, upright: bool) -> DimensionChip:
        key = self.tensor.keys[dim] if dim < len(self.tensor.keys) else dim
        chip = DimensionChip(dim, self.tensor.layout.shape[dim], key, upright, self)
        chip.say(self.workspace.session.writable)
        chip.opened.connect(self._open_menu)
        chip.dragged.connect(self._drag)
        chip.dropped.connect(self._drop)
        chip.let_go.connect(self._let_go)
        self.chips[dim] = chip
        return chip

    def _slider_rows(self, dims: tuple[int, ...], chips: list[QWidget]) -> list[QWidget]:
        """A row for each that has more than one index; the chips of the others."""
        rest = []
        for dim, chip in zip(dims, chips, strict=True):
            if self.tensor.layout.shape[dim] > 1:
                self._slider_row(dim, chip)
            else:
                rest.append(chip)
        return rest

    def _slider_row(self, dim: int, chip: QWidget) -> None:
        row = SliderRow(dim, self.tensor.layout.shape[dim], chip, self)
        row.chosen.connect(lambda at, index: self.workspace.grids.choose(self.tensor, at, index))
        self._slider_box.addWidget(row)
        self.sliders[dim] = row
        row.show()

    def menu_of(self, dim: int) -> QMenu:
        """What can be done with a dimension."""
        return dimension_menu(self.workspace, self.tensor, dim, self)

    @Slot(int)
    def _open_menu(self, dim: int) -> None:
        menu, chip = self.menu_of(dim), self.chips[dim]
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height())))

    # ------------------------------------------------------------------------------------------------- dragging

    def _show_zones(self, dragging: bool) -> None:
        for role, zone in self.zones.items():
            zone.set_state("open" if dragging else "")
            keeps_place = role in ("rows", "columns") and self.tensor.layout.ndim > 0
            zone.setVisible(bool(zone.chips) or dragging or keeps_place)

    def _target(self, dim: int, point: QPoint) -> DimensionChip | ChipZone | None:
        """What a chip would fall on: another chip, or a zone in which it does not lie."""
        for chip in self.chips.values():
            if chip.dim != dim and _under(chip, point):
                return chip
        role = self.workspace.grids.look(self.tensor).map.role(dim)
        for zone in self.zones.values():
            if zone.role != role and _under(zone, point):
                return zone
        return None

    @Slot(int, QPoint)
    def _drag(self, dim: int, point: QPoint) -> None:
        if self._ghost is None:
            self._show_zones(True)
            self._ghost = QLabel(self.window())
            self._ghost.setPixmap(self.chips[dim].grab())
            self._ghost.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._ghost.show()
        self._ghost.move(self.window().mapFromGlobal(point) + QPoint(8, 6))
        target = self._target(dim, point)
        for chip in self.chips.values():
            chip.set_target(chip is target)
        for zone in self.zones.values():
            zone.set_state("target" if zone is target else "open")
        self.formula.show_hint(self._hint(dim, target))

    def _hint(self, dim: int, target: DimensionChip | ChipZone | None) -> str:
        writable = self.workspace.session.writable
        if isinstance(target, DimensionChip):
            shown = f"Drop: show dim {dim} in the place of dim {target.dim}; the tensor stays as it is"
            return f"Drop: {self.tensor.name}.transpose({dim}, {target.dim})" if writable else shown
        if target is not None:
            return f"Drop: show dim {dim} as {ROLE_WORDS[target.role]}; the tensor stays as it is"
        return "Drop on a dimension: transpose" if writable else "Drop on a dimension: show it in its place"

    @Slot(int, QPoint)
    def _drop(self, dim: int, point: QPoint) -> None:
        target = self._target(dim, point)
        self._let_go(dim)
        if isinstance(target, DimensionChip):
            swap(self.workspace, self.tensor, dim, target.dim)
        elif target is not None:
            self.workspace.grids.move(self.tensor, dim, target.role)

    @Slot(int)
    def _let_go(self, dim: int) -> None:
        if self._ghost is not None:
            self._ghost.deleteLater()
            self._ghost = None
        for chip in self.chips.values():
            chip.set_target(False)
        self._show_zones(False)
        self.formula.show_hint("")

    # ------------------------------------------------------------------------------------------------- Qt's

    def hasHeightForWidth(self) -> bool:
        """No: a text that wraps takes its lines from the room there is, and makes no card higher than the panel."""
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere makes it the current one."""
        self.workspace.showing.show(self.tensor.name)
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the tensor, or with what is selected of it."""
        self.workspace.showing.show(self.tensor.name)
        self.workspace.showing.operations_wished.emit(self.tensor.name, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The current one has an edge of its own."""
        super().paintEvent(event)
        if self.current:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tokens_of(self).colour("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
            painter.end()


def _slider_area(lines: QWidget, parent: QWidget) -> QScrollArea:
    """Where sliders stand under one another; twelve dimensions must leave room for the cells."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(lines)
    return area


def _more(count: int | None) -> str:
    """How many there are besides one: "999,999"; "" for none."""
    return "many" if count is None else count_text(count - 1) if count > 1 else ""


def _under(widget: QWidget, point: QPoint) -> bool:
    return widget.isVisible() and widget.rect().contains(widget.mapFromGlobal(point))
