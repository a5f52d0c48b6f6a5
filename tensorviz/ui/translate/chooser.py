"""The generators at the right of the page: the list, the card of the one that is selected, own files.

Must not know how weights are fetched or networks built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tensorviz.ui.state.workspace import Workspace


class GeneratorChooser(QWidget):
    """The panel."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("generator_chooser")
        self._workspace = workspace
