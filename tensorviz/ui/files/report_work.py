"""What is being done with a file, in the section that began it: a bar with bytes, how to end it, why it failed.

Must not know what the work finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from tensorviz.core.checkpoint_found_rows import progress_text
from tensorviz.core.text import printable, seconds_text
from tensorviz.ui.files.report_section import Sentence

if TYPE_CHECKING:
    from tensorviz.core.errors import Problem
    from tensorviz.ui.state.jobs import JobItem, JobsState
    from tensorviz.ui.state.tensor_file import TensorFile, Work

STEPS = 1000


class WorkLine(QWidget):
    """Hidden while there is nothing to tell. Signals: changed() when the work began or ended."""

    changed = Signal()

    def __init__(self, file: TensorFile, jobs: JobsState, work: Work, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file, self._jobs, self._work = file, jobs, work
        self._was_working = False
        self.bar, self.text, self.cancel = QProgressBar(), QLabel(), QPushButton("Cancel")
        self.problem, self.hint = Sentence(), Sentence()
        self._running = QWidget()
        self._build(what)
        jobs.changed.connect(self.refresh)
        file.working_changed.connect(self.refresh)
        file.failed.connect(self._failed)
        self.refresh()

    @property
    def working(self) -> bool:
        """Whether it is under way."""
        return self._file.is_working(self._work)

    @Slot()
    def refresh(self) -> None:
        """Says how far it is."""
        working = self.working
        if working:
            self._say(self._item())
        if working != self._was_working:
            self._was_working = working
            if working:
                self._say_problem("", "")
            self._running.setVisible(working)
            self._show()
            self.changed.emit()

    def _item(self) -> JobItem | None:
        number = self._file.job_of(self._work)
        return None if number is None else self._jobs.item(number)

    def _say(self, item: JobItem | None) -> None:
        share = item.share if item is not None else None
        self.bar.setMaximum(STEPS if share is not None else 0)
        self.bar.setValue(0 if share is None else round(share * STEPS))
        self.text.setText(_progress(item))
        self.bar.setAccessibleDescription(self.text.text())
        self.cancel.setEnabled(item is None or item.state in ("queued", "running"))

    @Slot(str, object)
    def _failed(self, work: str, problem: Problem) -> None:
        if work == self._work:
            self._say_problem(printable(problem.message), printable(problem.hint))

    def _say_problem(self, message: str, hint: str) -> None:
        self.problem.say(message, "danger")
        self.hint.say(hint, "muted")
        self._show()

    def _show(self) -> None:
        self.setVisible(self._was_working or bool(self.problem.plain))

    def _end(self) -> None:
        self._file.cancel(self._work)

    def _build(self, what: str) -> None:
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(what)
        self.cancel.setAccessibleDescription(what)
        self.text.setProperty("role", "muted")
        self.cancel.clicked.connect(self._end)
        line = QHBoxLayout(self._running)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.bar, 1)
        line.addWidget(self.text)
        line.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._running, self.problem, self.hint):
            column.addWidget(widget)
        self._running.hide()
        self.hide()


def _progress(item: JobItem | None) -> str:
    if item is None or item.state == "queued":
        return "Waits for other work on files"
    if item.state == "cancelling":
        return "Ending"
    if item.unit != "byte" or not item.total:
        return item.stage or "Under way"
    left = "" if item.seconds_left is None else f", {seconds_text(item.seconds_left)} left"
    return f"{progress_text(item.done, item.total)}{left}"
