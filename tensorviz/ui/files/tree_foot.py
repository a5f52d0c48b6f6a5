"""How many tensors are shown and how many are selected, with their bytes.

Must not know how they are listed.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tensorviz.core.text import count_text, plural
from tensorviz.ui.files.tensor_tree_rows import size_text
from tensorviz.ui.widgets.elided_label import ElidedLabel

HINT = "Enter: look at it.  Ctrl+Enter: open in session."


class TreeFoot(QWidget):
    """Two lines; the second tells the keys while nothing is selected. Signals: cleared() when no filter is wanted."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        end = Qt.TextElideMode.ElideRight
        self.counted, self.picked = ElidedLabel(mode=end), ElidedLabel(mode=end)
        self.clear = QPushButton("Clear filters")
        self.clear.setFlat(True)
        self.clear.clicked.connect(self.cleared)
        self.clear.hide()
        line, column = QHBoxLayout(self), QVBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(column, 1)
        line.addWidget(self.clear)
        column.setSpacing(0)
        for label in (self.counted, self.picked):
            label.setProperty("role", "muted")
            column.addWidget(label)
        self.tell_picked(0, 0)

    def tell_shown(self, shown: int, total: int, nbytes: int, only: str, filtered: bool) -> None:
        """Says how many of all tensors are shown; only: the element type of all, "" where there are several."""
        self.clear.setVisible(filtered)
        count = plural(total, "tensor") if shown == total else f"{count_text(shown)} of {plural(total, 'tensor')}"
        text = ", ".join(filter(None, (count, size_text(nbytes), only and f"all {only}")))
        self.counted.setText(text if shown or not total else f"None of {plural(total, 'tensor')} is like that")
        self.counted.setAccessibleDescription(f"{plural(nbytes, 'byte')}, each tensor by its name")

    def tell_picked(self, count: int, nbytes: int) -> None:
        """Says how many are selected."""
        self.picked.setText(f"{count_text(count)} selected, {size_text(nbytes)}" if count else HINT)
        self.picked.setAccessibleDescription(plural(nbytes, "byte") if count else "")
