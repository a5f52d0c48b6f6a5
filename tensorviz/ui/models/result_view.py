"""The answer for one picture in full: the picture, the bars, who answered, how long it took, and what to copy.

Must not know how answers are made; it redraws when the states say that something changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from tensorviz.core.recipe import crop_plan
from tensorviz.ui.models.answer_panel import AnswerPanel
from tensorviz.ui.models.answer_text import name_text, size_text, state_text
from tensorviz.ui.state.pixels import preview_image
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.picture_canvas import Box, PictureCanvas

if TYPE_CHECKING:
    from tensorviz.ui.state.pictures import PictureItem
    from tensorviz.ui.state.workspace import Workspace


class ResultView(QWidget):
    """The current picture on the left, its answer on the right."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.canvas = PictureCanvas(self)
        self.crop_box = QCheckBox("Show what the network sees", self)
        self.answer = AnswerPanel(workspace, self)
        self._name = ElidedLabel(parent=self)
        self._name.setProperty("role", "heading")
        self._size = QLabel(self)
        self._size.setProperty("role", "muted")
        self._lay_out()
        self._listen()
        self.refresh()

    def _lay_out(self) -> None:
        self.crop_box.setAccessibleDescription("Draws the part of the picture that the network receives.")
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.canvas, 1)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._name, 1)
        line.addWidget(self._size)
        left.addLayout(line)
        left.addWidget(self.crop_box)
        inside = QWidget(self)
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 5)
        row.addWidget(self._scrolled(self.answer), 6)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(inside)

    def _nothing(self) -> QLabel:
        words = "Drop pictures or a folder anywhere in the window, paste one, or take the samples.\n\n"
        label = QLabel(words + "The answer appears here: what the picture shows, and how sure the network is.", self)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setContentsMargins(80, 0, 80, 40)
        return label

    def _scrolled(self, inside: QWidget) -> QScrollArea:
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Answer")
        area.setMinimumWidth(250)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        return area

    def _listen(self) -> None:
        pictures, workspace = self._workspace.pictures, self._workspace
        pictures.current_changed.connect(self.refresh)
        pictures.large_changed.connect(self._refresh_picture)
        pictures.item_changed.connect(self._item_changed)
        pictures.items_changed.connect(self.refresh)
        workspace.results.changed.connect(self._results_changed)
        workspace.results.problem_changed.connect(self.refresh)
        workspace.choice.changed.connect(self.refresh)
        workspace.engine.changed.connect(self.refresh)
        self.crop_box.toggled.connect(self._refresh_box)

    def _item_changed(self, row: int) -> None:
        current = self._workspace.pictures.current
        if current is not None and self._workspace.pictures.row_of(current) == row:
            self.refresh()

    def _results_changed(self, paths: tuple[str, ...]) -> None:
        if not paths or self._workspace.pictures.current in paths:
            self.refresh()

    def refresh(self) -> None:
        """Shows what the states say now."""
        self._refresh_picture()
        self.answer.refresh()

    def _item(self) -> PictureItem | None:
        current = self._workspace.pictures.current
        return self._workspace.pictures.item(current) if current is not None else None

    def _refresh_picture(self) -> None:
        item, pictures = self._item(), self._workspace.pictures
        seen = pictures.large or (pictures.thumbnail(item.path) if item is not None else None)
        self._stack.setCurrentIndex(0 if item is None else 1)
        if item is None:
            self.canvas.set_image(None, "No picture is chosen.")
        elif seen is not None:  # the thumbnail stands in while the picture is read
            self.canvas.set_image(preview_image(seen).copy(), full=item.size)
        else:
            self.canvas.set_image(None, "It cannot be shown." if item.problem else "Reading the picture...")
        self._name.setText(name_text(item.path) if item else "")
        self._size.setText(size_text(item) if item else "")
        told = f"{name_text(item.path)}, {size_text(item)}, {state_text(item)}" if item else "none"
        self.canvas.setAccessibleName(f"Picture: {told}")
        self._refresh_box()

    def _refresh_box(self) -> None:
        self.crop_box.setEnabled(self._box() is not None)
        self.canvas.set_box(self._box() if self.crop_box.isChecked() else None)

    def _box(self) -> Box | None:
        """The part the network sees, 0 to 1; None when the size or the recipe is not known."""
        item, recipe = self._item(), self._workspace.choice.recipe()
        if item is None or item.size is None or recipe is None:
            return None
        wide, high = item.size
        left, top, right, bottom = crop_plan(recipe, item.size).box_in(item.size)
        return left / wide, top / high, right / wide, bottom / high
