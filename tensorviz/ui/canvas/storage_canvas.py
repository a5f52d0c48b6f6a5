"""The storage canvas: a view that is pointed at, selected in, moved about by keyboard, and edited in place.

Must not know the bar above it, or other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QToolTip

from tensorviz.core.canvas_writing import writing_code
from tensorviz.core.errors import ValueRefused
from tensorviz.ui.canvas.canvas_view import ABOVE, CanvasView
from tensorviz.ui.canvas.cell_editor import CellEditor
from tensorviz.ui.canvas.spoken import cell_words, element_words, storage_words
from tensorviz.ui.state.pointing import MOST_STEPS, Selection

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.canvas_scene import Hit
    from tensorviz.ui.state.looking import Looking

WHOLE = 64  # characters of a number that is told in full
MOST_TOLD = 40  # cells in sight whose numbers are told
ZOOM = 1.25
STARTS = frozenset("0123456789+-.")  # what a value may begin with
LETTERS = frozenset("nitf")  # nan, inf, true, false


class StorageCanvas(CanvasView):
    """The canvas. Signals: moved_to(address) when the keyboard is at another cell; go_wished() by Ctrl+G."""

    moved_to = Signal(object)
    go_wished = Signal()

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.editor = CellEditor(self.viewport())
        self._edited: int | None = None
        self.editor.accepted.connect(self.write)
        self.editor.left.connect(self.setFocus)
        self.rebuilt.connect(self._describe)
        self._memory.arrived.connect(self._describe_bytes)
        self.moved.connect(self.editor.close_quietly)
        self._describe()

    # -------------------------------------------------------------------------------------------------------- pointer

    def hit(self, point: QPointF) -> Hit | None:
        """What is at a point of the viewport."""
        made = self.made
        if made is None:
            return None
        at, kept = point - self.origin(), self.heading()
        if kept is not None and point.y() < kept.y + kept.height:
            at.setY(made.scene.tops.top(kept.row) + point.y() - kept.y)
        # Names lie over cells that were scrolled under them.
        return made.scene.hit(-1.0 if point.x() < made.gutter else at.x(), at.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: points at what is under the pointer."""
        self.point_at(self.hit(event.position()))

    def point_at(self, hit: Hit | None) -> None:
        """Points at what is there, or at nothing."""
        made = self.made
        if hit is None or made is None:
            self._pointing.leave()
        elif hit.address is not None:
            self._pointing.at_cell(self._storage, hit.address, made.scene.rows.cell_bytes)
        else:
            index = self._index_at(hit)
            if index is None or hit.number is None or hit.number == made.ghost:
                self._pointing.leave()
            else:
                self._pointing.at_element(made.facts[hit.number], index)

    def _index_at(self, hit: Hit) -> tuple[int, ...] | None:
        if self.made is None or hit.number is None or hit.element is None:
            return None
        layout = self.made.facts[hit.number].layout
        return next(layout.indices_at(hit.element), None) if layout.search_steps <= MOST_STEPS else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: a cell gets the keyboard; an element is selected, and its tensor becomes the current one."""
        hit, made = self.hit(event.position()), self.made
        if event.button() != Qt.MouseButton.LeftButton or hit is None or made is None:
            return
        if hit.address is not None:
            self.set_cursor(hit.address, show=False)
        elif hit.number is not None and hit.number != made.ghost:
            index, tensor = self._index_at(hit), made.facts[hit.number]
            if index is not None:
                self._pointing.select(Selection(tensor.name, tuple((i, i + 1) for i in index)))
            if index is not None or hit.element is None:
                self._showing.show(tensor.name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: a cell is edited."""
        hit = self.hit(event.position())
        if event.button() == Qt.MouseButton.LeftButton and hit is not None and hit.address is not None:
            self.edit(hit.address)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the tensor whose lane is there, or with the current one."""
        hit = self.hit(QPointF(event.pos()))
        lane = hit.number if hit is not None else None
        name = self.made.facts[lane].name if self.made is not None and lane is not None else self._showing.current
        if name is not None:
            self._showing.operations_wished.emit(name, event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        self._pointing.leave()
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's: tells what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            self._tell(event)  # type: ignore[arg-type]  # by type
            return True
        return super().viewportEvent(event)

    def _tell(self, event: QHelpEvent) -> None:
        hit = self.hit(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), "" if hit is None else self._words(hit), self.viewport())

    def _words(self, hit: Hit) -> str:
        made = self.made
        if made is None:
            return ""
        if hit.address is not None:
            return self.cell_words(hit.address)
        if hit.number is None:
            return ""
        index, tensor = self._index_at(hit), made.facts[hit.number]
        if index is None:
            return f"{tensor.name}: {tensor.title}, {made.scene.lanes[hit.number].lane.summary}"
        text = self._memory.element_text(tensor, tensor.layout.address(index), WHOLE)
        return element_words(tensor, index, text)

    def cell_words(self, address: int) -> str:
        """A cell in words: where it is and what is in it."""
        storage = self._showing.current_storage
        return "" if storage is None else cell_words(storage, address, self._text(address, WHOLE))

    # ------------------------------------------------------------------------------------------------------- keyboard

    def set_cursor(self, address: int, show: bool = True) -> None:
        """Puts the keyboard at a cell and points at it; show: brings it into sight."""
        scene = self.scene
        if scene is None or not scene.rows.cells:
            return
        address = min(max(address, 0), scene.rows.cells - 1)
        self.lights.cursor = address
        if show:
            self.bring_into_sight(address)
        self._pointing.at_cell(self._storage, address, scene.rows.cell_bytes)
        self._describe()
        self.viewport().update()
        self.moved_to.emit(address)

    def bring_into_sight(self, address: int) -> None:
        """Scrolls as little as it takes to show a cell."""
        made = self.made
        if made is None:
            return
        left, top, width, height = made.scene.rectangle(address)
        ruler, (across, down) = made.scene.rows.ruler_height, self.room()
        x, y = self.left, self.top
        x = min(x, left) if left < x else max(x, left + width + made.gutter + 8 - across)
        # With its ruler; a row higher than the window shows its top.
        y = min(y, top - ruler) if top - ruler < y else max(y, top + height + 2 * ABOVE - down)
        self.go_to(x, y)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: moves about, zooms, edits."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_space(True)
        elif not (self._zooms(event) or self._moves(event) or self._edits(event)):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def _zooms(self, event: QKeyEvent) -> bool:
        """+, - and 0 zoom with Ctrl, and without it while they do not begin the value of the cell with the keyboard."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_G:
            self.go_wished.emit()
            return True
        begins = self.cell is not None and self._workspace.session.writable
        if begins and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM)
            case Qt.Key.Key_0:
                self.reset_zoom()
            case _:
                return False
        return True

    def _moves(self, event: QKeyEvent) -> bool:
        made = self.made
        if made is None or not made.scene.rows.cells:
            return False
        if event.key() == Qt.Key.Key_Escape and self.cell is not None:
            self.lights.cursor = None
            self._pointing.leave()
            self.viewport().update()
            return True
        to = self._target(event)
        if to is None:
            return False
        self.set_cursor(to)
        return True

    def _target(self, event: QKeyEvent) -> int | None:
        """The cell to which a key goes from where the keyboard is; the first press of an arrow shows where that is."""
        made = self.made
        assert made is not None
        per_row, last = made.scene.rows.per_row, made.scene.rows.cells - 1
        at = self.cell if self.cell is not None else self.first_in_sight()
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        row = at // per_row * per_row
        targets = {
            Qt.Key.Key_Left: at - 1,
            Qt.Key.Key_Right: at + 1,
            Qt.Key.Key_Up: at - per_row if at >= per_row else at,
            Qt.Key.Key_Down: at + per_row if at + per_row <= last else at,
            Qt.Key.Key_Home: 0 if ctrl else row,
            Qt.Key.Key_End: last if ctrl else min(row + per_row - 1, last),
            Qt.Key.Key_PageUp: self._page(at, -1),
            Qt.Key.Key_PageDown: self._page(at, 1),
        }
        to = targets.get(Qt.Key(event.key()))
        arrow = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        return at if to is not None and arrow and self.cell is None else to

    def first_in_sight(self) -> int:
        """The first cell of the first row in sight."""
        made = self.made
        assert made is not None
        row = made.scene.tops.row_at(max(self.top - ABOVE, 0.0)) or 0
        return min(row * made.scene.rows.per_row, made.scene.rows.cells - 1)

    def _page(self, at: int, way: int) -> int:
        """The cell one window further up or down, in the same column."""
        made = self.made
        assert made is not None
        rows, tops = made.scene.rows, made.scene.tops
        row, column = rows.place(at)
        other = tops.row_at(min(max(tops.top(row) + way * self.room()[1], 0.0), tops.total - 1)) or 0
        other = min(max(other, row + 1), rows.count - 1) if way > 0 else max(min(other, row - 1), 0)
        return min(other * rows.per_row + column, rows.cells - 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: the frame shows it."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.hold_space(False)
        self.viewport().update()

    @Slot(str)
    def _describe_bytes(self, storage: str) -> None:
        current = self._showing.current_storage
        if current is not None and current.id == storage:
            self._describe()

    def _describe(self) -> None:
        """The canvas in words, for those who do not see it: the storage, what is in sight, the cell of the keyboard."""
        self.setAccessibleDescription(self.description())

    def description(self) -> str:
        """What the canvas shows, in sentences."""
        made, storage = self.made, self._showing.current_storage
        if made is None or storage is None:
            return "No storage is shown."
        rows = self._sight()[0]
        window = (made.scene.rows.window(rows.start)[0], made.scene.rows.window(max(rows.stop - 1, rows.start))[1])
        at = "" if self.cell is None else self.cell_words(self.cell)
        told = range(window[0], min(window[1], window[0] + MOST_TOLD))
        values = [self._text(address, WHOLE) for address in told]
        return storage_words(storage, window, made.facts, at, values, self._workspace.session.writable)

    # --------------------------------------------------------------------------------------------------------- editing

    def _edits(self, event: QKeyEvent) -> bool:
        if self.cell is None:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit(self.cell)
            return True
        typed = event.text()
        held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        plain = self._workspace.session.writable and not event.modifiers() & held
        if plain and typed and (typed in STARTS or typed.lower() in LETTERS):
            self.edit(self.cell, typed)
            return True
        return False

    def edit(self, address: int, typed: str = "") -> None:
        """Opens the field over a cell, or says why it cannot be changed. typed: what it begins with."""
        scene = self.scene
        if scene is None:
            return
        self.set_cursor(address)
        if not self._workspace.session.writable:
            self._workspace.session.explain()
            return
        left, top, width, height = scene.rectangle(address)
        at = self.origin()
        place = QRect(int(left + at.x()), int(top + at.y()), int(width), int(height))
        now = self._text(address, WHOLE)
        self._edited = address
        self.editor.open(place, f"Value of cell {address}", "" if now is None else now.text, typed)

    def write(self, text: str) -> None:
        """Runs the code that writes the text into the cell that is edited, or says what is wrong with it."""
        storage, address = self._showing.current_storage, self._edited
        if storage is None or address is None:
            return
        tensors = self._workspace.session.facts.on(storage.id)
        try:
            code = writing_code(text, address, storage.kind, tensors, self._showing.current)
        except ValueRefused as error:
            self.editor.say(str(error))
            return
        self._workspace.session.run(code)
        self.editor.close_quietly()
