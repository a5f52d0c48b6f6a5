"""The strip under the results: from the picture to the scores, each step a box that can be enlarged; and the recipe.

Must not know how steps are made: it shows what the states hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.results import Classified
from tensorviz.ui.models.recipe_editor import RecipeEditor
from tensorviz.ui.models.stage_box import Arrow, BoxContent, StageBox
from tensorviz.ui.models.stage_text import (
    HEADER,
    answer_lines,
    channel_line,
    detail_lines,
    network_lines,
    note_text,
    shape_text,
    spoken,
)
from tensorviz.ui.models.stage_window import StageWindow
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.pipeline import Pipeline, PipelineStage
    from tensorviz.ui.state.workspace import Workspace

KEYS = ("original", "resized", "cropped", "normalised", "network", "scores")


class PipelineStrip(QWidget):
    """The panel. `boxes` by key: original, resized, cropped, normalised, network, scores."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pipeline_strip")
        self._workspace = workspace
        self._state, self._choice, self._results = workspace.pipeline, workspace.choice, workspace.results
        self.boxes = {key: StageBox(holds_tensor=key != "network") for key in KEYS}
        self.editor, self.toggle = RecipeEditor(workspace), QPushButton("&Recipe")
        self.mark, self.said = QLabel(), WrappedLabel("danger")
        self.hint = QLabel()
        self._window: StageWindow | None = None
        self._enlarged = ""
        self.row = self._row_of_boxes()
        self._build()
        self._state.changed.connect(self._redraw)
        self._choice.changed.connect(self._redraw)
        self._results.changed.connect(self._draw_scores)
        self._redraw()

    def enlarge(self, key: str) -> None:
        """Opens a step in a window of its own; the network opens layer by layer."""
        if key == "network":
            choice = self._choice.choice
            self._workspace.network.show(ModelChoice(choice.model, choice.weights))
            return
        if self._window is None:
            self._window = StageWindow(self._workspace, self)
            self._window.tensor_wanted.connect(lambda: self.open_tensor(self._enlarged))
        self._enlarged = key
        self._window.open(self.boxes[key].content)

    def open_tensor(self, key: str) -> None:
        """Opens what a step holds as a tensor, and shows it; the scores are those of the answer that is shown."""
        path = self._state.path
        answer = self._results.answer(path) if path is not None and key == "scores" else None
        if path is None or not self.boxes[key].isEnabled():
            return
        choice = answer.choice if answer is not None else self._choice.choice
        self._workspace.session.open_stage(path, choice, key)
        self._workspace.wishes.run("page.tensors")

    # ------------------------------------------------------------------------------------------------- drawing

    def _redraw(self) -> None:
        pipeline = self._state.pipeline
        stages = {stage.key: stage for stage in pipeline.stages} if pipeline else {}
        for key in KEYS[:4]:
            stage = stages.get(key)
            waiting = BoxContent(key.capitalize(), f"{key.capitalize()}: nothing yet.")
            shown = _stage_content(stage, pipeline) if stage is not None and pipeline is not None else waiting
            self.boxes[key].show_content(shown)
            self.boxes[key].setEnabled(stage is not None)
        self.boxes["network"].show_content(self._network())
        self.boxes["network"].setEnabled(self._choice.ready)
        self._draw_sentences()
        self._draw_scores()

    def _redraw_window(self) -> None:
        if self._window is not None and self._window.isVisible():
            self._window.show_content(self.boxes[self._enlarged].content)

    def _network(self) -> BoxContent:
        lines = network_lines(self._choice.row, self._choice.weights_row)
        return BoxContent("Network", f"Network: {', '.join(lines)}.", text=lines)

    def _draw_scores(self) -> None:
        path = self._state.path
        row = self._results.row(path) if path is not None else None
        box = self.boxes["scores"]
        box.setEnabled(isinstance(row, Classified) and bool(row.top))
        if isinstance(row, Classified) and row.top:
            stale = path is not None and self._results.is_stale(path)
            lines = (*answer_lines(row), f"by {row.model}, before") if stale else answer_lines(row)
            box.show_content(BoxContent("Scores", f"Scores: {', '.join(lines)}.", text=lines))
        else:
            box.show_content(BoxContent("Scores", "Scores: no answer yet.", text=("no answer yet",)))
        self._redraw_window()

    def _draw_sentences(self) -> None:
        problem, differing = self._state.problem, self._choice.differing()
        self.said.say_or_hide(f"{problem.message} {problem.hint}".strip() if problem is not None else "")
        self.mark.setText(f"differs from the weights' own recipe: {', '.join(differing)}" if differing else "")
        self.mark.setVisible(bool(differing) and not self.toggle.isChecked())
        self.row.setVisible(problem is None)  # there is nothing in the boxes then
        waiting = "being made..." if self._state.busy else ""
        self.hint.setText("" if problem else waiting if self._state.path else "Select a picture to see it here.")

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        layout.addWidget(self.said)
        layout.addWidget(self.row)
        layout.addWidget(self.editor)
        layout.addStretch()
        self.editor.hide()

    def _head(self) -> QHBoxLayout:
        title = QLabel("What the network receives")
        title.setProperty("role", "heading")
        self.hint.setProperty("role", "muted")
        self.mark.setProperty("role", "warning")
        self.toggle.setCheckable(True)
        self.toggle.setToolTip("Show and change how pictures are prepared")
        self.toggle.toggled.connect(self.editor.setVisible)
        self.toggle.toggled.connect(self._draw_sentences)
        line = QHBoxLayout()
        line.addWidget(title)
        line.addWidget(self.hint)
        line.addStretch()
        line.addWidget(self.mark)
        line.addWidget(self.toggle)
        return line

    def _row_of_boxes(self) -> QScrollArea:
        inside = QWidget()
        line = QHBoxLayout(inside)
        line.setContentsMargins(1, 1, 1, 1)
        line.setSpacing(0)
        for key, box in self.boxes.items():
            if line.count():
                line.addWidget(Arrow())
            line.addWidget(box, 2 if key == "scores" else 1)
            box.setObjectName(f"stage_{key}")
            box.clicked.connect(lambda _=False, key=key: self.enlarge(key))
            box.tensor_wanted.connect(lambda key=key: self.open_tensor(key))
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Steps from the picture to the scores")
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedHeight(inside.sizeHint().height() + 14)
        return area


def _stage_content(stage: PipelineStage, pipeline: Pipeline) -> BoxContent:
    preview = stage.preview
    image = QImage(preview.pixels, preview.width, preview.height, preview.width * 3, QImage.Format.Format_RGB888)
    crop = None
    if stage.crop_box is not None:
        height, width = stage.shape[:2]
        left, top, right, bottom = stage.crop_box
        crop = (left / width, top / height, right / width, bottom / height)
    figures = (HEADER, *(channel_line(channel) for channel in stage.channels))
    return BoxContent(
        title=stage.title,
        spoken=spoken(stage, pipeline),
        image=image,
        pixels=preview.pixels,
        crop=crop,
        caption=(shape_text(stage), stage.dtype),
        figures=figures,
        details=detail_lines(stage),
        note=note_text(stage, pipeline),
    )
