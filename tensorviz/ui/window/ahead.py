"""Modules that are imported before they are needed, while the window has nothing to do: one in a turn of its own.

Must not know what is in them; who needs one that is not there yet imports it as always.
"""

from __future__ import annotations

import importlib
import sys

from PySide6.QtCore import QObject, QTimer, Slot

BETWEEN = 20  # milliseconds from one to the next; each takes one to eight
CORE, FILES = "tensorviz.core.", "tensorviz.ui.files."
# What opening a first file of tensors would import at once, in 80 ms. Each module after those that it needs.
OF_FILES = (
    *(f"{FILES}{name}" for name in ("head_text", "file_head")),
    *(f"{CORE}{name}" for name in ("operation_data", "operation_ranges", "raw_fit")),
    *(f"{FILES}{name}" for name in ("raw_form", "file_strips", "looking_panels")),
    *(f"{CORE}checkpoint_{name}" for name in ("layout", "rows", "report", "text", "report_text", "found_rows", "lost")),
    *(f"{FILES}report_{name}" for name in ("model", "section", "table", "identity", "work", "wrong", "other")),
    *(f"{FILES}report_{name}" for name in ("parts", "values")),
    f"{FILES}report",
    *("decimal", f"{CORE}tensor_filter", f"{CORE}tensor_tree"),
    *(f"{FILES}tensor_tree_{name}" for name in ("rows", "model", "picks", "paint", "view")),
    *(f"{FILES}{name}" for name in ("tree_filters", "tensor_tree", "unread", "file_view")),
)


class Ahead(QObject):
    """Imports these modules once it is started. waiting: those that are still to come."""

    def __init__(self, names: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting = list(names)
        self._timer = QTimer(self, interval=BETWEEN)
        self._timer.timeout.connect(self._next)

    def start(self) -> None:
        """Begins."""
        self._timer.start()

    @property
    def active(self) -> bool:
        """Whether it is at it."""
        return self._timer.isActive()

    @Slot()
    def _next(self) -> None:
        """The next that nobody has imported by now."""
        while self.waiting and self.waiting[0] in sys.modules:
            self.waiting.pop(0)
        if self.waiting:
            importlib.import_module(self.waiting.pop(0))
        else:
            self._timer.stop()
