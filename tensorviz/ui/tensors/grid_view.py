"""The cells of one tensor: scrolling, what is pointed at, flashes, and the note of what is not exact.

Must not know the card around it, or what keys and clicks mean (grid_picking.py).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy

from tensorviz.core.grid_geometry import GridGeometry
from tensorviz.core.grid_picture import ordinal_text
from tensorviz.core.text import count_text, plural
from tensorviz.ui.state.grids import SMALLEST_CELL, SMALLEST_TEXT
from tensorviz.ui.tensors.grid_cells import GridCells
from tensorviz.ui.tensors.grid_image import GridImage
from tensorviz.ui.tensors.grid_lit import lit_indices
from tensorviz.ui.tensors.grid_motion import GridMotion
from tensorviz.ui.tensors.grid_painter import GridPainter, Scene, cell_font, clipped, head_font
from tensorviz.ui.tensors.grid_picking import GridPicking
from tensorviz.ui.tensors.grid_scroll import LongScrollArea
from tensorviz.ui.theme import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.colour_maps import ValueRange
    from tensorviz.core.grid_geometry import Piece
    from tensorviz.core.grid_map import Index
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.grids import GridLook
    from tensorviz.ui.state.looking import Looking

FEWEST_FIGURES = 4  # characters of the narrowest cell
HEAD, CAPTION, PADDING = 16, 18, 16
MOST_SPOKEN = 64  # cells in the text twin
LOWEST = 56  # pixels
BUDGET = 0.004  # seconds of laying out numbers before others have their turn


class GridView(LongScrollArea):
    """Signals: noted() when `note` may be another; resized() when the cells want more or less room."""

    noted = Signal()
    resized = Signal()

    def __init__(self, workspace: Looking, tensor: TensorFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.tensor = tensor
        self.look: GridLook = workspace.grids.look(tensor)
        self.cells = GridCells(workspace.memory, workspace.grids)
        self.image = GridImage(workspace.memory, self)
        self.motion = GridMotion(self)
        self.picking = GridPicking(self)
        self.used_range: ValueRange | None = None
        self._painter = GridPainter()
        self._lit: tuple[Index, ...] = ()
        self._figures = FEWEST_FIGURES
        self._note = ""
        self.geometry_of_cells = self._geometry()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._settle)
        self.setFrameShape(LongScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(LOWEST)
        self._connect()
        self.show_tensor(tensor)

    def _connect(self) -> None:
        self.workspace.session.changed.connect(self._look_again)
        self.workspace.memory.arrived.connect(self._arrived)
        self.workspace.memory.changed.connect(self._bytes_changed)
        self.workspace.pointing.pointed.connect(self._light)
        self.workspace.pointing.selected.connect(self.viewport().update)
        self.image.grew.connect(self._grew)
        self.motion.frame.connect(self.viewport().update)
        self.moved.connect(self.noted)
        self.moved.connect(self._light)

    # ------------------------------------------------------------------------------------------------- showing

    def show_tensor(self, tensor: TensorFacts) -> None:
        """The tensor as it is now, in its look; cells travel when it lies otherwise on the same memory."""
        before, old = self.tensor, self.geometry_of_cells
        turned = (before.storage, before.layout.itemsize) == (tensor.storage, tensor.layout.itemsize)
        places = self._places() if turned and before.layout != tensor.layout else {}
        self.tensor, self.look = tensor, self.workspace.grids.look(tensor)
        self.cells.show(tensor, self.look)
        self.image.forget()
        self._figures = max(self.cells.longest, FEWEST_FIGURES)
        self.picking.refit()
        self._arrange()
        if places and old.cell_height >= SMALLEST_TEXT <= self.look.cell_height:
            self.motion.travel(places)
        self._name()
        self._light()
        self._soon.start()

    def _name(self) -> None:
        self.setAccessibleName(f"Grid of {self.tensor.name}, {self.tensor.title}; {self.look.map.text()}")

    def _geometry(self) -> GridGeometry:
        plan, height = self.look.plan(self.tensor), self.look.cell_height
        text = height >= SMALLEST_TEXT
        font = QFontMetrics(cell_font(height))
        width = max(round(self._figures * font.horizontalAdvance("0")) + PADDING, height) if text else height
        last = plan.caption("rows", max(plan.rows - 1, 0)) if not plan.empty else ""
        row_head = QFontMetrics(head_font()).horizontalAdvance(last) + 10 if plan.map.rows else 0
        several = bool(plan.map.panels) and not plan.empty
        room = self.viewport().width()
        head, caption = HEAD if plan.map.columns else 0, CAPTION if several else 0
        return GridGeometry(plan, width, height, row_head, head, caption, 4 if text else 0, 12, room)

    def _arrange(self) -> None:
        before = self.geometry_of_cells
        self.geometry_of_cells = self._geometry()
        self.line = max(self.look.cell_height, 16)
        self.set_content(*self.geometry_of_cells.size)
        if before.size != self.geometry_of_cells.size:
            self.resized.emit()
        self.viewport().update()
        self.noted.emit()

    @Slot()
    def _settle(self) -> None:
        """Cells become as wide as the longest number so far; they do not shrink again while one scrolls."""
        if self.look.cell_height >= SMALLEST_TEXT:
            with self.cells.within(BUDGET):
                for address in self._addresses():
                    self.cells.at(address)
            if self.cells.starved:
                self._soon.start()
                self.viewport().update()
            if self.cells.longest > self._figures:
                self._figures = self.cells.longest
                self._arrange()
        self.setAccessibleDescription(self.text_twin())
        self.noted.emit()

    def _pieces(self) -> Iterator[Piece]:
        return self.geometry_of_cells.pieces(*self.origin, self.viewport().width(), self.viewport().height())

    def _addresses(self) -> Iterator[int]:
        """Of the cells in sight."""
        for _, address, _, _ in self._in_sight():
            yield address

    def _in_sight(self) -> Iterator[tuple[Piece, int, int, int]]:
        """The cells in sight: piece, address, row, column."""
        plan, layout = self.geometry_of_cells.plan, self.tensor.layout
        for piece in self._pieces():
            base = plan.base(layout, piece.panel)
            columns = [(column, plan.steps(layout, "columns", column)) for column in range(*piece.columns)]
            for row in range(*piece.rows):
                start = base + plan.steps(layout, "rows", row)
                for column, by in columns:
                    yield piece, start + by, row, column

    def _places(self) -> dict[int, tuple[int, int]]:
        """Where the addresses in sight are, in the window."""
        if self.look.cell_height < SMALLEST_TEXT:
            return {}
        ox, oy = self.origin
        found = {}
        for piece, address, row, column in self._in_sight():
            x, y, _, _ = self.geometry_of_cells.cell_rect(piece.panel, row, column)
            found[address] = (x - ox, y - oy)
        return found

    def reveal(self, index: Index) -> None:
        """Scrolls and moves sliders so that an element is in sight."""
        self.workspace.grids.reveal(self.tensor, index)
        rect = self.geometry_of_cells.rect(index)
        if rect is not None:
            geometry = self.geometry_of_cells
            self.reveal_rect(*rect, (geometry.row_head, geometry.caption + geometry.column_head))

    # ------------------------------------------------------------------------------------------------- memory

    @Slot(str)
    def _arrived(self, storage: str) -> None:
        if storage == self.tensor.storage:
            self._look_again()

    @Slot()
    def _look_again(self) -> None:
        """Bytes may be others, or there at last; what was read before stays until then."""
        self.cells.forget()
        self.image.forget()
        self._soon.start()
        self.viewport().update()

    @Slot(str, object)
    def _bytes_changed(self, storage: str, spans: object) -> None:
        if storage == self.tensor.storage and isinstance(spans, tuple):
            self.motion.flash(spans)

    def _flash(self, address: int) -> float:
        size = self.tensor.layout.itemsize
        return self.motion.share(address * size, (address + 1) * size)

    @Slot()
    def _grew(self) -> None:
        self.viewport().update()
        self.noted.emit()

    # ------------------------------------------------------------------------------------------------- pointing

    @Slot()
    def _light(self) -> None:
        """Repaints only the cells that were lit and those that are."""
        pointing, plan = self.workspace.pointing, self.geometry_of_cells.plan
        before, self._lit = self._lit, lit_indices(pointing, self.tensor, plan, self._in_sight())
        for index in {*before, *self._lit}:
            rect = self.geometry_of_cells.rect(index)
            if rect is not None:
                x, y, wide, high = rect
                room = self.viewport().width(), self.viewport().height()
                place = clipped(
                    x - self.origin[0] - 2, y - self.origin[1] - 2, max(wide, 3) + 4, max(high, 3) + 4, room
                )
                self.viewport().update(place)

    @property
    def pointed(self) -> Index | None:
        """The element of this tensor that was pointed at itself."""
        hover = self.workspace.pointing.hover
        if hover is None or not self._lit:
            return None
        return hover.index if hover.tensor == self.tensor.name else self._lit[0] if len(self._lit) == 1 else None

    # ------------------------------------------------------------------------------------------------- words

    @property
    def sample(self) -> int:
        """Each how-many-th row and column is looked at, where cells are too small for each."""
        return -(-SMALLEST_CELL // self.look.cell_height)

    @property
    def note(self) -> str:
        """What is not shown, or not exactly, and what colours mean."""
        parts = []
        small = self.look.cell_height < SMALLEST_TEXT
        if small and self.sample > 1:
            parts.append(f"Sampled: each {ordinal_text(self.sample)} row and column is drawn.")
        if small and self.image.specials:
            parts.append(f"{plural(self.image.specials, 'cell')} not finite.")
        if self.used_range is not None:
            scale = "sequential" if self.look.scale == "off" else self.look.scale
            parts.append(f"Colours: {scale}, {self.used_range.text()}.")
        if self.workspace.memory.has_lost(self.tensor.storage):
            parts.append("What is left blank could not be read." if small else "? marks what could not be read.")
        if not small and self.cells.rounded:
            parts.append("~ marks numbers rounded to fit.")
        return " ".join(parts)

    def text_twin(self) -> str:
        """The cells in sight in words, so many at most."""
        lines: list[str] = []
        seen = 0
        last: tuple[int, int] | None = None
        plan = self.geometry_of_cells.plan
        for piece, address, row, _ in islice(self._in_sight(), MOST_SPOKEN):
            if last != (piece.panel, row):
                last = (piece.panel, row)
                caption = f"{plan.panel_caption(piece.panel)} " if plan.map.panels else ""
                lines.append(f"{caption}row {plan.caption('rows', row) or 0}:")
            cell = self.cells.at(address)
            lines[-1] += f" {cell.text if cell is not None else '?'}"
            seen += 1
        rest = plan.cells - seen
        more = [f"{count_text(rest)} more cells."] if rest > 0 else []
        return "\n".join([*lines, *more, self.note]).strip()

    # ------------------------------------------------------------------------------------------------- Qt's

    def scene(self, exposed: QRect) -> Scene:
        """Everything to paint now."""
        tokens = tokens_of(self)
        pointing, size = self.workspace.pointing, (self.viewport().width(), self.viewport().height())
        scene = Scene(
            self.tensor,
            self.geometry_of_cells,
            tokens,
            self.origin,
            size,
            self.cells.at,
            self.cells.colours(False, None)[0],
            self._lit,
            self.pointed,
        )
        if pointing.selection is not None and pointing.selection.tensor == self.tensor.name:
            scene.selection = pointing.selection
        scene.cursor = self.picking.cursor if self.hasFocus() else None
        scene.flash = self._flash if self.motion.flashing else None
        scene.moving = self.motion.moving()
        self._colour(scene)
        return scene

    def _colour(self, scene: Scene) -> None:
        before = self.used_range
        if self.look.cell_height < SMALLEST_TEXT:
            pieces = tuple(self._pieces())
            self.image.look_at(self.tensor, self.geometry_of_cells, pieces, self.sample)
            scene.colours, self.used_range = self.cells.colours(scene.dark, self.image.range, always=True)
            if scene.colours.scale != "off":
                scene.pictures = self.image.pictures(scene.colours)
        elif self.look.scale == "off":
            self.used_range = None
        else:
            seen = self.cells.visible_range(self._addresses())
            scene.colours, self.used_range = self.cells.colours(scene.dark, seen)
        if self.used_range != before:
            QTimer.singleShot(0, self, self.noted.emit)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells in sight, or why there are none."""
        painter = QPainter(self.viewport())
        if self.geometry_of_cells.plan.empty:
            painter.setPen(tokens_of(self).colour("muted"))
            shape = list(self.tensor.layout.shape)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, f"no elements: shape {shape}")
        else:
            exposed = event.rect()
            painter.setClipRect(exposed)
            with self.cells.within(BUDGET):
                self._painter.paint(painter, self.scene(exposed), exposed)
        if self.hasFocus():
            painter.setPen(tokens_of(self).colour("focus"))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()
        if self.cells.longest > self._figures or self.cells.starved:
            self._soon.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls; with Ctrl, larger or smaller cells around the pointer."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        at = event.position().toPoint()
        self.zoom(1 if event.angleDelta().y() > 0 else -1, at.x(), at.y())
        event.accept()

    def zoom(self, steps: int, x: int = 0, y: int = 0) -> None:
        """Larger or smaller cells; the element under a point of the window stays there."""
        index = self.geometry_of_cells.nearest(self.origin[0] + x, self.origin[1] + y)
        self.workspace.grids.zoom(self.tensor, steps)
        rect = self.geometry_of_cells.rect(index) if index is not None else None
        if rect is not None:
            self.scroll_to(rect[0] + rect[2] // 2 - x, rect[1] + rect[3] // 2 - y)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Panels wrap anew."""
        self._arrange()
        super().resizeEvent(event)
        self._soon.start()

    def sizeHint(self) -> QSize:
        """As large as the cells, within reason."""
        return self.wanted()

    def wanted(self) -> QSize:
        """The room that all cells need."""
        geometry = self.geometry_of_cells
        if geometry.plan.empty:
            return QSize(180, 60)
        across = min(geometry.plan.panels, max(1, 560 // (geometry.panel_width + geometry.between)))
        down = -(-geometry.plan.panels // across)
        wide = across * (geometry.panel_width + geometry.between) - geometry.between
        return QSize(min(wide + 14, 900), min(down * (geometry.panel_height + geometry.between) + 2, 900))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys on the cells; others are for who is around."""
        if not self.picking.key(event):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are not taken as shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and self.picking.claims(event):  # type: ignore[arg-type]  # a key
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The pointer on the cells."""
        return self.picking.viewport_event(event) or super().viewportEvent(event)
