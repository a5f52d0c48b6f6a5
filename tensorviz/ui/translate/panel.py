"""The translation of the current picture: how it is shown, with what it was drawn, and what to do with it.

Must not know how pictures are drawn; it redraws when the states say that something changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.models.batch_bar import BatchBar
from tensorviz.ui.translate.heading import Heading
from tensorviz.ui.translate.translation_view import TranslationView

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace

EMPTY = (
    "Drop pictures or a folder anywhere in the window, paste one, or take the samples.\n\n"
    "The translation appears here: the same scene, as the generator at the right draws it."
)


class TranslatePanel(QWidget):
    """Heading, batches into folders, and the translation, or what to do when there are no pictures."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.heading = Heading(workspace, self)
        drawn = workspace.translations
        self.batch = BatchBar(lambda: drawn.batches, drawn.batches_changed, drawn.cancel_batch, self)
        self.view = TranslationView(workspace, self)
        self.empty = QLabel(EMPTY, self)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._listen()
        self._refresh()

    def _lay_out(self) -> None:
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 40)
        self.empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.batch)
        column.addWidget(self._stack, 1)

    def _listen(self) -> None:
        workspace = self._workspace
        for signal in (
            workspace.pictures.current_changed,
            workspace.pictures.selection_changed,
            workspace.translations.changed,
            workspace.translations.view_changed,
            workspace.generator.changed,
            workspace.task.changed,
        ):
            signal.connect(self._refresh)
        self.heading.lens_wanted.connect(self.view.stage.set_lens)
        self.view.stage.lens_changed.connect(self.heading.show_lens)

    def _refresh(self) -> None:
        self.heading.refresh()
        self._stack.setCurrentIndex(0 if self._workspace.pictures.current is None else 1)
