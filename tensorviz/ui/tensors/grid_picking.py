"""What the pointer and the keys mean on the cells of a grid: pointing, selecting, editing one cell in place.

Must not know how cells are painted, or the card around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from tensorviz.core.number_format import literal
from tensorviz.ui.state.pointing import Selection
from tensorviz.ui.tensors import grid_code
from tensorviz.ui.tensors.grid_editor import CellEditor

if TYPE_CHECKING:
    from tensorviz.core.grid_map import Cell, Index
    from tensorviz.ui.tensors.grid_view import GridView

STARTS_A_NUMBER = "0123456789+-."
CONTROLLED = (Qt.Key.Key_A, Qt.Key.Key_0, Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)
BARE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class GridPicking(QObject):
    """cursor: the element of the keyboard; anchor: where a selection began."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._view = view
        self.cursor: Index | None = None
        self._anchor: Index | None = None
        self._dragging = False
        self.editor: CellEditor | None = None

    def refit(self) -> None:
        """The tensor may be another: what no longer exists is forgotten, and nothing is edited."""
        shape = self._view.tensor.layout.shape
        for name in ("cursor", "_anchor"):
            index = getattr(self, name)
            if index is not None and not _inside(index, shape):
                setattr(self, name, None)
        self.close_editor()

    # ------------------------------------------------------------------------------------------------- pointer

    def viewport_event(self, event: QEvent) -> bool:
        """Whether the event is dealt with."""
        match event.type():
            case QEvent.Type.MouseMove:
                self._move(event)  # type: ignore[arg-type]  # Qt says so by the type
            case QEvent.Type.MouseButtonPress:
                return self._press(event)  # type: ignore[arg-type]  # see above
            case QEvent.Type.MouseButtonRelease:
                self._dragging = False
            case QEvent.Type.MouseButtonDblClick:
                return self.edit()
            case QEvent.Type.Leave:
                self._view.workspace.pointing.leave()
            case QEvent.Type.ToolTip:
                return self._tell(event)  # type: ignore[arg-type]  # see above
            case _:
                return False
        return event.type() != QEvent.Type.Leave

    def _index_at(self, event: QMouseEvent | QHelpEvent, near: bool = False) -> Index | None:
        at = event.position().toPoint() if isinstance(event, QMouseEvent) else event.pos()
        geometry, (ox, oy) = self._view.geometry_of_cells, self._view.origin
        if near:
            return geometry.nearest(ox + at.x(), oy + at.y())
        return None if self._on_heads(at) else geometry.index_at(ox + at.x(), oy + at.y())

    def _on_heads(self, at: QPoint) -> bool:
        """Whether a point of the window lies on indices that stay in sight."""
        geometry = self._view.geometry_of_cells
        single = not geometry.caption
        return single and (at.x() < geometry.row_head or at.y() < geometry.column_head)

    def _move(self, event: QMouseEvent) -> None:
        index = self._index_at(event, near=self._dragging)
        if index is None:
            self._view.workspace.pointing.leave()
            return
        self._view.workspace.pointing.at_element(self._view.tensor, index)
        if self._dragging and event.buttons() & Qt.MouseButton.LeftButton:
            self._go(index, extend=True)

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self.close_editor()
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        index = self._index_at(event)
        if index is None:
            self.clear()
            return True
        self._dragging = True
        self._go(index, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return True

    def _tell(self, event: QHelpEvent) -> bool:
        index = self._index_at(event)
        cell = None if index is None else self._view.cells.at(self._view.tensor.layout.address(index))
        if index is None or cell is None or cell.value is None:
            QToolTip.hideText()
            return True
        written = literal(cell.value, self._view.tensor.kind)
        QToolTip.showText(event.globalPos(), f"{grid_code.element(self._view.tensor, index)} = {written}", self._view)
        return True

    # ------------------------------------------------------------------------------------------------- keys

    def key(self, event: QKeyEvent) -> bool:
        """Whether the key is dealt with."""
        held = event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._step(*ARROWS[key], far=control, extend=shift)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            page = max(1, self._view.viewport().height() // self._view.look.cell_height - 2)
            self._step(page if key == Qt.Key.Key_PageDown else -page, 0, extend=shift)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step(0, -1 if key == Qt.Key.Key_Home else 1, far=True, extend=shift)
        elif control and key == Qt.Key.Key_A:
            self.select_all()
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._view.zoom(-1 if key == Qt.Key.Key_Minus else 1)
        elif control and key == Qt.Key.Key_0:
            self._view.workspace.grids.zoom_usual(self._view.tensor)
        elif key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.edit()
        elif not control and event.text() and event.text() in STARTS_A_NUMBER:
            return self.edit(event.text())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return True  # elements cannot be taken away, and nothing around should be by mistake
        elif key == Qt.Key.Key_Escape and self._view.workspace.pointing.selection is not None:
            self.clear()
        else:
            return False
        return True

    def claims(self, event: QKeyEvent) -> bool:
        """Whether a key is for the cells although the window has a shortcut of it."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        key = Qt.Key(event.key())
        if held == Qt.KeyboardModifier.ControlModifier:
            return key in CONTROLLED or key in ARROWS
        if held != Qt.KeyboardModifier.NoModifier:
            return False
        number = bool(event.text() and event.text() in STARTS_A_NUMBER) and self._view.workspace.session.writable
        return key in BARE or key in ARROWS or number

    def _step(self, rows: int, columns: int, far: bool = False, extend: bool = False) -> None:
        plan = self._view.geometry_of_cells.plan
        if plan.empty:
            return
        at = None if self.cursor is None else plan.cell(self.cursor)
        if at is None:
            self._go(self._first(), extend=False)
            return
        self._go(plan.index(*self._neighbour(at, rows, columns, far)), extend)

    def _first(self) -> Index:
        """The first cell in sight."""
        view = self._view
        piece = next(view.geometry_of_cells.pieces(*view.origin, view.viewport().width(), view.viewport().height()))
        return view.geometry_of_cells.plan.index(piece.panel, piece.rows[0], piece.columns[0])

    def _neighbour(self, at: Cell, rows: int, columns: int, far: bool) -> Cell:
        """The cell so many rows and columns on; over the edge of a panel into the next one."""
        geometry = self._view.geometry_of_cells
        plan = geometry.plan
        panel, row, column = at
        if far:
            row = row if not rows else 0 if rows < 0 else plan.rows - 1
            return panel, row, column if not columns else 0 if columns < 0 else plan.columns - 1
        row, column = row + rows, column + columns
        if not 0 <= column < plan.columns and 0 <= panel + columns < plan.panels:
            panel, column = panel + columns, column % plan.columns
        below = panel + (geometry.per_line if rows > 0 else -geometry.per_line)
        if not 0 <= row < plan.rows and abs(rows) == 1 and 0 <= below < plan.panels:
            panel, row = below, row % plan.rows
        return panel, min(max(row, 0), plan.rows - 1), min(max(column, 0), plan.columns - 1)

    # ------------------------------------------------------------------------------------------------- selecting

    def _go(self, index: Index, extend: bool) -> None:
        """The cursor moves; from the anchor to it is selected."""
        view = self._view
        if not extend or self._anchor is None:
            self._anchor = index
        self.cursor = index
        if not self._dragging:
            view.reveal(index)
        view.workspace.pointing.at_element(view.tensor, index)
        ranges = tuple((min(a, b), max(a, b) + 1) for a, b in zip(self._anchor, index, strict=True))
        view.workspace.pointing.select(Selection(view.tensor.name, ranges))
        view.workspace.showing.show(view.tensor.name) if view.workspace.showing.current != view.tensor.name else None
        view.viewport().update()

    def select_all(self) -> None:
        """Everything that the grid shows: one index of each dimension that a slider holds."""
        view, plan = self._view, self._view.geometry_of_cells.plan
        if plan.empty:
            return
        held = {dim: plan.chosen[dim] for dim in plan.map.sliders}
        ranges = tuple((held.get(d, 0), held[d] + 1 if d in held else size) for d, size in enumerate(plan.shape))
        self._anchor = tuple(first for first, _ in ranges)
        view.workspace.pointing.select(Selection(view.tensor.name, ranges))

    def clear(self) -> None:
        """Nothing is selected."""
        self._anchor = None
        self._view.workspace.pointing.select(None)

    # ------------------------------------------------------------------------------------------------- editing

    def edit(self, typed: str = "") -> bool:
        """Opens the cell of the cursor for a new value; `typed` is what was typed already.

        Where nothing can be changed, this is said to who asks for it by a key or a click that means nothing else.
        """
        view = self._view
        if not view.workspace.session.writable:
            if typed or self.cursor is None:
                return False
            view.workspace.session.explain()
            return True
        if self.cursor is not None:
            view.reveal(self.cursor)
        rect = None if self.cursor is None else view.geometry_of_cells.rect(self.cursor)
        if rect is None or self.cursor is None or view.tensor.storage is None:
            return False
        self.close_editor()
        cell = view.cells.at(view.tensor.layout.address(self.cursor))
        value = "" if cell is None or cell.value is None else str(cell.value).strip("()")
        self.editor = CellEditor(view, self.cursor, typed or value, bool(typed))
        self.editor.place(rect[0] - view.origin[0], rect[1] - view.origin[1], rect[2], rect[3])
        self.editor.closed.connect(self._editor_closed)
        return True

    def close_editor(self) -> None:
        """What was being typed is dropped."""
        if self.editor is not None:
            self.editor.leave()

    def _editor_closed(self) -> None:
        self.editor = None
        self._view.setFocus()


def _inside(index: Index, shape: tuple[int, ...]) -> bool:
    return len(index) == len(shape) and all(i < size for i, size in zip(index, shape, strict=True))
