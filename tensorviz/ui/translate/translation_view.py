"""A translation in full: the pictures, the lines under them, and what stands beside; below where it is narrow.

Must not know how pictures are drawn; it redraws when the states say that something changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from tensorviz.ui.translate.lines import NameLine, PixelLine
from tensorviz.ui.translate.side import Side
from tensorviz.ui.translate.stage import Stage

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QResizeEvent

    from tensorviz.ui.state.pictures import PictureItem
    from tensorviz.ui.state.workspace import Workspace

BESIDE = 560  # pixels; where it is narrower, what stands beside the pictures stands below them
SIDE = 236  # pixels wide


class TranslationView(QScrollArea):
    """Scrolls as a whole where there is little room; beside the pictures, the words scroll alone."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.stage, self.pixels, self.line = Stage(workspace), PixelLine(), NameLine()
        self.side = Side(workspace)
        self._side_area = _plain_area("How it is drawn")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._listen()
        self.refresh()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.stage, 1)
        left.addWidget(self.pixels)
        left.addWidget(self.line)
        self._side_area.setWidget(self.side)
        inside = QWidget()
        inside.setLayout(self._whole)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(12)
        self._whole.addLayout(left, 1)
        self._whole.addWidget(self._side_area)
        _make_plain(self, "Translation")
        self.setWidget(inside)
        self.side.installEventFilter(self)

    def _listen(self) -> None:
        workspace, pictures = self._workspace, self._workspace.pictures
        pictures.current_changed.connect(self.refresh)
        pictures.large_changed.connect(self.refresh)
        pictures.item_changed.connect(self._item_changed)
        workspace.translations.changed.connect(self.refresh)
        workspace.translations.view_changed.connect(self.refresh)
        workspace.generator.changed.connect(self.refresh)
        workspace.catalogue.changed.connect(self.side.standing.refresh)
        workspace.engine.changed.connect(self.refresh)
        self.stage.told.connect(self.pixels.say_pixel)
        self.stage.zoomed.connect(self.line.zoom.show_zoom)
        self.line.zoom.wanted.connect(self._zoom)
        self.line.cancelled.connect(workspace.translations.cancel)
        self.side.stretched.connect(self.stage.set_stretched)
        self.side.together.connect(self.stage.set_together)

    # ------------------------------------------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Shows what the states say now."""
        item = self._item()
        self.stage.refresh()
        self.line.show_item(item)
        cancelled = self.line.cancel.hasFocus()
        self.line.show_job(self._workspace.translations.job)
        if cancelled and not self.line.cancel.hasFocus():
            self.stage.seen.setFocus()  # not to what follows, whose keys choose another way to draw
        self.side.refresh()

    def _item(self) -> PictureItem | None:
        current = self._workspace.pictures.current
        return self._workspace.pictures.item(current) if current is not None else None

    def _item_changed(self, row: int) -> None:
        current = self._workspace.pictures.current
        if current is not None and self._workspace.pictures.row_of(current) == row:
            self.refresh()

    def _zoom(self, wish: str) -> None:
        zooms = {
            "zoom_in": self.stage.zoom_in,
            "zoom_out": self.stage.zoom_out,
            "fit": self.stage.fit,
            "whole": self.stage.whole_pixels,
        }
        zooms[wish]()

    # ---------------------------------------------------------------------------------------------- the room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the words beside the pictures, or below them."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: below the pictures there is as much room for the words as they take."""
        if watched is self.side and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = self.viewport().width()
        beside = width >= BESIDE
        self._whole.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        if beside:
            self._side_area.setFixedWidth(SIDE)
            self._side_area.setMinimumHeight(0)
        else:
            self._side_area.setMinimumWidth(0)
            self._side_area.setMaximumWidth(16777215)
            layout = self.side.layout()
            assert layout is not None, "it was built with one"
            self._side_area.setMinimumHeight(layout.totalHeightForWidth(width))


def _plain_area(name: str) -> QScrollArea:
    area = QScrollArea()
    _make_plain(area, name)
    return area


def _make_plain(area: QScrollArea, name: str) -> None:
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
