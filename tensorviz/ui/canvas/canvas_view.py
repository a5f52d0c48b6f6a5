"""What the storage canvas shows: the scene of what there is, painted from tiles, with lights over it, at any zoom.

Must not know mouse, keyboard or editing.
"""

from __future__ import annotations

from cmath import isfinite
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QRegion
from PySide6.QtWidgets import QFrame

from tensorviz.core.canvas_heading import heading_of, same_place
from tensorviz.ui.canvas import scene_maker
from tensorviz.ui.canvas.lights import Lights, region_of
from tensorviz.ui.canvas.picture import CanvasPicture
from tensorviz.ui.canvas.plane_area import PlaneArea
from tensorviz.ui.canvas.tiles import Slice
from tensorviz.ui.canvas.turning import Turning
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.widgets.motion import motion_allowed

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.canvas_heading import Heading
    from tensorviz.core.canvas_scene import CanvasScene
    from tensorviz.core.number_text import NumberText
    from tensorviz.ui.canvas.lights import Sight
    from tensorviz.ui.state.looking import Looking

FRAME, MOVING = 33, 16  # milliseconds between two pictures of what fades; of what moves
ABOVE = 6.0  # pixels over the first row


class CanvasView(PlaneArea):
    """The canvas to look at.

    Signals: rebuilt() when it shows something else, or at another zoom or wrapping; picture_rounded() when a number was
    rounded to fit for the first time.
    """

    rebuilt = Signal()
    picture_rounded = Signal()

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._showing, self._pointing, self._memory = workspace.showing, workspace.pointing, workspace.memory
        self.wishes = scene_maker.Wishes()
        self.made: scene_maker.Made | None = None
        self.picture, self.lights, self.turning = CanvasPicture(self._text, self._is_special), Lights(), Turning()
        self._storage = ""
        self._basis: object = None
        self._arrivals = 0
        self._rounded = False
        self._lit: QRegion | None = None
        self._more, self._frames = QTimer(self), QTimer(self)
        self._build()
        self.rebuild()

    def _build(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Storage canvas")
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self.viewport().update)
        self._frames.setInterval(FRAME)
        self._frames.timeout.connect(self._next_frame)
        self._showing.changed.connect(self.rebuild)
        self._pointing.pointed.connect(self._light_up)
        self._pointing.selected.connect(self._tint)
        self._memory.arrived.connect(self._bytes_came)
        self._memory.changed.connect(self._bytes_changed)
        self.zoom_wished.connect(self.zoom)
        self.moved.connect(self._light_up)

    # ----------------------------------------------------------------------------------------------------- the scene

    @property
    def scene(self) -> CanvasScene | None:
        """What is drawn."""
        return None if self.made is None else self.made.scene

    @property
    def cell(self) -> int | None:
        """The cell where the keyboard is."""
        return self.lights.cursor

    @Slot()
    def rebuild(self) -> None:
        """Draws what there is now; where it stood is kept while the storage is the same."""
        before, old = self.made, self._storage
        basis = scene_maker.basis(self._showing, self.wishes, self._room_across())
        if before is not None and basis == self._basis:
            self._stamp()
            self._tint()
            self.rebuilt.emit()
            return
        self._basis = basis
        self.made = scene_maker.make(self._showing, self.wishes, self._room_across())
        self._storage = self._showing.storage or ""
        if self._storage != old or self.made is None:
            self.lights.cursor = None
            self.left = self.top = 0.0
        if self.made is not None:
            top = self.top
            if before is not None and self._storage == old:
                top = same_place(before.scene, self.made.scene, self.top - ABOVE) + ABOVE
                if motion_allowed(self):
                    self.turning.begin(before.scene, self.made.scene)
            self._take(self.made)
            self.go_to(self.left, top)
        self._start_frames()
        self.rebuilt.emit()

    def _take(self, made: scene_maker.Made) -> None:
        dark = tokens_of(self).name == "dark"
        self.picture.show(made.scene, made.gutter, dark, self.devicePixelRatioF())
        self.picture.ghost = made.ghost
        self._stamp()
        self.lights.show(made.scene, dark)
        cells = made.scene.rows.cells
        if self.cell is not None and self.cell >= cells:
            self.lights.cursor = None
        self.set_plane(made.gutter + made.scene.width + scene_maker.AFTER, made.scene.height + 2 * ABOVE)
        self._tint()

    def _room_across(self) -> float:
        return float(self.width() - self.verticalScrollBar().sizeHint().width())

    def _stamp(self) -> None:
        self.picture.stamp = (self._storage, self._workspace.session.facts.memory, self._arrivals)

    def _text(self, address: int, most: int) -> NumberText | None:
        storage = self._showing.current_storage
        return None if storage is None else self._memory.text(storage.id, address, storage.kind, most)

    def _is_special(self, address: int) -> bool:
        storage = self._showing.current_storage
        value = None if storage is None else self._memory.number(storage.id, address, storage.kind)
        return value is not None and not isfinite(value)

    # ------------------------------------------------------------------------------------------------- zoom and wrap

    def set_wrap(self, cells: int) -> None:
        """So many cells to a row; 0: as many as fit."""
        self._change(replace(self.wishes, wrap=max(cells, 0)))

    def zoom(self, factor: float, x: float | None = None, y: float | None = None) -> None:
        """Wider or narrower cells; what is at a point of the viewport stays there."""
        scene, storage = self.scene, self._showing.current_storage
        if scene is not None and storage is not None:
            # From the width that is seen, so that a wish beyond the bounds does not have to be taken back first.
            now = scene.rows.cell_width / scene_maker.usual_width(storage)
            self._change(replace(self.wishes, zoom=now * factor), x, y)

    def reset_zoom(self) -> None:
        """Cells of the usual width."""
        self._change(replace(self.wishes, zoom=1.0))

    def _change(self, wishes: scene_maker.Wishes, x: float | None = None, y: float | None = None) -> None:
        scene = self.scene
        if wishes == self.wishes or scene is None:
            self.wishes = wishes
            return
        gutter = 0.0 if self.made is None else self.made.gutter
        x, y = (gutter + 1 if x is None else x), (ABOVE + 1 if y is None else y)
        row = scene.tops.row_at(max(y + self.top - ABOVE, 0.0)) or 0
        column = min(max((x - gutter + self.left) / scene.rows.cell_width, 0.0), scene.rows.per_row - 1.0)
        position = min(row * scene.rows.per_row + column, float(max(scene.rows.cells - 1, 0)))
        below = y + self.top - ABOVE - scene.tops.top(row)
        self.wishes = wishes
        self.rebuild()
        self._hold(position, (x, y - min(below, 40.0)))

    def _hold(self, position: float, at: tuple[float, float]) -> None:
        """Scrolls so that a position in the storage is at a point of the viewport."""
        made = self.made
        if made is not None:
            rows = made.scene.rows
            row = int(position // rows.per_row)
            left = made.gutter + rows.x_of(position - row * rows.per_row) - at[0]
            self.go_to(
                left if made.scene.width + made.gutter > self.room()[0] else 0.0,
                made.scene.tops.top(row) + ABOVE - at[1],
            )

    # ------------------------------------------------------------------------------------------------------ painting

    def origin(self) -> QPointF:
        """Where the left top of the cells' plane is in the viewport."""
        gutter = 0.0 if self.made is None else self.made.gutter
        return QPointF(gutter - self.left, ABOVE - self.top)

    def _sight(self) -> Sight:
        scene = self.scene
        assert scene is not None
        origin, (width, height) = self.origin(), self.room()
        across = (int(-origin.x() // scene.rows.cell_width), int((width - origin.x()) // scene.rows.cell_width) + 1)
        return scene.tops.visible(-origin.y(), height - origin.y()), (max(across[0], 0), max(across[1], 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: tiles, lights over them, names at the left."""
        painter = QPainter(self.viewport())
        tokens = tokens_of(self)
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), tokens.colour("raised"))
        made = self.made
        if made is not None:
            if self.picture.ratio != self.devicePixelRatioF():
                self._take(made)
            time = Slice()
            self.picture.fading = self.turning.fading(made.scene)
            self._paint_plane(painter, made, QRectF(event.rect()), time)
            self._paint_heading(painter, made, time)
            if time.left_out:
                self._more.start()
            self._notice_rounding()
        if self.hasFocus():
            painter.setPen(QPen(tokens.colour("focus"), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _notice_rounding(self) -> None:
        if self.picture.rounded != self._rounded:
            self._rounded = self.picture.rounded
            QTimer.singleShot(0, self, self.picture_rounded.emit)  # not from inside a paint

    def _paint_plane(self, painter: QPainter, made: scene_maker.Made, area: QRectF, time: Slice) -> None:
        tokens, origin, names = tokens_of(self), self.origin(), QRectF(0, 0, made.gutter, self.room()[1])
        rows = made.scene.tops.visible(area.top() - origin.y(), area.bottom() - origin.y() + 1)
        if area.right() >= made.gutter - 4:
            self.picture.paint(painter, origin, area.translated(-origin), time)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            fade = motion_allowed(self)
            self.lights.paint(painter, tokens, origin, rows, fade, self.hasFocus())
        if area.left() < made.gutter:
            if self.left > 0:
                painter.fillRect(names, tokens.colour("raised"))
                painter.fillRect(QRectF(made.gutter - 1, 0, 1, names.height()), tokens.colour("border"))
            self._paint_current(painter, made, rows)
            self.picture.paint_names(painter, origin.y(), area.translated(0, -origin.y()), time)

    def heading(self) -> Heading | None:
        """The cells that stay in sight over the lanes of their row."""
        scene = self.scene
        return None if scene is None else heading_of(scene, self.top - ABOVE, self.room()[1])

    def _paint_heading(self, painter: QPainter, made: scene_maker.Made, time: Slice) -> None:
        kept, tokens = self.heading(), tokens_of(self)
        if kept is None:
            return
        area, origin = QRectF(0, kept.y, self.room()[0], kept.height), self.origin()
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.fillRect(area, tokens.colour("raised"))
        at = QPointF(origin.x(), kept.y)
        self.picture.paint_ruler_names(painter, kept.y, time)
        painter.setClipRect(area.adjusted(made.gutter - 4, 0, 0, 0), Qt.ClipOperation.IntersectClip)
        self.picture.paint_heading(painter, at, kept.row, area.translated(-origin.x(), 0), time)
        place, rows = at - QPointF(0, made.scene.tops.top(kept.row)), range(kept.row, kept.row + 1)
        self.lights.paint(painter, tokens, place, rows, motion_allowed(self), self.hasFocus())
        painter.restore()
        painter.fillRect(QRectF(0, area.bottom() - 1, area.width(), 1), tokens.colour("border"))

    def _paint_current(self, painter: QPainter, made: scene_maker.Made, rows: range) -> None:
        """A bar beside the lanes of the current tensor, where there are several."""
        current = [n for n, one in enumerate(made.facts) if one.name == self._showing.current and n != made.ghost]
        if len(made.facts) < 2:
            return
        for row in rows:
            for placed in made.scene.placed(row):
                if placed.number in current or placed.number == made.ghost:
                    colour = tokens_of(self).colour("accent" if placed.number in current else "warning")
                    top = made.scene.tops.top(row) + placed.strip_top + self.origin().y() - 4
                    painter.fillRect(QRectF(3, top, 3, min(placed.strip_height + 8, placed.height)), colour)

    # ------------------------------------------------------------------------------------------------------- lights

    def _update(self, region: QRegion) -> None:
        self.viewport().update(region)

    @Slot()
    def _light_up(self) -> None:
        """Lights up what is pointed at now; only what changes is painted again."""
        scene, hover = self.scene, self._pointing.hover
        if scene is None or self.made is None:
            return
        before = self._lit if self._lit is not None else QRegion()
        number = None
        if hover is not None and hover.storage != self._storage:
            hover = None
        if hover is not None and hover.tensor:
            number = next((n for n, one in enumerate(self.made.facts) if one.name == hover.tensor), None)
        self.lights.point(hover, number, self._sight())
        self._lit = region_of(self.lights.hover_area(), self.origin)
        kept = self.heading()
        if kept is not None:
            self._lit += QRectF(0, kept.y, self.room()[0], kept.height).toAlignedRect()
        self._update(before + self._lit)

    @Slot()
    def _tint(self) -> None:
        """Tints what is selected."""
        selection, made = self._pointing.selection, self.made
        tensor = None if selection is None else self._workspace.session.facts.tensor(selection.tensor)
        if made is None or selection is None or tensor is None or tensor.storage != self._storage:
            self.lights.select(None, 1.0, None)
        else:
            number = next((n for n, one in enumerate(made.facts) if one.name == tensor.name), None)
            scale = tensor.layout.itemsize / made.scene.rows.cell_bytes
            self.lights.select(selection.layout(tensor.layout), scale, number)
        self.viewport().update()

    @Slot(str)
    def _bytes_came(self, storage: str) -> None:
        if storage == self._storage:
            self._arrivals += 1
            self._stamp()
            self.viewport().update()

    @Slot(str, object)
    def _bytes_changed(self, storage: str, spans: tuple[tuple[int, int], ...]) -> None:
        if storage == self._storage and self.scene is not None:
            self.lights.flash(spans)
            self._start_frames()

    def _start_frames(self) -> None:
        if self.lights.flashing() or self.turning.running():
            self._frames.start(MOVING if self.turning.running() else FRAME)

    @Slot()
    def _next_frame(self) -> None:
        """The next picture of what fades; ends when all has faded."""
        scene = self.scene
        flashing = self.lights.flash_rectangles(self._sight()[0]) if scene is not None else []
        if self.turning.running() or len(flashing) > 400 or self.heading() is not None:
            self.viewport().update()
        else:
            self._update(region_of(flashing, self.origin))
        if not self.lights.flashing() and not self.turning.running():
            self._frames.stop()
            self.viewport().update()

    # ---------------------------------------------------------------------------------------------------------- Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: another width may hold other rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            top = self.top
            self.rebuild()
            self.go_to(self.left, top)

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: other colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self.made is not None:
            self.picture.forget()
            self._take(self.made)
