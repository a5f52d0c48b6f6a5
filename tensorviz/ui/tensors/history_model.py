"""The steps of the session as rows of a list: code, effect, where the session stands.

Must not know how they are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tensorviz.core.text import plural, seconds_text
from tensorviz.ui.tensors.history_lanes import BEGINNING, Lanes

if TYPE_CHECKING:
    from tensorviz.core.session_data import StepRow
    from tensorviz.ui.state.session import SessionState

Index = QModelIndex | QPersistentModelIndex
START = "Beginning"


class HistoryModel(QAbstractListModel):
    """Row 0 is the beginning; then the steps in the order of running. Follows the session by itself."""

    def __init__(self, session: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.steps: list[StepRow] = []
        self.lanes = Lanes()
        self.here = session.facts.here
        self.way: set[int] = {BEGINNING}  # the numbers of the steps that led here
        for step in session.steps.values():
            self._add(step)
        session.stepped.connect(self._stepped)
        session.changed.connect(self._moved)
        session.began_anew.connect(self._forget)
        self._moved()

    def _add(self, step: StepRow) -> None:
        self.steps.append(step)
        self.lanes.add(step.number, step.parent)

    def _stepped(self, step: StepRow) -> None:
        if step.number in self.lanes.row_of:
            return
        row = len(self.steps) + 1
        self.beginInsertRows(QModelIndex(), row, row)
        self._add(step)
        self.endInsertRows()

    def _moved(self) -> None:
        """Marks where the session stands now."""
        here = self._session.facts.here
        step = self._session.steps.get(here)
        if step is not None and step.parent == self.here:
            self.way.add(here)
        elif here != self.here or len(self.way) == 1:
            self.way = {BEGINNING, *(one.number for one in self._session.path())}
        self.here = here
        self.dataChanged.emit(self.index(0), self.index(len(self.steps)))

    def _forget(self) -> None:
        self.beginResetModel()
        self.steps, self.lanes, self.way, self.here = [], Lanes(), {BEGINNING}, BEGINNING
        self.endResetModel()

    def number(self, row: int) -> int:
        """The number of the step of a row, 0 for the beginning."""
        return self.steps[row - 1].number if row else BEGINNING

    def step(self, row: int) -> StepRow | None:
        """The step of a row; None for the beginning."""
        return self.steps[row - 1] if 0 < row <= len(self.steps) else None

    @property
    def row_here(self) -> int:
        """The row where the session stands."""
        return self.lanes.row_of.get(self.here, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Qt's."""
        return 0 if parent.isValid() else len(self.steps) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the code, its text twin, a tooltip."""
        step = self.step(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return first_line(step.code) if step is not None else START
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            spoken = role == Qt.ItemDataRole.AccessibleTextRole
            return self._spoken(index.row()) if spoken else self._tip(step)
        return None

    def _spoken(self, row: int) -> str:
        """A row in words."""
        step, number = self.step(row), self.number(row)
        where = (
            "the session stands here" if number == self.here else "" if number in self.way else "not on the way here"
        )
        if step is None:
            return ", ".join(part for part in (START, where) if part)
        branch = f"branch {self.lanes.lane_at[row]} after step {step.parent}" if self.lanes.lane_at[row] else ""
        result = "refused" if step.trouble is not None else step.effect_text
        again = "run again when restored" if step.replayed else ""
        parts = (f"step {step.number}", first_line(step.code), result, where, branch, again)
        return ", ".join(part for part in parts if part)

    @staticmethod
    def _tip(step: StepRow | None) -> str:
        if step is None:
            return "Before the first step."
        took = f", {seconds_text(step.seconds)}" if step.seconds else ""
        again = "\nRun again when the session was restored." if step.replayed else ""
        result = step.trouble.message if step.trouble is not None else step.effect_text
        lines = step.code.split("\n")
        more = f"\n... {plural(len(lines) - 12, 'more line')}" if len(lines) > 12 else ""
        code = "\n".join(line[:120] for line in lines[:12]) + more
        return "\n".join(part for part in (f"Step {step.number}{took}", code, result) if part) + again


def first_line(code: str) -> str:
    """The first line of code that says something, and dots when there are more."""
    lines = [line for line in code.split("\n") if line.strip()]
    text = next((line for line in lines if not line.lstrip().startswith("#")), lines[0] if lines else "")
    return f"{text[:200]} ..." if len(lines) > 1 else text[:200]
