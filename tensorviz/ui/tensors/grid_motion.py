"""What moves in a grid: cells that flash when their bytes change, and cells on the way to another place.

Must not know how cells are painted. Where less motion is wanted, a flash stands still and nothing travels.
"""

from __future__ import annotations

from bisect import bisect_right
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tensorviz.ui.widgets.motion import motion_allowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from tensorviz.ui.state.memory import Span

FLASH, TRAVEL = 0.9, 0.25  # seconds
FRAME = 30  # milliseconds


class GridMotion(QObject):
    """Signals: frame() whenever something looks different."""

    frame = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._flashed = self._left = -10.0
        self._before: Mapping[int, tuple[int, int]] = {}
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME)
        self._clock.timeout.connect(self._tick)

    def flash(self, spans: Sequence[Span]) -> None:
        """Bytes changed."""
        old = zip(self._starts, self._stops, strict=True) if self.flashing else ()
        joined = _joined(sorted([*old, *spans]))
        self._starts, self._stops = [low for low, _ in joined], [high for _, high in joined]
        self._flashed = monotonic()
        self._clock.start()

    def travel(self, before: Mapping[int, tuple[int, int]]) -> None:
        """Cells come from these places, by address."""
        if before and motion_allowed(self._widget):
            self._before, self._left = before, monotonic()
            self._clock.start()

    @property
    def flashing(self) -> bool:
        """Whether some cells flash."""
        return monotonic() - self._flashed < FLASH

    @property
    def travelling(self) -> bool:
        """Whether cells are on their way."""
        return monotonic() - self._left < TRAVEL

    def share(self, start: int, stop: int) -> float:
        """How strongly bytes start..stop-1 are lit, 0 to 1."""
        at = bisect_right(self._starts, stop - 1) - 1
        if at < 0 or self._stops[at] <= start:
            return 0.0
        left = max(0.0, 1 - (monotonic() - self._flashed) / FLASH)
        return left if motion_allowed(self._widget) else float(left > 0)

    def moving(self) -> tuple[Mapping[int, tuple[int, int]], float] | None:
        """Where addresses came from, and how far they are: slow at both ends."""
        if not self.travelling:
            return None
        share = min((monotonic() - self._left) / TRAVEL, 1.0)
        return self._before, share * share * (3 - 2 * share)

    @Slot()
    def _tick(self) -> None:
        if not self.flashing and not self.travelling:
            self._clock.stop()
            self._before = {}
        self.frame.emit()


def _joined(spans: list[Span]) -> list[Span]:
    """Sorted spans, those that touch as one."""
    found: list[Span] = []
    for low, high in spans:
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found
