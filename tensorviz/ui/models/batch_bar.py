"""How far the running batch is, and the button that ends it.

Must not know what the batch does: items of the job list only. The tasks share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.models.answer_text import batch_text, short_batch_text
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from tensorviz.ui.state.jobs import JobItem

STEPS = 1000


class BatchBar(QWidget):
    """Hidden while no batch runs or waits.

    batches: gives those that have not ended, oldest first; `changed` says when they are others. end: ends one by its
    number.
    """

    def __init__(
        self,
        batches: Callable[[], tuple[JobItem, ...]],
        changed: SignalInstance,
        end: Callable[[int], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._batches, self._end = batches, end
        self.text = ElidedLabel(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the batch")
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(self._cancel)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.text)
        left.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.cancel)
        changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows the oldest batch; those behind it are counted."""
        batches = self._batches()
        self.setVisible(bool(batches))
        if not batches:
            return
        item = batches[0]
        self.text.say(batch_text(batches), short_batch_text(batches))
        self.bar.setAccessibleDescription(batch_text(batches))
        self.bar.setRange(0, STEPS if item.share is not None else 0)
        self.bar.setValue(round((item.share or 0) * STEPS))
        cancelling = item.state == "cancelling"
        self.cancel.setEnabled(not cancelling)
        self.cancel.setText("Cancelling..." if cancelling else "Cancel")
        self.cancel.setAccessibleName("Cancelling" if cancelling else f"Cancel: {item.title}")

    def _cancel(self) -> None:
        batches = self._batches()
        if batches:
            self._end(batches[0].number)
