"""The jobs under way: the indicator in the top bar and the list that it opens.

Must not know what any job is about.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.text import bytes_text, count_text, plural, seconds_text
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from tensorviz.ui.state.jobs import JobItem, JobsState

WIDTH, HEIGHT, EMPTY_HEIGHT, STEPS = 400, 380, 130, 1000


def progress_text(item: JobItem) -> str:
    """How far a job is: "12 of 300 pictures, 54 pictures/s, 5.3 s left", or how it ended."""
    if item.ended:
        return _ending(item)
    if item.state == "queued":
        return "waiting"
    parts = [_amount(item), _rate(item)]
    if item.seconds_left is not None:
        parts.append(f"{seconds_text(item.seconds_left)} left")
    said = ", ".join(part for part in [item.stage, *parts] if part)
    return f"cancelling, {said}".removesuffix(", ") if item.state == "cancelling" else said or "running"


def _ending(item: JobItem) -> str:
    if item.problem is not None:
        return f"{item.problem.message} {item.problem.hint}".strip()
    if item.state == "cancelled":
        return f"cancelled{' after ' + _amount(item) if item.done else ''}"
    return f"done, {item.failed:,} without an answer" if item.failed else "done"


def _amount(item: JobItem) -> str:
    if not item.total:
        return _units(item.done, item.unit) if item.done else ""
    if item.unit == "byte":
        return f"{bytes_text(item.done)} of {bytes_text(item.total)}"
    return f"{count_text(item.done)} of {plural(item.total, item.unit or 'step')}"


def _units(count: float, unit: str) -> str:
    return bytes_text(count) if unit == "byte" else plural(round(count), unit or "step")


def _rate(item: JobItem) -> str:
    if not item.rate:
        return ""
    if item.unit == "byte":
        return f"{bytes_text(item.rate)}/s"
    return f"{item.rate:.{0 if item.rate >= 10 else 1}f} {item.unit or 'step'}s/s"


class JobRow(QWidget):
    """One job of the list."""

    def __init__(self, item: JobItem, jobs: JobsState) -> None:
        super().__init__()
        self._title, self._bar = QLabel(), QProgressBar()
        self._said = QLabel()
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(partial(jobs.cancel, item.number))
        self._build()
        self.show_item(item)

    def _build(self) -> None:
        self._title.setProperty("role", "heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._bar.setRange(0, STEPS)
        self._bar.setTextVisible(False)
        column = QVBoxLayout()
        column.setSpacing(4)
        for widget in (self._title, self._bar, self._said):
            column.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignTop)

    def show_item(self, item: JobItem) -> None:
        """Shows how the job stands."""
        said = progress_text(item)
        self._title.setText(item.title)
        self._said.setText(said)
        self._said.setProperty("role", "danger" if item.problem else "muted")
        self._said.style().polish(self._said)
        self._bar.setVisible(not item.ended)
        self._bar.setMaximum(STEPS if item.share is not None or item.state == "queued" else 0)
        self._bar.setValue(round((item.share or 0) * STEPS))
        self._bar.setAccessibleName(f"Progress of {item.title}")
        self._bar.setAccessibleDescription(said)
        self._cancel.setVisible(not item.ended)
        self._cancel.setEnabled(item.state != "cancelling")
        self._cancel.setText("Cancelling…" if item.state == "cancelling" else "Cancel")
        self._cancel.setAccessibleName(f"Cancel {item.title}")


class JobsPopup(QFrame):
    """The list of jobs, newest first; closes when one clicks elsewhere or presses Esc."""

    def __init__(self, jobs: JobsState, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._jobs = jobs
        self._rows: dict[int, JobRow] = {}
        self._empty = QLabel("Nothing is running. Pictures, fetches and exports that take a while are listed here.")
        self._clear = QPushButton("Clear what has ended")
        self.setProperty("role", "popup")
        self.setAccessibleName("Jobs")
        self._build()
        jobs.changed.connect(self._changed)

    def _build(self) -> None:
        self.setFixedWidth(WIDTH)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(32, 32, 32, 32)
        self._clear.setFlat(True)
        self._clear.clicked.connect(self._jobs.clear_ended)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("List of jobs")
        self._area = area
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 6)
        whole.addWidget(area, 1)
        whole.addWidget(self._empty, 1)
        whole.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignCenter)

    def open_below(self, button: QWidget) -> None:
        """Shows the list under a button, right edges aligned."""
        self._refresh()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        self.move(corner)
        self.show()
        self.setFocus()

    def _changed(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        items = {item.number: item for item in self._jobs.items}
        for number in set(self._rows) - set(items):
            self._rows.pop(number).deleteLater()
        for number, item in items.items():
            if number in self._rows:
                self._rows[number].show_item(item)
            else:
                self._rows[number] = JobRow(item, self._jobs)
                self._column.insertWidget(0, self._rows[number])
        self._empty.setVisible(not items)
        self._area.setVisible(bool(items))
        self._clear.setVisible(any(item.ended for item in items.values()))
        self._fit()

    def _fit(self) -> None:
        """As high as what is in it, up to a height from which on it scrolls."""
        rows = sum(row.heightForWidth(WIDTH - 2) for row in self._rows.values()) + 24
        below = self._clear.sizeHint().height() + 14 if self._clear.isVisibleTo(self) else 8
        self.setFixedHeight(min(HEIGHT, rows + below) if self._rows else EMPTY_HEIGHT)


class JobsIndicator(QWidget):
    """A button that says how many jobs there are, beside a bar that says how far they are."""

    def __init__(self, jobs: JobsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._seen_failed = 0
        self.button = QToolButton()
        self._bar = QProgressBar()
        self.popup = JobsPopup(jobs, self)
        self._build()
        jobs.changed.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        self.button.setIcon(icon("jobs", "muted"))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.clicked.connect(self.open)
        self._bar.setFixedWidth(80)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, STEPS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._bar)
        row.addWidget(self.button)

    def open(self) -> None:
        """Opens the list of jobs."""
        self._seen_failed = self._failed
        self._refresh()
        self.popup.open_below(self.button)

    @property
    def _failed(self) -> int:
        return sum(item.state == "failed" for item in self._jobs.items)

    def _refresh(self) -> None:
        active = self._jobs.active
        failed = self._failed > self._seen_failed and not active
        shares = [item.share or 0.0 for item in active]
        text = "1 failed" if failed and self._failed == 1 else f"{self._failed} failed" if failed else ""
        self.button.setText(plural(len(active), "job") if active else text or "Jobs")
        self.button.setIcon(icon("warning", "danger") if failed else icon("jobs", "muted"))
        self._bar.setVisible(bool(active))
        self._bar.setValue(round(sum(shares) / len(shares) * STEPS) if shares else 0)
        told = "; ".join(f"{item.title}: {progress_text(item)}" for item in active[:3]) or "Nothing is running"
        self._bar.setAccessibleName("Progress of all jobs")
        self.button.setAccessibleName(f"Jobs: {self.button.text()}")
        self.button.setAccessibleDescription(told)
        self.button.setToolTip(told)
