"""The storage canvas with its bars, and what is there before the first tensor.

Must not know the other panels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.core.canvas_cells import figures
from tensorviz.core.canvas_scene import MOST_FULL
from tensorviz.core.number_text import NumberText
from tensorviz.core.storage_picture import MOST_CELLS, StorageView, TensorView, draw_storages, picture_text
from tensorviz.ui.canvas import scene_maker
from tensorviz.ui.canvas.storage_canvas import StorageCanvas
from tensorviz.ui.state.walk import WalkState
from tensorviz.ui.tensors.canvas_bar import CanvasBar
from tensorviz.ui.tensors.canvas_walk_bar import CanvasWalkBar
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.canvas_walk import Step
    from tensorviz.core.drawing import Drawing
    from tensorviz.ui.state.looking import Looking

POINTS = "points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])"
SAMPLES = (
    ("A tensor of three points", POINTS),
    ("The points and their transpose", f"{POINTS}\npoints_t = points.t()"),
)
WIDEST_DRAWING = 1400.0
LOWEST = 40  # pixels of the canvas in a small window


class CanvasPanel(QWidget):
    """The storage canvas. Signals: export_wished() when the picture is to be saved: `drawing()` is it."""

    export_wished = Signal()

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_panel")
        self._workspace = workspace
        self.canvas = StorageCanvas(workspace)
        self.walk = WalkState(workspace.showing, workspace.pointing, self)
        self.bar = CanvasBar(workspace, self.canvas)
        self.walk_bar = CanvasWalkBar(self.walk)
        self.samples: list[QPushButton] = []
        self._walked: Step | None = None
        self.remark = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._pages = QStackedWidget()
        self._build()
        self.bar.export_wished.connect(self.export_wished)
        self.bar.walk_wished.connect(self._show_walk)
        self.canvas.rebuilt.connect(self._refresh)
        self.canvas.picture_rounded.connect(self._say)
        workspace.memory.lost.connect(self._say)
        self.walk.changed.connect(self._follow_walk)
        self._refresh()

    # ------------------------------------------------------------------------------------------------------ giving back

    def drawing(self) -> Drawing:
        """The storage on the canvas as a picture: all of it, or what a picture holds from the first cell in sight on.

        Cells whose bytes have not been read are drawn as "?".
        """
        view = self._view()
        made = self.canvas.made
        dark = tokens_of(self).name == "dark"
        per_row = None if made is None or not self.canvas.wishes.wrap else made.scene.rows.per_row
        return draw_storages((view,) if view is not None else (), dark, WIDEST_DRAWING, per_row)

    def text(self) -> str:
        """The same in words."""
        view = self._view()
        return picture_text((view,) if view is not None else ())

    def _view(self) -> StorageView | None:
        storage, made = self._workspace.showing.current_storage, self.canvas.made
        if storage is None or made is None:
            return None
        first = 0 if storage.cells <= MOST_CELLS else self.canvas.first_in_sight()
        stop = min(first + MOST_CELLS, storage.cells)
        shown = [one for number, one in enumerate(made.facts) if number != made.ghost]
        # The current tensor first: a picture has room for so many lanes.
        shown.sort(key=lambda one: one.name != self._workspace.showing.current)
        order = {one.name: n for n, one in enumerate(made.facts)}
        if len(shown) <= MOST_FULL:
            shown.sort(key=lambda one: order[one.name])
        memory, room = self._workspace.memory, figures(72.0)
        values = [memory.text(storage.id, address, storage.kind, room) for address in range(first, stop)]
        return StorageView(
            storage.id,
            storage.nbytes,
            storage.kind.itemsize,
            storage.dtype,
            tuple(NumberText("") if value is None else value for value in values),
            tuple(TensorView(one.name, one.layout, one.dtype, one.keys) for one in shown),
            first,
            storage.device,
        )

    # --------------------------------------------------------------------------------------------------------- showing

    @Slot()
    def _refresh(self) -> None:
        there = self.canvas.made is not None
        self._pages.setCurrentIndex(1 if there else 0)
        self._pages.setMinimumHeight(LOWEST if there else self._pages.minimumSizeHint().height())
        self.bar.setVisible(there)
        self.walk_bar.setVisible(there and self.bar.walk.isChecked())
        self._say()

    @Slot()
    def _say(self) -> None:
        made, storage = self.canvas.made, self._workspace.showing.current_storage
        lost = self._workspace.memory.has_lost(self._workspace.showing.storage)
        self.remark.setText(
            scene_maker.remark(made, storage, self.canvas.picture.rounded, lost)
            if made is not None and storage is not None
            else ""
        )
        self.remark.setAccessibleName(self.remark.text())
        self.remark.setVisible(bool(self.remark.text()))

    @Slot(bool)
    def _show_walk(self, shown: bool) -> None:
        self.walk_bar.setVisible(shown)
        if not shown and self.walk.playing:
            self.walk.pause()

    @Slot()
    def _follow_walk(self) -> None:
        """The element to which the walk went comes into sight; nothing scrolls for what a person points at."""
        went = self.walk.at != self._walked
        self._walked, scene, hover = self.walk.at, self.canvas.scene, self._workspace.pointing.hover
        if not went or self._walked is None or scene is None or hover is None:
            return
        if hover.storage == self._workspace.showing.storage:
            self.canvas.bring_into_sight(hover.start // scene.rows.cell_bytes)

    # -------------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self._pages.addWidget(self._empty())
        self._pages.addWidget(self.canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.bar, self.walk_bar, self._pages, self.remark):
            layout.addWidget(part)
        self.remark.setProperty("role", "muted")
        self.remark.setContentsMargins(8, 2, 8, 2)
        layout.setStretch(2, 1)

    def _empty(self) -> QWidget:
        page, writable = QWidget(), self._workspace.session.writable
        said = WrappedLabel("muted")
        said.say("The storage of a tensor is drawn here, cell by cell, and under it each tensor that looks at it.")
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title = QLabel("No tensor yet")
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for text, code in SAMPLES if writable else ():
            button = QPushButton(text)
            button.setToolTip(code)
            button.setAccessibleDescription(code)
            button.clicked.connect(lambda _=False, code=code: self._workspace.session.run(code))
            self.samples.append(button)
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(page)
        layout.addStretch()
        layout.addWidget(title)
        layout.addWidget(said)
        layout.addSpacing(6)
        layout.addLayout(buttons)
        layout.addStretch()
        return page
